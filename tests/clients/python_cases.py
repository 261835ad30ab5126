"""Python's http.client, and httpx."""

import hashlib
import http.client
import json
import os

from gallery_case import CUT_PATHS, MEBIBYTE, GalleryCase, material
from setting import limit

DEBIAN_PYTHON = "/usr/bin/python3"
HTTPX_CLIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "httpx_client.py")


def pieces_of(path):
    with open(path, "rb") as file:
        while piece := file.read(50_000):
            yield piece


class HttpClient(GalleryCase):
    def setUp(self):
        self.client = http.client.HTTPConnection(self.service.host, self.service.port, timeout=limit(10))
        self.client.connect()
        self.addCleanup(self.client.close)

    def ask(self, method, path, body=None, **headers):
        self.client.request(method, path, body=body, headers=headers)
        return self.client.getresponse()

    def assert_still_usable(self):
        """The connection, the same one, is good for another request."""
        used = self.client.sock
        self.assertEqual(self.ask("GET", "/plaintext").read(), b"Hello, World!")
        self.assertIs(self.client.sock, used)

    def test_keep_alive(self):
        local = self.client.sock.getsockname()
        for _ in range(20):
            self.assertEqual(self.ask("GET", "/plaintext").read(), b"Hello, World!")
            self.assertEqual(self.ask("GET", "/lines/3").read(), b"0\n1\n2\n")
            self.assertEqual(self.ask("POST", "/plaintext", b"posted").read(), b"posted")
            self.assertEqual(self.client.sock.getsockname(), local)

    def test_head(self):
        answer = self.ask("HEAD", "/plaintext")
        self.assertEqual((answer.status, answer.getheader("Content-Length"), answer.read()), (200, "13", b""))
        self.assert_still_usable()

    def test_post_with_length(self):
        sent = material(3 * MEBIBYTE)
        with open(sent.path, "rb") as file:
            self.assertEqual(self.ask("POST", "/upload", file.read()).read().decode(), sent.receipt)
        self.assert_still_usable()

    def test_chunked_upload(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.ask("POST", "/upload", pieces_of(sent.path)).read().decode(), sent.receipt)
        self.assert_still_usable()

    def test_100_continue_is_passed_over(self):
        sent = material(3 * MEBIBYTE)
        answer = self.ask("POST", "/upload", pieces_of(sent.path), Expect="100-continue")
        self.assertEqual((answer.status, answer.read().decode()), (200, sent.receipt))
        self.assert_still_usable()

    def test_refused_while_the_body_is_sent(self):
        """http.client looks for an answer only after it has sent everything."""
        sent = material(3 * MEBIBYTE)
        answer = self.ask("POST", "/small", pieces_of(sent.path))
        self.assertEqual(answer.status, 413)
        self.assertTrue(answer.will_close)

    def download(self, path):
        answer = self.ask("GET", path)
        total = hashlib.sha256()
        while piece := answer.read(1 << 18):
            total.update(piece)
        return answer, total.hexdigest()

    def test_chunked_download(self):
        wanted = material(50 * MEBIBYTE)
        answer, digest = self.download(f"/chunked?path={wanted.path}")
        self.assertEqual((answer.getheader("Transfer-Encoding"), digest), ("chunked", wanted.digest))
        self.assert_still_usable()

    def test_download_with_length(self):
        wanted = material(50 * MEBIBYTE)
        answer, digest = self.download(f"/file?path={wanted.path}")
        self.assertEqual((answer.getheader("Content-Length"), digest), (str(wanted.size), wanted.digest))
        self.assert_still_usable()

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            with self.subTest(path), self.assertRaises((http.client.IncompleteRead, ConnectionResetError)):
                self.ask("GET", path).read()
            self.client.close()

    def test_connection_close(self):
        answer = self.ask("GET", "/plaintext", Connection="close")
        self.assertEqual((answer.read(), answer.will_close), (b"Hello, World!", True))
        self.assertIsNone(self.client.sock)

    def test_upgrade(self):
        connection = self.client.sock
        answer = self.ask("GET", "/shout", Connection="Upgrade", Upgrade="shout/1")
        self.assertEqual((answer.status, answer.getheader("Upgrade")), (101, "shout/1"))
        connection.sendall(b"banana")
        with connection.makefile("rb") as replies:
            self.assertEqual(replies.read(6), b"bAnAnA")
        connection.close()


class Httpx(GalleryCase):
    framing = "chunked"  # of a stream without a length

    def facts(self, case, argument=None):
        command = [DEBIAN_PYTHON, "-B", HTTPX_CLIENT, case, self.service.url]
        return json.loads(self.run_tool(command + ([argument] if argument else [])))

    def test_keep_alive(self):
        self.assertEqual(self.facts("keep_alive"), {"bodies": ["Hello, World!"] * 5 + ["posted"], "connections": 1})

    def test_head(self):
        self.assertEqual(self.facts("head"), {"status": 200, "length": "13", "body": ""})

    def test_connection_close(self):
        self.assertEqual(self.facts("connection_close"), {"body": "Hello, World!", "connection": "close"})

    def test_post_with_length(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("post_with_length", sent.path), {"body": sent.receipt})

    def test_chunked_upload(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("chunked_upload", sent.path), {"sent": "chunked", "body": sent.receipt})

    def test_100_continue_is_passed_over(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("expects_continue", sent.path), {"body": sent.receipt})

    def test_refused_while_the_body_is_sent(self):
        self.assertEqual(self.facts("refused_while_sending", material(3 * MEBIBYTE).path), {"status": 413})

    def test_download_with_length(self):
        wanted = material(50 * MEBIBYTE)
        facts = self.facts("download_with_length", wanted.path)
        self.assertEqual((facts["status"], facts["digest"]), (200, wanted.digest))
        self.assertEqual(facts["headers"]["content-length"], str(wanted.size))

    def test_chunked_download(self):
        wanted = material(50 * MEBIBYTE)
        facts = self.facts("chunked_download", wanted.path)
        self.assertEqual((facts["status"], facts["digest"]), (200, wanted.digest))
        self.assertEqual(facts["headers"].get("transfer-encoding"), self.framing)

    def test_lines_of_a_generator(self):
        lines = self.facts("lines")["lines"]
        self.assertEqual([line.strip() for line in lines], [str(number) for number in range(1000)])

    def test_early_hints_are_passed_over(self):
        self.assertEqual(self.facts("early_hints"), {"status": 200, "body": "page\n"})

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            with self.subTest(path):
                self.assertIn(self.facts("aborted_download", path)["error"], ("RemoteProtocolError", "ReadError"))

    def test_unix_socket(self):
        self.assertEqual(self.facts("unix_socket", self.unix_path), {"body": "Hello, World!"})


CASES = (HttpClient, Httpx)
