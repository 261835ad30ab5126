"""What the cases of all client programs share: the service, files to send and to get, and what must hold of them."""

import atexit
import functools
import hashlib
import http.client
import os
import subprocess
import tempfile
import threading
import zlib

from setting import ServiceCase, limit

MEBIBYTE = 1 << 20
FIRST_EVENT = "event: greeting\nid: 1\ndata: first\ndata: of 7\n\n"
SECOND_EVENT = "id: 2\ndata: second\n\n"
CUT_PATHS = ("/cut/length", "/cut/chunked")


class Material:
    """A file of random bytes, and how to recognise it."""

    def __init__(self, path, size):
        content = os.urandom(size)
        with open(path, "wb") as file:
            file.write(content)
        self.path = path
        self.size = size
        self.digest = hashlib.sha256(content).hexdigest()
        self.receipt = f"{size} {zlib.adler32(content)}"  # what /upload answers to it


@functools.cache
def directory():
    made = tempfile.TemporaryDirectory()
    atexit.register(made.cleanup)
    return made.name


@functools.cache
def material(size):
    return Material(os.path.join(directory(), f"{size}.bin"), size)


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


class GalleryCase(ServiceCase):
    program = "gallery"
    gallery_flags = ()

    @classmethod
    def setUpClass(cls):
        sockets = tempfile.TemporaryDirectory()
        cls.addClassCleanup(sockets.cleanup)
        cls.unix_path = os.path.join(sockets.name, "gallery.sock")
        cls.flags = (*cls.gallery_flags, "--unix", cls.unix_path)
        super().setUpClass()

    def open_gate(self):
        client = http.client.HTTPConnection(self.service.host, self.service.port, timeout=limit(5))
        client.request("POST", "/gate")
        self.assertEqual(client.getresponse().read(), b"open\n")
        client.close()

    def assert_events(self, command, before="", **options):
        """A program that prints what it gets of /events, after `before`, prints the first event before the second is
        sent, and ends with the stream."""
        expected = (before + FIRST_EVENT).encode()
        with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, **options) as process:
            killer = threading.Timer(limit(20), process.kill)
            killer.start()
            try:
                self.assertEqual(process.stdout.read(len(expected)), expected)
                self.open_gate()
                self.assertEqual(process.stdout.read(), SECOND_EVENT.encode())
                self.assertEqual(process.wait(), 0)
            finally:
                killer.cancel()
                process.kill()
