"""python3-h2: each event of a stream, and what a client may do that programs do not; and httpx, built on it."""

import json
import os
import subprocess
import threading

import python_cases
from gallery_case import GalleryCase
from h2_setting import H2Case, H2TlsCase
from python_cases import DEBIAN_PYTHON
from setting import BackendCase, limit
from tls_setting import TlsGalleryCase, trusting

CLIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "h2_client.py")
NO_ERROR, REFUSED_STREAM = 0, 7
SERVED = {"status": 200, "body": "Hello, World!", "reset": None}


class H2ClientCase(BackendCase):
    def begin(self, url, case, *argument):
        """A client that says "asked", and goes on when it is told a line."""
        client = subprocess.Popen([DEBIAN_PYTHON, "-B", CLIENT, case, url, *argument], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  env={**os.environ, **trusting()})
        killer = threading.Timer(limit(20), client.kill)
        killer.start()

        def end():
            killer.cancel()
            client.kill()
            client.communicate()

        self.addCleanup(end)
        self.assertEqual(client.stdout.readline(), "asked\n")
        return client

    def go_on(self, client):
        client.stdin.write("\n")
        client.stdin.flush()

    def conclude(self, client):
        output, errors = client.communicate(timeout=limit(20))
        self.assertEqual(client.returncode, 0, errors)
        return json.loads(output)


class PythonH2(H2Case, H2ClientCase):
    def command(self, case, *argument):
        return [DEBIAN_PYTHON, "-B", CLIENT, case, self.service.url, *argument]

    def facts(self, case, *argument):
        return json.loads(self.run_tool(self.command(case, *argument)))

    def assert_left(self, presences=1):
        lines = [self.service.line(limit(5)) for _ in range(2 * presences)]
        self.assertEqual(lines, ["gallery: here"] * presences + ["gallery: gone"] * presences)

    def test_methods(self):
        self.assertEqual(self.facts("methods"),
                         [[200, "13", "Hello, World!"], [200, "13", ""], [200, "6", "posted"]])

    def test_bodies(self):
        self.assertEqual(self.facts("bodies"), {"same": True, "receipt": True})

    def test_a_window_of_one_byte(self):
        self.assertEqual(self.facts("a_window_of_one_byte"), ["Hello, World!", "0\n1\n2\n3\n4\n"])

    def test_a_closed_window(self):
        self.assertEqual(self.facts("a_closed_window"), ["Hello, World!", 290])

    def test_many_at_once(self):
        self.assertIs(self.facts("many_at_once"), True)

    def test_one_too_many(self):
        self.assertEqual(self.facts("one_too_many"), {"status": None, "body": "", "reset": REFUSED_STREAM})
        self.assert_left(presences=100)

    def test_trailers_both_ways(self):
        self.assertEqual(self.facts("trailers"), ["text", {"x-sum": "42"}])

    def test_interim_answers(self):
        self.assertEqual(self.facts("interim_answers"),
                         [[[103, "</style.css>; rel=preload"]], "page\n", [[100, None]]])

    def test_reset_in_the_middle(self):
        """Cancels the handler, and nothing else."""
        client = self.begin(self.service.url, "reset_in_the_middle")
        self.assertEqual(self.service.line(limit(5)), "gallery: here")
        self.go_on(client)
        self.assertEqual(self.service.line(limit(5)), "gallery: gone")
        self.assertEqual(self.conclude(client), SERVED)

    def test_client_that_is_killed(self):
        client = self.begin(self.service.url, "reset_in_the_middle")
        self.assertEqual(self.service.line(limit(5)), "gallery: here")
        client.kill()
        self.assertEqual(self.service.line(limit(5)), "gallery: gone")

    def test_reset_of_an_upload(self):
        self.assertEqual(self.facts("reset_of_an_upload"), SERVED)

    def test_early_answers(self):
        self.assertEqual(self.facts("early_answers"), [[413, NO_ERROR], [200, NO_ERROR], [404, NO_ERROR]])

    def test_refusals(self):
        self.assertEqual(self.facts("refusals"), [404, 413, 431, 405, 200])

    def test_server_sent_events(self):
        self.assert_events(self.command("events"))

    def test_half_closed(self):
        self.assertEqual(self.facts("half_closed"), SERVED)


class PythonH2Tls(H2TlsCase, PythonH2):
    test_half_closed = None  # TLS has no such thing


class IdleH2(GalleryCase):
    """Ends with a GOAWAY that says that nothing was wrong."""

    environment = {"GALLERY_IDLE": "200"}

    def test_idle_connection(self):
        facts = json.loads(self.run_tool([DEBIAN_PYTHON, "-B", CLIENT, "idle", self.service.url]))
        self.assertEqual(facts, {"goaways": [[1, NO_ERROR]], "ended": True})


class IdleH2Tls(TlsGalleryCase, IdleH2):
    pass


class HttpxH2(H2Case, python_cases.Httpx):
    framing = None
    test_connection_close = None  # there is no such thing
    test_unix_socket = None  # its client has no HTTP/2
    test_keep_alive = None  # httpx does not tell its connections apart
    test_refused_while_the_body_is_sent = None  # Debian's httpcore fails at a reset without an error

    def complete(self, command, **options):
        return super().complete(command, **{**options, "env": {**(options.get("env") or os.environ),
                                                               "HTTPX_HTTP2": "1"}})


class HttpxH2Tls(H2TlsCase, HttpxH2):
    pass


CASES = (PythonH2, PythonH2Tls, IdleH2, IdleH2Tls, HttpxH2, HttpxH2Tls)
