"""curl by HTTP/2: what it does by HTTP/1.1, and what is of HTTP/2 alone."""

import os
import re

import curl_cases
from gallery_case import CUT_PATHS, MEBIBYTE, digest_of, material
from h2_setting import H2Case, H2TlsCase
from setting import limit

STREAM_FAILED = 92


class CurlHttp2(H2Case, curl_cases.CurlProgram):
    protocol = "HTTP/2"

    # What there is in HTTP/1 only.
    test_connection_close = None
    test_download_up_to_the_end_of_the_connection = None
    test_http_1_0 = None
    test_offer_of_http_2_is_declined = None
    # curl 7.88 loses an answer that NO_ERROR follows, by which a server stops a body (RFC 9113 8.1).
    test_refused_before_the_body_is_sent = None
    test_refused_while_the_body_is_sent = None

    # With prior knowledge curl 7.88 fails on the second request of a connection, whatever the server.
    test_keep_alive = None
    test_downloads_at_once = None

    def status_line(self, status):
        return f"HTTP/2 {status[:3]} \r\n"

    def command(self, *arguments):
        return super().command(*self.curl_flags, *arguments)

    def test_head_of_a_whole_and_of_a_streamed_answer(self):
        whole = self.curl("--head", path="/plaintext")
        self.assertTrue(whole.startswith("HTTP/2 200 \r\n"), whole)
        self.assertIn("\r\ncontent-length: 13\r\n", whole)
        streamed = self.curl("--head", path="/lines/3")
        self.assertTrue(streamed.startswith("HTTP/2 200 \r\n"), streamed)
        for name in ("content-length", "transfer-encoding", "connection"):
            self.assertNotIn(f"\r\n{name}:", streamed)

    def test_refusals(self):
        long_field = ("-H", "X-Long: " + "x" * 40_000)
        for path, arguments, expected in (("/nowhere", (), "404"), ("/hold", ("-X", "POST"), "405"),
                                          ("/plaintext", long_field, "431"),
                                          ("/plaintext?" + "q" * 20_000, (), "414")):
            with self.subTest(expected):
                facts = self.curl("-o", os.devnull, "-w", "%{http_version} %{http_code}", *arguments, path=path)
                self.assertEqual(facts, f"2 {expected}")

    def test_upgrade_is_asked_for_again_by_http_1_1(self):
        """HTTP_1_1_REQUIRED (RFC 9113 7)."""
        done = self.complete(self.command("-v", "-m", limit(5), self.service.url + "/shout"))
        self.assertIn(b"HTTP_1_1_REQUIRED", done.stderr.upper().replace(b" ", b"_"))

    def test_trailers_come_after_the_body(self):
        answer = self.curl("-i", "--data", "text", path="/trailers")
        self.assertTrue(answer.startswith("HTTP/2 200 \r\n"), answer)
        self.assertTrue(answer.endswith("\r\n\r\ntextx-sum: none\r\n"), answer)

    def test_aborted_download_is_an_error(self):
        """Of its stream: the connection goes on."""
        for path in CUT_PATHS:
            with self.subTest(path):
                done = self.complete(self.command(self.service.url + path))
                self.assertEqual(done.returncode, STREAM_FAILED, done.stderr)
                self.assertIn(b"INTERNAL_ERROR", done.stderr)

    def test_client_that_leaves(self):
        """Its handler is told."""
        done = self.complete(self.command("--max-time", "0.3", self.service.url + "/hold"))
        self.assertEqual(done.returncode, 28, done.stderr)
        self.assertEqual([self.service.line(limit(5)) for _ in range(2)], ["gallery: here", "gallery: gone"])

    def test_slow_client(self):
        """Flow control holds the stream up, and the others go on."""
        wanted = material(3 * MEBIBYTE)
        self.assertEqual(digest_of(self.download(f"/file?path={wanted.path}", "--limit-rate", "8M")), wanted.digest)


class CurlHttp2Tls(H2TlsCase, CurlHttp2):
    test_keep_alive = curl_cases.CurlProgram.test_keep_alive
    test_downloads_at_once = curl_cases.CurlProgram.test_downloads_at_once

    def test_the_version(self):
        urls = [self.service.url + path for path in ("/plaintext", "/lines/3")]
        self.assertEqual(self.run_tool(self.command("-o", os.devnull, "-o", os.devnull, "-w",
                                                    "%{http_version} %{http_code} %{num_connects}\n", *urls)),
                         "2 200 1\n2 200 0\n")

    def test_streams_beside_each_other(self):
        """On one connection."""
        wanted = material(MEBIBYTE)
        urls = [f"{self.service.url}/{way}?path={wanted.path}" for way in ("file", "chunked", "download")] * 10
        output = self.run_tool(self.command("-Z", "-w", "%{http_code} %{size_download} %{num_connects}\n",
                                            *["-o", os.devnull] * len(urls), *urls))
        counts = re.findall(rf"^200 {wanted.size} (\d)$", output, re.M)
        self.assertEqual(len(counts), len(urls), output)
        self.assertEqual(sum(map(int, counts)), 1, output)

    def test_alpn(self):
        done = self.complete(self.command("-v", "-o", os.devnull, self.service.url + "/plaintext"))
        self.assertIn(b"ALPN: server accepted h2", done.stderr)


CASES = (CurlHttp2, CurlHttp2Tls)
