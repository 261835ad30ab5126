"""Runs a server program for a test or a benchmark: waits for the line it prints when it listens, never for time."""

import os
import re
import select
import signal
import subprocess
import tempfile
import time

# What scripts may rely on: "gyre: listening on http://127.0.0.1:8080 unix:/run/app (uring, 2 threads)".
START_LINE = re.compile(r"\w+: listening on (?P<where>\S+(?: \S+)*) \((?P<backend>\w+), (?P<threads>\d+) threads?\)")
TCP = re.compile(r"http://(?P<host>[^ ]+):(?P<port>\d+)")
TLS = re.compile(r"https://[^ ]+:(?P<port>\d+)")
BEFORE_START = re.compile(r"\w+: the (development )?certificate .+")


class StartError(Exception):
    """The program ended, or said something else, instead of listening."""


class Service:
    """A running server. As a context manager it is killed at the end, if it still runs."""

    def __init__(self, command, limit=10.0, processors=None, environment=None):
        self._errors = tempfile.TemporaryFile()
        self._unread = b""
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **(environment or {})},
            preexec_fn=(lambda: os.sched_setaffinity(0, processors)) if processors else None,
        )
        try:
            self._read_start_line(limit)
        except BaseException:
            self.kill()
            raise

    def _read_start_line(self, limit):
        self.said_before = ""
        while BEFORE_START.fullmatch(line := self.line(limit)):
            self.said_before += line + "\n"
        self.start_line = line
        found = START_LINE.fullmatch(self.start_line)
        if not found:
            raise StartError(f"{self.process.args[0]}: {self.start_line or 'no start line'}\n{self.errors()}")
        self.backend = found["backend"]
        self.threads = int(found["threads"])
        tcp = TCP.search(found["where"])
        self.host, self.port = (tcp["host"], int(tcp["port"])) if tcp else (None, None)
        tls = TLS.search(found["where"])
        self.tls_port = int(tls["port"]) if tls else None

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def tls_url(self):
        return f"https://{self.host}:{self.tls_port}"

    def line(self, limit=10.0):
        """The next line of its standard output; an empty text if that ends, or none comes in `limit` seconds."""
        end = time.monotonic() + limit
        stream = self.process.stdout.fileno()
        while b"\n" not in self._unread:
            if not select.select([stream], [], [], max(0.0, end - time.monotonic()))[0]:
                return ""
            piece = os.read(stream, 4096)
            if not piece:
                return ""
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def errors(self):
        """What it has written to its standard error."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, limit=10.0):
        """Its exit code (negative: the signal that ended it). Raises subprocess.TimeoutExpired."""
        return self.process.wait(limit)

    def stop(self, limit=10.0):
        self.signal()
        return self.wait(limit)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self._errors.close()
