#!/usr/bin/env python3
"""One source of handlers answers alike on Boost.Beast and on gyre: --compare --old --new PROGRAM"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from programs import main, programs  # noqa: E402
from service import Service  # noqa: E402

LIMIT = 90  # seconds, for the run of gyre-compare
WANTED = 200  # requests at least

BODIES = ["", "x", "a text with spaces\nand lines\n\nand more", "\u00fcber \u20ac", "0123456789" * 2000]
STATUSES = [200, 201, 202, 203, 204, 205, 206, 299, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 409,
            410, 411, 412, 415, 418, 421, 422, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 507, 511, 599, 999]
SIZES = [0, 1, 100, 4095, 4096, 4097, 65535, 65536, 65537, 300_000]
FIELDS = ["x-own: 1", "X-OWN: one\nx-own: two", "Accept: */*;q=0.1, text/html", "Cookie: a=1; b=2", "X-Empty:",
          "X-Blanks:   between  words  ", "Connection: close", "Connection: keep-alive, X-Hop",
          "Host: other.example:81", "X-Long: " + "v" * 3000, "If-None-Match: \"one\"", "Range: bytes=0-1",
          "Authorization: Basic eDp5", "X-Bytes: \\xc3\\xbc\\xff", "Expect: 100-continue", "User-Agent: a (b) c/1"]
TARGETS = ["/", "/seen/a/b", "/seen/%41%2F?x=%20&y", "/seen//double", "/seen/?", "/seen?a?b",
           "/seen/~!$&'()*+,;=:@", "/nothing", "/nothing/at/all", "/seen/." + "a" * 2000,
           "http://other.example/seen/absolute"]


def block(name, start, fields="", body=None, directives=()):
    lines = [f"### {name}", *(f"@{each}" for each in directives), start]
    if fields:
        lines.append(fields)
    if body is not None:
        lines += ["", body]
    return "\n".join(lines) + "\n"


def requests():
    """The blocks of the file, each a request."""
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"):
        for target in TARGETS:
            yield block(f"{method} {target[:30]}", f"{method} {target}")
    for status in STATUSES:
        yield block(f"status {status}", f"GET /status/{status}")
    for status in (200, 204, 304, 404):
        yield block(f"head of status {status}", f"HEAD /status/{status}")
    for size in SIZES:
        for kind in ("length", "chunked", "bytes", "pieces", "end"):
            if kind == "chunked" and size == 0:
                continue  # Beast 1.81 ends such a body twice, which is no HTTP
            yield block(f"{kind} {size}", f"GET /{kind}/{size}")
        yield block(f"head of length {size}", f"HEAD /length/{size}")
    for body in BODIES:
        for method in ("POST", "PUT", "PATCH"):
            yield block(f"{method} of {len(body)}", f"{method} /echo", "Content-Type: a/b;c=d", body)
        if body:
            yield block(f"chunks of {len(body)}", "POST /echo", "Content-Type: a/b", body, ["chunked 7000"])
            size = 3 if len(body) < 99 else 5000
            yield block(f"seen chunks of {len(body)}", "POST /seen", "", body, [f"chunked {size}"])
    for fields in FIELDS:
        yield block(fields[:20].replace("\n", " "), "GET /seen", fields, None, ["escapes"])
    for name in ("small.txt", "large.bin", "empty", "missing", "a..b"):
        for method in ("GET", "HEAD", "POST"):
            yield block(f"{method} file {name}", f"{method} /files/{name}")
    for version in ("HTTP/1.0", "HTTP/1.1"):
        for target in ("/seen", "/length/10", "/end/10", "/status/204", "/files/large.bin", "/cookies"):
            yield block(f"{target} by {version}", f"GET {target} {version}")
    yield block("kept at 1.0", "GET /length/10 HTTP/1.0", "Connection: keep-alive")
    for target in ("string", "later", "file", "other"):
        for method in ("GET", "HEAD", "POST"):
            yield block(f"{method} sent {target}", f"{method} /send/{target}")
    for number in range(20):
        directives = ["keep"] if number else []
        yield block(f"kept {number}", f"GET /length/{number * 1000}", "", None, directives)


class Beast(unittest.TestCase):
    def test_no_difference(self):
        blocks = list(requests())
        with tempfile.TemporaryDirectory() as directory:
            files = pathlib.Path(directory)
            (files / "small.txt").write_text("small\n")
            (files / "empty").write_text("")
            (files / "large.bin").write_bytes(bytes(at * 31 % 251 for at in range(300_000)))
            (files / "requests.txt").write_text("\n".join(blocks), encoding="utf-8")
            arguments = ["--port", "0", "--files", directory]
            with Service([programs["old"], *arguments], limit=20) as old:
                with Service([programs["new"], *arguments], limit=20) as new:
                    command = [sys.executable, "-B", programs["compare"], "--old", old.url, "--new", new.url]
                    command += ["--compare", "Server", files / "requests.txt"]
                    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, said)
        compared = re.search(r"^(\d+) requests: (\d+) the same", done.stdout, re.M)
        self.assertTrue(compared and compared[1] == compared[2], said)
        self.assertGreaterEqual(int(compared[1]), WANTED)
        print(done.stdout.strip())


if __name__ == "__main__":
    main("compare", "old", "new")
