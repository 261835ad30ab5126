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
PACKAGES = {"curl": "curl", "ab": "apache2-utils", "wrk": "wrk", "chromium": "chromium"}


class Setting:
    """Set once by main."""

    programs = {}  # name -> path, of what was built
    patience = 1.0  # time limits are multiplied by this: sanitizers are slow
    denied = {}  # back end -> why this machine does not let us use it
    skipped = set()  # one line each


def limit(seconds):
    return seconds * Setting.patience


def start(name, *flags, backend="auto", threads=1):
    """Starts one of our programs on a free port."""
    command = [Setting.programs[name], "--port", 0, "--threads", threads, "--backend", backend, *flags]
    return Service(command, limit=limit(10))


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
        """The path of an outside program; skips the test without it."""
        for name in names:
            if path := shutil.which(name):
                return path
        return self.skip(f"{names[0]} is not installed (Debian package {PACKAGES[names[0]]})")

    def run_tool(self, command, **options):
        """Its standard output as text; fails with what it complained of."""
        done = subprocess.run(
            [str(word) for word in command],
            capture_output=True,
            timeout=limit(20),
            check=False,
            **options,
        )
        output = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, f"{command}\n{output}\n{done.stderr.decode(errors='replace')}")
        return output


class ArenaCase(BackendCase):
    """A case with one arena for all its tests, which must have survived them: it ends with 0."""

    needs = ("arena",)
    flags = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = start("arena", *cls.flags, backend=cls.backend)
        cls.addClassCleanup(cls.service.kill)

    @classmethod
    def tearDownClass(cls):
        code = cls.service.stop(limit(10))
        errors = cls.service.errors()
        if code != 0 or errors:
            raise AssertionError(f"arena ended with {code} and said: {errors or 'nothing'}")
