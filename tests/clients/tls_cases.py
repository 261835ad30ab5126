"""What is of TLS alone: versions, ciphers, trust, protocols (ALPN), resumption; with openssl, curl, wget, Go and a
browser."""

import functools
import os
import re
import socket
import ssl
import subprocess
import tempfile

from gallery_case import directory
from setting import ServiceCase, limit, start
from tls_setting import OverTls, authority, context, site, stranger, trusting

HERE = os.path.dirname(os.path.abspath(__file__))
GET = b"GET /user-agent HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ship/1\r\nConnection: close\r\n\r\n"
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0" b"\0\0\x08\7\0\0\0\0\0" + bytes(8)  # and GOAWAY
COULD_NOT_TRUST = 60
NO_HANDSHAKE = 35
NOTHING_CAME = 52
WGET_TLS_FAILURE = 5


class HttpsCase(ServiceCase):
    program = "httpbin"
    key = "ec"

    @classmethod
    def setUpClass(cls):
        cls.flags = site(cls.key).flags
        super().setUpClass()
        cls.service = OverTls(cls.service)

    @property
    def name_url(self):
        return f"https://localhost:{self.service.port}"


class OpensslCase(HttpsCase):
    """Sees everything of a handshake."""

    def client(self, *arguments, sends=GET):
        command = [self.tool("openssl"), "s_client", "-connect", f"{self.service.host}:{self.service.port}",
                   "-servername", "localhost", "-CAfile", authority().path, "-verify_return_error", "-ign_eof",
                   *arguments]
        done = self.complete(command, input=sends)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def session(self, *arguments):
        code, output, errors = self.client(*arguments)
        self.assertEqual(code, 0, errors)
        self.assertIn("Verify return code: 0 (ok)", output)
        self.assertIn('"user-agent": "ship/1"', output.replace('":"', '": "'))
        return output


class Openssl(OpensslCase):
    """With an RSA key, for which there are the most ciphers that are refused."""

    key = "rsa"

    def assert_refused(self, alert, *arguments):
        code, output, errors = self.client(*arguments)
        self.assertNotEqual(code, 0, output)
        self.assertIn(f"alert {alert}", errors)

    def test_both_versions(self):
        for flag, version, cipher in (("-tls1_2", "TLSv1.2", "ECDHE-RSA-"), ("-tls1_3", "TLSv1.3", "TLS_")):
            with self.subTest(version):
                self.assertRegex(self.session(flag), f"New, {re.escape(version)}, Cipher is {cipher}")

    def test_the_chain_and_forward_secrecy(self):
        output = self.session()
        self.assertIn("subject=CN = site-rsa", output)
        self.assertIn("Server Temp Key: X25519", output)

    def test_old_versions_are_refused(self):
        for flag in ("-tls1", "-tls1_1"):
            with self.subTest(flag):
                self.assert_refused("protocol version", flag, "-cipher", "DEFAULT@SECLEVEL=0")

    def test_weak_ciphers_are_refused(self):
        for cipher in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384",
                       "AES256-CCM", "CAMELLIA128-SHA", "NULL-SHA256", "AECDH-AES128-SHA", "ADH-AES128-GCM-SHA256"):
            with self.subTest(cipher):
                self.assert_refused("handshake failure", "-no_tls1_3", "-cipher", f"{cipher}:@SECLEVEL=0")
        self.session("-no_tls1_3", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256")

    def test_weak_groups_and_signatures_are_refused(self):
        self.assert_refused("handshake failure", "-groups", "secp224r1", "-cipher", "DEFAULT:@SECLEVEL=0", "-tls1_2")
        self.assert_refused("handshake failure", "-sigalgs", "RSA+SHA1", "-cipher", "DEFAULT:@SECLEVEL=0", "-tls1_2")

    def test_application_protocols(self):
        self.assertIn("ALPN protocol: http/1.1", self.session("-alpn", "http/1.1"))
        self.assertIn("No ALPN negotiated", self.session())
        for offer in ("h2", "http/1.1,h2"):
            self.assertIn("ALPN protocol: h2", self.client("-alpn", offer, sends=HTTP2)[1])
        self.assert_refused("no application protocol", "-alpn", "h3")

    def test_compression_and_renegotiation_are_off(self):
        output = self.session("-tls1_2", "-comp")
        self.assertIn("Compression: NONE", output)
        self.assertIn("Secure Renegotiation IS supported", output)

    def test_renegotiation_is_refused(self):
        command = [self.tool("openssl"), "s_client", "-connect", f"{self.service.host}:{self.service.port}", "-tls1_2"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as client:
            client.stdin.write(b"R\n")
            client.stdin.flush()
            output = client.stdout.read().decode(errors="replace")  # up to its end, though its input stays open
            self.assertNotEqual(client.wait(limit(10)), 0)
        self.assertIn("RENEGOTIATING", output)
        self.assertIn("no renegotiation", output)

    def test_no_early_data(self):
        with tempfile.TemporaryDirectory() as place:
            ticket = os.path.join(place, "ticket")
            self.assertIn("Max Early Data: 0", self.session("-tls1_3", "-sess_out", ticket))
            early = os.path.join(place, "early")
            with open(early, "wb") as file:
                file.write(b"GET / HTTP/1.1\r\n\r\n")
            self.assertNotIn("Early data was accepted", self.session("-sess_in", ticket, "-early_data", early))

    def test_plain_http_on_the_port(self):
        """Is told nothing, and the next client is served."""
        done = self.complete([self.tool("curl"), "-sS", "--max-time", limit(15),
                              f"http://{self.service.host}:{self.service.port}/get"])
        self.assertEqual(done.returncode, NOTHING_CAME, done.stderr)
        self.session()

    def test_noise_on_the_port(self):
        for noise in (b"\0" * 100, b"\x16\x03\x01\xff\xff" + b"\xff" * 1000, b"\x16\x03\x01\0\x05\x01\0\0\x01\0",
                      b"\x80\x2e\x01\x00\x02" + b"\0" * 41, b"\x15\x03\x01\0\x02\x02\x28", b"SSH-2.0-ship\r\n"):
            with self.subTest(noise[:5]), socket.create_connection((self.service.host, self.service.port),
                                                                   timeout=limit(15)) as client:
                client.sendall(noise)
                client.shutdown(socket.SHUT_WR)
                try:
                    while client.recv(4096):
                        pass
                except ConnectionResetError:
                    pass  # some of it was not read
        self.session()


class Resumption(OpensslCase):
    threads = 4

    def test_on_every_thread(self):
        for flag, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
            with self.subTest(version), tempfile.TemporaryDirectory() as place:
                ticket = os.path.join(place, "ticket")
                self.assertIn(f"New, {version}", self.session(flag, "-sess_out", ticket))
                for _ in range(12):
                    self.assertIn(f"Reused, {version}", self.session(flag, "-sess_in", ticket))

    def test_a_ticket_of_another_server_is_a_full_handshake(self):
        with tempfile.TemporaryDirectory() as place:
            ticket = os.path.join(place, "ticket")
            self.session("-sess_out", ticket)
            other = start(self.program, *self.flags, backend=self.backend)
            self.addCleanup(other.kill)
            self.service = OverTls(other)  # for this test
            self.assertIn("New, TLSv1.3", self.session("-sess_in", ticket))


class CurlTrust(HttpsCase):
    def curl(self, *arguments, url=None):
        return self.complete([self.tool("curl"), "-sS", "--max-time", limit(15), "--cacert", authority().path,
                              *arguments, url or self.service.url + "/ip"])

    def test_versions(self):
        for arguments, version in ((("--tlsv1.2", "--tls-max", "1.2"), "TLSv1.2"), (("--tlsv1.3",), "TLSv1.3")):
            with self.subTest(version):
                done = self.curl("-v", *arguments)
                self.assertEqual((done.returncode, b"127.0.0.1" in done.stdout), (0, True), done.stderr)
                self.assertIn(f"SSL connection using {version} / ", done.stderr.decode())
                self.assertIn("server accepted h2", done.stderr.decode())
        done = self.curl("--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0")
        self.assertEqual(done.returncode, NO_HANDSHAKE, done.stderr)

    def test_several_requests_of_one_connection(self):
        done = self.curl("--http1.1", "-o", os.devnull, "-o", os.devnull, "-o", os.devnull, "-w", "%{num_connects}",
                         self.service.url + "/get", self.service.url + "/uuid")
        self.assertEqual(done.stdout, b"100", done.stderr)

    def test_who_is_not_trusted(self):
        self.assertEqual(self.curl("--cacert", stranger().path).returncode, COULD_NOT_TRUST)
        other = ("--resolve", f"other.example:{self.service.port}:127.0.0.1")
        done = self.curl(*other, url=f"https://other.example:{self.service.port}/ip")
        self.assertEqual(done.returncode, COULD_NOT_TRUST, done.stderr)
        self.assertEqual(self.curl(url=self.name_url + "/ip").returncode, 0)

    def test_wget(self):
        command = [self.tool("wget"), "--no-config", "--tries=1", f"--timeout={limit(10)}", "-q", "-O", "-",
                   f"--ca-certificate={authority().path}"]
        self.assertIn("127.0.0.1", self.run_tool([*command, self.name_url + "/ip"]))
        for protocol in ("TLSv1_2", "TLSv1_3"):
            self.assertIn("127.0.0.1",
                          self.run_tool([*command, f"--secure-protocol={protocol}", self.name_url + "/ip"]))
        command[-1] = f"--ca-certificate={stranger().path}"
        self.assertEqual(self.complete([*command, self.name_url + "/ip"]).returncode, WGET_TLS_FAILURE)

    def test_the_scheme_that_a_handler_sees(self):
        self.assertIn(f'"{self.service.url}/get"', self.curl(url=self.service.url + "/get").stdout.decode())


class PythonSsl(HttpsCase):
    """The other end of what a TLS library does: half-closed sides, records of any size, an end without a word."""

    def connect(self, settings=None):
        plain = socket.create_connection((self.service.host, self.service.port), timeout=limit(15))
        client = (settings or context()).wrap_socket(plain, server_hostname="localhost")
        self.addCleanup(client.close)
        return client

    @staticmethod
    def read_to_end(client):
        answer = b""
        while piece := client.recv(65536):
            answer += piece
        return answer

    def test_close_notify_ends_the_connection(self):
        """recv would raise SSLEOFError for an end without it."""
        client = self.connect()
        client.sendall(GET)
        self.assertIn(b"ship/1", self.read_to_end(client))
        client.unwrap().close()

    def test_a_head_in_many_records(self):
        client = self.connect()
        for byte in GET:
            client.sendall(bytes([byte]))
        self.assertIn(b"ship/1", self.read_to_end(client))

    def test_pipelined_requests(self):
        client = self.connect()
        client.sendall(GET.replace(b"Connection: close\r\n", b"") * 99 + GET)
        self.assertEqual(self.read_to_end(client).count(b"ship/1"), 100)

    def test_large_bodies(self):
        client = self.connect()
        body = os.urandom(1_000_000)
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        client.sendall(body)
        self.assertEqual(self.read_to_end(client)[-len(body):], body)

    def test_a_client_without_a_server_name(self):
        settings = context()
        settings.check_hostname = False
        plain = socket.create_connection((self.service.host, self.service.port), timeout=limit(15))
        with settings.wrap_socket(plain) as client:
            client.sendall(GET)
            self.assertIn(b"ship/1", self.read_to_end(client))

    def test_clients_that_leave_in_the_handshake(self):
        """All over its first message; those after them are served."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        hello = context().wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            hello.do_handshake()
        first = outgoing.read()
        for size in range(0, len(first) + 1, 7):
            with socket.create_connection((self.service.host, self.service.port), timeout=limit(15)) as client:
                client.sendall(first[:size])
        client = self.connect()
        client.sendall(GET)
        self.assertIn(b"ship/1", self.read_to_end(client))


class GoClient(HttpsCase):
    """net/http, whose TLS is its own."""

    @staticmethod
    @functools.cache
    def built():
        path = os.path.join(directory(), "https_client")
        source = os.path.join(HERE, "https_client.go")
        environment = {**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "0"}
        subprocess.run(["go", "build", "-o", path, source], check=True, timeout=limit(150), env=environment)
        return path

    def test_go(self):
        self.tool("go")
        environment = {**os.environ, **trusting()}
        for version, name in (("1.2", "303"), ("1.3", "304")):
            with self.subTest(version):
                output = self.run_tool([self.built(), self.name_url, version], env=environment)
                self.assertEqual(output.split("\n")[:4],
                                 [f"version {name} h2 resumed false", "echoed 900000 true", "reused true",
                                  "resumed true"])
        failed = self.complete([self.built(), self.name_url, "1.3"],
                               env={**environment, "SSL_CERT_FILE": stranger().path})
        self.assertIn(b"unknown authority", failed.stderr)


class Browser(HttpsCase):
    """Trusts whom the certificate database (NSS) of its home has."""

    def browse(self, trusted):
        """The page and what the browser has to say, as bytes."""
        browser = self.tool("chromium", "chromium-headless-shell", "google-chrome")
        with tempfile.TemporaryDirectory() as home:
            database = os.path.join(home, ".pki", "nssdb")
            os.makedirs(database)
            certutil = [self.tool("certutil"), "-d", f"sql:{database}"]
            self.run_tool([*certutil, "-N", "--empty-password"])
            self.run_tool([*certutil, "-A", "-n", "authority", "-t", "C,,", "-i", trusted.path])
            done = self.complete([browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                                  "--enable-logging=stderr", f"--user-data-dir={home}", self.name_url + "/user-agent"],
                                 env=dict(os.environ, HOME=home))
            return done.stdout, done.stderr

    def test_page(self):
        page, errors = self.browse(authority())
        self.assertIn(b'"user-agent"', page, errors)

    def test_who_is_not_trusted(self):
        page, errors = self.browse(stranger())
        self.assertNotIn(b"user-agent", page)
        self.assertIn(b"ERR_CERT_AUTHORITY_INVALID", errors)


CASES = (Openssl, Resumption, CurlTrust, PythonSsl, GoClient, Browser)
