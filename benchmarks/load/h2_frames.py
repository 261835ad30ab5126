"""Just enough HTTP/2 (RFC 9113) to ask a server the same question many times, without a library."""

import socket

OPENING = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\x06\4\0\0\0\0\0" + b"\0\4\x40\0\0\0"  # windows of 1 GiB
           + b"\0\0\4\x08\0\0\0\0\0" + b"\x3f\0\0\0")
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACKNOWLEDGEMENT, END_HEADERS = 1, 1, 4
FIELDS = ((b"accept", b"text/plain,text/html;q=0.9,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.7"),
          (b"user-agent", b"load/1"))


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def text(value):
    """HPACK's string (RFC 7541 5.2), short and as it is."""
    if len(value) > 126:
        raise ValueError(value)
    return bytes((len(value),)) + value


def request(stream, path=b"/plaintext"):
    """A GET. The first one on a connection puts its fields into the server's table, where the others have them."""
    count = len(FIELDS) + 1
    head = b"\x82\x86\x04" + text(path)
    if stream == 1:
        head += b"\x41" + text(b"127.0.0.1")
        head += b"".join(b"\x40" + text(name) + text(value) for name, value in FIELDS)
    else:
        head += bytes(0x80 | 62 + index for index in reversed(range(count)))
    return frame(HEADERS, END_STREAM | END_HEADERS, stream, head)


class Connection:
    """One client's, on a connected socket, which is not closed by it."""

    def __init__(self, client):
        self.socket = client
        self._unread = b""
        self._next = 1
        client.sendall(OPENING)

    def ask(self, count=1):
        """So many requests in one write; returns once all are answered with 200."""
        streams = range(self._next, self._next + 2 * count, 2)
        self._next = streams[-1] + 2
        self.socket.sendall(b"".join(request(stream) for stream in streams))
        left = count
        while left > 0:
            kind, flags, payload = self._frame()
            if kind in (RST_STREAM, GOAWAY) or (kind == HEADERS and payload.lstrip(b"\x20\x3f")[:1] != b"\x88"):
                raise RuntimeError(f"wrong answer: frame {kind} {payload[:40]!r}")
            if kind in (SETTINGS, PING) and not flags & ACKNOWLEDGEMENT:
                self.socket.sendall(frame(kind, ACKNOWLEDGEMENT, 0, payload if kind == PING else b""))
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                left -= 1

    def _frame(self):
        head = self._read(9)
        return head[3], head[4], self._read(int.from_bytes(head[:3], "big"))

    def _read(self, size):
        while len(self._unread) < size:
            piece = self.socket.recv(262144)
            if not piece:
                raise RuntimeError("the server closed the connection")
            self._unread += piece
        part, self._unread = self._unread[:size], self._unread[size:]
        return part


def connect(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client
