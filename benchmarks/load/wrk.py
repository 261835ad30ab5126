"""Runs wrk and reads its figures."""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess

SCRIPT = pathlib.Path(__file__).with_name("load.lua")
# What a browser would send, roughly: 165 bytes a request with the host.
HEADERS = (
    "Accept: text/plain,text/html;q=0.9,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.7",
    "Connection: keep-alive",
)
ERRORS = ("connect", "read", "write", "timeout", "status")
MISSING = "wrk is not installed (Debian package wrk)"


@dataclasses.dataclass
class Load:
    """What one run of wrk saw."""

    requests: int
    seconds: float
    p50: int  # microseconds
    p99: int
    errors: dict  # kind -> count, of those that happened; "status" counts answers of 400 and above

    @property
    def per_second(self):
        return self.requests / self.seconds


def installed():
    return shutil.which("wrk") is not None


def start(url, seconds, connections=64, depth=1, processor=None):
    """Starts wrk with one thread; `finish` reads what it found."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "5s", "-s", str(SCRIPT)]
    for header in HEADERS:
        command += ["-H", header]
    pin = None if processor is None else (lambda: os.sched_setaffinity(0, {processor}))
    return subprocess.Popen([*command, url, "--", str(depth)], stdout=subprocess.PIPE, text=True, preexec_fn=pin)


def finish(process):
    output = process.communicate()[0]
    line = re.search(r"^figures: (.*)$", output, re.M)
    if process.returncode != 0 or not line:
        raise RuntimeError(f"wrk failed with {process.returncode}: {output}")
    figures = {name: int(value) for name, value in (pair.split("=") for pair in line[1].split())}
    return Load(
        requests=figures["requests"],
        seconds=figures["microseconds"] / 1e6,
        p50=figures["p50"],
        p99=figures["p99"],
        errors={kind: figures[kind] for kind in ERRORS if figures[kind]},
    )


def run(url, seconds, **options):
    return finish(start(url, seconds, **options))
