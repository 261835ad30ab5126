"""What HttpArena wants of JSON, static files, TLS and HTTP/2, from arena as its container would start it."""

import gzip
import http.client
import json
import os
import socket
import tempfile
import urllib.parse

from setting import ArenaCase, limit
from tls_setting import authority, context, site

ARTICLES = [{
    "id": number, "name": f"Compass {number}", "category": "tools", "price": number * 7, "quantity": number + 3,
    "active": number % 2 == 0, "tags": ["new", "sale"][:number % 3], "rating": {"score": number % 50, "count": number},
} for number in range(1, 51)]
ASKED = ((7, 2), (23, 11), (50, 1))
STYLE = b"main { color: teal }\n"


def free_ports(count):
    """Different ones."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


class Mounted(ArenaCase):
    """A dataset, static files and a certificate, named by the environment."""

    flags = ("--tls-port", 0)
    key = "ec"
    more_environment = {}

    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        dataset = os.path.join(place.name, "dataset.json")
        with open(dataset, "w", encoding="utf-8") as file:
            json.dump(ARTICLES, file, indent=2)
        static = os.path.join(place.name, "static")
        os.mkdir(static)
        for name, content in (("main.css", STYLE), ("main.css.gz", gzip.compress(STYLE))):
            with open(os.path.join(static, name), "wb") as file:
                file.write(content)
        certificate = site(cls.key)
        cls.environment = {"DATASET_PATH": dataset, "STATIC_PATH": static, "TLS_CERT": certificate.path,
                           "TLS_KEY": certificate.key, **cls.more_environment}
        super().setUpClass()

    def get(self, url, fields=None):
        """The answer's answer, and its body."""
        parts = urllib.parse.urlsplit(url)
        client = (http.client.HTTPSConnection(parts.netloc, timeout=limit(10), context=context())
                  if parts.scheme == "https" else http.client.HTTPConnection(parts.netloc, timeout=limit(10)))
        self.addCleanup(client.close)
        client.request("GET", url[url.index(parts.path):], headers=fields or {})
        answer = client.getresponse()
        return answer, answer.read()

    def assert_articles(self, text, count, factor):
        answer = json.loads(text)
        self.assertEqual(list(answer), ["items", "count"])
        self.assertEqual(answer["count"], count)
        self.assertEqual(answer["items"], [{**article, "total": article["price"] * article["quantity"] * factor}
                                           for article in ARTICLES[:count]])

    def test_json(self):
        for base in (self.service.url, self.service.tls_url):
            for count, factor in ASKED:
                with self.subTest(base, count=count):
                    answer, body = self.get(f"{base}/json/{count}?m={factor}")
                    self.assertEqual((answer.status, answer.version), (200, 11))
                    self.assertEqual(answer.headers["Content-Type"], "application/json")
                    self.assertIsNone(answer.headers["Content-Encoding"])
                    self.assert_articles(body, count, factor)

    def test_json_beyond_the_dataset(self):
        self.assert_articles(self.get(self.service.url + "/json/51?m=2")[1], 50, 2)
        self.assert_articles(self.get(self.service.url + "/json/0?m=2")[1], 0, 2)
        self.assertEqual(self.get(self.service.url + "/json/-1?m=2")[0].status, 400)

    def test_json_comp(self):
        answer, body = self.get(self.service.url + "/json/40?m=7", {"Accept-Encoding": "gzip"})
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assert_articles(gzip.decompress(body), 40, 7)
        answer, _ = self.get(self.service.url + "/json/40?m=7", {"Accept-Encoding": "gzip, br"})
        self.assertEqual(answer.headers["Content-Encoding"], "br")

    def test_json_tls_is_http_1_1(self):
        """For who wants that."""
        output = self.run_tool([self.tool("openssl"), "s_client", "-connect", f"127.0.0.1:{self.service.tls_port}",
                                "-alpn", "http/1.1"], input=b"")
        self.assertIn("ALPN protocol: http/1.1", output)

    def test_static(self):
        answer, body = self.get(self.service.url + "/static/main.css")
        self.assertEqual((answer.headers["Content-Type"], body), ("text/css; charset=utf-8", STYLE))
        answer, body = self.get(self.service.url + "/static/main.css", {"Accept-Encoding": "br;q=1, gzip;q=0.8"})
        self.assertEqual((answer.headers["Content-Encoding"], gzip.decompress(body)), ("gzip", STYLE))


class MountedHttp2(Mounted):
    """baseline-h2 and static-h2 on a port for TLS, baseline-h2c and json-h2c on one without, which has nothing else."""

    test_json = test_json_beyond_the_dataset = test_json_comp = test_json_tls_is_http_1_1 = test_static = None

    @classmethod
    def setUpClass(cls):
        plain, encrypted = free_ports(2)
        cls.more_environment = {"H2C_PORT": str(plain), "H2_PORT": str(encrypted)}
        super().setUpClass()
        cls.plain_url = f"http://127.0.0.1:{plain}"
        cls.tls_url = f"https://localhost:{encrypted}"

    def curl(self, *arguments, version="--http2-prior-knowledge"):
        return self.run_tool([self.tool("curl"), "-sS", version, "--cacert", authority().path, *arguments])

    def h2load(self, requests, url, *arguments):
        output = self.run_tool([self.tool("h2load"), "-n", requests, "-c", 4, *arguments, url])
        self.assertIn(f"{requests} succeeded, 0 failed", output)

    def test_baseline(self):
        for url, version in ((self.plain_url, "--http2-prior-knowledge"), (self.tls_url, "--http2")):
            with self.subTest(url):
                told = self.curl("-w", "<%{http_version} %{content_type}>", url + "/baseline2?a=13&b=42",
                                 version=version)
                self.assertEqual(told, "55<2 text/plain; charset=utf-8>")
                self.h2load(2000, url + "/baseline2?a=1&b=1", "-m", 100)

    def test_nothing_but_http_2(self):
        told = self.curl("-o", os.devnull, "-w", "%{http_code}", self.plain_url + "/baseline2", version="--http1.1")
        self.assertEqual(told, "505")
        done = self.complete([self.tool("curl"), "-sS", "--http1.1", "--cacert", authority().path, self.tls_url])
        self.assertIn(b"no application protocol", done.stderr)

    def test_json(self):
        for count, factor in ASKED:
            with self.subTest(count):
                self.assert_articles(self.curl(f"{self.plain_url}/json/{count}?m={factor}"), count, factor)
        self.h2load(500, self.plain_url + "/json/50?m=6", "-m", 32)

    def test_static(self):
        url = self.tls_url + "/static/main.css"
        told = self.curl("-w", "<%{http_version} %{content_type}>", url, version="--http2")
        self.assertEqual(told, STYLE.decode() + "<2 text/css; charset=utf-8>")
        fields = self.curl("-D", "-", "-o", os.devnull, "-H", "Accept-Encoding: br;q=1, gzip;q=0.8", url,
                           version="--http2")
        self.assertIn("content-encoding: gzip\r\n", fields)
        self.h2load(500, url, "-m", 32, "-H", "Accept-Encoding: br;q=1, gzip;q=0.8")


class MountedRsa(Mounted):
    """As HttpArena's certificate."""

    key = "rsa"


CASES = (Mounted, MountedHttp2, MountedRsa)
