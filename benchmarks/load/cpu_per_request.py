#!/usr/bin/env python3
"""Server CPU time per request, one core against one core: cpu_per_request.py [--rounds N] [--seconds N] [--mode plain]

Each round runs every subject once, in alternating order, as a fresh process on one processor, with wrk on another. The
ratios are medians of what the subjects of the same round cost. README.md, beside this directory, says why.
"""

import argparse
import json
import os
import statistics
import sys
from typing import NamedTuple

import machine
import servers
import usage
import wrk

DEPTHS = {"plain": 1, "pipe": 16}


class Run(NamedTuple):
    microseconds: float  # server CPU time per request
    user: float  # of it, in user space
    per_second: float
    p50: int
    p99: int
    errors: int
    answer_bytes: int


def measure(subject, mode, options):
    with servers.start(subject, options.build, processors={options.server_cpu}) as service:
        answer_bytes = servers.check_answer(service)
        before = usage.cpu_time(service.pid)
        load = wrk.run(service.url + "/plaintext", options.seconds, connections=options.connections,
                       depth=DEPTHS[mode], processor=options.client_cpu)
        spent = usage.cpu_time(service.pid) - before
    return Run(
        microseconds=spent.total / load.requests * 1e6,
        user=spent.user / load.requests * 1e6,
        per_second=load.per_second,
        p50=load.p50,
        p99=load.p99,
        errors=sum(load.errors.values()),
        answer_bytes=answer_bytes,
    )


def measure_all(mode, options):
    """subject -> one Run per round. Subjects that are not there are left out, with a word."""
    runs = {subject: [] for subject in options.subjects}
    for number in range(options.rounds):
        order = list(runs) if number % 2 == 0 else list(reversed(runs))
        for subject in order:
            try:
                runs[subject].append(measure(subject, mode, options))
            except servers.Missing as missing:
                del runs[subject]
                print(f"SKIPPED {subject}: {missing}", flush=True)
    return runs


def ratio(runs, subject, to):
    """Round by round, so that a machine that slows down in between touches both sides."""
    return statistics.median(ratios(runs, subject, to)) if to in runs else None


def ratios(runs, subject, to):
    return [a.microseconds / b.microseconds for a, b in zip(runs[subject], runs[to])]


def middle(runs, name):
    return statistics.median(getattr(run, name) for run in runs)


def summary(runs):
    rows = {}
    for subject, own in runs.items():
        rows[subject] = {
            "microseconds_median": middle(own, "microseconds"),
            "microseconds_min": min(run.microseconds for run in own),
            "microseconds_max": max(run.microseconds for run in own),
            "user_median": middle(own, "user"),
            "to_floor": ratio(runs, subject, "floor"),
            "to_nginx": ratio(runs, subject, "nginx"),
            "per_second_median": middle(own, "per_second"),
            "p50_microseconds": middle(own, "p50"),
            "p99_microseconds": middle(own, "p99"),
            "errors": sum(run.errors for run in own),
            "answer_bytes": own[0].answer_bytes,
        }
    return rows


def show(mode, rows, options):
    def times(value):
        return "-" if value is None else f"{value:.2f}"

    print(f"\n{mode}: {options.connections} connections, {DEPTHS[mode]} deep; {options.rounds} rounds of "
          f"{options.seconds} s; CPU time of the server in microseconds per request")
    print(f"{'':12} {'median':>8} {'min':>8} {'max':>8} {'user':>6} {'x floor':>8} {'x nginx':>8} {'requests/s':>11} "
          f"{'p50 us':>8} {'p99 us':>8} {'errors':>7} {'bytes':>6}")
    for subject, row in rows.items():
        print(f"{subject:12} {row['microseconds_median']:8.3f} {row['microseconds_min']:8.3f} "
              f"{row['microseconds_max']:8.3f} "
              f"{row['user_median']:6.2f} {times(row['to_floor']):>8} {times(row['to_nginx']):>8} "
              f"{row['per_second_median']:11.0f} {row['p50_microseconds']:8.0f} {row['p99_microseconds']:8.0f} "
              f"{row['errors']:7} {row['answer_bytes']:6}")


def show_builds(runs):
    """This tree's arena against each other build on the same back end."""
    for other in runs:
        this = f"arena-{servers.backend_of(other)}"
        if other in servers.SUBJECTS or this not in runs:
            continue
        found = ratios(runs, this, other)
        print(f"{this} / {other}: x {statistics.median(found):.3f} (rounds: {min(found):.3f} to {max(found):.3f})")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    servers.add_arguments(parser, ("floor", "floor-epoll", "arena-uring", "arena-epoll", "nginx"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--mode", choices=("plain", "pipe", "both"), default="both")
    parser.add_argument("--connections", type=int, default=64)
    machine.add_processors(parser)
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    machine.check_processors(parser, options)
    return options


def main():
    options = arguments()
    if not wrk.installed():
        print(f"SKIPPED: {wrk.MISSING}")
        return 0
    control = usage.congestion_control()
    print(f"kernel {os.uname().release}, congestion control {control} (the system's, for every server)")
    load = machine.warn_of_load()
    modes = list(DEPTHS) if options.mode == "both" else [options.mode]
    result = {}
    for mode in modes:
        runs = measure_all(mode, options)
        rows = summary(runs)
        show(mode, rows, options)
        show_builds(runs)
        result[mode] = {"summary": rows, "runs": {name: [run._asdict() for run in own] for name, own in runs.items()}}
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"load_average": load, "modes": result}, file, indent=1)
    return 1 if any(row["errors"] for mode in result.values() for row in mode["summary"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
