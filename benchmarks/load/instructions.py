#!/usr/bin/env python3
"""Instructions per request in user space, counted by callgrind: instructions.py [--subjects A,B] [--mode M]

A count does not care what else runs on the machine, so it shows a difference of one percent between two builds, where
the clock shows noise. It says nothing about the kernel, and an instruction is not a nanosecond. Each subject runs
twice, with N requests and with 3 N; the difference is free of start and end. Only how often the loop turns in vain is
left to chance: at depth 1 look at the functions, not at the sum.
"""

import argparse
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import h2_frames
import servers
from service import Service

REQUEST = (b"GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/plain,text/html;q=0.9,application/xhtml+xml;"
           b"q=0.9,application/xml;q=0.8,*/*;q=0.7\r\nConnection: keep-alive\r\n\r\n")
DEPTHS = {"plain": 1, "pipe": 16, "h2": 100}  # h2: streams of one connection, cleartext


def receive(client, count):
    """All answers have the same size."""
    left = count
    while left > 0:
        piece = client.recv(left)
        if not piece:
            raise RuntimeError("the server closed the connection")
        left -= len(piece)


def load_h2(service, requests, depth):
    with h2_frames.connect(service.port) as client:
        connection = h2_frames.Connection(client)
        connection.ask()
        for _ in range(requests // depth):
            connection.ask(depth)


def load(service, requests, mode):
    depth = DEPTHS[mode]
    servers.check_answer(service)
    if mode == "h2":
        return load_h2(service, requests, depth)
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(REQUEST)
        answer_bytes = len(client.recv(4096))
        for _ in range(requests // depth):
            client.sendall(REQUEST * depth)
            receive(client, answer_bytes * depth)


def short(name):
    """Without parameters, so that a function which has got another one is still the same."""
    return name.replace("(anonymous namespace)::", "").partition("(")[0]


def count(subject, requests, mode, options):
    """function -> instructions of its own."""
    with tempfile.TemporaryDirectory() as directory:
        output, bare = pathlib.Path(directory, "callgrind.out"), pathlib.Path(directory, "program")
        program, *arguments = servers.command(subject, options.build)
        # Debian's valgrind stumbles over clang's debug information; the symbols are enough.
        subprocess.run(["strip", "--strip-debug", "-o", bare, program], check=True)
        valgrind = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={output}"]
        with Service([*valgrind, bare, *arguments], limit=60) as service:
            load(service, requests, mode)
            service.stop(limit=60)
        text = subprocess.run(["callgrind_annotate", "--threshold=100", "--show-percs=no", str(output)],
                              capture_output=True, text=True, check=True).stdout
    found = {}
    for line in text.splitlines():
        match = re.match(r"\s*([\d,]+)\s+\S*?:(.*?)(?: \[.*\])?$", line)
        if match and not line.rstrip().endswith("PROGRAM TOTALS"):
            name = short(match[2].strip())
            found[name] = found.get(name, 0) + int(match[1].replace(",", ""))
    return found


def per_request(subject, mode, options):
    """function -> instructions per request."""
    few, many = (count(subject, options.requests * times, mode, options) for times in (1, 3))
    return {name: (many[name] - few.get(name, 0)) / (2 * options.requests) for name in many}


def show(mode, rows, options):
    print(f"\n{mode}: {DEPTHS[mode]} deep, instructions per request in user space")
    for subject, functions in rows.items():
        print(f"{subject:16} {sum(functions.values()):9.0f}")
    (this, own), *others = rows.items()
    for other, theirs in others:
        difference = {name: own.get(name, 0) - theirs.get(name, 0) for name in {*own, *theirs}}
        print(f"{this} - {other}, the largest differences:")
        for name in sorted(difference, key=lambda name: -abs(difference[name]))[: options.functions]:
            print(f"  {difference[name]:+8.0f} = {own.get(name, 0):5.0f} - {theirs.get(name, 0):5.0f}  {name[:80]}")
    if not others:
        for name in sorted(own, key=lambda name: -own[name])[: options.functions]:
            print(f"  {own[name]:8.0f}  {name[:80]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    servers.add_arguments(parser, ("arena-epoll",))
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--mode", choices=(*DEPTHS, "all"), default="all")
    parser.add_argument("--functions", type=int, default=15, help="how many are listed")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("SKIPPED: valgrind is not installed (Debian package valgrind)")
        return 0
    for mode in DEPTHS if options.mode == "all" else [options.mode]:
        show(mode, {subject: per_request(subject, mode, options) for subject in options.subjects}, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
