#!/usr/bin/env python3
"""cpp-httplib and gyre answer alike: differential_test.py --compare PROGRAM --old PROGRAM --new PROGRAM

Both programs are httplib_service.cpp. The requests stand in httplib/, large ones in large_requests.py; those where gyre
has to differ in files and functions of that name, with the reason, and in docs/porting-httplib.md.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import large_requests  # noqa: E402
from programs import main, programs  # noqa: E402
from service import Service  # noqa: E402

LIMIT = 100  # seconds, for one run of gyre-compare
FILES = {
    "a.txt": b"the text of a file\n",
    "a b.html": b"<p>blank</p>\n",
    "data.gyre": b"gyre\n",
    "data.unknown": b"unknown\n",
    "noextension": b"none\n",
    "UPPER.TXT": b"upper\n",
    "empty.txt": b"",
    "big.bin": bytes(range(256)) * 2000,
    "sub/index.html": b"<p>index</p>\n",
    "www/page.html": b"<p>page</p>\n",
}


class Differential(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.files = pathlib.Path(folder.name) / "files"
        for name, content in FILES.items():
            path = self.files / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def start(self, name, *arguments):
        service = Service([programs[name], self.files, *arguments], limit=20)
        self.addCleanup(service.__exit__)
        return service

    def compare(self, names, large, *arguments):
        generated = self.files.parent / "large.txt"
        generated.write_text("\n".join(large), encoding="utf-8")
        files = [*(HERE / "httplib" / f"{name}.txt" for name in names), generated]
        old, new = self.start("old", *arguments), self.start("new", *arguments)
        command = [sys.executable, "-B", programs["compare"], "--old", old.url, "--new", new.url]
        done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(done.returncode, 0, f"{names}:\n{done.stdout}{done.stderr}")
        print(done.stdout.splitlines()[-2])

    def test_plain(self):
        names = ["targets", "answers", "methods", "fields", "forms", "ranges", "codings"]
        self.compare(names, large_requests.plain())

    def test_with_hooks(self):
        self.compare(["hooks"], large_requests.hooks(), "hooks")

    def test_where_gyre_is_stricter(self):
        self.compare(["stricter_requests", "stricter_answers"], large_requests.stricter())

    def test_where_gyre_is_stricter_with_hooks(self):
        self.compare(["stricter_hooks"], large_requests.stricter_hooks(), "hooks")


if __name__ == "__main__":
    main("compare", "old", "new")
