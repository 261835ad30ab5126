#!/usr/bin/env python3
"""gyre-compare against servers that differ in known ways: compare_test.py --compare PROGRAM [TEST...]"""

import argparse
import gzip
import json
import socket
import subprocess
import sys
import threading
import unittest
import unittest.mock

from compare_case import LIMIT, Case, Setting
from compare_file_cases import Generating, RequestFile, Splitter  # noqa: F401
from tiny_server import HANG, TinyServer, answer

import answer as answers
from exchange import Exchanges, Server


class Comparing(Case):
    def test_the_same(self):
        date_and_server = ("Date: today", "Server: other", "Keep-Alive: timeout=5")
        self.assertEqual(self.only_difference(answer(b"x", fields=date_and_server), answer(b"x")), [])
        self.assertEqual(self.new.seen, [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"])

    def test_status(self):
        self.assertEqual(self.only_difference(answer(), answer(status="404 No")), [("status", "200", "404")])

    def test_fields(self):
        found = self.only_difference(answer(fields=["A: 1", "B: 1", "D: 1", "D: 2"]),
                                     answer(fields=["b: 2", "C: 3", "d: 1", "d: 2"]))
        self.assertEqual(found, [("field a", "1", "-"), ("field b", "1", "2"), ("field c", "-", "3")])
        self.assertEqual(self.only_difference(answer(fields=["A: 1"]), answer(), "--ignore", "a"), [])
        self.assertEqual(self.only_difference(answer(fields=["Server: 1"]), answer(), "--compare", "Server"),
                         [("field server", "1", "-")])

    def test_a_body(self):
        self.assertEqual(self.only_difference(answer(b"abc"), answer(b"abd")),
                         [("body", "3 bytes, abc", "3 bytes, abd")])

    def test_framing_is_not_compared_unless_wanted(self):
        whole, chunked = answer(b"abc"), answer(b"abc", chunked=True)
        until_close = (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc", "close")
        self.assertEqual(self.only_difference(whole, chunked), [])
        self.assertEqual(self.only_difference(whole, until_close), [])
        what = [difference[0] for difference in self.only_difference(whole, chunked, "--framing")]
        self.assertEqual(what, ["field content-length", "field transfer-encoding"])

    def test_content_codings_are_taken_off(self):
        packed = [answer(gzip.compress(b"abc" * 9, level), fields=["Content-Encoding: gzip"]) for level in (1, 9)]
        self.assertEqual(self.only_difference(*packed), [])
        self.assertEqual([each[0] for each in self.only_difference(packed[0], answer(b"abc" * 9))],
                         ["field content-encoding"])

    def test_trailers_and_lengths_without_a_body(self):
        def trailed(value):
            return f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: {value}\r\n\r\n".encode()

        self.assertEqual(self.only_difference(trailed(1), trailed(2)), [("trailer t", "1", "2")])
        lengths = [f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode() for length in (5, 6)]
        self.assertEqual(self.only_difference(*lengths, text="HEAD /"), [("field content-length", "5", "6")])

    def test_normalisation(self):
        old, new = answer(b"at 12:30 ok", fields=["X: id-1"]), answer(b"at 14:55 ok", fields=["X: id-2"])
        self.assertEqual(len(self.only_difference(old, new)), 2)
        flags = ("--normalise", r"\d\d:\d\d -> TIME", "--normalise", r"id-\d ->")
        self.assertEqual(self.only_difference(old, new, *flags), [])
        self.assertEqual(self.only_difference(old, new, text="@normalise [\\d:]+ -> N\nGET /"), [])

    def test_json(self):
        old, new = answer(b'{"a": 1, "b": [2]}'), answer(b'{"b":[2],"a":1}')
        self.assertEqual(len(self.only_difference(old, new)), 1)
        self.assertEqual(self.only_difference(old, new, text="@json\nGET /"), [])

    def test_bodies_that_are_not_compared(self):
        self.assertEqual(self.only_difference(answer(b"1"), answer(b"2"), text="@no-body\nGET /"), [])


class Outcomes(Case):
    FAST = ("--timeout", "2")  # a machine may be busy

    def kinds(self, old, new, text="GET /", *flags):
        code, found = self.compare(lambda *_: old, lambda *_: new, text, *(flags or self.FAST))
        result = found["results"][0]
        return code, result["old"]["kind"], result["new"]["kind"]

    def test_no_answer(self):
        self.assertEqual(self.kinds(HANG, HANG), (0, "timeout", "timeout"))
        self.assertEqual(self.kinds(answer(), HANG), (1, "answered", "timeout"))

    def test_a_closed_connection(self):
        self.assertEqual(self.kinds(b"", b""), (0, "closed", "closed"))
        self.assertEqual(self.kinds(answer(), b""), (1, "answered", "closed"))

    def test_an_answer_that_is_cut(self):
        cut = (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "close")
        self.assertEqual(self.kinds(answer(), cut), (1, "answered", "cut"))
        self.assertEqual(self.kinds(cut, cut), (0, "cut", "cut"))
        self.assertEqual(self.kinds(cut, (b"HTTP/1.1 2", "close")), (1, "cut", "cut"))
        chunk = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "close")
        self.assertEqual(self.kinds(answer(b"abc"), chunk), (1, "answered", "cut"))

    def test_what_is_not_http(self):
        for data in (b"HELLO\r\n\r\n", b"HTTP/1.1 200 OK\r\nno field\r\n\r\n",
                     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n"):
            self.assertEqual(self.kinds(answer(), data), (1, "answered", "malformed"))

    def test_more_than_one_answer(self):
        self.assertEqual(self.kinds(answer(), answer() + answer()), (1, "answered", "answered"))
        self.assertEqual(self.kinds(answer(), answer() + b"surplus"), (1, "answered", "malformed"))
        text = "@raw\n@answers 2\nGET / HTTP/1.1\\r\\n\\r\\nHEAD / HTTP/1.1"
        self.assertEqual(self.kinds(answer(), answer(), text), (0, "answered", "answered"))

    def test_a_body_where_none_may_be_has_time_to_come(self):
        """From a server that sends no more to whom it takes for gone, as cpp-httplib does."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                connection.settimeout(0.01)
                try:
                    connection.recv(1)
                except TimeoutError:
                    connection.sendall(b"surplus")

        thread = threading.Thread(target=serve)
        thread.start()
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")
        outcome = Exchanges(server, 5, 1000).ask(self.requests("GET /")[0], False)
        thread.join()
        self.assertEqual(outcome.kind, "malformed")

    def test_a_body_without_an_end(self):
        found = self.kinds(answer(), answer(b"x" * 20), "GET /", "--body-max", "10")
        self.assertEqual(found, (1, "answered", "too long"))

    def test_a_server_that_goes_away_is_a_difference(self):
        old, new = self.server(lambda *_: answer()), self.server(lambda *_: answer())

        def last_answer(*_):
            new.stop()
            return b""

        new.answer = last_answer
        path = self.write("### a\nGET /\n### b\nGET /\n")
        done = self.run_program("--old", old.url, "--new", new.url, path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("refused", done.stdout)

    def test_two_servers_that_go_away_are_no_agreement(self):
        def leaving(server):
            def respond(_method, target, _body):
                if target == "/last":
                    getattr(self, server).stop()
                    return answer(), "close"
                return answer()

            return respond

        code, found = self.compare(leaving("old"), leaving("new"), "GET /last\n\n###\nGET /\n")
        self.assertEqual([result["passed"] for result in found["results"]], [True, False])
        self.assertEqual((code, found["different"]), (1, 1))

    def test_an_answer_that_comes_before_the_body_is_read(self):
        refusal = answer(status="413 Large")

        def refuse(method, target, body):
            return refusal

        def serve_one(self, connection, stream):  # answers, and reads nothing more
            stream.readline()
            connection.sendall(refusal)
            stopped.wait(LIMIT)
            return False

        stopped = threading.Event()
        self.addCleanup(stopped.set)
        path = self.write(b"POST /\n\n" + b"x" * (16 << 20))
        with unittest.mock.patch.object(TinyServer, "_one", serve_one):
            old, new = self.server(refuse), self.server(refuse)
            done = self.run_program("--old", old.url, "--new", new.url, path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("1 x 413", done.stdout)

    def test_continue_is_waited_for(self):
        def echo(method, target, body):
            return answer(body)

        code, found = self.compare(echo, echo, "POST /\nExpect: 100-continue\n\nabc")
        self.assertEqual((code, found["results"][0]["new"]["answers"]), (0, [{"status": 200, "bytes": 3}]))


class Connections(Case):
    def test_each_request_has_one_unless_it_is_kept(self):
        text = "### a\nGET /1\n### b\n@keep\nGET /2\n### c\nGET /3\n"
        code, _ = self.compare(lambda *_: answer(), lambda *_: answer(), text)
        self.assertEqual(code, 0)
        self.assertEqual(self.new.connections, 3)  # the first asks whether anybody is there
        self.assertEqual(len(self.new.seen), 3)

    def test_one_that_is_left_alone_has_its_own(self):
        text = "### a\nGET /1\n### b\n@keep\nGET /2\n### c\n@keep\nGET /3\n"
        code, found = self.compare(lambda *_: answer(), lambda *_: answer(), text, "--only", "b", "--only", "c")
        self.assertEqual((code, found["requests"], self.new.connections), (0, 2, 2))

    def test_a_connection_that_one_server_closes(self):
        def old(*_):
            return answer()

        def new(*_):
            return (answer(fields=["Connection: close"]), "close")

        code, found = self.compare(old, new, "### a\nGET /1\n### b\n@keep\nGET /2\n")
        self.assertEqual(code, 1)
        self.assertEqual([result["passed"] for result in found["results"]], [True, False])
        self.assertEqual(found["results"][1]["new"]["kind"], "closed")

    def test_a_request_is_sent_again(self):
        code, found = self.compare(lambda *_: answer(), lambda *_: answer(), "@repeat 3\nGET /\n")
        self.assertEqual((code, found["requests"], len(self.old.seen)), (0, 3, 3))

    def test_a_request_is_sent_in_pieces(self):
        code, _ = self.compare(lambda *_: answer(), lambda *_: answer(), "@pieces 1 5 2\nPOST /\n\nabc\n")
        self.assertEqual(code, 0)
        self.assertTrue(self.new.seen[0].endswith(b"\r\n\r\nabc"))


class Expectations(Case):
    def verdict(self, old, new, directives):
        code, found = self.compare(lambda *_: old, lambda *_: new, f"{directives}\nGET /")
        return code, [fault["what"] for fault in found["results"][0]["faults"]]

    def test_a_difference_that_must_be_there(self):
        wanted = "@expect-difference the new one is stricter"
        self.assertEqual(self.verdict(answer(), answer(status="400 Bad"), wanted), (0, []))
        self.assertEqual(self.verdict(answer(), answer(), wanted), (1, ["no difference"]))

    def test_what_each_has_to_answer(self):
        wanted = "@expect-difference x\n@expect-old 200\n@expect-new closed"
        self.assertEqual(self.verdict(answer(), b"", wanted), (0, []))
        self.assertEqual(self.verdict(answer(), answer(status="400 Bad"), wanted), (1, ["expected of new"]))
        self.assertEqual(self.verdict(answer(), answer(), "@expect-old 201"), (1, ["expected of old"]))


class Program(Case):
    def test_a_table_for_people(self):
        old, new = self.server(lambda *_: answer(b"abc")), self.server(lambda _, target, __: answer(target.encode()))
        path = self.write("### first\nGET abc\n### second\nGET /other\n### third\n@expect-difference so it is\nGET /x")
        done = self.run_program("--old", old.url, "--new", new.url, path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"2  second  \(requests.txt:3\)\n +body +3 bytes, abc +6 bytes, /other\n")
        self.assertIn("3 requests: 1 the same, 1 different, 1 different as expected\n", done.stdout)
        self.assertIn("old answered: 3 x 200\n", done.stdout)
        self.assertNotIn("third", done.stdout)
        verbose = self.run_program("--old", old.url, "--new", new.url, "--verbose", "--only", "third", path)
        self.assertEqual(verbose.returncode, 0)
        self.assertIn("as expected: so it is", verbose.stdout)

    def test_what_cannot_run(self):
        server = self.server(lambda *_: answer())
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        path, empty = self.write("GET /"), self.write("", "empty.txt")
        both = ("--old", server.url, "--new", server.url)
        for arguments, message in (
            ((*both, self.folder / "nowhere.txt"), "No such file"),
            ((*both, empty), "no requests"),
            ((*both, self.write("nonsense", "bad.txt")), "not METHOD TARGET"),
            ((*both, self.write("{}", "bad.har")), "not HAR"),
            (("--old", server.url, "--new", nobody, path), "refused"),
            (("--old", server.url, "--new", "ftp://x", path), "not http://HOST:PORT"),
            (("--old", server.url, path), "are needed"),
        ):
            with self.subTest(message):
                done = self.run_program(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn(message, done.stderr)

    def test_requests_of_a_browser(self):
        def entry(method, url, headers=(), data=None):
            fields = [{"name": name, "value": value} for name, value in headers]
            request = {"method": method, "url": url, "headers": fields}
            return {"request": {**request, "postData": data} if data else request}

        recording = {"log": {"entries": [
            entry("GET", "https://shop.example/a?b=1", [(":path", "/a"), ("Host", "shop.example"), ("Cookie", "c=1")]),
            entry("GET", "https://other.example/a"),
            entry("POST", "https://shop.example/", [("content-length", "99")], {"text": "a=1"}),
        ]}}
        server = self.server(lambda *_: answer())
        path = self.write(json.dumps(recording), "shop.har")
        done = self.run_program("--old", server.url, "--new", server.url, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(server.seen[::2], [
            b"GET /a?b=1 HTTP/1.1\r\nHost: localhost\r\nCookie: c=1\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=1",
        ])

    def test_a_recording_can_be_played(self):
        server = self.server(lambda method, target, body: answer(target.encode() + body))
        output = self.folder / "recorded.txt"
        command = [sys.executable, "-B", Setting.program, "--old", server.url, "--record", "0", "--count", "3",
                   "--output", str(output)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
            try:
                port = int(proxy.stdout.readline().split("127.0.0.1:")[1].split(" ")[0])
                sent = (
                    b"GET /1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nConnection: keep-alive\r\n\r\n",
                    b"POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na\nb",
                    b"POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\x00\x01\r\n0\r\n\r\n",
                )
                with socket.create_connection(("127.0.0.1", port), LIMIT) as client:
                    reader = answers.AnswerReader(Client(client), 1000)
                    for data in sent:
                        client.sendall(data)
                        self.assertEqual(reader.read(b"GET").status, 200)
                self.assertEqual(proxy.wait(LIMIT), 0)
                self.assertIn("3 requests recorded", proxy.stdout.read())
            finally:
                proxy.kill()
        self.assertEqual(server.seen, list(sent))  # every byte was handed on
        text = output.read_text()
        self.assertTrue(text.startswith("### GET /1\nGET /1\n\n### POST /2\nPOST /2\n\na\nb\n"), text)
        played = self.run_program("--old", server.url, "--new", server.url, output)
        self.assertEqual(played.returncode, 0, played.stdout + played.stderr)
        self.assertIn("3 requests: 3 the same", played.stdout)

    def test_differences_are_saved_as_requests(self):
        code, _ = self.compare(lambda *_: answer(b"1"), lambda _, target, __: answer(b"1" if target == "/" else b"2"),
                               "### a\nGET /\n### b\nPOST /b\n\nbody", "--save", self.folder / "saved.txt")
        self.assertEqual(code, 1)
        text = (self.folder / "saved.txt").read_text()
        self.assertEqual(text, "### b\n# body: old 1 bytes, 1, new 1 bytes, 2\nPOST /b\n\nbody\n")


class Client:
    """What AnswerReader reads from, over a socket."""

    def __init__(self, connection):
        self.connection = connection

    def more(self):
        return self.connection.recv(4096)


class Asking(Case):
    """What was generated."""

    def test_they_are_asked_and_can_be_asked_again(self):
        def new(method, target, body):
            return answer(b"new" if "%" in target else b"old")

        flags = ("--generate", "60", "--seed", "4", "--save", self.folder / "saved.txt")
        code, found = self.compare(lambda *_: answer(b"old"), new, Generating.SOURCES, *flags)
        self.assertEqual(code, 1)
        self.assertEqual(found["requests"], 62)
        self.assertGreater(found["different"], 0)
        again = self.requests((self.folder / "saved.txt").read_text())
        self.assertEqual(len(again), found["different"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compare", help="the program; that of the source tree without")
    parser.add_argument("tests", nargs="*")
    given = parser.parse_args()
    if given.compare:
        Setting.program = given.compare
    unittest.main(argv=[sys.argv[0], *given.tests], verbosity=2)


if __name__ == "__main__":
    main()
