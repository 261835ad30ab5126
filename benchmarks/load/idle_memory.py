#!/usr/bin/env python3
"""Resident memory per idle keep-alive connection: idle_memory.py [--connections N]

Opens the connections, each asks once and then stays silent. What the server grew by, in user space, is divided by their
number twice: since its start, with everything that it pays once (buffers touched for the first time, code), and since
it was warmed up by as many requests on connections that are closed again. The first is the honest upper bound.
"""

import argparse
import contextlib
import json
import socket
import ssl
import sys
import time

import h2_frames
import machine
import servers
import usage

REQUEST = b"GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
WARM_CONNECTIONS = 64
PORTS_PER_ADDRESS = 5000  # a source address has some 28,000 ports, and those of an earlier run rest for a minute
IP_BIND_ADDRESS_NO_PORT = 24  # from <linux/in.h>: the port is chosen at connect, where the destination counts too


def unverified():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


CONTEXT = unverified()


def connect(port, number, encrypted=False):
    client = socket.socket()
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((f"127.0.0.{2 + number // PORTS_PER_ADDRESS}", 0))
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    return CONTEXT.wrap_socket(client, server_hostname="localhost") if encrypted else client


def ask_by(http2):
    """What asks once on a new connection, and again on one that has asked."""
    connections = {}

    def ask_h2(client):
        if client not in connections:
            connections[client] = h2_frames.Connection(client)
        connections[client].ask()

    return ask_h2 if http2 else ask


def ask(client):
    """All answers here fit into one segment."""
    client.sendall(REQUEST)
    if not client.recv(4096).startswith(b"HTTP/1.1 200 "):
        raise RuntimeError("wrong answer")


def warm_up(port, requests, encrypted, ask):
    clients = [connect(port, number, encrypted) for number in range(WARM_CONNECTIONS)]
    for number in range(requests):
        ask(clients[number % WARM_CONNECTIONS])
    for client in clients:
        client.close()


def settled(pid):
    """The memory once it has stopped changing."""
    before = None
    while (now := usage.memory(pid)) != before:
        before = now
        time.sleep(0.2)
    return now


def measure(subject, options, tls):
    with servers.start(subject, options.build, tls=tls, http2=options.http2) as service:
        port = service.tls_port if tls else service.port
        pid = usage.family(service.pid)[-1]  # nginx: its worker
        start = settled(pid)
        descriptors = usage.descriptors(pid)
        ask = ask_by(options.http2)
        warm_up(port, options.connections, tls is not None, ask)
        usage.descriptors_after(pid, descriptors)
        warm = settled(pid)
        clients = []
        for number in range(options.connections):
            clients.append(connect(port, number, tls is not None))
            ask(clients[-1])
        idle = settled(pid)
        open_descriptors = usage.descriptors(pid) - descriptors
        for client in clients:
            client.close()
        left = usage.descriptors_after(pid, descriptors) - descriptors
        closed = settled(pid)
    count = options.connections
    return {
        "start": start._asdict(),
        "warm": warm._asdict(),
        "idle": idle._asdict(),
        "closed": closed._asdict(),
        "bytes_since_start": (idle.resident - start.resident) / count,
        "bytes_since_warm": (idle.resident - warm.resident) / count,
        "private_bytes_since_start": (idle.private - start.private) / count,
        "descriptors_open": open_descriptors,
        "descriptors_left": left,
    }


def show(rows, count):
    print(f"\n{count} idle keep-alive connections; resident memory (VmRSS) in KiB; bytes per connection since the "
          "server's start and since it was warm")
    print(f"{'':12} {'start':>8} {'warm':>8} {'idle':>8} {'closed':>8} {'since start':>12} {'private':>8} "
          f"{'since warm':>11} {'left open':>10}")
    for subject, row in rows.items():
        sizes = " ".join(f"{row[when]['resident'] // 1024:8}" for when in ("start", "warm", "idle", "closed"))
        print(f"{subject:12} {sizes} {row['bytes_since_start']:12.0f} {row['private_bytes_since_start']:8.0f} "
              f"{row['bytes_since_warm']:11.0f} {row['descriptors_left']:10}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    servers.add_arguments(parser, ("floor", "floor-epoll", "arena-uring", "arena-epoll", "nginx"))
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--tls", action="store_true", help="encrypted connections")
    parser.add_argument("--http2", action="store_true", help="HTTP/2, in the clear or, with --tls, by ALPN")
    parser.add_argument("--limit", type=float, metavar="BYTES",
                        help="exit with 1 if arena holds more per connection since its start")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    machine.raise_descriptor_limit(options.connections + 200)
    rows = {}
    with servers.TlsFiles() if options.tls else contextlib.nullcontext() as tls:
        if options.http2:
            CONTEXT.set_alpn_protocols(["h2"])
        for subject in options.subjects:
            try:
                rows[subject] = measure(subject, options, tls)
            except servers.Missing as missing:
                print(f"SKIPPED {subject}: {missing}")
    show(rows, options.connections)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"connections": options.connections, "subjects": rows}, file, indent=1)
    arenas = [row for subject, row in rows.items() if subject.startswith("arena")]
    leaked = any(row["descriptors_left"] > 0 for row in arenas)
    heavy = options.limit and any(row["bytes_since_start"] > options.limit for row in arenas)
    return 1 if leaked or heavy else 0


if __name__ == "__main__":
    sys.exit(main())
