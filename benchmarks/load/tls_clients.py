"""Runs tls_clients and reads its figures; what the two scripts about TLS share."""

import os
import pathlib
import re
import statistics
import subprocess

PRIORITY = 2  # with --realtime


def program(build, name):
    return pathlib.Path(build) / "benchmarks" / name


def run(options, *arguments):
    """name -> text of what it found. Raises `RuntimeError` if it failed."""
    done = subprocess.run([program(options.build, "tls_clients"), *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, preexec_fn=lambda: os.sched_setaffinity(0, {options.client_cpu}))
    line = re.search(r"^figures: (.*)$", done.stdout, re.M)
    if done.returncode != 0 or not line:
        raise RuntimeError(f"tls_clients {' '.join(map(str, arguments))} failed: {done.stdout}{done.stderr}")
    return dict(pair.split("=") for pair in line[1].split())


def add_realtime(parser):
    parser.add_argument("--realtime", action="store_true",
                        help="run all of it before everything else on the machine, for one that is busy; needs root")


def apply_realtime(options):
    """For this process and those that it starts."""
    if options.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))


def spread(values, form="{:.0f}"):
    """"12 (10 to 15)": the median and the extremes."""
    return f"{form.format(statistics.median(values))} ({form.format(min(values))} to {form.format(max(values))})"
