"""Requests that are too large to stand in a file: texts of gyre-compare's format, for differential_test.py."""

import gzip

FORM = "Content-Type: application/x-www-form-urlencoded"
TEXT = "Content-Type: text/plain"


def block(name, *lines):
    return "\n".join([f"### {name}", *lines, ""])


def escaped(data):
    return "".join(f"\\x{byte:02x}" for byte in data)


def different(reason, old, new):
    return [f"@expect-difference {reason}", f"@expect-old {old}", f"@expect-new {new}"]


def plain():
    pairs = "&".join(f"k{number}=v{number}" for number in range(200))
    return [
        block("a long target", f"GET /dump/{'x' * 3000}"),
        block("a long query", f"GET /dump?{pairs}"),
        block("a long field", "GET /dump", f"X-Long: {'y' * 4000}"),
        block("a field that is too long", "GET /dump", f"X-Long: {'y' * 8300}"),
        block("a form of 8192 bytes", "POST /dump", FORM, "", "a=" + "x" * 8190),
        block("a form that is too long", "POST /dump", FORM, "", "a=" + "x" * 8191),
        block("a large body", "POST /dump", TEXT, "", "z" * 100_000),
        block("a large body to a reader", "POST /reader", TEXT, "", "r" * 100_000),
    ]


def hooks():
    return [
        block("a body of the most", "POST /reader", TEXT, "", "m" * 20_000),
        block("a body that is too long", "POST /dump", TEXT, "", "m" * 20_001),
        block("a body that is too long for a reader", "POST /reader", TEXT, "", "m" * 20_001),
        block("a body that is too long for nobody", "POST /none", TEXT, "", "m" * 20_001),
        block("a form that is too long", "POST /dump", FORM, "", "a=" + "x" * 8191),
    ]


def stricter():
    most = [f"X-{number}: {'y' * 4000}" for number in range(9)]
    any_number = different("Limits::head: cpp-httplib takes any number", 200, 431)
    same = different("the same status, with a problem as its body", 414, 414)
    return [
        block("a request line of more than 8 KiB", *same, f"GET /dump/{'x' * 9000}"),
        block("more than 32 KiB of fields", *any_number, "GET /hi", *most),
    ]


def stricter_hooks():
    every = different("the limit is for every body; cpp-httplib knows it only for Content-Length", 200, 413)
    packed = escaped(gzip.compress(b"m" * 30_000, mtime=0))
    return [
        block("chunks of too much", *every, "@chunked 1000", "POST /dump", TEXT, "", "m" * 30_000),
        block("a gzip body of too much", *every, "@escapes", "POST /dump", "Content-Encoding: gzip", TEXT, "", packed),
    ]
