#!/usr/bin/env python3
"""The versions of examples/porting answer alike: porting_test.py --compare PROGRAM --httplib PROGRAM --native ..."""

import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PORTING = HERE.parents[1] / "examples" / "porting"
sys.path.insert(0, str(HERE.parent / "support"))

from programs import main, programs  # noqa: E402
from service import Service  # noqa: E402

LIMIT = 60  # seconds, for one run of gyre-compare


class Porting(unittest.TestCase):
    def start(self, name):
        path = programs.get(name)
        if not path:
            self.skipTest(f"there is no {name} in this build")
        service = Service([path, "--port", "0", "--files", PORTING / "public"], limit=20)
        self.addCleanup(service.__exit__)
        return service

    def compare(self, old, new, *files):
        """Both are started anew, so that both begin without notes."""
        first, second = self.start(old), self.start(new)
        command = [sys.executable, "-B", programs["compare"], "--old", first.url, "--new", second.url]
        command += ["--timeout", "20", *(PORTING / name for name in files)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(done.returncode, 0, f"{old} and {new}, {files}:\n{done.stdout}{done.stderr}")

    def test_on_gyre_by_the_old_names(self):
        self.compare("httplib", "compat", "requests.txt")

    def test_on_gyre_by_the_old_names_stricter(self):
        self.compare("httplib", "compat", "stricter.txt")

    def test_half_way(self):
        self.compare("compat", "midway", "requests.txt")

    def test_ported_to_the_end(self):
        self.compare("httplib", "native", "requests.txt", "native.txt")

    def test_ported_to_the_end_stricter(self):
        self.compare("httplib", "native", "stricter.txt")


if __name__ == "__main__":
    main(optional=("compare", "httplib", "compat", "midway", "native"))
