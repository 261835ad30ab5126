"""examples/httpbin, with the clients that people try against such a service."""

import json
import os

from setting import ServiceCase, limit

HERE = os.path.dirname(os.path.abspath(__file__))
DEBIAN_PYTHON = "/usr/bin/python3"
PNG = b"\x89PNG\r\n\x1a\n"
WELCOME = {"authenticated": True, "user": "ada"}


class HttpbinCase(ServiceCase):
    program = "httpbin"


class HttpbinCurl(HttpbinCase):
    def curl(self, path, *arguments):
        return self.run_tool([self.tool("curl"), "-sS", "--max-time", limit(15), *arguments, self.service.url + path])

    def curl_json(self, path, *arguments):
        return json.loads(self.curl(path, *arguments))

    def test_get(self):
        facts = self.curl_json("/get?tide=high&tide=low", "-A", "ship/1")
        self.assertEqual(facts, {
            "args": {"tide": ["high", "low"]},
            "headers": {"Accept": "*/*", "Host": f"{self.service.host}:{self.service.port}", "User-Agent": "ship/1"},
            "origin": self.service.host,
            "url": f"{self.service.url}/get?tide=high&tide=low"})

    def test_forms(self):
        self.assertEqual(self.curl_json("/post", "-d", "a=1&b=x+y")["form"], {"a": "1", "b": "x y"})
        facts = self.curl_json("/post", "-F", "a=1", "-F", f"file=@{os.path.join(HERE, 'httpbin_cases.py')}")
        self.assertEqual(facts["form"], {"a": "1"})
        self.assertTrue(facts["files"]["file"].startswith('"""examples/httpbin'))

    def test_redirects_and_cookies(self):
        told = self.curl("/redirect/3", "-L", "-o", os.devnull, "-w", "%{http_code} %{num_redirects}")
        self.assertEqual(told, "200 3")
        facts = self.curl_json("/cookies/set?tide=high", "-L", "-c", os.devnull, "-b", "moon=full")
        self.assertEqual(facts, {"cookies": {"moon": "full", "tide": "high"}})

    def test_authentication(self):
        self.assertEqual(self.curl_json("/basic-auth/ada/pass", "-u", "ada:pass"), WELCOME)
        for path in ("/digest-auth/auth/ada/pass", "/digest-auth/auth-int/ada/pass",
                     "/digest-auth/auth/ada/pass/SHA-256"):
            with self.subTest(path):
                self.assertEqual(self.curl_json(path, "--digest", "-u", "ada:pass"), WELCOME)
        code = self.curl("/digest-auth/auth/ada/pass", "--digest", "-u", "ada:bad", "-o", os.devnull, "-w",
                         "%{http_code}")
        self.assertEqual(code, "401")

    def test_codings(self):
        for path, mark in (("/gzip", "gzipped"), ("/deflate", "deflated"), ("/brotli", "brotli")):
            with self.subTest(path):
                self.assertIs(self.curl_json(path, "--compressed")[mark], True)

    def test_range(self):
        self.assertEqual(self.curl("/range/26", "-r", "3-7"), "defgh")

    def test_streams(self):
        lines = self.curl("/stream/5", "-N").splitlines()
        self.assertEqual([json.loads(line)["id"] for line in lines], list(range(5)))
        self.assertEqual(self.curl("/drip?duration=0.1&numbytes=5"), "*****")


class PythonCase(HttpbinCase):
    """The same with both of Debian's Python clients."""

    library = ""

    def facts(self, case):
        return json.loads(self.run_tool([DEBIAN_PYTHON, "-B", os.path.join(HERE, "httpbin_client.py"), self.library,
                                         case, self.service.url]))

    def test_methods(self):
        facts = self.facts("methods")
        self.assertEqual(facts["args"], {"a": ["1", "2"]})
        self.assertEqual(facts["json"], {"x": [1, 2]})
        self.assertEqual(facts["form"], {"a": "1"})
        self.assertEqual(facts["files"], {"file": "of text"})
        self.assertEqual(facts["methods"], ["GET", "POST", "PUT", "PATCH", "DELETE"])

    def test_redirects_and_cookies(self):
        self.assertEqual(self.facts("redirects_and_cookies"),
                         {"redirects": 3, "path": "/get", "cookies": {"tide": "high"}, "removed": {}})

    def test_authentication(self):
        facts = self.facts("authentication")
        self.assertEqual(facts.pop("bad"), 401)
        self.assertEqual(set(facts), {"basic", "auth/MD5", "auth/SHA-256", "auth/SHA-512"})
        for case, answer in facts.items():
            with self.subTest(case):
                self.assertEqual(answer, WELCOME)

    def test_codings(self):
        self.assertEqual(self.facts("codings"), {"gzip": True, "deflate": True})

    def test_streams(self):
        self.assertEqual(self.facts("streams"), {"ids": [0, 1, 2], "bytes": 5000, "same": True, "drip": "****"})

    def test_statuses_and_images(self):
        self.assertEqual(self.facts("statuses_and_images"),
                         {"statuses": [204, 404, 418, 503], "image": PNG.hex(), "type": "image/png", "etag": 304})


class HttpbinRequests(PythonCase):
    library = "requests"


class HttpbinHttpx(PythonCase):
    library = "httpx"


class HttpbinFetch(HttpbinCase):
    def facts(self, case):
        return json.loads(self.run_tool([self.tool("node"), "--no-warnings", os.path.join(HERE, "httpbin_fetch.js"),
                                         case, self.service.url]))

    def test_methods(self):
        facts = self.facts("methods")
        self.assertEqual(facts["json"], {"x": [1, 2]})
        self.assertEqual(facts["form"], {"a": "1", "b": "x y"})
        self.assertEqual(facts["multipart"], {"form": {"a": "1"}, "files": {"file": "of text"}})
        self.assertEqual(facts["echo"], "as it came")

    def test_redirects(self):
        self.assertEqual(self.facts("redirects"), {"redirected": True, "path": "/get", "status": 200})

    def test_codings(self):
        self.assertEqual(self.facts("codings"), {"gzip": True, "deflate": True, "brotli": True})

    def test_streams(self):
        self.assertEqual(self.facts("streams"), {"lines": 20, "length": "10", "drip": "**********"})


CASES = (HttpbinCurl, HttpbinRequests, HttpbinHttpx, HttpbinFetch)
