"""A proxy in front of a server that hands on every byte, and writes the requests it has seen to a file."""

import selectors
import socket
import ssl
import threading
import time

from request import Request, Rules
from request_file import block_of
from splitter import head_end, request_end

PIECE = 65536
REQUEST_MAX = 64 << 20  # more is handed on, and no longer recorded
LAST_ANSWERS = 2.0  # seconds that clients have to leave, once there are enough requests


class Recorder:
    """Requests, in the order in which they were complete. Thread-safe."""

    def __init__(self, path, wanted):
        self._file = open(path, "w", encoding="utf-8")
        self._lock = threading.Lock()
        self._wanted = wanted  # so many are enough; 0: no end
        self.count = 0
        self.enough = threading.Event()

    def add(self, data):
        title = data.split(b"\n", 1)[0].strip().decode("utf-8", "replace").rpartition(" HTTP/")[0] or "bytes"
        request = Request(title, "", without_hop_fields(data), b"", Rules())
        with self._lock:
            if self._file.closed:
                return
            self._file.write(block_of(request) + "\n")
            self._file.flush()
            self.count += 1
            if self.count == self._wanted:
                self.enough.set()

    def close(self):
        with self._lock:
            self._file.close()


def without_hop_fields(data):
    """A request is sent again on a connection of its own: to another host, and without a word on this connection."""
    end = head_end(data)
    if end is None:
        return data
    head, body = data[:end], data[end:]
    line, *fields = head.split(b"\r\n")
    kept = [field for field in fields if field.partition(b":")[0].lower() not in (b"connection", b"keep-alive")]
    kept = [b"Host: localhost" if field.lower().startswith(b"host:") else field for field in kept]
    return b"\r\n".join([line, *kept]) + body


def received(connection):
    """With what a TLS connection has decrypted already, and no selector knows of."""
    data = connection.recv(PIECE)
    while isinstance(connection, ssl.SSLSocket) and connection.pending():
        data += connection.recv(PIECE)
    return data


class Relay:
    """One connection of a client, and the one to the server that belongs to it."""

    def __init__(self, client, server, recorder):
        self.client, self.server, self.recorder = client, server, recorder
        self.kept = b""
        self.records = True

    def run(self):
        upstream = self.server.connect(10)
        try:
            upstream.settimeout(None)
            self._pump(upstream)
        except OSError:
            pass
        finally:
            if self.kept and self.records:
                self.recorder.add(self.kept)
            upstream.close()
            self.client.close()

    def _pump(self, upstream):
        with selectors.DefaultSelector() as selector:
            selector.register(self.client, selectors.EVENT_READ, upstream)
            selector.register(upstream, selectors.EVENT_READ, self.client)
            while selector.get_map():
                for key, _ in selector.select():
                    data = received(key.fileobj)
                    if key.fileobj is self.client:
                        self._look_at(data)
                    if data:
                        key.data.sendall(data)
                    elif key.fileobj is upstream or isinstance(upstream, ssl.SSLSocket):
                        return
                    else:
                        selector.unregister(key.fileobj)
                        key.data.shutdown(socket.SHUT_WR)

    def _look_at(self, data):
        self.kept += data if self.records else b""
        try:
            while self.records and self.kept:
                end = request_end(self.kept)
                if end is None:
                    self.records = len(self.kept) < REQUEST_MAX
                    return
                self.recorder.add(self.kept[:end])
                self.kept = self.kept[end:]
        except ValueError:
            self.recorder.add(self.kept)  # as it came: what follows cannot be told apart
            self.records = False


def record(server, port, path, wanted, announce):
    """Runs until it is interrupted or has recorded as many as are wanted. Returns how many that were."""
    recorder = Recorder(path, wanted)
    listener = socket.create_server(("127.0.0.1", port))
    announce(listener.getsockname()[1])
    relays = []

    def accept():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            relays[:] = [relay for relay in relays if relay.is_alive()]
            relays.append(threading.Thread(target=guarded, args=(client,), daemon=True))
            relays[-1].start()

    def guarded(client):
        try:
            Relay(client, server, recorder).run()
        except OSError:
            client.close()  # the server is not there: so the client sees, too

    threading.Thread(target=accept, daemon=True).start()
    try:
        recorder.enough.wait()
    except KeyboardInterrupt:
        pass
    listener.close()
    end = time.monotonic() + LAST_ANSWERS
    for relay in relays:
        relay.join(max(0, end - time.monotonic()))
    recorder.close()
    return recorder.count
