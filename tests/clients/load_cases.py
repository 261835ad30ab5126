"""ab and h2load: many requests, each of which must succeed."""

import re

from gallery_case import GalleryCase, material


class Ab(GalleryCase):
    """Speaks HTTP/1.0, with and without Connection: keep-alive."""

    def ab(self, requests, *arguments, path="/plaintext"):
        output = self.run_tool([self.tool("ab"), "-q", "-n", requests, *arguments, self.service.url + path])
        figures = dict(re.findall(r"^([\w -]+):\s+(\d+)", output, re.M))
        self.assertEqual(figures["Complete requests"], str(requests), output)
        self.assertEqual(figures["Failed requests"], "0", output)
        self.assertNotIn("Non-2xx responses", output)
        return figures

    def test_keep_alive(self):
        self.assertEqual(self.ab(2000, "-k", "-c", 20)["Keep-Alive requests"], "2000")

    def test_a_connection_for_each_request(self):
        self.assertNotIn("Keep-Alive requests", self.ab(1000, "-c", 20))

    def test_streams_that_end_with_the_connection(self):
        figures = self.ab(500, "-k", "-c", 20, path="/lines/10")
        self.assertEqual((figures["Keep-Alive requests"], figures["HTML transferred"]), ("0", "10000"))

    def test_posts(self):
        sent = material(64 * 1024)
        figures = self.ab(500, "-k", "-c", 20, "-p", sent.path, path="/echo")
        self.assertEqual(figures["HTML transferred"], str(500 * sent.size))


class H2loadOnHttp1(GalleryCase):
    def h2load(self, requests, *arguments, path="/plaintext"):
        output = self.run_tool([self.tool("h2load"), "--h1", "-n", requests, *arguments, self.service.url + path])
        self.assertIn(f" {requests} done, {requests} succeeded, 0 failed, 0 errored, 0 timeout", output)
        self.assertIn(f"status codes: {requests} 2xx, 0 3xx, 0 4xx, 0 5xx", output)

    def test_one_request_at_a_time(self):
        self.h2load(2000, "-c", 10, "-m", 1)

    def test_pipelining(self):
        self.h2load(2000, "-c", 10, "-m", 16)

    def test_chunked_answers(self):
        self.h2load(1000, "-c", 10, "-m", 4, path="/lines/100")

    def test_uploads(self):
        self.h2load(500, "-c", 10, "-m", 1, "-d", material(64 * 1024).path, path="/upload")


CASES = (Ab, H2loadOnHttp1)
