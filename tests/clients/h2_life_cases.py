"""How a server leaves its HTTP/2 clients: in two steps (RFC 9113 6.8), and none of them unanswered."""

import re
import signal
import subprocess

from h2_python_cases import NO_ERROR, H2ClientCase
from setting import limit, start
from tls_setting import OverTls, site

STREAM_MAX = 2**31 - 1
LATE = "late\n"


class DrainH2(H2ClientCase):
    """Each test has a server of its own."""

    needs = ("slow",)
    flags = ()

    def seen(self, service):
        return service

    def start_slow(self, threads=1):
        service = start("slow", *self.flags, backend=self.backend, threads=threads)
        self.addCleanup(service.kill)
        return service, self.seen(service)

    def test_request_at_work_is_answered(self):
        service, seen = self.start_slow()
        client = self.begin(seen.url, "drain", "/slow/1000")
        self.assertEqual(service.line(limit(5)), "slow: started")
        service.signal()
        self.go_on(client)
        facts = self.conclude(client)
        self.assertEqual(facts, {"announced": [[STREAM_MAX, NO_ERROR]], "answer": LATE, "ended": True,
                                 "last": [1, NO_ERROR]})
        self.assertEqual((service.wait(limit(10)), service.errors()), (0, ""))

    def test_idle_connection_is_ended(self):
        service, seen = self.start_slow()
        client = self.begin(seen.url, "drain_when_idle")
        service.signal()
        self.go_on(client)
        self.assertEqual(self.conclude(client), {"goaways": [[1, NO_ERROR]], "ended": True})
        self.assertEqual((service.wait(limit(10)), service.errors()), (0, ""))

    def test_under_load(self):
        """What h2load has sent is answered, to the last one, or was not taken and may be sent again elsewhere."""
        service, seen = self.start_slow(threads=2)
        with subprocess.Popen([self.tool("h2load"), "-n", "4000", "-c", "4", "-m", "50", seen.url + "/slow/20"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as load:
            self.addCleanup(load.kill)
            for _ in range(500):
                self.assertEqual(service.line(limit(5)), "slow: started")
            service.signal(signal.SIGTERM)
            while service.line(limit(10)):
                pass
            output = load.communicate(timeout=limit(20))[0]
        self.assertEqual((service.wait(limit(10)), service.errors()), (0, ""))
        counts = dict((name, int(number)) for number, name in
                      re.findall(r"(\d+) (total|started|done|succeeded|failed|errored|timeout)", output))
        statuses = re.search(r"status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx", output)
        self.assertIsNotNone(statuses, output)
        self.assertEqual(counts["succeeded"], int(statuses[1]), output)
        self.assertGreaterEqual(counts["succeeded"], 500, output)


class DrainH2Tls(DrainH2):
    @classmethod
    def setUpClass(cls):
        cls.flags = site().flags
        super().setUpClass()

    def seen(self, service):
        return OverTls(service)


CASES = (DrainH2, DrainH2Tls)
