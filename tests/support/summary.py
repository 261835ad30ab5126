#!/usr/bin/env python3
"""Sums what a `meson test` run did: summary.py TESTLOG_JSON

A Catch2 executable counts with its test cases, anything else as one. Prints the whole log of what failed, and last,
alone on its line, "N passed, N failed" (", N skipped" may follow). Exits with 1 if anything failed or nothing ran.
"""

import json
import re
import sys

GOOD = ("OK", "EXPECTEDFAIL")
LOG_LINES = 400


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            return [json.loads(line) for line in log if line.strip()]
    except FileNotFoundError:
        return []


def catch_counts(output):
    """(passed, failed, the lines that say so) from Catch2's closing lines; None if it is not Catch2's output."""
    found = re.search(r"^All tests passed \(.* in (\d+) test cases?\)$", output, re.M)
    if found:
        return int(found[1]), 0, found[0]
    found = re.search(r"^test cases: .*\n(?:assertions: .*)?", output, re.M)
    if not found:
        return None
    failed = re.search(r"test cases:.*?(\d+) failed(?! as)", found[0].split("\n")[0])
    passed = re.search(r"test cases:.*?(\d+) passed", found[0].split("\n")[0])
    return int(passed[1]) if passed else 0, int(failed[1]) if failed else 0, found[0].strip()


def count(test):
    """(passed, failed, skipped, text) of one test."""
    if test["result"] == "SKIP":
        return 0, 0, 1, "skipped"
    good = test["result"] in GOOD
    counts = catch_counts(test.get("stdout") or "")
    if counts is None:
        return int(good), int(not good), 0, test["result"]
    passed, failed, text = counts
    if not good and failed == 0:  # every case passed, and then a leak or a crash at the exit
        failed = 1
        text += f"\nbut {test['result']}, exit code {test.get('returncode')}"
    return passed, failed, 0, text


def show_log(test):
    print(f"\n---- {test['name']}: {test['result']}, exit code {test.get('returncode')}")
    print("$ " + " ".join(test.get("command", [])))
    for stream in ("stdout", "stderr"):
        lines = (test.get(stream) or "").splitlines()
        if len(lines) > LOG_LINES:
            cut = len(lines) - LOG_LINES
            lines = lines[: LOG_LINES // 2] + [f"... {cut} lines left out ..."] + lines[-LOG_LINES // 2 :]
        if lines:
            print(f"-- {stream}")
            print("\n".join(lines))


def main():
    tests = read(sys.argv[1])
    totals = [0, 0, 0]
    report = []
    for test in sorted(tests, key=lambda test: test["name"]):
        *counts, text = count(test)
        totals = [total + more for total, more in zip(totals, counts)]
        first, *rest = text.split("\n")
        report += [f"  {test['name']:<28} {first}", *(" " * 31 + line for line in rest)]
        if counts[1]:
            show_log(test)
    print("\n" + "\n".join(report) + "\n")
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
