"""curl."""

import os
import tempfile
import unittest

from gallery_case import CUT_PATHS, MEBIBYTE, GalleryCase, digest_of, material
from setting import limit

COULD_NOT_RECEIVE_ALL = (18, 56)


class CurlProgram(GalleryCase):
    protocol = "HTTP/1.1"

    def status_line(self, status):
        """As curl prints it: HTTP/2 has no reasons."""
        return f"{self.protocol} {status}\r\n"

    def command(self, *arguments):
        return [self.tool("curl"), "-sS", "--max-time", limit(15), *arguments]

    def curl(self, *arguments, path="/plaintext"):
        return self.run_tool(self.command(*arguments, self.service.url + path))

    def download(self, path, *arguments):
        done = self.complete(self.command(*arguments, self.service.url + path))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_keep_alive(self):
        """curl tells how many connections each transfer opened."""
        urls = [self.service.url + path for path in ("/plaintext", "/lines/3", "/hints", "/plaintext")]
        output = self.run_tool(self.command("-w", "<%{num_connects}>\n", *urls))
        self.assertEqual(output, "Hello, World!<1>\n0\n1\n2\n<0>\npage\n<0>\nHello, World!<0>\n")

    def test_head_of_a_whole_and_of_a_streamed_answer(self):
        for path, framing in (("/plaintext", "Content-Length: 13"), ("/lines/3", "Transfer-Encoding: chunked")):
            answer = self.curl("--head", path=path)
            self.assertTrue(answer.startswith(self.status_line("200 OK")), answer)
            self.assertIn(f"\r\n{framing}\r\n".lower(), answer.lower())
            self.assertTrue(answer.endswith("\r\n\r\n"), answer)

    def test_post_with_length(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.curl("-H", "Expect:", "--data-binary", f"@{sent.path}", path="/upload"), sent.receipt)

    def test_put_of_a_file(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.curl("-T", sent.path, path="/upload"), sent.receipt)

    def test_chunked_upload(self):
        sent = material(3 * MEBIBYTE)
        command = self.command("-X", "POST", "-H", "Expect:", "-T", "-", self.service.url + "/upload")
        with open(sent.path, "rb") as file:
            self.assertEqual(self.run_tool(command, stdin=file), sent.receipt)

    def test_chunked_upload_that_waits_for_100_continue(self):
        sent = material(3 * MEBIBYTE)
        answer = self.curl("-i", "-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue",
                           "--expect100-timeout", 15, "--data-binary", f"@{sent.path}", path="/upload")
        self.assertTrue(answer.startswith(self.status_line("100 Continue") + "\r\n" + self.status_line("200 OK")),
                        answer)
        self.assertTrue(answer.endswith(sent.receipt), answer)

    def test_refused_before_the_body_is_sent(self):
        facts = self.curl("-o", os.devnull, "-w", "%{http_code} %{size_upload}", "-H", "Expect: 100-continue",
                          "--expect100-timeout", 15, "--data-binary", f"@{material(3 * MEBIBYTE).path}", path="/small")
        self.assertEqual(facts, "413 0")

    def test_refused_while_the_body_is_sent(self):
        for framing in ("Expect:", "Transfer-Encoding: chunked"):
            with self.subTest(framing):
                facts = self.curl("-o", os.devnull, "-w", "%{http_code}", "-H", "Expect:", "-H", framing,
                                  "-X", "POST", "-T", material(50 * MEBIBYTE).path, path="/small")
                self.assertEqual(facts, "413")

    def test_chunked_download(self):
        wanted = material(50 * MEBIBYTE)
        self.assertEqual(digest_of(self.download(f"/chunked?path={wanted.path}")), wanted.digest)

    def test_download_with_length(self):
        wanted = material(50 * MEBIBYTE)
        self.assertEqual(digest_of(self.download(f"/file?path={wanted.path}")), wanted.digest)

    def test_download_up_to_the_end_of_the_connection(self):
        wanted = material(3 * MEBIBYTE)
        self.assertEqual(digest_of(self.download(f"/chunked?path={wanted.path}", "--http1.0")), wanted.digest)

    def test_ranges_of_a_file(self):
        wanted = material(3 * MEBIBYTE)
        path = f"/download?path={wanted.path}"
        with open(wanted.path, "rb") as file:
            content = file.read()
        self.assertEqual(self.download(path, "-r", "100-200099"), content[100:200100])
        self.assertEqual(self.download(path, "-r", "-5"), content[-5:])
        parts = self.download(path, "-i", "-r", "0-9,1000000-1000009")
        self.assertIn(b"\r\n\r\n" + content[:10] + b"\r\n--", parts)
        self.assertIn(b"\r\n\r\n" + content[1000000:1000010] + b"\r\n--", parts)
        facts = self.curl("-o", os.devnull, "-w", "%{http_code}", "-r", f"{wanted.size}-", path=path)
        self.assertEqual(facts, "416")

    def test_download_that_is_resumed(self):
        wanted = material(3 * MEBIBYTE)
        with open(wanted.path, "rb") as file:
            begin = file.read(MEBIBYTE)
        with tempfile.NamedTemporaryFile() as partial:
            partial.write(begin)
            partial.flush()
            facts = self.curl("-C", "-", "-o", partial.name, "-w", "%{http_code} %{size_download}",
                              path=f"/download?path={wanted.path}")
            self.assertEqual(facts, f"206 {wanted.size - MEBIBYTE}")
            with open(partial.name, "rb") as file:
                self.assertEqual(digest_of(file.read()), wanted.digest)

    def test_download_that_has_not_changed(self):
        path = f"/download?path={material(3 * MEBIBYTE).path}"
        with tempfile.TemporaryDirectory() as place:
            tag = os.path.join(place, "tag")
            arguments = ["-o", os.devnull, "-w", "%{http_code}"]
            self.assertEqual(self.curl(*arguments, "--etag-save", tag, path=path), "200")
            self.assertEqual(self.curl(*arguments, "--etag-compare", tag, path=path), "304")
            self.assertEqual(self.curl(*arguments, "-z", "1 Jan 1980", path=path), "200")
            self.assertEqual(self.curl(*arguments, "-z", "1 Jan 2100", path=path), "304")
            self.run_tool([*self.command("--output-dir", place, "-OJ"), self.service.url + path])
            self.assertEqual(sorted(os.listdir(place)), ["saved _.bin", "tag"])

    def test_downloads_at_once(self):
        wanted = material(3 * MEBIBYTE)
        urls = [f"{self.service.url}/{way}?path={wanted.path}" for way in ("file", "chunked")] * 4
        output = self.run_tool(self.command("-Z", "--parallel-immediate", "-w", "%{http_code} %{size_download}\n",
                                            *["-o", os.devnull] * len(urls), *urls))
        self.assertEqual(output.splitlines(), [f"200 {wanted.size}"] * len(urls))

    def test_echo_while_sending(self):
        sent = material(20 * MEBIBYTE)
        for framing in ("Accept: */*", "Transfer-Encoding: chunked"):
            with self.subTest(framing):
                answer = self.download("/echo", "-X", "POST", "-H", "Expect:", "-H", framing, "-T", sent.path)
                self.assertEqual(digest_of(answer), sent.digest)

    def test_echo_that_waits_for_100_continue(self):
        sent = material(3 * MEBIBYTE)
        answer = self.download("/echo", "-X", "POST", "-H", "Expect: 100-continue", "-T", sent.path)
        self.assertEqual(digest_of(answer), sent.digest)

    def test_server_sent_events(self):
        self.assert_events(self.command("-N", "-H", "Last-Event-ID: 7", self.service.url + "/events"))

    def test_trailers_come_after_the_body(self):
        answer = self.curl("-i", "--raw", "--data", "text", path="/trailers")
        self.assertTrue(answer.endswith("\r\n\r\n4\r\ntext\r\n0\r\nX-Sum: none\r\n\r\n"), answer)

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            for version in ("--http1.1", "--http1.0"):
                with self.subTest(path, version=version):
                    done = self.complete(self.command(version, self.service.url + path))
                    self.assertIn(done.returncode, COULD_NOT_RECEIVE_ALL, done.stderr)

    def test_early_hints(self):
        answer = self.curl("-i", path="/hints")
        hints, final, body = answer.split("\r\n\r\n")
        self.assertEqual(hints.lower(), f"{self.status_line('103 Early Hints')}link: </style.css>; rel=preload".lower())
        self.assertTrue(final.startswith(self.status_line("200 OK")), answer)
        self.assertEqual(body, "page\n")

    def test_connection_close(self):
        urls = [self.service.url + "/plaintext"] * 2
        output = self.run_tool(self.command("-H", "Connection: close", "-w", "<%{num_connects}>", *urls))
        self.assertEqual(output, "Hello, World!<1>" * 2)

    def test_http_1_0(self):
        answer = self.curl("-i", "--http1.0", path="/lines/3")
        self.assertIn("\r\nconnection: close\r\n", answer.lower())
        self.assertNotIn("transfer-encoding", answer.lower())
        self.assertTrue(answer.endswith("\r\n\r\n0\n1\n2\n"), answer)

    def test_unix_socket(self):
        self.assertEqual(self.curl("--unix-socket", self.unix_path), "Hello, World!")

    def test_offer_of_http_2_is_declined(self):
        """curl offers h2c with Upgrade and HTTP2-Settings, and is answered as if it had not: RFC 9113 left that out."""
        output = self.curl("--http2", "-w", "<%{http_version} %{num_connects}>", self.service.url + "/lines/2")
        self.assertEqual(output, "0\n1\n<1.1 1>Hello, World!<1.1 0>")


CASES = (CurlProgram,)
