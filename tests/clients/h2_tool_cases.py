"""nghttp, which shows the frames, and h2load."""

import re

from gallery_case import MEBIBYTE, digest_of, material
from h2_setting import H2Case, H2TlsCase
from setting import limit


class Nghttp(H2Case):
    def nghttp(self, *arguments, paths=("/plaintext",)):
        urls = [self.service.url + path for path in paths]
        return self.complete([self.tool("nghttp"), "-t", round(limit(15)), "-y", *arguments, *urls])

    def frames(self, *arguments, path="/plaintext", fails=False):
        """What it says of each frame, and of the answer's fields."""
        done = self.nghttp("-nv", *arguments, paths=(path,))
        self.assertEqual(done.returncode != 0, fails, done.stderr)
        return re.sub(r"\x1b\[[\d;]*m|\[ +[\d.]+\] ", "", done.stdout.decode(errors="replace"))

    def test_get(self):
        frames = self.frames()
        for part in ("SETTINGS_MAX_CONCURRENT_STREAMS(0x03):100", "SETTINGS_NO_RFC7540_PRIORITIES(0x09):1",
                     ":status: 200\n", "content-length: 13\n", "recv DATA frame <length=13, flags=0x01"):
            self.assertIn(part, frames)
        self.assertNotIn("recv RST_STREAM", frames)
        self.assertNotIn("recv GOAWAY", frames)

    def test_head_has_no_body(self):
        frames = self.frames("-H", ":method: HEAD")
        self.assertIn("content-length: 13\n", frames)
        self.assertIn("END_STREAM | END_HEADERS", frames[frames.index(":status: 200"):])
        self.assertNotIn("recv DATA", frames)

    def test_upload(self):
        sent = material(MEBIBYTE)
        for arguments in ((), ("--no-content-length",), ("-p16",), ("-w", "30", "-W", "30"), ("--padding=100",)):
            with self.subTest(arguments):
                done = self.nghttp("-d", sent.path, *arguments, paths=("/upload",))
                self.assertEqual(done.stdout.decode(), sent.receipt, done.stderr)

    def test_download_with_small_windows(self):
        """`-w 10`: 1,023 bytes at a time."""
        wanted = material(MEBIBYTE)
        for bits in (10, 16, 30):
            for way in ("file", "chunked"):
                with self.subTest(bits=bits, way=way):
                    done = self.nghttp("-w", bits, "-W", bits, paths=(f"/{way}?path={wanted.path}",))
                    self.assertEqual(digest_of(done.stdout), wanted.digest, done.stderr)

    def test_echo_while_sending(self):
        sent = material(MEBIBYTE)
        self.assertEqual(digest_of(self.nghttp("-d", sent.path, paths=("/echo",)).stdout), sent.digest)

    def test_trailers_both_ways(self):
        frames = self.frames("-d", material(1000).path, "--trailer", "x-sum: 42", path="/trailers")
        self.assertIn("recv (stream_id=13) x-sum: 42\n", frames)
        trailers = frames[frames.index("recv DATA"):]
        self.assertIn("END_STREAM | END_HEADERS", trailers[trailers.index("x-sum: 42"):])

    def test_interim_answers(self):
        hints = self.frames(path="/hints")
        self.assertLess(hints.index(":status: 103\n"), hints.index(":status: 200\n"))
        self.assertIn("link: </style.css>; rel=preload\n", hints)
        awaited = self.frames("--expect-continue", "-d", material(MEBIBYTE).path, path="/upload")
        self.assertLess(awaited.index(":status: 100\n"), awaited.index("send DATA"))
        self.assertIn(":status: 200\n", awaited)

    def test_answer_before_the_body_was_sent(self):
        """By its length, or because nobody reads it; the client is told that the rest is not wanted (RFC 9113 8.1)."""
        for path, status in (("/small", 413), ("/early", 200), ("/nowhere", 404)):
            with self.subTest(path):
                frames = self.frames("-d", material(3 * MEBIBYTE).path, path=path)
                self.assertIn(f":status: {status}\n", frames)
                self.assertIn("(error_code=NO_ERROR(0x00))", frames[frames.index("recv RST_STREAM"):])

    def test_a_body_that_turns_out_too_large(self):
        frames = self.frames("--no-content-length", "-d", material(MEBIBYTE).path, path="/small")
        self.assertIn(":status: 413\n", frames)

    def test_head_that_is_too_large(self):
        self.assertIn(":status: 431\n", self.frames("-H", "x-long: " + "x" * 40_000))

    def test_aborted_download(self):
        for path in ("/cut/length", "/cut/chunked"):
            with self.subTest(path):
                frames = self.frames(path=path)
                self.assertIn("(error_code=INTERNAL_ERROR(0x02))", frames[frames.index("recv RST_STREAM"):])

    def test_streams_beside_each_other(self):
        """On one connection: the short ones are not behind the long ones."""
        wanted = material(3 * MEBIBYTE)
        done = self.nghttp("-ns", "-m", "20", paths=(f"/file?path={wanted.path}", "/plaintext", "/lines/100"))
        rows = re.findall(r"^ *\d+ +\+[\d.]+m?u?s +\+[\d.]+m?u?s +[\d.]+m?u?s +(\d+) +(\S+) (\S+)$",
                          done.stdout.decode(), re.M)
        self.assertEqual(len(rows), 60, done.stdout)
        self.assertEqual({status for status, _, _ in rows}, {"200"})
        ended = [path for _, _, path in rows]
        self.assertTrue(all(path.startswith("/file") for path in ended[-20:]), ended)


class NghttpTls(H2TlsCase, Nghttp):
    pass


class H2load(H2Case):
    def h2load(self, requests, *arguments, path="/plaintext", status="2xx"):
        output = self.run_tool([self.tool("h2load"), "-n", requests, *arguments, self.service.url + path])
        succeeded = requests if status == "2xx" else 0
        self.assertIn(f" {requests} done, {succeeded} succeeded, {requests - succeeded} failed, 0 errored, 0 timeout",
                      output)
        self.assertRegex(output, rf"status codes: .*\b{requests} {status}\b")
        self.assertRegex(output, r"Application protocol: h2c?\n")
        return output

    def test_streams(self):
        for streams in (1, 10, 100):
            with self.subTest(streams):
                self.h2load(3000, "-c", 5, "-m", streams)

    def test_answers_of_tasks(self):
        self.h2load(1000, "-c", 5, "-m", 20, path="/lines/100")

    def test_uploads(self):
        self.h2load(500, "-c", 5, "-m", 20, "-d", material(64 * 1024).path, path="/upload")

    def test_echoes(self):
        self.h2load(300, "-c", 5, "-m", 10, "-d", material(100_000).path, path="/echo")

    def test_small_windows(self):
        self.h2load(50, "-c", 2, "-m", 10, "-w", 12, "-W", 14, path=f"/file?path={material(100_000).path}")

    def test_refusals(self):
        self.h2load(1000, "-c", 2, "-m", 50, path="/nowhere", status="4xx")
        self.h2load(200, "-c", 2, "-m", 10, "-d", material(100_000).path, path="/small", status="4xx")


class H2loadTls(H2TlsCase, H2load):
    pass


CASES = (Nghttp, NghttpTls, H2load, H2loadTls)
