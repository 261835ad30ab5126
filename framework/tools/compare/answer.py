"""Reads an answer of HTTP/1.x from a connection, as strictly as is needed to see what a server has sent."""

import dataclasses
import re
import zlib

HEAD_MAX = 256 * 1024
STATUS_LINE = re.compile(rb"^(HTTP/\d\.\d) (\d{3})(?: (.*))?$")


@dataclasses.dataclass
class Answer:
    version: bytes = b""
    status: int = 0
    reason: bytes = b""
    fields: list = dataclasses.field(default_factory=list)  # of pairs (name, value)
    body: bytes = b""
    trailers: list = dataclasses.field(default_factory=list)
    interim: list = dataclasses.field(default_factory=list)  # statuses of the answers before it
    has_body: bool = True  # false where the protocol has none: to HEAD, 204, 304
    until_close: bool = False

    def values(self, name):
        return [value for key, value in self.fields if key.lower() == name]

    def closes(self):
        words = b",".join(self.values(b"connection")).lower().replace(b" ", b"").split(b",")
        return self.until_close or b"close" in words or (self.version == b"HTTP/1.0" and b"keep-alive" not in words)


class Ended(Exception):
    """It came to another end than a whole answer."""

    def __init__(self, outcome, answer=None, detail=""):
        super().__init__(outcome)
        self.outcome = outcome  # "closed", "timeout", "cut", "malformed", "too long"
        self.answer = answer  # what there is of it, if the head was whole
        self.detail = detail


def parse_fields(lines):
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip())
        elif not colon:
            raise Ended("malformed", detail=f"not a field: {line[:60]!r}")
        else:
            fields.append((name, value.strip(b" \t")))
    return fields


class AnswerReader:
    """`source` has `more()`: the next bytes, b"" at the end of the stream. It throws Ended or OSError."""

    def __init__(self, source, body_max):
        self.source, self.body_max = source, body_max
        self.kept = b""

    def _fill(self, answer=None):
        detail = ""
        try:
            piece = self.source.more()
        except Ended as ended:
            raise Ended(ended.outcome, answer, ended.detail) from None
        except OSError as error:
            piece, detail = b"", str(error)  # a reset is an end, too: which of the two comes is a matter of timing
        if not piece:
            raise Ended("cut" if self.kept or answer else "closed", answer, detail)
        self.kept += piece

    def _line(self, answer=None):
        while b"\n" not in self.kept:
            if len(self.kept) > HEAD_MAX:
                raise Ended("malformed", answer, "a head without an end")
            self._fill(answer)
        line, _, self.kept = self.kept.partition(b"\n")
        return line.removesuffix(b"\r")

    def _lines(self, answer=None):
        lines = []
        while True:
            line = self._line(answer)
            if not line:
                return lines
            lines.append(line)

    def _exactly(self, count, answer):
        while len(self.kept) < count:
            self._fill(answer)
        data, self.kept = self.kept[:count], self.kept[count:]
        return data

    def _head(self):
        lines = self._lines()
        found = STATUS_LINE.match(lines[0]) if lines else None
        if not found:
            raise Ended("malformed", detail=f"not a status line: {(lines or [b''])[0][:60]!r}")
        answer = Answer(found[1], int(found[2]), found[3] or b"")
        answer.fields = parse_fields(lines[1:])
        return answer

    def read(self, method):
        """The next final answer."""
        interim = []
        while True:
            answer = self._head()
            if answer.status < 200 and answer.status != 101:
                interim.append(answer.status)
                continue
            answer.interim = interim
            self._body(answer, method)
            return answer

    def _body(self, answer, method):
        if answer.status in (101, 204, 304) or method == b"HEAD" or (method == b"CONNECT" and answer.status < 300):
            answer.has_body = False
        elif b"chunked" in b",".join(answer.values(b"transfer-encoding")).lower():
            self._chunks(answer)
        elif answer.values(b"content-length"):
            self._length(answer)
        else:
            answer.until_close = True
            self._rest(answer)

    def _length(self, answer):
        lengths = set(answer.values(b"content-length"))
        length = lengths.pop()
        if lengths or not re.fullmatch(rb"\d+", length):
            raise Ended("malformed", answer, "Content-Length")
        try:
            answer.body = self._exactly(self._allowed(answer, int(length)), answer)
        except Ended:
            answer.body, self.kept = self.kept, b""
            raise

    def _allowed(self, answer, length):
        if len(answer.body) + length > self.body_max:
            raise Ended("too long", answer)
        return length

    def _chunks(self, answer):
        while True:
            size = re.match(rb"^([0-9a-fA-F]+)[ \t]*(;.*)?$", self._line(answer))
            if not size:
                raise Ended("malformed", answer, "the size of a chunk")
            length = int(size[1], 16)
            if length == 0:
                answer.trailers = parse_fields(self._lines(answer))
                return
            answer.body += self._exactly(self._allowed(answer, length), answer)
            if self._line(answer):
                raise Ended("malformed", answer, "no line end behind a chunk")

    def _rest(self, answer):
        while True:
            answer.body += self.kept
            self.kept = b""
            self._allowed(answer, 0)
            try:
                self._fill(answer)
            except Ended as ended:
                if ended.outcome == "cut":
                    return
                raise


def decoded(answer):
    """The body without the content codings that this program knows, and those that are left."""
    named = b",".join(answer.values(b"content-encoding")).lower().split(b",")
    codings = [word.strip() for word in named if word.strip()]
    body = answer.body
    try:
        while codings and codings[-1] in (b"gzip", b"x-gzip", b"deflate") and body:
            if codings[-1] == b"deflate":
                body = zlib.decompress(body, 15 if body[0] & 15 == 8 else -15)
            else:
                body = zlib.decompress(body, 31)
            codings.pop()
    except zlib.error:
        return answer.body, codings
    return body, codings
