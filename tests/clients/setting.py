"""What every case of the client tests stands on: the programs under test, the back ends, the time limits."""

import ctypes
import errno
import os
import shutil
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from service import Service  # noqa: E402

SYS_IO_URING_SETUP = 425  # on every architecture
BACKENDS = ("uring", "epoll")
PACKAGES = {"curl": "curl", "wget": "wget", "ab": "apache2-utils", "h2load": "nghttp2-client", "node": "nodejs",
            "wrk": "wrk", "chromium": "chromium", "openssl": "openssl", "go": "golang-go",
            "certutil": "libnss3-tools"}
OPTIONAL = ("wrk", "chromium", "go", "certutil")  # what ./dev does not install


class Setting:
    """Set once by main."""

    programs = {}  # name -> path, of what was built
    patience = 1.0  # time limits are multiplied by this: sanitizers are slow
    denied = {}  # back end -> why this machine does not let us use it
    skipped = set()  # one line each


def limit(seconds):
    return seconds * Setting.patience


def start(name, *flags, backend="auto", threads=1, environment=None):
    """Starts one of our programs on a free port; `environment` is what it has besides ours."""
    command = [Setting.programs[name], "--port", 0, "--threads", threads, "--backend", backend, *flags]
    return Service(command, limit=limit(10), environment=environment)


def connect(service):
    connection = socket.create_connection((service.host, service.port), timeout=limit(5))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def find_denied():
    """Whether this machine refuses io_uring. Asks the kernel, not gyre: a back end that is broken must fail here."""
    ctypes.CDLL(None, use_errno=True).syscall(SYS_IO_URING_SETUP, 0, None)
    if ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        Setting.denied["uring"] = f"io_uring is not to be had here ({os.strerror(ctypes.get_errno())})"


class BackendCase(unittest.TestCase):
    """A case that main turns into one per back end."""

    backend = ""
    needs = ()  # the programs of ours that it starts

    @classmethod
    def setUpClass(cls):
        for name in cls.needs:
            if name not in Setting.programs:
                cls.skip(f"{cls.__name__}: {name} is not part of this build")
        if cls.backend in Setting.denied:
            cls.skip(f"{cls.__name__}: {Setting.denied[cls.backend]}")

    @staticmethod
    def skip(reason):
        Setting.skipped.add(reason)
        raise unittest.SkipTest(reason)

    def tool(self, *names):
        """The path of an outside program. Without it the test fails, or is skipped if ./dev does not install that."""
        for name in names:
            if path := shutil.which(name):
                return path
        missing = f"{names[0]} is not installed (Debian package {PACKAGES[names[0]]})"
        return self.skip(missing) if names[0] in OPTIONAL else self.fail(missing)

    def complete(self, command, **options):
        """Runs it to its end, whatever that is; with its standard output and error as bytes."""
        command = [str(word) for word in command]
        return subprocess.run(command, capture_output=True, timeout=limit(20), check=False, **options)

    def run_tool(self, command, **options):
        """Its standard output as text; fails with what it complained of."""
        done = self.complete(command, **options)
        output = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, f"{command}\n{output}\n{done.stderr.decode(errors='replace')}")
        return output


class ServiceCase(BackendCase):
    """A case with one service for all its tests, which must have survived them: it ends with 0 and without a word."""

    program = ""
    flags = ()
    environment = {}
    threads = 1

    @classmethod
    def setUpClass(cls):
        cls.needs = (cls.program,)
        super().setUpClass()
        cls.service = start(cls.program, *cls.flags, backend=cls.backend, threads=cls.threads,
                            environment=cls.environment)
        cls.addClassCleanup(cls.service.kill)

    @classmethod
    def tearDownClass(cls):
        code = cls.service.stop(limit(10))
        errors = cls.service.errors()
        if code != 0 or errors:
            raise AssertionError(f"{cls.program} ended with {code} and said: {errors or 'nothing'}")


class ArenaCase(ServiceCase):
    program = "arena"
