"""Files of requests: blocks that a line `### name` begins. docs/comparing.md describes them."""

import pathlib
import re

from request import Parts, Request, Rules, escaped, made, unescaped

START = re.compile(r"^###(?:\s+(.*\S))?\s*$")
START_LINE = re.compile(rb"^(\S+) (\S.*?)(?: (HTTP/\d\.\d))?$")
FLAGS = {"keep", "raw", "json", "half-close", "escapes", "no-body"}
VALUES = {
    "expect-difference", "expect-old", "expect-new", "repeat", "answers", "timeout", "ignore", "normalise", "file",
    "chunked", "pieces",
}
METHODS_WITH_BODY = {b"POST", b"PUT", b"PATCH"}  # an empty one has a Content-Length, too


class Malformed(Exception):
    """The file is not as docs/comparing.md says."""


def normalisation(text):
    """REGEX -> TEXT, as a pair for Rules.normalise."""
    expression, arrow, replacement = text.rpartition(" -> ")
    if not arrow:
        expression, arrow, replacement = text.removesuffix(" ->"), text.endswith(" ->"), ""
    if not arrow:
        raise ValueError("write REGEX -> TEXT")
    return re.compile(expression.encode()), replacement.encode()


class Block:
    def __init__(self, name, place, lines):
        self.name, self.place = name, place
        self.directives = []  # pairs (name, value)
        self.lines = lines
        while self.lines and self._is_preamble(self.lines[0]):
            line = self.lines.pop(0).decode("utf-8", "replace").strip()
            if line.startswith("@"):
                word, _, value = line[1:].partition(" ")
                self._add(word, value.strip())
        while self.lines and not self.lines[-1].strip():
            self.lines.pop()

    @staticmethod
    def _is_preamble(line):
        return not line.strip() or line.startswith((b"@", b"# ", b"#\n")) or line == b"#"

    def _add(self, word, value):
        if word not in FLAGS | VALUES:
            raise Malformed(f"{self.place}: unknown directive @{word}")
        if (word in FLAGS) == bool(value):
            raise Malformed(f"{self.place}: @{word} takes {'no' if word in FLAGS else 'a'} value")
        self.directives.append((word, value))

    def has(self, flag):
        return any(word == flag for word, _ in self.directives)

    def value(self, wanted):
        return next((value for word, value in self.directives if word == wanted), None)

    def rules(self, defaults):
        rules = defaults.copy()
        try:
            for word, value in self.directives:
                self._apply(rules, word, value)
        except (ValueError, re.error) as error:
            raise Malformed(f"{self.place}: {error}") from None
        return rules

    @staticmethod
    def _apply(rules, word, value):
        if word in ("keep", "json", "half-close"):
            setattr(rules, word.replace("-", "_"), True)
        elif word == "no-body":
            rules.body = False
        elif word in ("expect-difference", "expect-old", "expect-new"):
            setattr(rules, word.replace("-", "_"), value)
        elif word in ("repeat", "answers"):
            setattr(rules, word, int(value))
        elif word == "timeout":
            rules.timeout = float(value)
        elif word == "ignore":
            rules.ignore |= {name.strip().lower() for name in value.split(",")}
        elif word == "normalise":
            rules.normalise += (normalisation(value),)


def blocks(path):
    """The blocks of a file, with what stands ahead of the first `###` as the first."""
    path = pathlib.Path(path)
    name, start, lines = "", 1, []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        found = START.match(line.removesuffix(b"\r").decode("latin-1"))
        if found:
            yield Block(name, f"{path.name}:{start}", lines)
            name, start, lines = (found[1] or "").encode("latin-1").decode("utf-8", "replace"), number, []
        else:
            lines.append(line.removesuffix(b"\r"))
    yield Block(name, f"{path.name}:{start}", lines)


def split_head(lines):
    """The lines of the head, and those of the body behind the empty line; no body if that line is missing."""
    if b"" in lines:
        end = lines.index(b"")
        return lines[:end], lines[end + 1 :]
    return lines, None


def is_open(line):
    """Does it end with a backslash that is none of an escape?"""
    return (len(line) - len(line.rstrip(b"\\"))) % 2 == 1


def raw_request(block, rules):
    """Lines end with CRLF, unless a line ends with a backslash; nothing is added, and escapes are taken."""
    head, body = split_head(block.lines)
    text = b""
    for line in head:
        text += unescaped(line[:-1]) if is_open(line) else unescaped(line) + b"\r\n"
    if not is_open(head[-1]):
        text += b"\r\n"
    return Request(block.name, block.place, text, unescaped(b"\r\n".join(body or [])), rules, None, pieces(block))


def pieces(block):
    value = block.value("pieces")
    return tuple(int(length) for length in value.split()) if value else ()


def file_body(block, folder, body):
    """The content of the file that `@file` names: as a directive, or in the place of the body."""
    name = block.value("file")
    if name is None and body and len(body) == 1 and body[0].startswith(b"@file "):
        name = body[0][6:].decode().strip()
    if name is None:
        return None
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise Malformed(f"{block.place}: @file {name}: {error.strerror}") from None


def chunked(body, length):
    pieces_of_it = [body[start : start + length] for start in range(0, len(body), length)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces_of_it) + b"0\r\n\r\n"


def framed_parts(parts, host, chunk=None):
    """Adds what a request needs, unless it is given. `chunk`: the length of chunks, for a chunked body."""
    if parts.field(b"Host") is None and parts.version != b"HTTP/1.0":
        parts.fields.insert(0, (b"Host", host.encode()))
    if chunk is not None:
        parts.body = chunked(parts.body, max(1, chunk))
        if parts.field(b"Transfer-Encoding") is None:
            parts.fields.append((b"Transfer-Encoding", b"chunked"))
    elif parts.field(b"Content-Length") is None and parts.field(b"Transfer-Encoding") is None:
        if parts.body or parts.method in METHODS_WITH_BODY:
            parts.fields.append((b"Content-Length", b"%d" % len(parts.body)))


def plain_request(block, rules, folder, host):
    head, body = split_head(block.lines)
    if block.has("escapes"):
        head, body = [unescaped(line) for line in head], body and [unescaped(line) for line in body]
    found = START_LINE.match(head[0])
    if not found:
        line = head[0].decode("latin-1")
        raise Malformed(f"{block.place}: not METHOD TARGET [VERSION]: {line!r}; @raw sends anything")
    fields = []
    for line in head[1:]:
        name, colon, value = line.partition(b":")
        if not colon or not name.strip():
            raise Malformed(f"{block.place}: not a field: {line.decode('latin-1')!r}; @raw sends anything")
        fields.append((name, value.strip()))
    parts = Parts(found[1], found[2], found[3] or b"HTTP/1.1", fields)
    multipart = (parts.field(b"Content-Type") or b"").lower().startswith(b"multipart/")
    given = file_body(block, folder, body)
    written = b"\n".join(body or [])
    if multipart and body:
        written = b"\r\n".join([*body, b""])
    parts.body = written if given is None else given
    chunk = block.value("chunked")
    framed_parts(parts, host, None if chunk is None else int(chunk))
    return made(block.name, block.place, parts, rules, pieces(block))


def read(path, host="localhost", defaults=None):
    """The requests of a file. Throws Malformed, and OSError if it cannot be read."""
    defaults = defaults or Rules()
    found = []
    for block in blocks(path):
        rules = block.rules(defaults)
        if not block.lines:
            if block.directives:
                defaults = rules  # a block without a request: for all that follow
            continue
        try:
            if block.has("raw"):
                found.append(raw_request(block, rules))
            else:
                found.append(plain_request(block, rules, pathlib.Path(path).parent, host))
        except ValueError as error:
            raise Malformed(f"{block.place}: {error}") from None
    return found


def line_of(data):
    """As `escaped`, and nothing that the reader of a file takes for something else."""
    text = escaped(data)
    if text.endswith(" "):
        text = text[:-1] + "\\x20"
    return f"\\x{data[0]:02x}" + text[1:] if text[:1] in ("@", "#", " ") else text


def readable_block(request, marks, host):
    """A block without @raw, or None if it would not send the same bytes."""
    head, _, body = request.bytes.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    implied = (b"host: " + host.encode(), b"content-length: %d" % len(body))
    multipart = body.endswith(b"--\r\n")
    body_lines = (body[:-2].split(b"\r\n") if multipart else body.split(b"\n")) if body else []
    for left_out in (implied, implied[:1], ()):
        kept = [field for field in fields if field.lower() not in left_out]
        lines = [line.removesuffix(b" HTTP/1.1"), *kept, *([b"", *body_lines] if body else [])]
        try:
            text = "\n".join([*marks, *(each.decode("utf-8") for each in lines)])
            if any(START.match(each) for each in text.split("\n")) or not text.replace("\n", "").isprintable():
                return None
            block = Block("", "", [each.encode() for each in text.split("\n")])
            if plain_request(block, Rules(), pathlib.Path(), host).bytes == request.bytes:
                return text + "\n"
        except (Malformed, ValueError, IndexError):
            return None
    return None


def block_of(request, comment="", host="localhost"):
    """The text of a block that sends the same bytes, readable if that can be."""
    title = "".join(char for char in request.name if char.isprintable()).strip()
    start = "\n".join([f"### {title}".rstrip(), *(f"# {line}" for line in comment.splitlines())]) + "\n"
    rules = request.rules
    marks = ["@keep"] if rules.keep else []
    marks += [f"@answers {rules.answers}"] if rules.answers != 1 else []
    marks += [f"@timeout {rules.timeout}"] if rules.timeout else []
    marks += ["@json"] if rules.json else []
    marks += ["@no-body"] if not rules.body else []
    return start + (readable_block(request, marks, host) or raw_block(request, marks))


def raw_block(request, marks):
    lines = ["@raw", *marks]
    data = request.bytes
    if data.startswith(b"\r\n"):
        return "\n".join([*lines, escaped(data) + "\\"]) + "\n"
    head, end, body = data.partition(b"\r\n\r\n")
    lines += [line_of(line) for line in head.split(b"\r\n")]
    if not end:
        lines[-1] += "\\"
    elif body:
        lines += ["", line_of(body)]
    return "\n".join(lines) + "\n"
