#!/usr/bin/env python3
"""Does a fast client wait for slow ones? slow_clients.py [--connections N] [--rounds N] [--subjects A,B]

Thousands of connections each send one byte a second, of a head or of a body that never ends (slow_clients.c). Beside
them one client sends a request every few milliseconds on a connection of its own and measures how long it waits. Each
round measures each subject alone and with each kind of slow connections, each time as a fresh process.
"""

import argparse
import contextlib
import gc
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

import machine
import servers
import usage

REQUEST = b"GET /plaintext HTTP/1.1\r\nHost: fast\r\n\r\n"
QUIET = "alone"
MODES = ("head", "body")
SLOW_NICENESS = 19  # they share a processor with the fast client, and must not be what it waits for


class SlowClients:
    """A running slow_clients, from the moment that all connections have begun."""

    def __init__(self, port, mode, options):
        program = pathlib.Path(options.build) / "benchmarks" / "slow_clients"
        if not program.exists():
            raise servers.Missing(f"{program} is not built")
        self._process = subprocess.Popen([program, str(port), str(options.connections), mode],
                                         stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.nice(SLOW_NICENESS))
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("slow_clients did not start")

    def stop(self):
        """name -> value"""
        self._process.send_signal(signal.SIGTERM)
        output = self._process.communicate()[0]
        return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", output)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def latencies(port, options):
    """Seconds that each request took. One that the answer before it made late counts from when it was due: a server that
    stands still is not asked more rarely for it."""
    interval = options.interval / 1000
    found = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        due = time.perf_counter()
        end = due + options.seconds
        late = False
        while due < end:
            if not late:
                time.sleep(max(0.0, due - time.perf_counter()))
            begin = due if late else time.perf_counter()
            client.sendall(REQUEST)
            if not client.recv(4096).startswith(b"HTTP/1.1 200 "):
                raise RuntimeError("wrong answer")
            done = time.perf_counter()
            found.append(done - begin)
            due += interval
            late = done > due
    return found


def measure(subject, mode, options):
    """One run; `mode` is QUIET or what slow_clients is told."""
    with servers.start(subject, options.build, processors={options.server_cpu}) as service, \
            contextlib.ExitStack() as stack:
        servers.check_answer(service)
        slow = None if mode == QUIET else stack.enter_context(SlowClients(service.port, mode, options))
        before, begin = usage.cpu_time(service.pid), time.monotonic()
        found = latencies(service.port, options)
        spent, seconds = usage.cpu_time(service.pid) - before, time.monotonic() - begin
        figures = slow.stop() if slow else {}
    return {
        "microseconds": sorted(round(latency * 1e6) for latency in found),
        "cpu_share": spent.total / seconds,
        "seconds": seconds,
        "slow": figures,
    }


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def summary(runs):
    """Quantiles of all rounds together; the spread of p99 is that of the rounds."""
    together = sorted(latency for run in runs for latency in run["microseconds"])
    p99s = [quantile(run["microseconds"], 0.99) for run in runs]
    slow = {name: [run["slow"][name] for run in runs] for name in runs[0]["slow"]}
    return {
        "requests": len(together),
        "p50": quantile(together, 0.5),
        "p99": quantile(together, 0.99),
        "p99_rounds": (min(p99s), max(p99s)),
        "p999": quantile(together, 0.999),
        "max": together[-1],
        "cpu_share": statistics.median(run["cpu_share"] for run in runs),
        "slow": {name: statistics.median(values) for name, values in slow.items()},
        "age_min_ms": min(slow.get("age_min_ms", [0])),
        "age_max_ms": max(slow.get("age_max_ms", [0])),
    }


def show(rows, options):
    print(f"\na fast client, a request every {options.interval} ms, beside {options.connections} slow ones; "
          f"{options.rounds} rounds of {options.seconds} s; microseconds; CPU: the server's share of a processor")
    print(f"{'':12} {'beside':>6} {'requests':>9} {'p50':>7} {'p99':>7} {'p99 of rounds':>15} {'p99.9':>7} {'max':>8} "
          f"{'CPU %':>6}")
    for (subject, mode), row in rows.items():
        low, high = row["p99_rounds"]
        print(f"{subject:12} {mode:>6} {row['requests']:9} {row['p50']:7} {row['p99']:7} {f'{low} to {high}':>15} "
              f"{row['p999']:7} {row['max']:8} {row['cpu_share'] * 100:6.1f}")
    print(f"\nwhat became of the slow ones, medians of rounds ({options.seconds} s and more each); the age is that of "
          "those with 408, in seconds, up to one too much")
    print(f"{'':12} {'':>6} {'held':>7} {'bytes':>8} {'408':>7} {'age':>12} {'other':>6} {'silent':>7} {'failed':>7} "
          f"{'driver late ms':>15}")
    for (subject, mode), row in rows.items():
        if not row["slow"]:
            continue
        slow = {name: int(value) for name, value in row["slow"].items()}
        age = f"{row['age_min_ms'] / 1000:.1f} to {row['age_max_ms'] / 1000:.1f}"
        print(f"{subject:12} {mode:>6} {slow['held']:7} {slow['bytes']:8} {slow['answered_408']:7} {age:>12} "
              f"{slow['answered_else']:6} {slow['cut_silently']:7} {slow['failed']:7} {slow['late_max_ms']:15}")


def measure_all(options):
    """(subject, mode) -> one run per round, in turn."""
    runs = {(subject, mode): [] for subject in options.subjects for mode in (QUIET, *options.modes.split(","))}
    for number in range(options.rounds):
        for key in list(runs) if number % 2 == 0 else list(reversed(runs)):
            try:
                runs[key].append(measure(*key, options))
            except servers.Missing as missing:
                del runs[key]
                print(f"SKIPPED {' '.join(key)}: {missing}", flush=True)
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    servers.add_arguments(parser, ("arena-uring", "arena-epoll"))
    parser.add_argument("--connections", type=int, default=10_000, help="with one byte a second each")
    parser.add_argument("--modes", default=",".join(MODES), help=f"of {','.join(MODES)}")
    parser.add_argument("--interval", type=float, default=3, metavar="MS", help="of the fast client's requests")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=15, help="of each run; the limits of arena take 10 s to act")
    machine.add_processors(parser)
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    machine.check_processors(parser, options)
    machine.raise_descriptor_limit(options.connections + 200)
    load = machine.warn_of_load()
    os.sched_setaffinity(0, {options.client_cpu})
    gc.disable()  # its pauses would look like the server's
    rows = {key: summary(runs) for key, runs in measure_all(options).items()}
    show(rows, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"load_average": load, "rows": [{"subject": subject, "beside": mode, **row}
                                                      for (subject, mode), row in rows.items()]}, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
