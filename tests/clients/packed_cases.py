"""Content codings: what curl, with decoders of its own, makes of packed answers, and what we make of uploads."""

import gzip
import os
import subprocess
import tempfile
import zlib

from setting import ServiceCase, limit

CODINGS = ("gzip", "br", "zstd")


def lines(count):
    return "".join(f"line {number}\n" for number in range(count))


class PackedCurl(ServiceCase):
    program = "packed"

    def curl(self, *arguments, path):
        command = [self.tool("curl"), "-sS", "--max-time", limit(15), *arguments, self.service.url + path]
        return self.complete(command)

    def text(self, *arguments, path):
        done = self.curl(*arguments, path=path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def test_whole_and_streamed_answers(self):
        for path in ("/lines/1", "/lines/200", "/lines/200000", "/stream/200000"):
            for coding in CODINGS:
                with self.subTest(path=path, coding=coding):
                    got = self.text("--compressed", "-H", f"Accept-Encoding: {coding}", path=path)
                    self.assertTrue(got == lines(int(path.split("/")[-1])), got[:100])

    def test_the_coding_is_told_and_saves_bytes(self):
        for coding in CODINGS:
            facts = self.text("-o", os.devnull, "-D", "-", "-w", "%{size_download}", "-H", f"Accept-Encoding: {coding}",
                              path="/lines/20000")
            self.assertIn(f"Content-Encoding: {coding}\r\n", facts)
            self.assertLess(int(facts.split("\n")[-1]), len(lines(20000)) // 3)

    def test_an_event_arrives_while_the_stream_is_open(self):
        for coding in CODINGS:
            command = [self.tool("curl"), "-sSN", "--compressed", "--max-time", str(limit(15)),
                       "-H", f"Accept-Encoding: {coding}", self.service.url + "/events"]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as curl:
                event = curl.stdout.read(len(b"data: first\n\n"))
                curl.kill()
            self.assertEqual(event, b"data: first\n\n", coding)

    def test_packed_uploads(self):
        text = lines(20000).encode()
        for coding, packed in (("gzip", gzip.compress(text)), ("deflate", zlib.compress(text))):
            with tempfile.NamedTemporaryFile() as file:
                file.write(packed)
                file.flush()
                upload = ("-H", f"Content-Encoding: {coding}", "--data-binary", f"@{file.name}")
                chunked = ("-H", "Transfer-Encoding: chunked", *upload)
                for framing in (upload, chunked):
                    self.assertTrue(self.text(*framing, path="/echo") == text.decode())
                    self.assertEqual(self.text(*framing, path="/sum"), str(len(text)))

    def test_a_bomb(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(gzip.compress(bytes(50_000_000)))
            file.flush()
            for path in ("/echo", "/sum"):
                status = self.text("-o", os.devnull, "-w", "%{http_code}", "-H", "Content-Encoding: gzip",
                                   "--data-binary", f"@{file.name}", path=path)
                self.assertEqual(status, "413")


CASES = (PackedCurl,)
