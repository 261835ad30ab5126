"""A server that answers with whatever bytes a test wants, and remembers what it was sent."""

import re
import socket
import threading

HANG = object()  # an answer that never comes


class TinyServer:
    """`answer(method, target, body)` gives bytes, b"" to close, HANG, or a pair (bytes, "close")."""

    def __init__(self, answer):
        self.answer = answer
        self.seen = []  # the bytes of each request, in order
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.thread.join()

    def stop(self):
        """No more connections; those that are there go on."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was stopped before
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while self._one(connection, stream):
                    pass
            except OSError:
                pass

    def _one(self, connection, stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return False
            head += line
        if b"\r\nExpect: 100-continue" in head:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body, raw = self._body(head, stream)
        self.seen.append(head + raw)
        method, target = head.decode("latin-1").split(" ")[:2]
        answer = self.answer(method, target, body)
        if answer is HANG:
            stream.read()
            return False
        data, then = answer if isinstance(answer, tuple) else (answer, "keep")
        connection.sendall(data)
        return bool(data) and then == "keep"

    @staticmethod
    def _body(head, stream):
        if b"\r\nTransfer-Encoding: chunked" in head:
            body, raw = b"", b""
            while True:
                line = stream.readline()
                data = stream.read(int(line, 16) + 2)
                body, raw = body + data[:-2], raw + line + data
                if line == b"0\r\n":
                    return body, raw
        length = re.search(rb"\r\nContent-Length: (\d+)", head)
        data = stream.read(int(length[1])) if length else b""
        return data, data


def answer(body=b"", status="200 OK", fields=(), chunked=False):
    """The bytes of an answer."""
    lines = [f"HTTP/1.1 {status}", *fields]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        middle = len(body) // 2
        pieces = [piece for piece in (body[:middle], body[middle:]) if piece]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
