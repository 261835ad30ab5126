"""What the cases of gyre-compare stand on: files of requests, servers, and runs of the program."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from tiny_server import TinyServer

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "framework" / "tools"
sys.path.insert(0, str(TOOLS / "compare"))

import request_file  # noqa: E402

LIMIT = 60  # seconds, for one run of the program


class Setting:
    program = str(TOOLS / "gyre-compare")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, text, name="requests.txt"):
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def requests(self, text, **options):
        return request_file.read(self.write(text), **options)

    def bytes_of(self, text):
        found = self.requests(text)
        self.assertEqual(len(found), 1)
        return found[0].bytes

    def run_program(self, *arguments):
        command = [sys.executable, "-B", Setting.program, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)

    def server(self, handler):
        server = TinyServer(handler)
        self.addCleanup(server.__exit__)
        return server

    def compare(self, old, new, text, *flags):
        """The exit code, and what --json prints, of servers with these handlers."""
        self.old, self.new = self.server(old), self.server(new)
        path = self.write(text)
        done = self.run_program("--old", self.old.url, "--new", self.new.url, "--json", *flags, path)
        self.assertNotEqual(done.stdout, "", done.stderr)
        return done.returncode, json.loads(done.stdout)

    def only_difference(self, old, new, *flags, text="GET /"):
        """What differs between two answers to GET /."""
        code, found = self.compare(lambda *_: old, lambda *_: new, text, *flags)
        differences = found["results"][0]["differences"]
        self.assertEqual(code, 1 if differences else 0)
        return [(each["what"], each["old"], each["new"]) for each in differences]
