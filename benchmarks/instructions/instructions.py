#!/usr/bin/env python3
"""Counts the instructions of the hot operations and compares them with baseline.json: instructions.py PROGRAM

Runs PROGRAM, the driver instructions.cpp, under callgrind. Its marks bracket two runs of each operation, one with more
rounds; the difference divided by the difference of the rounds is the count of one round, without noise.

A case fails if it needs more than TOLERANCE and SLACK instructions above its baseline, if it has none, or if it has one
and is gone. Other compilers and libraries make other instructions: where they are not the baseline's, nothing is
checked and the cases count as skipped. --update writes the baseline anew; --profile shows what a case consists of.
"""

import argparse
import json
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

BASELINE = pathlib.Path(__file__).with_name("baseline.json")
TOLERANCE = 0.03
SLACK = 2

MARK = re.compile(r"^desc: Trigger: Client Request: (.*)/(\d+)$", re.M)
SUMMARY = re.compile(r"^summary: (\d+)$", re.M)
NAME = re.compile(r"\((\d+)\)(?: (.*))?")

# The C library has several memcpys and takes one by the processor. Here it takes the same one everywhere.
SAME_EVERYWHERE = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM,-SSSE3,-SSE4_2"}


def environment(program):
    """What the counts depend on besides the source."""
    lines = subprocess.run([program, "environment"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {"machine": platform.machine(), **dict(line.split(": ", 1) for line in lines)}


def functions_of(text, names):
    """{function: its own instructions} of one of callgrind's files. `names` are the abbreviations of all of them."""
    own, function, call = {}, "", False
    for line in text.splitlines():
        if line.startswith(("fn=", "cfn=")):
            number, name = NAME.match(line.partition("=")[2]).groups()
            if name:
                names[number] = name
            if line.startswith("fn="):
                function = names[number]
        elif line.startswith("calls="):
            call = True  # the next line is the callee's
        elif re.match(r"[+\-*\d]\S* \d+$", line):
            if not call:
                own[function] = own.get(function, 0) + int(line.split()[1])
            call = False
    return own


def measure(program):
    """Two of {case: {rounds: ...}}: the instructions, and {function: its own}. In the order of the driver."""
    counts, owns = {}, {}
    with tempfile.TemporaryDirectory() as directory:
        # Even the lengths of paths and environment move the stack, and with it the ways through memcpy.
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/out", f"./{program.name}"]
        done = subprocess.run(command, cwd=program.parent, env=SAME_EVERYWHERE, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{done.stdout}{done.stderr}\nthe driver failed under callgrind")
        parts = sorted(pathlib.Path(directory).glob("out.*"), key=lambda path: int(path.suffix[1:]))
        names = {}
        for part in parts:
            text = part.read_text(encoding="utf-8")
            own = functions_of(text, names)
            if mark := MARK.search(text):
                counts.setdefault(mark[1], {})[int(mark[2])] = int(SUMMARY.search(text)[1])
                owns.setdefault(mark[1], {})[int(mark[2])] = own
    if not counts:
        sys.exit("no marks were found: was the driver built against valgrind's header?")
    return counts, owns


def per_round(runs):
    """The instructions of one round."""
    few, many = sorted(runs)
    count = round((runs[many] - runs[few]) / (many - few), 1)
    return int(count) if count == int(count) else count


def functions_per_round(runs):
    """{function: its own instructions in one round}"""
    # Of the functions that were at work when the counts were set to zero callgrind keeps a little of before. The
    # longer run has less of it, and its share of each round is none.
    most = max(runs)
    return {name: count / most for name, count in runs[most].items() if count >= most / 2}


def number(count):
    count = round(count, 1)
    return f"{count:,.0f}" if count == int(count) else f"{count:,.1f}"


def short(function):
    """A function without its parameters' types, which are what makes names long."""
    function = function.replace("(anonymous namespace)", "{anonymous}")
    return function if len(function) <= 90 else function.partition("(")[0][:90]


def profile(counts, owns, wanted):
    for case, total in counts.items():
        if wanted not in case:
            continue
        own = functions_per_round(owns[case])
        print(f"\n{case}: {number(total)}")
        for function, count in sorted(own.items(), key=lambda item: -item[1])[:25]:
            print(f"{number(count):>9} {100 * count / total:5.1f} %  {short(function)}")


def compare(counts, baseline):
    """Prints a line per case; returns how many passed and how many failed."""
    failed = 0
    for case in [*counts, *(case for case in baseline if case not in counts)]:
        now, before = counts.get(case), baseline.get(case)
        if now is None or before is None:
            verdict = "FAILED: gone" if now is None else "FAILED: new"
            failed += 1
        elif now > before * (1 + TOLERANCE) + SLACK:
            verdict = "FAILED: worse"
            failed += 1
        elif now < before * (1 - TOLERANCE) - SLACK:
            verdict = "better"
        else:
            verdict = "" if now == before else "about the same"
        change = f"{100 * (now / before - 1):+7.1f} %" if now is not None and before else " " * 9
        shown = [number(count) if count is not None else "-" for count in (now, before)]
        print(f"{case:40} {shown[0]:>9} {shown[1]:>9} {change}  {verdict}".rstrip())
    return len(counts.keys() | baseline.keys()) - failed, failed


def check(counts, here):
    recorded = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    there = recorded.get("environment", {})
    print(f"{'instructions':40} {'now':>9} {'baseline':>9}")
    passed, failed = compare(counts, recorded.get("instructions", {}))
    if recorded and here != there:
        for name in here.keys() | there.keys():
            if here.get(name) != there.get(name):
                print(f"{name} is {here.get(name)}; the baseline's is {there.get(name)}")
        print("These are other instructions than the baseline's: nothing is checked.")
        print(f"0 passed, 0 failed, {passed + failed} skipped")
        return 0
    if failed:
        print("If that is meant to be so: ./dev instructions --update, and say why in the commit.")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("program", type=pathlib.Path, help="the driver, built for release")
    parser.add_argument("--update", action="store_true", help="write the baseline anew")
    parser.add_argument("--profile", metavar="TEXT", help="show what the cases named so consist of")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing (Debian: valgrind)")
    program = options.program.resolve()
    if not program.exists():
        sys.exit(f"{program} is not there: was valgrind installed when the build was configured?")

    runs, owns = measure(program)
    counts = {case: per_round(runs[case]) for case in runs}
    if options.profile is not None:
        return profile(counts, owns, options.profile)
    here = environment(program)
    if options.update:
        text = json.dumps({"environment": here, "instructions": counts}, indent=2)
        BASELINE.write_text(text + "\n", encoding="utf-8")
        print(f"{BASELINE.name} is written anew")
    return check(counts, here)


if __name__ == "__main__":
    sys.exit(main())
