"""HTTP as real clients speak it, and as no client should."""

import http.client
import os
import tempfile

from raw import RawConnection
from setting import ArenaCase, connect, limit

GET = b"GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n"


class Curl(ArenaCase):
    def curl(self, *arguments, path="/plaintext"):
        command = [self.tool("curl"), "-sS", "--max-time", limit(5), *arguments, self.service.url + path]
        return self.run_tool(command)

    def status(self, *arguments, path="/plaintext"):
        return self.curl("-o", os.devnull, "-w", "%{http_code}", *arguments, path=path)

    def test_get(self):
        head, _, body = self.curl("-i").partition("\r\n\r\n")
        self.assertTrue(head.startswith("HTTP/1.1 200 OK\r\n"), head)
        self.assertIn("\r\nContent-Length: 13", head)
        self.assertIn("\r\nDate: ", head)
        self.assertEqual(body, "Hello, World!")

    def test_every_route(self):
        self.assertEqual(self.curl(path="/"), "gyre arena\n")
        self.assertEqual(self.curl(path="/json"), '{"message":"Hello, World!"}')
        self.assertEqual(self.curl(path="/pipeline"), "ok")
        self.assertEqual(self.curl(path="/baseline11?a=1&b=2"), "3")

    def test_head(self):
        answer = self.curl("--head")
        self.assertTrue(answer.startswith("HTTP/1.1 200 OK\r\n"), answer)
        self.assertIn("\r\nContent-Length: 13\r\n", answer)
        self.assertTrue(answer.endswith("\r\n\r\n"), answer)

    def test_post(self):
        self.assertEqual(self.curl("--data", "39", path="/baseline11?a=1&b=2"), "42")

    def test_post_that_waits_for_100_continue(self):
        body = "0" * 100_000 + "39"
        with tempfile.NamedTemporaryFile() as file:
            file.write(body.encode())
            file.flush()
            answer = self.curl("-i", "-H", "Expect: 100-continue", "--data-binary", f"@{file.name}",
                               path="/baseline11?a=1&b=2")
        self.assertTrue(answer.startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), answer)

    def test_body_too_large(self):
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(3 << 20)
            self.assertEqual(self.status("--data-binary", f"@{file.name}", path="/baseline11"), "413")

    def test_not_found(self):
        self.assertEqual(self.status(path="/no-such-page"), "404")

    def test_method_not_allowed(self):
        answer = self.curl("-i", "-X", "DELETE")
        self.assertTrue(answer.startswith("HTTP/1.1 405 "), answer)
        allow = next(line for line in answer.split("\r\n") if line.lower().startswith("allow:"))
        self.assertEqual(set(allow.partition(":")[2].replace(" ", "").split(",")) - {"OPTIONS"}, {"GET", "HEAD"})

    def test_two_urls_on_one_connection(self):
        options = ["-o", os.devnull, "-o", os.devnull, "-w", "%{num_connects} "]
        self.assertEqual(self.curl(*options, self.service.url + "/json").split(), ["1", "0"])

    def test_http_1_0(self):
        answer = self.curl("-i", "--http1.0")
        self.assertTrue(answer.startswith("HTTP/1.1 200 OK\r\n"), answer)
        self.assertIn("\r\nConnection: close\r\n", answer)
        self.assertTrue(answer.endswith("\r\n\r\nHello, World!"), answer)

    def test_long_target(self):
        self.assertEqual(self.status(path="/" + "a" * 9000), "414")

    def test_long_field(self):
        self.assertEqual(self.status("-H", "X-Long: " + "a" * 40_000), "431")


class UnixSocket(ArenaCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.path = os.path.join(directory.name, "arena.sock")
        cls.flags = ("--unix", cls.path)
        super().setUpClass()

    def test_named_in_the_start_line(self):
        self.assertIn(f" unix:{self.path} (", self.service.start_line)

    def test_answers_beside_tcp(self):
        curl = [self.tool("curl"), "-sS", "--max-time", limit(5)]
        self.assertEqual(self.run_tool([*curl, "--unix-socket", self.path, "http://a/plaintext"]), "Hello, World!")
        self.assertEqual(self.run_tool([*curl, self.service.url + "/plaintext"]), "Hello, World!")


class PythonClient(ArenaCase):
    def test_keep_alive(self):
        client = http.client.HTTPConnection(self.service.host, self.service.port, timeout=limit(5))
        client.connect()
        local = client.sock.getsockname()
        for number in range(100):
            client.request("POST", f"/baseline11?a={number}&b=1", body=b"1")
            response = client.getresponse()
            self.assertEqual((response.status, response.read()), (200, str(number + 2).encode()))
            self.assertEqual(client.sock.getsockname(), local)
        client.close()

    def test_http_1_0_keep_alive(self):
        request = b"GET /plaintext HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        with RawConnection(connect(self.service)) as client:
            for _ in range(2):
                client.send(request)
                answer = client.answer()
                self.assertEqual((answer.status, answer.fields["connection"]), (200, "keep-alive"))


class RawBytes(ArenaCase):
    def open(self):
        client = RawConnection(connect(self.service))
        self.addCleanup(client.close)
        return client

    def test_sixteen_pipelined_requests_in_one_write(self):
        client = self.open()
        requests = [b"GET /baseline11?a=%d&b=100 HTTP/1.1\r\nHost: a\r\n\r\n" % number for number in range(16)]
        for _ in range(3):
            client.send(b"".join(requests))
            for number in range(16):
                self.assertEqual(client.answer().body, b"%d" % (number + 100))

    def test_pipelined_requests_of_every_kind(self):
        client = self.open()
        post = b"POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n39"
        head = b"HEAD /json HTTP/1.1\r\nHost: a\r\n\r\n"
        lost = b"GET /lost HTTP/1.1\r\nHost: a\r\n\r\n"
        client.send(GET + post + head + lost + b"\r\n" + GET)
        self.assertEqual(client.answer().body, b"Hello, World!")
        self.assertEqual(client.answer().body, b"42")
        self.assertEqual(client.answer(to_head=True).fields["content-length"], "27")
        self.assertEqual(client.answer().status, 404)
        self.assertEqual(client.answer().body, b"Hello, World!")

    def test_more_pipelined_than_any_buffer_holds(self):
        client = self.open()
        client.send(GET * 5000)
        for _ in range(5000):
            self.assertEqual(client.answer().body, b"Hello, World!")

    def test_byte_by_byte(self):
        client = self.open()
        request = b"POST /baseline11?a=1&b=2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n39"
        for index in range(len(request)):
            client.send(request[index : index + 1])
        self.assertEqual(client.answer().body, b"42")

    def test_connection_close(self):
        client = self.open()
        client.send(b"GET /plaintext HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        self.assertEqual(client.answer().fields["connection"], "close")
        self.assertTrue(client.at_end())

    def test_client_that_ends_its_side_is_still_answered(self):
        client = self.open()
        client.send(GET)
        client.half_close()
        self.assertEqual(client.answer().status, 200)
        self.assertTrue(client.at_end())

    def test_half_a_request_and_gone(self):
        for part in (GET[:1], GET[:-2], b"POST /baseline11 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123"):
            client = self.open()
            client.send(part)
            client.close()
        client = self.open()
        client.send(GET)
        self.assertEqual(client.answer().status, 200)

    def test_half_a_request_and_half_closed(self):
        client = self.open()
        client.send(GET[:-2])
        client.half_close()
        self.assertTrue(client.at_end())

    def test_garbage(self):
        bad = (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",  # TLS
               b"GET\r\n\r\n",
               b"GET / HTTP/1.1\nHost: a\n\n",
               b"GET / HTTP/1.1\r\n\r\n",
               b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
               b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
        for request in bad:
            with self.subTest(request):
                client = self.open()
                client.send(request)
                answer = client.answer()
                self.assertEqual((answer.status, answer.fields["connection"]), (400, "close"))
                self.assertTrue(client.at_end())


CASES = (Curl, UnixSocket, PythonClient, RawBytes)
