"""Files of requests and what is made of them, without a server."""

from compare_case import Case, request_file

import mutate
import splitter
from request import Request, Rules, escaped, unescaped


class RequestFile(Case):
    def test_a_request_gets_what_it_needs(self):
        self.assertEqual(self.bytes_of("GET /a"), b"GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertEqual(
            self.bytes_of("POST /a HTTP/1.1\nA: b\n\none\ntwo\n\n"),
            b"POST /a HTTP/1.1\r\nHost: localhost\r\nA: b\r\nContent-Length: 7\r\n\r\none\ntwo",
        )
        self.assertEqual(self.bytes_of("GET /a HTTP/1.0"), b"GET /a HTTP/1.0\r\n\r\n")

    def test_what_is_given_stays(self):
        self.assertEqual(
            self.bytes_of("PUT /\nhost: x\ncontent-length: 9\n\nbody"),
            b"PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nbody",
        )

    def test_blocks_have_names_and_places(self):
        found = self.requests("# what this is\n### first\nGET /1\n###\n# a comment\nGET /2\n### third\nGET /3\n")
        self.assertEqual([each.title() for each in found], ["first", "GET /2", "third"])
        self.assertEqual([each.place for each in found], ["requests.txt:2", "requests.txt:4", "requests.txt:7"])

    def test_a_raw_block_is_sent_as_it_stands(self):
        self.assertEqual(self.bytes_of("@raw\nGET / HTTP/1.1\nA : b"), b"GET / HTTP/1.1\r\nA : b\r\n\r\n")
        self.assertEqual(self.bytes_of("@raw\nGET /\\x00\\r\\n\\x41: b\\\nX"), b"GET /\0\r\nA: bX\r\n\r\n")
        self.assertEqual(self.bytes_of("@raw\nGET / HT\\"), b"GET / HT")
        self.assertEqual(self.bytes_of("@raw\nPOST / HTTP/1.1\n\n1\na\n0\\r\\n\\r\\n"),
                         b"POST / HTTP/1.1\r\n\r\n1\r\na\r\n0\r\n\r\n")

    def test_a_multipart_body_has_its_line_ends(self):
        data = self.bytes_of("POST /\nContent-Type: multipart/form-data; boundary=x\n\n--x\n\na\n--x--\n")
        self.assertTrue(data.endswith(b"Content-Length: 17\r\n\r\n--x\r\n\r\na\r\n--x--\r\n"), data)

    def test_a_body_comes_from_a_file(self):
        self.write(b"\x00\xff", "body.bin")
        for text in ("POST /\n\n@file body.bin", "@file body.bin\nPOST /"):
            self.assertTrue(self.bytes_of(text).endswith(b"Content-Length: 2\r\n\r\n\x00\xff"))

    def test_escapes_and_chunks_are_directives(self):
        self.assertTrue(self.bytes_of("@escapes\nPOST /\n\n\\x00\\n").endswith(b"Content-Length: 2\r\n\r\n\0\n"))
        self.assertTrue(self.bytes_of("@chunked 2\nPOST /\n\nabc").endswith(
            b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"))

    def test_a_block_without_a_request_sets_defaults(self):
        defaults = "###\n@ignore X, Y\n@timeout 2\n"
        first, second, third = self.requests(f"### a\nGET /\n{defaults}### b\nGET /\n### c\n@ignore Z\nGET /\n")
        self.assertEqual(first.rules.ignore, frozenset())
        self.assertEqual(second.rules.ignore, {"x", "y"})
        self.assertEqual(third.rules.ignore, {"x", "y", "z"})
        self.assertEqual(third.rules.timeout, 2)

    def test_what_is_wrong_names_its_place(self):
        for text, message in (
            ("### a\n@keeep\nGET /", "requests.txt:1: unknown directive @keeep"),
            ("### a\nGET /\n### b\nnonsense", "requests.txt:3: not METHOD TARGET"),
            ("GET /\nno field", "requests.txt:1: not a field"),
            ("@repeat x\nGET /", "requests.txt:1: invalid literal"),
            ("@repeat\nGET /", "@repeat takes a value"),
            ("@keep 1\nGET /", "@keep takes no value"),
            ("@file nowhere\nGET /", "@file nowhere: No such file"),
            ("@normalise ( -> x\nGET /", "missing )"),
        ):
            with self.subTest(text), self.assertRaises(request_file.Malformed) as caught:
                self.requests(text)
            self.assertIn(message, str(caught.exception))

    def test_any_bytes_can_be_written_and_read_again(self):
        self.assertEqual(unescaped(rb"a\{3:\x62c}\{2:}d\{x"), b"abcbcbcd\\{x")
        self.assertEqual(unescaped(escaped(bytes(range(256))).encode()), bytes(range(256)))
        for data in (
            b"GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nX: 1\r\n\r\na\nb\n\n",
            b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n\x00\xff",
            b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", b"@x", b"# /\r\n", b"GET /", b"GET / HTTP/1.1\r\n", b"a\\",
            b"a\\\r\n\r\n",
            b"POST / HTTP/1.1\r\n\r\n### x \r\n\r\n ", b"POST / HTTP/1.1\r\n\r\n@file x",
        ):
            with self.subTest(data):
                block = request_file.block_of(Request("x", "", data, b"", Rules()))
                self.assertEqual(self.bytes_of(block), data, block)

    def test_a_plain_request_is_written_plainly(self):
        data = b"PUT /a HTTP/1.1\r\nHost: localhost\r\nX: 1\r\nContent-Length: 3\r\n\r\nabc"
        self.assertEqual(request_file.block_of(Request("n", "", data, b"", Rules())), "### n\nPUT /a\nX: 1\n\nabc\n")
        text = "### n\nPOST /\nContent-Type: multipart/form-data; boundary=x\n\n--x\n\na\n--x--\n"
        (request,) = self.requests(text)
        self.assertEqual(request_file.block_of(request), text)


class Splitter(Case):
    def test_the_end_of_a_request(self):
        for data in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"\r\nPOST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n\r\n\r\r\n0\r\nA: b\r\n\r\n",
        ):
            self.assertEqual(splitter.request_end(data + b"GET"), len(data), data)
            for length in range(len(data)):
                self.assertIsNone(splitter.request_end(data[:length]), data[:length])

    def test_methods(self):
        data = b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nxHEAD / HTTP/1.1\r\n\r\nGET"
        self.assertEqual(splitter.methods_of(data), [b"POST", b"HEAD", b"GET"])


class Generating(Case):
    SOURCES = "### a\nGET /a/b?c=1\nAccept: */*\n### b\nPOST /b\nContent-Type: text/plain\n\nabcdef\n"

    def test_the_same_seed_makes_the_same_requests(self):
        sources = self.requests(self.SOURCES)
        first, again, other = (
            [each.bytes for each in mutate.generated(sources, 200, seed, 1)] for seed in (1, 1, 2)
        )
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        self.assertGreater(len(set(first)), 120)

    def test_each_mutation_is_used_and_changes_something(self):
        sources = self.requests(self.SOURCES)
        names = {name for each in mutate.generated(sources, 300, 1, 1)
                 for name in each.name.rpartition(": ")[2].split(", ")}
        self.assertEqual(names, {mutation.__name__ for mutation in mutate.MUTATIONS})

    def test_what_is_generated_has_an_end(self):
        for each in mutate.generated(self.requests(self.SOURCES), 300, 3, 1):
            self.assertEqual(splitter.request_end(each.bytes), len(each.bytes), each.name)
