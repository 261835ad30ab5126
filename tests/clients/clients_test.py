#!/usr/bin/env python3
"""Real clients against the real programs, on each back end: clients_test.py --slow PATH [--hello PATH] [--arena PATH]

Waits for start lines, answers and ends of connections, never for time. What is missing here is skipped and named at the
end. Further arguments choose tests as in unittest: Curl_uring, Stop_epoll.test_second_signal_kills.
"""

import argparse
import sys
import unittest

import http_cases
import life_cases
import tool_cases
from setting import BACKENDS, Setting, find_denied


def cases():
    """Each case once for each back end, under the name Case_backend."""
    for case in (*http_cases.CASES, *life_cases.CASES, *tool_cases.CASES):
        for backend in BACKENDS:
            name = f"{case.__name__}_{backend}"
            yield name, type(name, (case,), {"backend": backend, "__module__": __name__})


def suite(chosen):
    loader = unittest.TestLoader()
    known = dict(cases())
    globals().update(known)
    if chosen:
        return loader.loadTestsFromNames(chosen, sys.modules[__name__])
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in known.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slow", required=True)
    parser.add_argument("--hello")
    parser.add_argument("--arena")
    parser.add_argument("--patience", type=float, default=1.0, help="multiplies every time limit")
    parser.add_argument("tests", nargs="*")
    given = parser.parse_args()
    programs = {"slow": given.slow, "hello": given.hello, "arena": given.arena}
    Setting.programs = {name: path for name, path in programs.items() if path}
    Setting.patience = given.patience
    find_denied()
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite(given.tests))
    for reason in sorted(Setting.skipped):
        print(f"SKIPPED: {reason}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
