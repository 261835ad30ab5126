#!/usr/bin/env python3
"""Measures gyre beside other servers, interleaved, one core against one core: ./dev bench [CASE...] [--quick]"""

import argparse
import datetime
import os
import pathlib
import platform
import re
import resource
import sys
import time

import peers  # first: it makes load/ importable
import measure
import report
import usage
import wrk
from cases import CASES

DESCRIPTORS = 24_000
OVERHEAD = 0.5  # seconds for a server's start and end, the first answers, and the warm-up


def arguments(words):
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.HelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="which cases; default: all")
    parser.add_argument("--rounds", type=int, default=3, help="default 3; curves have at most 2")
    parser.add_argument("--seconds", type=float, default=2.0,
                        help="of a run of plaintext; most other cases take about half; default 2")
    parser.add_argument("--peers", help="a,b,c: only these; default: all that are installed")
    parser.add_argument("--quick", action="store_true", help="fewer peers, one short round: does everything work?")
    parser.add_argument("--list", action="store_true", help="name the cases and the peers, measure nothing")
    parser.add_argument("--install", action="store_true",
                        help="as the first word: install the peers' Debian packages, then go on if more is asked for")
    parser.add_argument("--packages", action="store_true", help="name the Debian packages that are missing")
    parser.add_argument("--wrk", action="store_true", help="wrk instead of our own clients, where it can do the case")
    parser.add_argument("--json", metavar="FILE", help="also write all runs there")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path,
                        help="for results.md, results.json and charts; default: docs/performance after a run of "
                             "everything, otherwise build/performance")
    parser.add_argument("--no-plots", action="store_true")
    parser.add_argument("--build", type=pathlib.Path, default=peers.ROOT / "build")
    processors = sorted(os.sched_getaffinity(0))
    parser.add_argument("--server-cpu", type=int, default=processors[0])
    parser.add_argument("--client-cpu", type=int, default=processors[-1])
    options = parser.parse_args(words)
    options.build = options.build.resolve()
    for chosen, known in ((options.cases, CASES), ((options.peers or "").split(","), peers.PEERS)):
        for name in chosen:
            if name and name not in known:
                parser.error(f"no such name: {name}; there are: {', '.join(known)}")
    return options


def list_all():
    print("Cases:")
    for case in CASES.values():
        print(f"  {case.name:14} {case.about}")
    print("Peers:")
    for peer in peers.PEERS.values():
        absent = [need.package for need in peer.needs if not need.found()]
        print(f"  {peer.name:14} {peer.about}" + (f" [missing: {' '.join(absent)}]" if absent else ""))


def choose_peers(options):
    if options.peers:
        return [peers.PEERS[name] for name in options.peers.split(",") if name]
    return [peer for peer in peers.PEERS.values() if peer.quick or not options.quick]


def points_of(case, options):
    """A quick run takes the ends of a curve."""
    if options.quick and case.is_curve:
        return [case.points[0], case.points[-1]]
    return list(case.points)


def peers_of(case, ready, options):
    able = [peer for peer in ready if case.needs in peer.can]
    if case.only_curve_peers and not options.peers:
        return [peer for peer in able if peer.curve]
    return able


def plan(ready, options):
    """All runs in the order in which they happen, as (case, point, round, peer), and what is left out."""
    steps, skipped = [], []
    for name in options.cases or CASES:
        case = CASES[name]
        able = peers_of(case, ready, options)
        for point in points_of(case, options):
            fitting = []
            for peer in able:
                if point.connections > min(peer.connections_max, options.descriptors - 500):
                    skipped.append(f"{peer.name} in {report.heading(case, point.label)}: no more than "
                                   f"{min(peer.connections_max, options.descriptors - 500):,} connections")
                elif point.depth > 1 and not peer.pipelines:
                    skipped.append(f"{peer.name} in {case.name}: loses requests that come together")
                else:
                    fitting.append(peer)
            for number in range(min(options.rounds, case.rounds_max)):
                order = fitting if number % 2 == 0 else fitting[::-1]
                steps += [(case, point, number, peer) for peer in order]
    return steps, skipped


def estimate(steps, options):
    """Seconds, roughly."""
    def one(case, point):
        if case.kind == "idle":
            return 1.0 + point.connections / 2500
        extra = point.connections / 8000
        return options.seconds * case.scale + (OVERHEAD + extra if case.kind == "load" else 0.1)
    return sum(one(case, point) for case, point, _, _ in steps)


def progress(case, point, number, peer, figures):
    text = f"{report.heading(case, point.label)}, round {number + 1}"
    found = f"{report.figure(figures['value']):>9} {case.short_unit()}"
    if "per_second" in figures:
        found += f", {figures['per_second']:,.0f} requests/s"
    return f"{text:32} {peer.name:12} {found}"


def measure_all(steps, skipped, options):
    runs, failed = [], set()
    start = time.monotonic()
    total = max(estimate(steps, options), 1e-9)
    done = 0.0
    for index, (case, point, number, peer) in enumerate(steps, 1):
        key = (case.name, point.x, peer.name)
        if key in failed:
            continue
        done = estimate(steps[:index], options)
        try:
            figures = measure.run(peer, case, point, options)
        except (measure.Failed, peers.Missing) as error:
            failed.add(key)
            skipped.append(f"{peer.name} in {report.heading(case, point.label)}: {error}")
            print(f"FAILED {skipped[-1]}", flush=True)
            continue
        runs.append({"case": case.name, "x": point.x, "round": number, "peer": peer.name, **figures})
        spent = time.monotonic() - start
        left = spent / done * (total - done)
        print(f"[{index}/{len(steps)}, {left / 60:.1f} min left] {progress(case, point, number, peer, figures)}",
              flush=True)
    return runs


def processor_name():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    return found[1] if found else platform.machine()


def describe_machine(options):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "unknown")
    compiler = peers.output(["clang++-19", "--version"]).split("\n")[0]
    return {
        "Date": datetime.date.today().isoformat(),
        "Processor": f"{processor_name()}, {os.cpu_count()} processors; {memory:.1f} GiB of memory",
        "Kernel": f"{platform.release()}, {system}",
        "Congestion control": f"{usage.congestion_control()}, the system's, for every server and for the clients",
        "Load average at the start": f"{options.load:.2f}" + (" (NOISY: something else was running)"
                                                              if options.load > 0.5 else ""),
        "Compiler": compiler,
    }


def method(options):
    generator = "wrk where it can do the case, otherwise " if options.wrk else ""
    return [
        f"Loopback. The server has one thread or worker, on processor {options.server_cpu}; the clients one thread, on "
        f"processor {options.client_cpu}. They are {generator}benchmarks/runner/clients.c.",
        f"Rounds: {options.rounds} (curves: at most 2); {options.seconds} s for a run of plaintext, less for others. "
        "Each run is a fresh process of the server, warmed up for 0.2 s. In a round every peer has its turn, in "
        "alternating order.",
        "Server CPU time is the scheduler's (schedstat) for all threads of all processes of the server; the user part "
        "is sampled by the kernel. Ratios are medians of ratios within a round.",
    ]


def raise_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)


def prepare(wanted, skipped, options):
    ready = []
    for peer in wanted:
        try:
            peers.prepare(peer, options.build)
            ready.append(peer)
        except peers.Missing as missing:
            skipped.append(f"{peer.name}: {missing}")
            print(f"SKIPPED {skipped[-1]}", flush=True)
    return ready


def set_up(options):
    if options.quick:
        options.rounds, options.seconds = 1, min(options.seconds, 0.6)
    options.load = os.getloadavg()[0]
    options.descriptors = raise_descriptors()
    complete = not (options.cases or options.peers or options.quick)
    options.output = options.output or (peers.ROOT / "docs/performance" if complete else options.build / "performance")


def main():
    options = arguments(sys.argv[1:])
    if options.list:
        return list_all()
    if options.packages:
        return sys.stdout.writelines(name + "\n" for name in peers.missing_packages())
    if options.server_cpu == options.client_cpu:
        return print("SKIPPED: this needs two processors, one for the server, one for its clients")
    if options.wrk and not wrk.installed():
        return f"dev bench: {wrk.MISSING}"
    set_up(options)
    skipped = []
    ready = prepare(choose_peers(options), skipped, options)
    steps, left_out = plan(ready, options)
    skipped += left_out
    machine = describe_machine(options)
    print("\n".join(f"{name}: {text}" for name, text in machine.items()))
    print(f"{len(steps)} runs, about {estimate(steps, options) / 60:.1f} minutes", flush=True)
    runs = measure_all(steps, skipped, options)
    document = {"machine": machine, "method": method(options), "skipped": skipped,
                "versions": {peer.name: peer.version() for peer in ready}, "runs": runs}
    report.show(runs)
    print("\nWhat was worse:\n" + "\n".join(report.what_was_worse(runs)))
    report.write(document, options.output, with_charts=not options.no_plots)
    for path in filter(None, (options.output / "results.json", options.json)):
        report.write_json(document, path)
    print(f"\nWritten: {options.output}/results.md, results.json" + ("" if options.no_plots else ", *.svg"))
    return 0 if runs else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
