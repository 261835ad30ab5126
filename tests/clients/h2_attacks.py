#!/usr/bin/env python3
"""What a hostile HTTP/2 client does to httpbin, in cleartext and over TLS: h2_attacks.py --httpbin PATH

Each attack lasts at most a second. Meanwhile somebody else asks on connections of its own and is answered within a
quarter of a second, the memory of the server stays where it was, and the log names the limit that ended the attack. A
table of what was measured follows. Further arguments choose tests: Attacks_epoll.test_ping.
"""

import collections
import socket
import ssl
import sys
import time

import h2_raw as h2
from runner import main
from setting import ServiceCase, Setting, limit
from tls_setting import OverTls, authority, site

Attack = collections.namedtuple("Attack", "opening round limit goaway reads window megabytes")
LONGEST = 1.0
LATENCY = 2.5  # on a machine that has other work; the table at the end says how long it was
ROUNDS = 64  # in one piece
TABLE = []


def attack(round, limit="", goaway="", opening=b"", reads=True, window=0x7FFFFFFF, megabytes=4):
    return Attack(opening, round, limit, goaway, reads, window, megabytes)


def stream(turn):
    return 2 * turn + 1


CALM = "ENHANCE_YOUR_CALM"
BEGUN = h2.headers(1, h2.block(b"GET", b"/get"), h2.END_STREAM)
SLOW = b"/delay/5"


def rapid(path):
    return lambda turn: h2.get(stream(turn), path) + h2.rst_stream(stream(turn))


def first(count, make):
    """The first rounds only; from then on it waits."""
    return lambda turn: make(turn) if turn < count else b""


ATTACKS = {
    "ping": attack(lambda _: h2.frame(h2.PING, 0, 0, b"12345678"), "glitches|queued frames", CALM),
    "ping_unread": attack(lambda _: h2.frame(h2.PING, 0, 0, b"12345678"), "queued frames|glitches", reads=False),
    "settings": attack(lambda _: h2.settings(), "glitches|queued frames", CALM),
    "settings_unread": attack(lambda _: h2.settings(), "queued frames|glitches", reads=False),
    "settings_entries": attack(lambda _: h2.settings(*((99, 0),) * 2000), "settings", CALM),
    "priority": attack(lambda turn: h2.frame(h2.PRIORITY, 0, stream(turn), b"\0\0\0\0\x0f"), "glitches", CALM),
    "priority_update": attack(lambda turn: h2.frame(h2.PRIORITY_UPDATE, 0, 0, h2.number(stream(turn)) + b"u=1"),
                              "glitches", CALM),
    "window_update": attack(lambda _: h2.window_update(0, 1), "glitches", CALM),
    "empty_data": attack(lambda _: h2.data(1, b"", 0), "glitches", CALM, opening=h2.post(1)),
    "unknown_frames": attack(lambda _: h2.frame(99, 0, 0, b"x"), "glitches", CALM),
    "rapid_reset": attack(rapid(SLOW), "peer resets", CALM),
    "rapid_reset_of_answers": attack(rapid(b"/bytes/100000"), "peer resets", CALM),
    "rapid_reset_unread": attack(rapid(b"/bytes/100000"), "peer resets", reads=False),
    "made_you_reset_window": attack(lambda turn: h2.get(stream(turn), SLOW) +
                                    h2.window_update(stream(turn), 0x7FFFFFFF), "own resets", CALM),
    "made_you_reset_window_zero": attack(lambda turn: h2.get(stream(turn), SLOW) + h2.window_update(stream(turn), 0),
                                         goaway="PROTOCOL_ERROR"),
    "made_you_reset_length": attack(lambda turn: h2.post(stream(turn), b"/post", (b"content-length", b"1")) +
                                    h2.data(stream(turn), b"xy"), "own resets", CALM),
    "made_you_reset_data": attack(lambda turn: h2.get(stream(turn), SLOW) + h2.data(stream(turn), b"x"),
                                  goaway="STREAM_CLOSED"),
    "made_you_reset_headers": attack(lambda turn: h2.get(stream(turn), SLOW) + h2.get(stream(turn), SLOW),
                                     goaway="STREAM_CLOSED"),
    "made_you_reset_field": attack(lambda turn: h2.get(stream(turn), b"/get", (b"connection", b"x")), "own resets",
                                   CALM),
    "made_you_reset_priority": attack(lambda turn: h2.get(stream(turn), SLOW) +
                                      h2.frame(h2.PRIORITY, 0, stream(turn), h2.number(stream(turn)) + b"\x0f"),
                                      goaway="PROTOCOL_ERROR"),
    "too_many_streams": attack(lambda turn: h2.get(stream(turn), SLOW), "glitches", CALM),
    "continuation": attack(lambda _: h2.frame(h2.CONTINUATION, 0, 1, h2.literal(b"a", b"b")), "continuations", CALM,
                           opening=BEGUN),
    "continuation_empty": attack(lambda _: h2.frame(h2.CONTINUATION, 0, 1), "continuations", CALM, opening=BEGUN),
    "continuation_large": attack(lambda _: h2.frame(h2.CONTINUATION, 0, 1, h2.literal(b"a", b"b" * 16000)),
                                 "continuations", CALM, opening=BEGUN),
    "bomb": attack(lambda turn: h2.headers(stream(turn), h2.bomb(b"x", b"b" * 3900, 12000)), "header bytes", CALM),
    "bomb_of_crumbs": attack(lambda turn: h2.headers(stream(turn), h2.bomb(b"cookie", b"b" * 3900, 12000)),
                             "header bytes", CALM),
    "bomb_of_empty_crumbs": attack(lambda turn: h2.headers(stream(turn), h2.bomb(b"cookie", b"", 12000)),
                                   "header bytes", CALM),
    "bomb_below_the_limit": attack(lambda turn: h2.headers(stream(turn), h2.bomb(b"cookie", b"b", 2000)), "glitches",
                                   CALM, megabytes=16),
    "window_of_0": attack(first(100, lambda turn: h2.get(stream(turn), b"/bytes/100000")), window=0),
    "window_by_1": attack(lambda turn: h2.get(stream(turn), b"/bytes/100000") if turn < 100 else
                          h2.window_update(stream(turn % 100), 1), "glitches", CALM, window=0),
    "unread_answers": attack(first(100, lambda turn: h2.get(stream(turn), b"/bytes/100000")), reads=False,
                             opening=h2.window_update(0, 0x7FFF0000)),
    "window_of_connection_by_1": attack(lambda _: h2.window_update(0, 1), "glitches", CALM,
                                        opening=h2.get(1, b"/bytes/100000")),
    "bodies_that_never_end": attack(first(100, lambda turn: h2.post(stream(turn)) + h2.data(stream(turn), b"x", 0))),
    "bodies_at_once": attack(lambda turn: h2.post(stream(turn)) if turn < 100 else
                             h2.data(stream(turn % 100), b"x" * 8000, 0), megabytes=48),
    "half_a_head": attack(first(0, None), opening=BEGUN),
}


class Attacks(ServiceCase):
    program = "httpbin"
    names_limits = True

    @classmethod
    def tearDownClass(cls):
        code = cls.service.stop(limit(10))
        ended = "an HTTP/2 connection was ended for its"
        said = [line for line in cls.service.errors().splitlines() if ended not in line]
        if code != 0 or said:
            raise AssertionError(f"{cls.program} ended with {code} and said: {said or 'nothing'}")

    def connect(self):
        return socket.create_connection((self.service.host, self.service.port), timeout=limit(5))

    def memory(self):
        with open(f"/proc/{self.service.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) * 1024

    def warm_up(self):
        client = h2.Raw(self.connect())
        client.send(h2.greeting() + h2.window_update(0, 0x7FFF0000) +
                    b"".join(h2.get(stream(turn), b"/bytes/100000") for turn in range(100)))
        client.wait(lambda: client.answers == 100, limit(5))
        client.close()

    def run_attack(self, name, one):
        if self.names_limits:
            h2.pause(1.05)  # since the log has a line a second for all of them
        self.warm_up()
        said = len(self.service.errors())
        before = most = self.memory()
        prober = h2.Prober(self.connect)
        client = h2.Raw(self.connect(), reads=one.reads)
        client.send(h2.greeting(one.window) + one.opening)
        turn = 0
        end = time.monotonic() + LONGEST
        while not client.over and not client.refused and time.monotonic() < end:
            content = b"".join(one.round(turn + index) for index in range(ROUNDS))
            turn += ROUNDS
            if content:
                client.send(content, patience=max(0.05, end - time.monotonic()))
            elif one.reads:
                client.wait(lambda: False, 0.05)
            else:
                h2.pause(0.05)
            most = max(most, self.memory())
        if one.goaway:
            client.wait(lambda: client.goaway, limit(3))
        h2.pause(0.05)
        prober.stop()
        client.close()
        log = self.service.errors()[said:]
        TABLE.append((self.id().rsplit(".", 2)[-2], name, one.limit or one.goaway or "time, windows",
                      (most - before) / 1e6, prober.worst * 1e3, turn))
        self.assertEqual(prober.failure, "")
        self.assertGreater(prober.answers, 0)
        self.assertLess(prober.worst, limit(LATENCY))
        self.assertLess(most - before, one.megabytes * 1e6)
        if one.goaway:
            self.assertEqual(client.goaway, one.goaway)
        if one.limit and self.names_limits:
            self.assertTrue(any(f"ended for its {word}" in log for word in one.limit.split("|")), log)


def add_tests():
    for name, one in ATTACKS.items():
        setattr(Attacks, f"test_{name}", lambda self, name=name, one=one: self.run_attack(name, one))


add_tests()


class TlsAttacks(Attacks):
    names_limits = False

    @classmethod
    def setUpClass(cls):
        cls.flags = site().flags
        super().setUpClass()
        cls.service = OverTls(cls.service)
        cls.tls = ssl.create_default_context(cafile=authority().path)
        cls.tls.set_alpn_protocols(["h2"])

    def connect(self):
        return self.tls.wrap_socket(super().connect(), server_hostname="localhost")


if __name__ == "__main__":
    code = main(__doc__, (Attacks, TlsAttacks), ("httpbin",))
    for case, name, stopped, megabytes, worst, rounds in TABLE:
        print(f"{case:18} {name:28} {stopped:22} {megabytes:7.1f} MB {worst:7.1f} ms {rounds:7} rounds")
    sys.exit(code)
