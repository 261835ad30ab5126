"""wget."""

from gallery_case import CUT_PATHS, MEBIBYTE, GalleryCase, digest_of, material
from setting import limit

NETWORK_FAILURE = 4
ERROR_ANSWER = 8


class Wget(GalleryCase):
    def command(self, *arguments):
        return [self.tool("wget"), "--no-config", "--tries=1", f"--timeout={limit(10)}", "-O", "-", *arguments]

    def wget(self, *arguments, path="/plaintext", code=0):
        """Its standard output and its log."""
        done = self.complete(self.command(*arguments, self.service.url + path))
        log = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, log)
        return done.stdout, log

    def test_keep_alive(self):
        urls = [self.service.url + path for path in ("/plaintext", "/lines/3", "/plaintext")]
        output, log = self.wget(*urls)
        self.assertEqual(output, b"Hello, World!" + b"0\n1\n2\n" + b"Hello, World!" * 2)
        self.assertEqual(log.count("Connecting to "), 1, log)
        self.assertEqual(log.count("Reusing existing connection to "), 3, log)

    def test_head(self):
        output, log = self.wget("--method=HEAD", "--server-response")
        self.assertEqual(output, b"")
        self.assertIn("  Content-Length: 13\n", log)

    def test_post_with_length(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.wget(f"--post-file={sent.path}", path="/upload")[0].decode(), sent.receipt)

    def test_refused_body(self):
        output, log = self.wget(f"--post-file={material(50 * MEBIBYTE).path}", path="/small", code=ERROR_ANSWER)
        self.assertIn("ERROR 413", log)
        self.assertEqual(output, b"")

    def test_echo(self):
        sent = material(64 * 1024)  # wget reads only after it has sent all
        self.assertEqual(digest_of(self.wget(f"--post-file={sent.path}", path="/echo")[0]), sent.digest)

    def test_chunked_download(self):
        wanted = material(50 * MEBIBYTE)
        output, log = self.wget("--progress=dot:giga", path=f"/chunked?path={wanted.path}")
        self.assertEqual(digest_of(output), wanted.digest)
        self.assertIn("Length: unspecified", log)

    def test_download_with_length(self):
        wanted = material(50 * MEBIBYTE)
        output, log = self.wget("--progress=dot:giga", path=f"/file?path={wanted.path}")
        self.assertEqual(digest_of(output), wanted.digest)
        self.assertIn(f"Length: {wanted.size} ", log)

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            with self.subTest(path):
                self.wget(path=path, code=NETWORK_FAILURE)

    def test_early_hints_are_passed_over(self):
        self.assertEqual(self.wget(path="/hints")[0], b"page\n")

    def test_connection_close(self):
        output, log = self.wget("--header=Connection: close", self.service.url + "/plaintext")
        self.assertEqual(output, b"Hello, World!" * 2)
        self.assertNotIn("Reusing existing connection", log)

    def test_no_keep_alive(self):
        output, log = self.wget("--no-http-keep-alive", self.service.url + "/plaintext")
        self.assertEqual(output, b"Hello, World!" * 2)
        self.assertNotIn("Reusing existing connection", log)

    def test_not_found(self):
        output, _ = self.wget("--content-on-error", path="/lost", code=ERROR_ANSWER)
        self.assertIn(b'"status":404', output)

    def test_spider(self):
        self.assertIn("Remote file exists", self.wget("--spider")[1])


CASES = (Wget,)
