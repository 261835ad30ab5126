"""Sends a request to a server and has an outcome for whatever happens then."""

import dataclasses
import select
import socket
import ssl
import time
import urllib.parse

from answer import Answer, AnswerReader, Ended
from splitter import methods_of

LINGER = 1.0  # seconds that are waited for what comes behind the last answer
NO_CONNECTION = "no connection"  # the detail of a timeout
SETTLE = 0.05  # seconds that a body may come in where none may be
AT_ONCE = 32 * 1024  # bytes that a connection takes without anybody who reads


class Unreachable(Exception):
    """Nothing can be compared with a server that does not accept a connection."""


@dataclasses.dataclass
class Outcome:
    kind: str  # "answered", "refused", or what Ended has
    answers: list = dataclasses.field(default_factory=list)
    detail: str = ""
    seconds: float = 0.0

    def last(self):
        return self.answers[-1] if self.answers else Answer()

    def summary(self):
        """The status, or what else it came to: what @expect-old and @expect-new name."""
        if self.kind == "answered":
            return " ".join(str(answer.status) for answer in self.answers)
        return self.kind


class Server:
    """Where requests go: http://HOST:PORT or https://HOST:PORT."""

    def __init__(self, url):
        parsed = urllib.parse.urlsplit(url if "//" in url else f"http://{url}")
        if parsed.scheme not in ("http", "https") or not parsed.hostname or parsed.path not in ("", "/"):
            raise ValueError(f"not http://HOST:PORT: {url}")
        self.url = url
        self.host = parsed.hostname
        self.port = parsed.port or (443 if parsed.scheme == "https" else 80)
        self.tls = None
        if parsed.scheme == "https":
            # The servers under comparison stand on a desk: their certificates are not what is looked at.
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE

    def connect(self, timeout):
        connection = socket.create_connection((self.host, self.port), timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls.wrap_socket(connection, server_hostname=self.host) if self.tls else connection

    def check(self, timeout):
        """Throws Unreachable unless it accepts a connection."""
        try:
            self.connect(timeout).close()
        except OSError as error:
            raise Unreachable(f"{self.url}: {error}") from None


class Connection:
    """A connection with a deadline for all that waits."""

    def __init__(self, server, timeout, body_max):
        self.socket = server.connect(timeout)
        self.is_tls = server.tls is not None
        self.deadline = time.monotonic() + timeout
        self.reader = AnswerReader(self, body_max)

    def _wait(self):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Ended("timeout")
        self.socket.settimeout(left)

    def more(self):
        self._wait()
        try:
            return self.socket.recv(65536)
        except TimeoutError:
            raise Ended("timeout") from None

    def send(self, data):
        """What a peer no longer reads is no failure yet: it may have answered before it closed."""
        try:
            self._wait()
            if self.is_tls or len(data) <= AT_ONCE:
                self.socket.sendall(data)
            else:
                self._send_and_listen(memoryview(data))
        except (Ended, OSError):
            pass

    def _send_and_listen(self, data):
        """A server that has answered need not read the rest; who does not listen meanwhile waits for it forever."""
        end = self.deadline
        self.socket.setblocking(False)
        while data and (left := end - time.monotonic()) > 0:
            readable, writable, _ = select.select([self.socket], [self.socket], [], left)
            if readable:
                piece = self.socket.recv(65536)
                if not piece:
                    return
                self.reader.kept += piece
                end = min(end, time.monotonic() + LINGER)
            if writable:
                data = data[self.socket.send(data) :]

    def end_sending(self):
        try:
            if not self.is_tls:
                self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.socket.close()


class Exchanges:
    """All requests to one server, one after the other."""

    def __init__(self, server, timeout, body_max):
        self.server, self.timeout, self.body_max = server, timeout, body_max
        self.kept = None  # the connection of the request before

    def ask(self, request, is_kept_after):
        """One outcome. `is_kept_after`: the next request goes on the same connection."""
        started = time.monotonic()
        outcome = self._ask(request, is_kept_after)
        outcome.seconds = time.monotonic() - started
        return outcome

    def _ask(self, request, is_kept_after):
        timeout = request.rules.timeout or self.timeout
        if request.rules.keep and self.kept is not None:
            connection = self.kept
            connection.deadline = time.monotonic() + timeout
        elif request.rules.keep:
            return Outcome("closed", detail="the connection of the request before is closed")
        else:
            self.close()
            try:
                connection = Connection(self.server, timeout, self.body_max)
            except TimeoutError:
                return Outcome("timeout", detail=NO_CONNECTION)
            except OSError as error:
                return Outcome("refused", detail=str(error))
        self.kept = connection
        outcome = self._exchange(connection, request, is_kept_after)
        if not is_kept_after or outcome.kind != "answered" or outcome.last().closes():
            self.close()
        return outcome

    def _exchange(self, connection, request, is_kept_after):
        outcome = Outcome("answered")
        methods = methods_of(request.bytes)
        try:
            self._send(connection, request)
            for index in range(request.rules.answers):
                outcome.answers.append(connection.reader.read(methods[index] if index < len(methods) else b""))
            if not is_kept_after:
                self._look_for_more(connection, outcome, methods)
        except Ended as ended:
            outcome.kind, outcome.detail = ended.outcome, ended.detail
            if ended.answer:
                outcome.answers.append(ended.answer)
        return outcome

    @staticmethod
    def _send(connection, request):
        if request.waits_for_continue:
            connection.send(request.head)
            if not Exchanges._continues(connection):
                return  # the answer is there already
            connection.send(request.body)
        elif request.pieces:
            rest = request.bytes
            for length in request.pieces:
                connection.send(rest[:length])
                rest = rest[length:]
                time.sleep(0.02)  # a packet of its own, most probably
            connection.send(rest)
        else:
            connection.send(request.bytes)
        if request.rules.half_close:
            connection.end_sending()

    @staticmethod
    def _continues(connection):
        """Waits for a 100, as a client does: for a second at most. False if another answer has come."""
        reader, deadline = connection.reader, connection.deadline
        connection.deadline = min(deadline, time.monotonic() + 1)
        try:
            while b"\n" not in reader.kept:
                piece = connection.more()
                if not piece:
                    return True
                reader.kept += piece
        except (Ended, OSError):
            return True
        finally:
            connection.deadline = deadline
        return reader.kept.split(b" ", 2)[1:2] == [b"100"]

    @staticmethod
    def _look_for_more(connection, outcome, methods):
        """An answer too many is a difference, too: one request was read as two."""
        if outcome.last().until_close or outcome.last().status == 101:
            return
        if not outcome.last().has_body and not connection.is_tls and not connection.reader.kept:
            # A server that sees the end of the sending side takes that for a client that has left, and may not send
            # what is too much.
            select.select([connection.socket], [], [], SETTLE)
        connection.end_sending()
        connection.deadline = min(connection.deadline, time.monotonic() + LINGER)
        if connection.is_tls:
            return
        try:
            while len(outcome.answers) < 100:
                index = len(outcome.answers)
                outcome.answers.append(connection.reader.read(methods[index] if index < len(methods) else b""))
        except Ended as ended:
            if ended.answer or connection.reader.kept or ended.outcome == "malformed":
                outcome.detail = "more bytes behind the answer"
                outcome.kind = "malformed"

    def close(self):
        if self.kept is not None:
            self.kept.close()
        self.kept = None
