"""How a program starts, says that it serves, and ends."""

import os
import signal
import socket
import subprocess
import tempfile
import time

from raw import RawConnection
from setting import BackendCase, Setting, connect, limit, start

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
SLOW = b"GET /slow/%d HTTP/1.1\r\nHost: a\r\n\r\n"


class ProgramCase(BackendCase):
    def start(self, name, *flags, threads=1):
        service = start(name, *flags, backend=self.backend, threads=threads)
        self.addCleanup(service.kill)
        return service

    def open(self, service, request=None):
        """A connection that has been answered once, so that the server knows of it."""
        client = RawConnection(connect(service))
        self.addCleanup(client.close)
        if request:
            client.send(request)
            self.assertEqual(client.answer().status, 200)
        return client

    def open_slow(self, service, milliseconds):
        """A connection whose request is in its handler."""
        client = self.open(service)
        client.send(SLOW % milliseconds)
        self.assertEqual(service.line(limit(5)), "slow: started")
        return client

    def fail_to_start(self, *flags):
        """What it says on standard error when it gives up."""
        command = [Setting.programs["slow"], "--backend", self.backend, *flags]
        done = subprocess.run([str(word) for word in command], capture_output=True, timeout=limit(5), check=False)
        errors = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout), (1, b""), errors)
        self.assertEqual(errors.count("\n"), 1, errors)
        return errors


class Start(ProgramCase):
    needs = ("slow",)

    def test_line_names_backend_port_and_threads(self):
        service = self.start("slow")
        self.assertEqual(service.start_line,
                         f"gyre: listening on http://127.0.0.1:{service.port} ({self.backend}, 1 thread)")
        self.assertGreater(service.port, 0)

    def test_two_threads_serve(self):
        service = self.start("slow", threads=2)
        self.assertTrue(service.start_line.endswith(f"({self.backend}, 2 threads)"), service.start_line)
        # The kernel spreads connections by a hash: of 64, one thread gets none once in 10^19 times.
        clients = [self.open(service, GET) for _ in range(64)]
        self.assertEqual(service.stop(limit(5)), 0)
        self.assertTrue(all(client.at_end() for client in clients))

    def test_other_addresses(self):
        service = self.start("slow", "--host", "127.0.0.2")
        self.assertEqual(service.host, "127.0.0.2")
        self.open(service, GET)

    def test_address_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            for threads in (1, 2):
                with self.subTest(threads=threads):
                    errors = self.fail_to_start("--port", port, "--threads", threads)
                    self.assertIn(f"cannot listen on 127.0.0.1:{port}: ", errors)

    def test_address_in_use_by_another_gyre(self):
        for threads in (1, 2):
            with self.subTest(threads=threads):
                first = self.start("slow", threads=threads)
                errors = self.fail_to_start("--port", first.port, "--threads", threads)
                self.assertIn(f"cannot listen on 127.0.0.1:{first.port}: ", errors)

    def test_no_address_of_this_machine(self):
        self.assertIn("192.0.2.1", self.fail_to_start("--host", "192.0.2.1", "--port", 0))

    def test_port_is_free_again(self):
        first = self.start("slow")
        client = self.open(first, GET)
        self.assertEqual(first.stop(limit(5)), 0)  # the server closes first: its side stays in TIME_WAIT
        self.assertTrue(client.at_end())
        command = [Setting.programs["slow"], "--port", first.port, "--threads", 1, "--backend", self.backend]
        second = type(first)(command, limit=limit(10))
        self.addCleanup(second.kill)
        self.open(second, GET)

    def test_unix_socket_is_left_clean(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "slow.sock")
            for _ in range(2):
                service = self.start("slow", "--unix", path)
                self.assertEqual(service.stop(limit(5)), 0)


class Stop(ProgramCase):
    needs = ("slow",)

    def assert_ends(self, service, code, seconds=1.0):
        begin = time.monotonic()
        self.assertEqual(service.wait(limit(10)), code, service.errors())
        self.assertLess(time.monotonic() - begin, limit(seconds))

    def test_without_connections(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            for threads in (1, 2):
                with self.subTest(number=number, threads=threads):
                    service = self.start("slow", threads=threads)
                    service.signal(number)
                    self.assert_ends(service, 0)
                    self.assertEqual(service.errors(), "")

    def test_idle_connections_are_closed(self):
        service = self.start("slow")
        clients = [self.open(service, GET) for _ in range(20)]
        service.signal()
        self.assert_ends(service, 0)
        self.assertTrue(all(client.at_end() for client in clients))

    def test_request_in_flight_is_answered(self):
        service = self.start("slow")
        idle = self.open(service, GET)
        slow = self.open_slow(service, 300)
        service.signal()
        self.assertTrue(idle.at_end())
        answer = slow.answer()
        self.assertEqual((answer.status, answer.body, answer.fields["connection"]), (200, b"late\n", "close"))
        self.assertTrue(slow.at_end())
        slow.close()
        self.assert_ends(service, 0)

    def test_listener_is_closed_while_it_drains(self):
        service = self.start("slow")
        idle = self.open(service, GET)
        slow = self.open_slow(service, 300)
        service.signal()
        self.assertTrue(idle.at_end())  # connections are closed after the listener
        with self.assertRaises(ConnectionRefusedError):
            connect(service)
        self.assertEqual(slow.answer().status, 200)

    def test_second_signal_kills(self):
        service = self.start("slow")
        idle = self.open(service, GET)
        self.open_slow(service, 60_000)
        service.signal()
        self.assertTrue(idle.at_end())  # it drains now
        service.signal()
        self.assert_ends(service, -signal.SIGTERM)

    def test_client_that_left_its_slow_request_holds_nothing_up(self):
        service = self.start("slow")
        slow = self.open_slow(service, 60_000)
        slow.close()
        self.open(service, GET)
        service.signal()
        self.assert_ends(service, 0)


class Hello(ProgramCase):
    needs = ("hello",)

    def test_says_hello(self):
        service = self.start("hello")
        client = self.open(service)
        client.send(GET)
        self.assertEqual(client.answer().body, b"Hello, world!\n")
        service.signal()
        self.assertEqual(service.wait(limit(5)), 0)


CASES = (Start, Stop, Hello)
