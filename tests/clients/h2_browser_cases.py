"""Go's net/http, and Chromium: both speak HTTP/2 over TLS alone."""

import functools
import os
import subprocess
import tempfile

from gallery_case import directory
from h2_setting import H2TlsCase
from setting import limit
from tls_setting import authority, trusting

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "http2_client.go")
FACTS = """\
HTTP/2.0 200 Hello, World!
head 13 0
uploaded 1200000
echoed 1200000 true
trailers text 42
hints 103 </style.css>; rel=preload, page
right 300 on more than 3 connections: false
/nowhere 404
/small 413
/early 200
cut true
taken back true
last 200
"""


class GoHttp2(H2TlsCase):
    @staticmethod
    @functools.cache
    def built():
        path = os.path.join(directory(), "http2_client")
        environment = {**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "0"}
        subprocess.run(["go", "build", "-o", path, SOURCE], check=True, timeout=limit(150), env=environment)
        return path

    def test_go(self):
        self.tool("go")
        with subprocess.Popen([self.built(), f"https://localhost:{self.service.port}"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, **trusting()}) as client:
            self.addCleanup(client.kill)
            self.assertEqual(self.service.line(limit(20)), "gallery: here")
            output, errors = client.communicate("\n", timeout=limit(20))
        self.assertEqual((output, errors), (FACTS, ""))
        self.assertEqual(self.service.line(limit(5)), "gallery: gone")


class ChromiumHttp2(H2TlsCase):
    def test_page(self):
        """A page and what it has, all by HTTP/2."""
        browser = self.tool("chromium", "chromium-headless-shell", "google-chrome")
        with tempfile.TemporaryDirectory() as home:
            database = os.path.join(home, ".pki", "nssdb")
            os.makedirs(database)
            certutil = [self.tool("certutil"), "-d", f"sql:{database}"]
            self.run_tool([*certutil, "-N", "--empty-password"])
            self.run_tool([*certutil, "-A", "-n", "authority", "-t", "C,,", "-i", authority().path])
            done = self.complete([browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                                  f"--user-data-dir={home}", f"https://localhost:{self.service.port}/page"],
                                 env=dict(os.environ, HOME=home))
        self.assertIn(b"good: 41, protocols: h2<", done.stdout, done.stderr)


CASES = (GoHttp2, ChromiumHttp2)
