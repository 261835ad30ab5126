#!/usr/bin/env python3
"""What TLS costs the server, beside nginx on the same OpenSSL: tls_peers.py [--rounds N] [--seconds N] [--case NAME]

CPU time of the server per connection or per request, with the same certificate (P-256) and TLS_AES_128_GCM_SHA256. Each
round runs every subject once, in alternating order, as a fresh process on one processor, with tls_clients on another.
README.md, beside this directory, says what is compared with what.
"""

import argparse
import json
import statistics
import sys

import machine
import servers
import tls_clients
import usage

CIPHER = "TLS_AES_128_GCM_SHA256"
CASES = {  # name -> how tls_clients is called, with PORT and SECONDS
    "full": ("connect", "PORT", 32, "SECONDS"),
    "resumed": ("connect", "PORT", 32, "SECONDS", "resume"),
    "13 bytes": ("ask", "PORT", 64, "SECONDS", "/plaintext"),
    "16 KiB": ("ask", "PORT", 64, "SECONDS", "/bytes/16384"),
    "1 MiB": ("ask", "PORT", 16, "SECONDS", "/bytes/1048576"),
}


def measure(subject, case, tls, options):
    clients = CASES[case][2]
    with servers.start(subject, options.build, processors={options.server_cpu}, tls=tls) as service:
        if subject == "nginx":
            for size in (16384, 1048576):
                service.serve_bytes(size)
        words = {"PORT": service.tls_port, "SECONDS": options.seconds}
        command = [words.get(word, word) for word in CASES[case]]
        tls_clients.run(options, *command[:3], 0.3, *command[4:])  # what a server pays once
        before = usage.cpu_time(service.pid)
        found = tls_clients.run(options, *command)
        spent = usage.cpu_time(service.pid) - before
    count, resumed = int(found["count"]), int(found["resumed"])
    if found["cipher"] != CIPHER:
        raise RuntimeError(f"{subject} has agreed on {found['cipher']}")
    if resumed != (count - clients if case == "resumed" else 0):
        raise RuntimeError(f"{resumed} of {count} handshakes were resumed")
    return {
        "microseconds": spent.total / count * 1e6,
        "user": spent.user / count * 1e6,
        "per_second": count / int(found["microseconds"]) * 1e6,
        "bytes": int(found["bytes"]) // count,
        "p99": int(found["handshake_p99"] if case in ("full", "resumed") else found["answer_p99"]),
    }


def measure_all(case, tls, options):
    runs = {subject: [] for subject in options.subjects}
    for number in range(options.rounds):
        order = list(runs) if number % 2 == 0 else list(reversed(runs))
        for subject in order:
            try:
                runs[subject].append(measure(subject, case, tls, options))
            except servers.Missing as missing:
                del runs[subject]
                print(f"SKIPPED {subject}: {missing}", flush=True)
    return runs


def show(case, runs):
    for subject, own in runs.items():
        def column(name):
            return tls_clients.spread([run[name] for run in own], "{:.1f}" if name == "microseconds" else "{:.0f}")
        ratio = "-"
        if "nginx" in runs and subject != "nginx":
            ratio = tls_clients.spread([a["microseconds"] / b["microseconds"] for a, b in zip(own, runs["nginx"])],
                                       "{:.2f}")
        user = statistics.median(run["user"] for run in own)
        print(f"{case:9} {subject:12} {column('microseconds'):28} user {user:6.0f}  x nginx {ratio:22} "
              f"{column('per_second'):26} p99 us {column('p99')}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    servers.add_arguments(parser, ("arena-uring", "arena-epoll", "nginx"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="of each run")
    parser.add_argument("--case", choices=CASES, action="append", help="only this one; may be given again")
    tls_clients.add_realtime(parser)
    machine.add_processors(parser)
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    machine.check_processors(parser, options)
    machine.warn_of_load()
    result = {}
    try:
        with servers.TlsFiles() as tls:
            tls_clients.apply_realtime(options)
            print("CPU time of the server in microseconds, per connection with one request, or per request; median "
                  "(extremes); the ratio within the rounds; per second")
            for case in options.case or CASES:
                result[case] = measure_all(case, tls, options)
                show(case, result[case])
    except servers.Missing as missing:
        print(f"SKIPPED: {missing}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
