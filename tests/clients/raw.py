"""Just enough HTTP to look at every byte that a server sends."""

import socket
from typing import NamedTuple


class Answer(NamedTuple):
    status: int
    fields: dict  # names in lower case
    body: bytes


class Closed(Exception):
    """The server has ended the connection where an answer was expected."""


class RawConnection:
    def __init__(self, connection):
        self.socket = connection
        self._unread = b""

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, to_head=False):
        """The next answer; to a HEAD request it has no body, whatever its length says."""
        head, self._unread = self._until(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        size = 0 if to_head else int(fields.get("content-length", 0))
        while len(self._unread) < size:
            self._receive()
        body, self._unread = self._unread[:size], self._unread[size:]
        return Answer(int(status_line.split()[1]), fields, body)

    def at_end(self):
        """Waits for the server to end its side, and tells whether it sent nothing before."""
        if self._unread:
            return False
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _until(self, mark):
        while mark not in self._unread:
            self._receive()
        head, _, rest = self._unread.partition(mark)
        return head, rest

    def _receive(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise Closed(f"with {self._unread!r} unread")
        self._unread += piece
