"""What HttpArena wants of its JSON, static and json-tls profiles, from arena as its container would start it."""

import gzip
import http.client
import json
import os
import tempfile
import urllib.parse

from setting import ArenaCase, limit
from tls_setting import context, site

ARTICLES = [{
    "id": number, "name": f"Compass {number}", "category": "tools", "price": number * 7, "quantity": number + 3,
    "active": number % 2 == 0, "tags": ["new", "sale"][:number % 3], "rating": {"score": number % 50, "count": number},
} for number in range(1, 51)]
ASKED = ((7, 2), (23, 11), (50, 1))
STYLE = b"main { color: teal }\n"


class Mounted(ArenaCase):
    """A dataset, static files and a certificate, named by the environment."""

    flags = ("--tls-port", 0)
    key = "ec"

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
                           "TLS_KEY": certificate.key}
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
        output = self.run_tool([self.tool("openssl"), "s_client", "-connect", f"127.0.0.1:{self.service.tls_port}",
                                "-alpn", "h2,http/1.1"], input=b"")
        self.assertIn("ALPN protocol: http/1.1", output)

    def test_static(self):
        answer, body = self.get(self.service.url + "/static/main.css")
        self.assertEqual((answer.headers["Content-Type"], body), ("text/css; charset=utf-8", STYLE))
        answer, body = self.get(self.service.url + "/static/main.css", {"Accept-Encoding": "br;q=1, gzip;q=0.8"})
        self.assertEqual((answer.headers["Content-Encoding"], gzip.decompress(body)), ("gzip", STYLE))


class MountedRsa(Mounted):
    """As HttpArena's certificate."""

    key = "rsa"


CASES = (Mounted, MountedRsa)
