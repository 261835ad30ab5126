#!/usr/bin/env python3
"""A gigabyte up, down and both ways: transfer.py [--bytes N] [--rounds N] [--subjects A,B] [--kinds upload,download]

How fast, for how much server CPU time, and with how much memory: the peak of the resident memory after a small transfer
of the same kind is compared with the peak after the large one. Ends with 1 if it grew by more than --limit.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import sys
import threading
import time

import machine
import servers
import usage

GIGABYTE = 1 << 30
PIECE = bytes(64 * 1024)
PIECES_AT_ONCE = 16
CHUNK = b"%x\r\n%s\r\n" % (len(PIECE), PIECE)
WARM_BYTES = 32 << 20


def send_body(connection, count, chunked):
    """`count` is a multiple of a megabyte."""
    batch = (CHUNK if chunked else PIECE) * PIECES_AT_ONCE
    for _ in range(count // (len(PIECE) * PIECES_AT_ONCE)):
        connection.sock.sendall(batch)
    if chunked:
        connection.sock.sendall(b"0\r\n\r\n")


def begin_post(connection, path, count, chunked):
    connection.putrequest("POST", path)
    if chunked:
        connection.putheader("Transfer-Encoding", "chunked")
    else:
        connection.putheader("Content-Length", str(count))
    connection.endheaders()


def answer_of(connection):
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {answer.reason}: {answer.read(200)!r}")
    return answer


def body_size(answer):
    buffer = memoryview(bytearray(1 << 20))
    size = 0
    while got := answer.readinto(buffer):
        size += got
    return size


def expect(count, wanted):
    if count != wanted:
        raise RuntimeError(f"{count} bytes instead of {wanted}")


def upload(connection, count, chunked=False):
    begin_post(connection, "/upload", count, chunked)
    send_body(connection, count, chunked)
    expect(int(answer_of(connection).read()), count)


def upload_chunked(connection, count):
    upload(connection, count, chunked=True)


def download(connection, count):
    connection.request("GET", f"/bytes/{count}")
    expect(body_size(answer_of(connection)), count)


def echo(connection, count):
    begin_post(connection, "/echo", count, chunked=False)
    sender = threading.Thread(target=send_body, args=(connection, count, False), daemon=True)
    sender.start()
    expect(body_size(answer_of(connection)), count)
    sender.join()


KINDS = {"upload": upload, "upload-chunked": upload_chunked, "download": download, "echo": echo}


def check_echo(connection):
    """What comes back is what was sent; the large transfers only count bytes."""
    content = os.urandom(100_000)  # fits into the buffers: this sends first and reads then
    connection.request("POST", "/echo", body=content)
    if answer_of(connection).read() != content:
        raise RuntimeError("the echo is another")


def transfer(kind, subject, options):
    with servers.start(subject, options.build, processors={options.server_cpu}) as service:
        servers.check_answer(service)
        pid = usage.family(service.pid)[-1]  # nginx: its worker
        if subject == "nginx":
            for count in (WARM_BYTES, options.bytes):
                service.serve_bytes(count)
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if kind == "echo":
            check_echo(connection)
        start = usage.peak_memory(pid)
        KINDS[kind](connection, WARM_BYTES)
        warm = usage.peak_memory(pid)
        before, begin = usage.cpu_time(service.pid), time.monotonic()
        KINDS[kind](connection, options.bytes)
        seconds = time.monotonic() - begin
        spent = usage.cpu_time(service.pid) - before
        peak = usage.peak_memory(pid)
        connection.close()
    return {
        "megabytes_per_second": options.bytes / seconds / 1e6,
        "cpu_per_gigabyte": spent.total / options.bytes * GIGABYTE,
        "user_per_gigabyte": spent.user / options.bytes * GIGABYTE,
        "start_kib": start // 1024,
        "warm_kib": warm // 1024,
        "peak_kib": peak // 1024,
        "growth_kib": (peak - warm) // 1024,
    }


def possible(kind, subject):
    """Only arena takes bodies, and the floors know nothing but their one answer."""
    return not subject.startswith("floor") and (kind == "download" or subject != "nginx")


def transfer_all(options):
    """(kind, subject) -> one run per round, in turn."""
    runs = {(kind, subject): [] for kind in options.kinds for subject in options.subjects if possible(kind, subject)}
    for number in range(options.rounds):
        for key in list(runs) if number % 2 == 0 else list(reversed(runs)):
            try:
                runs[key].append(transfer(*key, options))
            except servers.Missing as missing:
                del runs[key]
                print(f"SKIPPED {' '.join(key)}: {missing}", flush=True)
    return runs


def show(runs, options):
    print(f"\n{options.bytes} bytes, {options.rounds} rounds; medians, and the extremes of the CPU time; peak of the "
          f"resident memory (VmHWM) at start, after {WARM_BYTES} bytes, at the end; growth: most between the last two")
    print(f"{'':15} {'':12} {'MB/s':>6} {'CPU s/GiB':>10} {'min to max':>15} {'user':>6} {'start KiB':>10} "
          f"{'warm KiB':>9} {'peak KiB':>9} {'growth':>7}")
    for (kind, subject), own in runs.items():
        middle = {name: statistics.median(run[name] for run in own) for name in own[0]}
        cpu = [run["cpu_per_gigabyte"] for run in own]
        print(f"{kind:15} {subject:12} {middle['megabytes_per_second']:6.0f} {middle['cpu_per_gigabyte']:10.3f} "
              f"{f'{min(cpu):.3f} to {max(cpu):.3f}':>15} {middle['user_per_gigabyte']:6.2f} "
              f"{middle['start_kib']:10.0f} {middle['warm_kib']:9.0f} {middle['peak_kib']:9.0f} "
              f"{max(run['growth_kib'] for run in own):7.0f}")


def kinds_of(text):
    chosen = text.split(",")
    if unknown := set(chosen) - set(KINDS):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    servers.add_arguments(parser, ("arena-uring", "arena-epoll", "nginx"))
    parser.add_argument("--bytes", type=int, default=GIGABYTE, help="a multiple of 1 MiB")
    parser.add_argument("--kinds", type=kinds_of, default=list(KINDS), help=f"of {','.join(KINDS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=1024, metavar="KIB", help="by which arena may grow")
    machine.add_processors(parser)
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    machine.check_processors(parser, options)
    load = machine.warn_of_load()
    os.sched_setaffinity(0, {options.client_cpu})
    runs = transfer_all(options)
    show(runs, options)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"load_average": load, "bytes": options.bytes,
                       "runs": [{"kind": kind, "subject": subject, "rounds": own}
                                for (kind, subject), own in runs.items()]}, file, indent=1)
    grown = [run for (_, subject), own in runs.items() if subject != "nginx"
             for run in own if run["growth_kib"] > options.limit]
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
