#!/usr/bin/env python3
"""How long examples/hello.cpp takes to compile, against the same program on cpp-httplib: compile_time.py [--limit X]

Both with the same compiler and flags, in turn, without linking. The time is the compiler's CPU time, which other
programs disturb less than the clock does. The comparison is the one that is harder for gyre: without the macros of
Debian's cpp-httplib.pc, which make httplib.h include OpenSSL, zlib and brotli; with them stands beside it.
"""

import argparse
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LOAD = pathlib.Path(__file__).resolve().parent
ROOT = LOAD.parents[1]
PACKAGED = ("-DCPPHTTPLIB_OPENSSL_SUPPORT", "-DCPPHTTPLIB_ZLIB_SUPPORT", "-DCPPHTTPLIB_BROTLI_SUPPORT")
SUBJECTS = {
    "gyre": (ROOT / "examples" / "hello.cpp", "-I", ROOT / "framework"),
    "cpp-httplib": (LOAD / "httplib_hello.cpp",),
    "cpp-httplib, as packaged": (LOAD / "httplib_hello.cpp", *PACKAGED),
}


def command_of(compiler, subject, *flags):
    return [compiler, "-std=c++20", "-w", *flags, *map(str, SUBJECTS[subject])]


def compile_once(command):
    """(CPU seconds, seconds by the clock). A compiler starts others, so its children are counted too."""
    with tempfile.TemporaryDirectory() as directory:
        begin, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, "-c", "-o", os.path.join(directory, "hello.o")], check=True)
        end, now = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, end - begin


def compiles(command):
    return subprocess.run([*command, "-fsyntax-only"], capture_output=True, check=False).returncode == 0


def preprocessed_lines(command):
    """Without line markers and empty lines."""
    done = subprocess.run([*command, "-E", "-P"], capture_output=True, text=True, check=True)
    return sum(1 for line in done.stdout.splitlines() if line.strip())


def measure(compiler, level, subjects, rounds):
    """subject -> list of (CPU, clock), in turn so that a slow minute hits all of them."""
    times = {subject: [] for subject in subjects}
    for number in range(rounds + 1):
        for subject in subjects:
            result = compile_once(command_of(compiler, subject, level))
            if number > 0:  # the first one reads the files from the disk
                times[subject].append(result)
    return times


def share(times, subject):
    """Gyre's part of what the subject takes: the median of the rounds, each with itself."""
    return statistics.median(gyre / other for (gyre, _), (other, _) in zip(times["gyre"], times[subject]))


def show(level, times):
    """Prints one optimisation level; returns gyre's share of cpp-httplib's time."""
    print(f"\n{level}: seconds, median of {len(times['gyre'])}")
    print(f"{'':26} {'CPU':>7} {'clock':>7} {'gyre takes':>11}")
    for subject, results in times.items():
        cpu = statistics.median(cpu for cpu, _ in results)
        clock = statistics.median(clock for _, clock in results)
        print(f"{subject:26} {cpu:7.3f} {clock:7.3f} {share(times, subject):11.2f}")
    return share(times, "cpp-httplib")


def default_compiler():
    return next((name for name in ("clang++-19", "g++") if shutil.which(name)), "c++")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default=default_compiler())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=0.75, help="exit with 1 if gyre takes a larger share")
    options = parser.parse_args()
    subjects = [name for name in SUBJECTS if compiles(command_of(options.compiler, name))]
    if "gyre" not in subjects:
        print("examples/hello.cpp does not compile")
        return 1
    if "cpp-httplib" not in subjects:
        print("SKIPPED: httplib.h is not installed (Debian package libcpp-httplib-dev)")
        return 0
    print(f"{options.compiler}, -std=c++20; lines after the preprocessor:")
    for subject in subjects:
        print(f"  {subject:26} {preprocessed_lines(command_of(options.compiler, subject)):7}")
    shares = [show(level, measure(options.compiler, level, subjects, options.rounds)) for level in ("-O2", "-O0")]
    good = max(shares) <= options.limit
    verdict = "ok" if good else "FAILED"
    print(f"\n{verdict}: gyre takes {max(shares):.2f} of cpp-httplib's time; {options.limit} is allowed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
