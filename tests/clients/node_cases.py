"""node: its http module, its fetch, and undici as Debian has it."""

import json
import os

from gallery_case import CUT_PATHS, MEBIBYTE, GalleryCase, material

HERE = os.path.dirname(os.path.abspath(__file__))
DEBIAN_MODULES = "/usr/share/nodejs"  # where a node that is not Debian's does not look by itself
CUT_ERRORS = ("ECONNRESET", "UND_ERR_SOCKET")


class NodeCase(GalleryCase):
    script = ""

    def command(self, case, *argument):
        return [self.tool("node"), "--no-warnings", os.path.join(HERE, self.script), case, self.service.url, *argument]

    def facts(self, case, *argument):
        return json.loads(self.run_tool(self.command(case, *argument), env=self.node_environment()))

    @staticmethod
    def node_environment():
        return {**os.environ, "NODE_PATH": DEBIAN_MODULES}


class NodeHttp(NodeCase):
    script = "node_http.js"

    def test_keep_alive(self):
        facts = self.facts("keep_alive")
        self.assertEqual(facts["bodies"], ["Hello, World!"] * 5 + ["posted"])
        self.assertEqual(facts["reused"], [False] + [True] * 5)

    def test_head(self):
        facts = self.facts("head")
        self.assertEqual((facts["first"]["headers"]["content-length"], facts["first"]["body"]), ("13", ""))
        self.assertEqual((facts["second"]["reused"], facts["second"]["body"]), (True, "Hello, World!"))

    def test_connection_close(self):
        facts = self.facts("connection_close")
        self.assertEqual((facts["headers"]["connection"], facts["body"]), ("close", "Hello, World!"))

    def test_unix_socket(self):
        self.assertEqual(self.facts("unix_socket", self.unix_path)["body"], "Hello, World!")

    def test_post_with_length(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("post_with_length", sent.path)["body"], sent.receipt)

    def test_chunked_upload(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("chunked_upload", sent.path)["body"], sent.receipt)

    def test_body_is_sent_after_100_continue(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("continues", sent.path), {"body": sent.receipt})

    def test_refused_before_the_body_is_sent(self):
        self.assertEqual(self.facts("refused_before_the_body"), {"status": 413, "continued": False})

    def test_refused_while_the_body_is_sent(self):
        self.assertEqual(self.facts("refused_while_sending", material(50 * MEBIBYTE).path), {"status": 413})

    def test_download_with_length(self):
        wanted = material(50 * MEBIBYTE)
        facts = self.facts("download_with_length", wanted.path)
        self.assertEqual((facts["headers"]["content-length"], facts["digest"]), (str(wanted.size), wanted.digest))

    def test_chunked_download(self):
        wanted = material(50 * MEBIBYTE)
        facts = self.facts("chunked_download", wanted.path)
        self.assertEqual((facts["headers"]["transfer-encoding"], facts["digest"]), ("chunked", wanted.digest))

    def test_echo_while_sending(self):
        sent = material(20 * MEBIBYTE)
        facts = self.facts("echo_while_sending", sent.path)
        self.assertEqual(facts, {"digest": sent.digest, "answered_before_all_was_sent": True})

    def test_server_sent_events(self):
        self.assert_events(self.command("server_sent_events"), before="text/event-stream\n",
                           env=self.node_environment())

    def test_trailers_both_ways(self):
        self.assertEqual(self.facts("trailers"), {"body": "some text", "trailers": {"x-sum": "42"}, "again": True})

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            with self.subTest(path):
                self.assertEqual(self.facts("aborted_download", path), {"error": "ECONNRESET"})

    def test_early_hints(self):
        facts = self.facts("early_hints")
        self.assertEqual(facts, {"interim": [[103, "</style.css>; rel=preload"]], "status": 200, "body": "page\n"})

    def test_upgrade(self):
        facts = self.facts("upgrade")
        self.assertEqual(facts, {"status": 101, "protocol": "shout/1", "replies": ["bAnAnA", "AlphAbet"]})

    def test_upgrade_that_is_not_offered(self):
        facts = self.facts("upgrade_not_offered")
        self.assertEqual((facts["status"], facts["headers"]["upgrade"]), (426, "shout/1"))

    def test_twenty_connections_at_once(self):
        self.assertEqual(self.facts("twenty_at_once"), {"right": 400})


class NodeFetch(NodeCase):
    script = "node_undici.js"

    def test_keep_alive(self):
        """fetch opens a second connection where the first has just become free, and then keeps both."""
        facts = self.facts("keep_alive")
        self.assertEqual(facts["bodies"], ["Hello, World!"] * 5 + ["posted"])
        self.assertLessEqual(facts["connections"], 2)

    def test_head(self):
        self.assertEqual(self.facts("head"), {"status": 200, "length": "13", "body": ""})

    def test_post_with_length(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("post_with_length", sent.path), {"body": sent.receipt})

    def test_chunked_upload(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("chunked_upload", sent.path), {"body": sent.receipt})

    def test_download_with_length(self):
        wanted = material(50 * MEBIBYTE)
        facts = self.facts("download_with_length", wanted.path)
        self.assertEqual(facts, {"length": str(wanted.size), "digest": wanted.digest})

    def test_chunked_download(self):
        wanted = material(50 * MEBIBYTE)
        self.assertEqual(self.facts("chunked_download", wanted.path), {"length": None, "digest": wanted.digest})

    def test_server_sent_events(self):
        self.assert_events(self.command("server_sent_events"), before="text/event-stream\n",
                           env=self.node_environment())

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            with self.subTest(path):
                self.assertIn(self.facts("aborted_download", path)["error"], CUT_ERRORS)


class Undici(NodeCase):
    script = "node_undici.js"

    def test_pipelining(self):
        """Ten requests of one connection are on their way at any time, and some are answered with two heads."""
        self.assertEqual(self.facts("undici_pipelining"), {"right": 100, "connections": 1})

    def test_trailers_of_an_answer(self):
        self.assertEqual(self.facts("undici_trailers"), {"body": "some text", "trailers": {"x-sum": "none"}})

    def test_echo_while_sending(self):
        sent = material(20 * MEBIBYTE)
        self.assertEqual(self.facts("undici_echo_while_sending", sent.path), {"digest": sent.digest})

    def test_early_hints(self):
        facts = self.facts("undici_early_hints")
        self.assertEqual(facts, {"interim": [[103, "</style.css>; rel=preload"]], "status": 200, "body": "page\n"})

    def test_upgrade(self):
        self.assertEqual(self.facts("undici_upgrade"), {"protocol": "shout/1", "reply": "bAnAnA"})

    def test_unix_socket(self):
        self.assertEqual(self.facts("undici_unix_socket", self.unix_path), {"body": "Hello, World!"})

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            with self.subTest(path):
                self.assertIn(self.facts("undici_aborted_download", path)["error"], CUT_ERRORS)


CASES = (NodeHttp, NodeFetch, Undici)
