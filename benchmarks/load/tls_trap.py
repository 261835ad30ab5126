#!/usr/bin/env python3
"""A certificate provider that takes 10 ms, on gyre and on Go's net/http: tls_trap.py [--rounds N] [--seconds N]

The servers have one processor, tls_clients the other. Each round runs every server in every mode once, as a fresh
process. Then one client with a connection asks while 500 handshakes wait for a provider that takes 2 s. README.md,
beside this directory, says how to read it.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

import machine
import servers
import tls_clients
import usage
from service import Service

MODES = ("uncached", "cached", "locked")
CLIENTS = (32, 256)
SUBJECTS = ("gyre-uring", "gyre-epoll", "go")
PHASES = ("alone", "begin", "wait", "end")


class Go:
    """net/http on one thread of Go's, built on first use. As `Service`, as far as it goes."""

    def __init__(self, program, mode, tls, processor):
        self.process = subprocess.Popen([program, mode, tls.chain, tls.key], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, "GOMAXPROCS": "1"},
                                        preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
        self.pid = self.process.pid
        self.tls_port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def build_go(directory):
    """Raises `Missing` without a compiler."""
    if shutil.which("go") is None:
        raise servers.Missing("go is not installed (Debian package golang-go)")
    source = servers.ROOT / "benchmarks" / "load" / "tls_trap.go"
    environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOCACHE": str(directory / "cache")}
    subprocess.run(["go", "build", "-o", directory / "tls_trap_go", source], check=True, env=environment)
    return directory / "tls_trap_go"


def start(subject, mode, tls, options):
    if subject == "go":
        return Go(options.go, mode, tls, options.server_cpu)
    command = [tls_clients.program(options.build, "tls_trap"), mode, tls.chain, tls.key, subject.partition("-")[2]]
    return Service(command, processors={options.server_cpu})


def measure_handshakes(subject, mode, clients, tls, options):
    with start(subject, mode, tls, options) as service:
        tls_clients.run(options, "connect", service.tls_port, clients, 0.3)  # what a server pays once
        before = usage.cpu_time(service.pid)
        found = tls_clients.run(options, "connect", service.tls_port, clients, options.seconds)
        spent = usage.cpu_time(service.pid) - before
    count = int(found["count"])
    if int(found["resumed"]) != 0:
        raise RuntimeError("a handshake was resumed")
    return {
        "per_second": count / int(found["microseconds"]) * 1e6,
        "p50_ms": int(found["handshake_p50"]) / 1e3,
        "p99_ms": int(found["handshake_p99"]) / 1e3,
        "cpu_microseconds": spent.total / count * 1e6,
    }


def measure_beside(subject, tls, options):
    with start(subject, "uncached", tls, options) as service:
        found = tls_clients.run(options, "beside", service.tls_port, options.slow)
    return {name: int(value) for name, value in found.items()}


def in_turn(options):
    """Round after round, in alternating order."""
    for number in range(options.rounds):
        yield from options.subjects if number % 2 == 0 else reversed(options.subjects)


def show_handshakes(mode, clients, runs):
    for subject, own in runs.items():
        def column(name, form="{:.0f}"):
            return tls_clients.spread([run[name] for run in own], form)
        print(f"{mode:9} {clients:4} {subject:11} {column('per_second'):24} {column('p50_ms', '{:.1f}'):26} "
              f"{column('p99_ms', '{:.1f}'):26} {column('cpu_microseconds'):22}", flush=True)


def show_beside(runs, count):
    print(f"\na request every 3 ms on one connection: alone, while {count} handshakes for another name begin, while "
          "they wait for the provider, while they end; milliseconds")
    for subject, own in runs.items():
        for phase in PHASES:
            p50, p99, most = (tls_clients.spread([run[f"{phase}_{name}"] / 1e3 for run in own], "{:.2f}")
                              for name in ("p50", "p99", "max"))
            print(f"{subject:11} {phase:6} p50 {p50:24} p99 {p99:26} max {most}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=servers.ROOT / "build", help="the build directory")
    parser.add_argument("--subjects", type=lambda text: text.split(","), default=list(SUBJECTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="of each run")
    parser.add_argument("--slow", type=int, default=500, help="handshakes that wait beside the one connection")
    tls_clients.add_realtime(parser)
    machine.add_processors(parser)
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    machine.check_processors(parser, options)
    return options


def measure_all(tls, options):
    result = {"handshakes": [], "beside": {}}
    print("connections per second, each with one request; handshake from connect to its end, milliseconds; CPU of the "
          "server per connection, microseconds; median (extremes)")
    for mode in MODES:
        for clients in CLIENTS:
            runs = {subject: [] for subject in options.subjects}
            for subject in in_turn(options):
                runs[subject].append(measure_handshakes(subject, mode, clients, tls, options))
            show_handshakes(mode, clients, runs)
            result["handshakes"].append({"mode": mode, "clients": clients, "runs": runs})
    for subject in in_turn(options):
        result["beside"].setdefault(subject, []).append(measure_beside(subject, tls, options))
    show_beside(result["beside"], options.slow)
    return result


def main():
    options = arguments()
    machine.raise_descriptor_limit(options.slow + 500)
    machine.warn_of_load()
    with contextlib.ExitStack() as stack:
        directory = servers.pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            tls = stack.enter_context(servers.TlsFiles())
            options.go = build_go(directory) if "go" in options.subjects else None
        except servers.Missing as missing:
            print(f"SKIPPED: {missing}")
            return 0
        tls_clients.apply_realtime(options)
        result = measure_all(tls, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
