"""HTTP/2 frame by frame, valid or not, over any socket: for those that attack."""

import select
import ssl
import threading
import time

MAGIC = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
PRIORITY_UPDATE = 16
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
INITIAL_WINDOW_SIZE = 4
ERRORS = ("NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
          "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM")


def number(value, size=4):
    return value.to_bytes(size, "big")


def frame(kind, flags, stream, payload=b""):
    return number(len(payload), 3) + bytes((kind, flags)) + number(stream) + payload


def integer(prefix, pattern, value):
    most = (1 << prefix) - 1
    if value < most:
        return bytes((pattern | value,))
    out = bytearray((pattern | most,))
    value -= most
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    out.append(value)
    return bytes(out)


def literal(name, value, pattern=0):
    return bytes((pattern,)) + integer(7, 0, len(name)) + name + integer(7, 0, len(value)) + value


def block(method, path, *fields):
    pseudo = ((b":method", method), (b":scheme", b"http"), (b":path", path), (b":authority", b"gyre.test"))
    return b"".join(literal(name, value) for name, value in (*pseudo, *fields))


def headers(stream, fields, flags=END_STREAM | END_HEADERS):
    return frame(HEADERS, flags, stream, fields)


def get(stream, path=b"/get", *fields):
    return headers(stream, block(b"GET", path, *fields))


def post(stream, path=b"/post", *fields):
    return headers(stream, block(b"POST", path, *fields), END_HEADERS)


def data(stream, content, flags=END_STREAM):
    return frame(DATA, flags, stream, content)


def rst_stream(stream, code=8):
    return frame(RST_STREAM, 0, stream, number(code))


def window_update(stream, size):
    return frame(WINDOW_UPDATE, 0, stream, number(size))


def settings(*entries):
    return frame(SETTINGS, 0, 0, b"".join(number(key, 2) + number(value) for key, value in entries))


def greeting(window=0x7FFFFFFF):
    return MAGIC + settings((INITIAL_WINDOW_SIZE, window)) + frame(SETTINGS, ACK, 0)


def bomb(name, value, times):
    return block(b"GET", b"/get") + literal(name, value, 0x40) + b"\xbe" * times


def pause(seconds):
    """For attacks, which take their time: there is nothing that could be waited for."""
    select.select([], [], [], seconds)


class Raw:
    """A connection that sends what it is told and meanwhile reads, unless it is to read nothing."""

    WAITS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

    def __init__(self, connection, reads=True):
        connection.setblocking(False)
        self.socket = connection
        self.reads = reads
        self.over = False  # the server has ended its side
        self.refused = False  # it does not take any more
        self.goaway = ""
        self.resets = 0
        self.answers = 0
        self._unread = b""

    def send(self, content, patience=1.0):
        """As much as goes out in that time."""
        rest = memoryview(content)
        end = time.monotonic() + patience
        while rest and not self.over and not self.refused:
            moved = 0
            try:
                moved = self.socket.send(rest)
                rest = rest[moved:]
            except self.WAITS:
                pass
            except OSError:
                self.refused = True
            if self.reads and self.receive() or moved:
                continue
            if time.monotonic() > end:
                return
            select.select([self.socket] if self.reads else [], [self.socket], [], 0.01)

    def receive(self):
        """What is there. Whether that was something."""
        try:
            piece = self.socket.recv(65536)
        except self.WAITS:
            return False
        except (OSError, ValueError):
            piece = b""
        if not piece:
            self.over = True
            return False
        self._unread += piece
        self._take()
        return True

    def wait(self, condition, patience):
        """Reads until then."""
        end = time.monotonic() + patience
        while not condition() and not self.over and time.monotonic() < end:
            if not self.receive():
                select.select([self.socket], [], [], 0.01)

    def _take(self):
        at = 0
        while len(self._unread) - at >= 9:
            end = at + 9 + int.from_bytes(self._unread[at:at + 3], "big")
            if len(self._unread) < end:
                break
            kind, flags = self._unread[at + 3], self._unread[at + 4]
            if kind == RST_STREAM:
                self.resets += 1
            elif kind == GOAWAY:
                code = int.from_bytes(self._unread[at + 13:at + 17], "big")
                self.goaway = ERRORS[code] if code < len(ERRORS) else str(code)
            elif kind in (DATA, HEADERS) and flags & END_STREAM:
                self.answers += 1
            at = end
        self._unread = self._unread[at:]

    def close(self):
        self.socket.close()


class Prober:
    """Asks again and again on connections of its own: the longest time that an answer took."""

    def __init__(self, connect):
        self._connect = connect
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.worst = 0.0
        self.answers = 0
        self.failure = ""
        self._thread.start()

    def _run(self):
        while not self._end.is_set():
            begin = time.monotonic()
            try:
                self._ask()
            except (OSError, AssertionError) as error:
                self.failure = f"{type(error).__name__}: {error}"
            self.worst = max(self.worst, time.monotonic() - begin)
            self.answers += 1
            self._end.wait(0.02)

    def _ask(self):
        client = Raw(self._connect())
        client.send(greeting() + get(1, b"/ip"))
        client.wait(lambda: client.answers, 5)
        client.close()
        assert client.answers == 1, "no answer"

    def stop(self):
        self._end.set()
        self._thread.join(10)
