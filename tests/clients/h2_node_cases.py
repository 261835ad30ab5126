"""node's http2 module."""

import json
import os
import subprocess
import threading

from gallery_case import CUT_PATHS, MEBIBYTE, material
from h2_setting import H2Case, H2TlsCase
from setting import limit
from tls_setting import trusting

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node_http2.js")
INTERNAL_ERROR = 2


class NodeHttp2(H2Case):
    protocol = "h2c"

    def command(self, case, *argument):
        return [self.tool("node"), "--no-warnings", SCRIPT, case, self.service.url, *argument]

    def facts(self, case, *argument):
        return json.loads(self.run_tool(self.command(case, *argument)))

    def test_methods(self):
        facts = self.facts("methods")
        self.assertEqual(facts["answers"], [{"status": 200, "length": "13", "body": "Hello, World!"},
                                            {"status": 200, "length": "13", "body": ""},
                                            {"status": 200, "length": "6", "body": "posted"}])
        self.assertEqual((facts["protocol"], facts["streams"]), (self.protocol, 100))

    def test_upload(self):
        sent = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("upload", sent.path), {"body": sent.receipt})

    def test_downloads(self):
        wanted = material(3 * MEBIBYTE)
        self.assertEqual(self.facts("download_with_length", wanted.path),
                         {"status": 200, "length": str(wanted.size), "digest": wanted.digest})
        self.assertEqual(self.facts("download_without_length", wanted.path), {"status": 200, "digest": wanted.digest})

    def test_echo_while_sending(self):
        sent = material(20 * MEBIBYTE)
        self.assertEqual(self.facts("echo_while_sending", sent.path),
                         {"digest": sent.digest, "answered_before_all_was_sent": True})

    def test_trailers_both_ways(self):
        self.assertEqual(self.facts("trailers"), {"body": "some text", "trailers": "42"})

    def test_many_at_once(self):
        """More than there may be: node waits with the rest."""
        self.assertEqual(self.facts("many_at_once"), {"right": 400})

    def test_early_hints(self):
        self.assertEqual(self.facts("early_hints"),
                         {"interim": [[103, "</style.css>; rel=preload"]], "status": 200, "body": "page\n"})

    def test_body_is_sent_after_100_continue(self):
        self.assertEqual(self.facts("continues"), {"status": 200})

    def test_answers_before_the_body_was_sent(self):
        self.assertEqual(self.facts("answers_before_the_body_was_sent", material(3 * MEBIBYTE).path),
                         [413, 200, "Hello, World!"])

    def test_refusals(self):
        self.assertEqual(self.facts("refusals"), [404, 405, 431])

    def test_reset_in_the_middle(self):
        command = [str(word) for word in self.command("reset_in_the_middle")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              env={**os.environ, **trusting()}) as client:
            killer = threading.Timer(limit(20), client.kill)
            killer.start()
            self.assertEqual(client.stdout.readline(), "asked\n")
            self.assertEqual(self.service.line(limit(5)), "gallery: here")
            output, _ = client.communicate("\n")
            killer.cancel()
        self.assertEqual(self.service.line(limit(5)), "gallery: gone")
        self.assertEqual(json.loads(output), {"status": 200, "length": "13", "body": "Hello, World!"})

    def test_server_sent_events(self):
        self.assert_events(self.command("server_sent_events"), before="text/event-stream\n")

    def test_aborted_download(self):
        for path in CUT_PATHS:
            with self.subTest(path):
                self.assertEqual(self.facts("aborted_download", path),
                                 {"code": INTERNAL_ERROR, "again": "Hello, World!"})

    def test_ping(self):
        self.assertEqual(self.facts("ping"), {"ping": 8})


class NodeHttp2Tls(H2TlsCase, NodeHttp2):
    protocol = "h2"


CASES = (NodeHttp2, NodeHttp2Tls)
