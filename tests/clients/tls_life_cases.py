"""How programs start with TLS, say what is wrong, and take new certificates."""

import http.client
import os
import shutil
import signal
import socket
import stat
import tempfile
import threading

from service import Service
from setting import BackendCase, Setting, limit
from tls_setting import Certificate, authority, context, site, stranger

RELOADS = 6


class LifeCase(BackendCase):
    needs = ("httpbin",)

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name

    def command(self, *flags, threads=1):
        return [Setting.programs["httpbin"], "--port", 0, "--backend", self.backend, "--threads", threads, *flags]

    def start(self, *flags, threads=1, **environment):
        assigned = [f"{name}={value}" for name, value in environment.items()]
        service = Service(["env", *assigned, *self.command(*flags, threads=threads)], limit=limit(10))
        self.addCleanup(service.kill)
        return service

    def fail_to_start(self, *flags):
        done = self.complete(self.command(*flags))
        errors = done.stderr.decode()
        self.assertEqual((done.returncode, b"listening" in done.stdout), (1, False), errors)
        self.assertEqual(errors.count("\n"), 1, errors)
        self.assertTrue(errors.startswith("gyre: cannot start: "), errors)
        return errors

    def curl(self, trusted, url):
        return self.run_tool([self.tool("curl"), "-sS", "--max-time", limit(15), "--cacert", trusted, url])

    def assert_ends(self, service):
        self.assertEqual(service.stop(limit(10)), 0)
        self.assertEqual(service.errors(), "")


class TlsStart(LifeCase):
    def test_lines(self):
        service = self.start(*site().flags)
        self.assertRegex(service.said_before,
                         r"^gyre: the certificate for localhost, 127\.0\.0\.1 is valid until 20\d\d-\d\d-\d\d\n$")
        self.assertEqual(service.start_line, f"gyre: listening on {service.url} {service.tls_url} ({self.backend}, "
                                             "1 thread)")
        self.assert_ends(service)

    def test_what_is_wrong_is_said(self):
        path, key = site().path, site().key
        missing = os.path.join(self.place, "none.pem")
        empty = os.path.join(self.place, "empty.pem")
        with open(empty, "wb"):
            pass
        for certificate, its_key, words in ((missing, key, (missing,)), (path, missing, (missing,)),
                                            (path, stranger().key, ("wrong_key",)), (empty, key, ("no_certificate",)),
                                            (path, path, ("no_key",))):
            with self.subTest(words):
                errors = self.fail_to_start("--tls-port", 0, "--tls-cert", certificate, "--tls-key", its_key)
                for word in words:
                    self.assertIn(word, errors)
        self.assertIn("one kind of certificate", self.fail_to_start("--tls-port", 0))
        self.assertIn("one kind of certificate", self.fail_to_start("--tls-port", 0, "--tls", "auto",
                                                                    "--tls-cert", path, "--tls-key", key))

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            errors = self.fail_to_start("--tls-port", port, "--tls-cert", site().path, "--tls-key", site().key)
            self.assertIn(f"cannot listen on 127.0.0.1:{port}: ", errors)

    def test_one_file_for_both(self):
        both = os.path.join(self.place, "both.pem")
        with open(both, "wb") as file:
            for path in (site().path, site().key):
                with open(path, "rb") as part:
                    file.write(part.read())
        service = self.start("--tls-port", 0, "--tls-cert", both)
        self.assertIn("127.0.0.1", self.curl(authority().path, service.tls_url + "/ip"))
        self.assert_ends(service)

    def test_a_development_certificate(self):
        """Made once, for the user alone, and the same at the next start."""
        serials = []
        for _ in range(2):
            service = self.start("--tls-port", 0, "--tls", "auto", XDG_STATE_HOME=self.place)
            path = service.said_before.removeprefix("gyre: the development certificate is ").removesuffix("\n")
            self.assertEqual(os.path.dirname(path), os.path.join(self.place, "gyre", "tls"))
            self.assertIn("127.0.0.1", self.curl(path, service.tls_url + "/ip"))
            self.assertIn("127.0.0.1", self.curl(path, f"https://localhost:{service.tls_port}/ip"))
            serials.append(self.run_tool([self.tool("openssl"), "x509", "-in", path, "-noout", "-serial"]))
            directory = os.path.dirname(path)
            self.assertEqual(stat.S_IMODE(os.stat(directory).st_mode), 0o700)
            for name in os.listdir(directory):
                with open(os.path.join(directory, name), encoding="ascii") as file:
                    private = "PRIVATE KEY" in file.read()
                mode = stat.S_IMODE(os.stat(os.path.join(directory, name)).st_mode)
                self.assertTrue(mode == 0o600 or not private, f"{name}: {mode:o}")
            self.assert_ends(service)
        self.assertEqual(*serials)


class Visitors:
    """Opens connections one after the other, each for one request, and keeps the serial of every certificate."""

    def __init__(self, service):
        self._port = service.tls_port
        self._context = context()
        self._changed = threading.Condition()
        self._over = False
        self.serials = []
        self.failures = []
        self._threads = [threading.Thread(target=self._visit) for _ in range(3)]
        for thread in self._threads:
            thread.start()

    def _visit(self):
        while not self._over:
            try:
                serial = self._ask()
            except Exception as failure:  # whatever it is, there must be none
                self.failures.append(repr(failure))
                return
            with self._changed:
                self.serials.append(serial)
                self._changed.notify_all()

    def _ask(self):
        client = http.client.HTTPSConnection("localhost", self._port, timeout=limit(10), context=self._context)
        try:
            client.connect()
            serial = int(client.sock.getpeercert()["serialNumber"], 16)
            client.request("GET", "/ip")
            if client.getresponse().status != 200:
                raise AssertionError("no answer")
            return serial
        finally:
            client.close()

    def wait_for(self, serial):
        with self._changed:
            return self._changed.wait_for(lambda: serial in self.serials or self.failures, limit(15))

    def end(self):
        self._over = True
        for thread in self._threads:
            thread.join()


class TlsReload(LifeCase):
    def put(self, serial):
        """Replaces the files, one after the other."""
        made = Certificate("server", f"new-{serial}", issuer=authority(), serial=serial, place=self.place)
        for path, name in ((made.path, "site.pem"), (made.key, "site.key")):
            os.replace(path, os.path.join(self.place, name))

    def start_site(self):
        self.put(1)
        path = os.path.join(self.place, "site")
        return self.start("--tls-port", 0, "--tls-cert", f"{path}.pem", "--tls-key", f"{path}.key", threads=2)

    def keep_one(self, service):
        kept = http.client.HTTPSConnection("localhost", service.tls_port, timeout=limit(10), context=context())
        kept.connect()
        self.addCleanup(kept.close)
        return kept

    def assert_served(self, kept):
        used = kept.sock
        kept.request("GET", "/ip")
        self.assertEqual(kept.getresponse().read()[:1], b"{")
        self.assertIs(kept.sock, used)

    def test_under_load(self):
        """Nobody is refused, everybody who comes later sees the new certificate, and who is there stays."""
        service = self.start_site()
        kept = self.keep_one(service)
        self.assert_served(kept)
        visitors = Visitors(service)
        self.addCleanup(visitors.end)
        self.assertTrue(visitors.wait_for(1))
        for serial in range(2, 2 + RELOADS):
            self.put(serial)
            service.signal(signal.SIGHUP)
            self.assertIn("the certificate for localhost", service.line(limit(10)))
            self.assertTrue(visitors.wait_for(serial))
            self.assert_served(kept)
        visitors.end()
        self.assertEqual(visitors.failures, [])
        self.assertEqual(visitors.serials[-1], 1 + RELOADS)
        self.assertEqual(set(visitors.serials), set(range(1, 2 + RELOADS)))
        kept.close()
        self.assert_ends(service)

    def test_what_cannot_be_used_is_left(self):
        service = self.start_site()
        shutil.copy(stranger().key, os.path.join(self.place, "site.key"))
        service.signal(signal.SIGHUP)
        visitors = Visitors(service)
        self.addCleanup(visitors.end)
        self.put(2)  # whether it is seen before or after the wrong one
        service.signal(signal.SIGHUP)
        self.assertTrue(visitors.wait_for(2))
        visitors.end()
        self.assertEqual(visitors.failures, [])
        self.assertEqual(service.stop(limit(10)), 0)
        for line in service.errors().splitlines():
            self.assertIn("the certificate stays as it is: ", line)


CASES = (TlsStart, TlsReload)
