"""A request as it is sent, and the rules by which its answers are compared."""

import dataclasses
import re


@dataclasses.dataclass
class Rules:
    """What the directives of a block, or of the blocks of defaults before it, say."""

    keep: bool = False  # on the connection of the request before
    expect_difference: str | None = None  # why the answers have to differ
    expect_old: str | None = None  # the status or the outcome there
    expect_new: str | None = None
    repeat: int = 1
    answers: int = 1  # how many are waited for
    timeout: float | None = None  # seconds
    half_close: bool = False  # end the sending side right after the request
    json: bool = False  # compare bodies as values of JSON
    body: bool = True
    ignore: frozenset = frozenset()  # names of fields, in small letters
    normalise: tuple = ()  # pairs (compiled expression, replacement), on bodies and on values of fields

    def copy(self, **changes):
        return dataclasses.replace(self, **changes)


@dataclasses.dataclass
class Parts:
    """A request that is not raw, by its parts."""

    method: bytes
    target: bytes
    version: bytes
    fields: list  # of pairs (name, value)
    body: bytes = b""

    def head(self):
        lines = [self.method + b" " + self.target + b" " + self.version]
        lines += [name + b": " + value for name, value in self.fields]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def field(self, name):
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def copy(self, **changes):
        return dataclasses.replace(self, **{"fields": list(self.fields), **changes})


@dataclasses.dataclass
class Request:
    name: str
    place: str  # where it stands: "requests.txt:12"
    head: bytes
    body: bytes
    rules: Rules
    parts: Parts | None = None  # none if it is raw
    pieces: tuple = ()  # lengths of what is sent at a time; the rest at once

    @property
    def bytes(self):
        return self.head + self.body

    @property
    def waits_for_continue(self):
        expect = self.parts.field(b"Expect") if self.parts else None
        return expect is not None and expect.lower() == b"100-continue" and self.body != b""

    def start_line(self):
        return self.head.split(b"\n", 1)[0].rstrip(b"\r").decode("latin-1")

    def title(self):
        return self.name or self.start_line().rpartition(" HTTP/")[0] or self.start_line()


def made(name, place, parts, rules, pieces=()):
    return Request(name, place, parts.head(), parts.body, rules, parts, pieces)


ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[rnt0\\]|\{\d{1,8}:[^}]*\})")
ESCAPED = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


def unescape(match):
    name = match[1]
    if name in ESCAPED:
        return ESCAPED[name]
    if name.startswith(b"x"):
        return bytes([int(name[1:], 16)])
    count, _, text = name[1:-1].partition(b":")
    return unescaped(text) * int(count)


def unescaped(text):
    r"""\xNN, \r, \n, \t, \0, \\ and \{TIMES:TEXT} as the bytes they stand for; any other backslash is itself."""
    return ESCAPE.sub(unescape, text)


def escaped(data):
    """A line that `unescaped` turns into this again."""
    names = {10: "\\n", 13: "\\r", 9: "\\t", 92: "\\\\"}
    return "".join(names.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in data)
