"""Runs cases, each once for each back end, under the name Case_backend."""

import argparse
import os
import sys
import unittest

from setting import BACKENDS, Setting, find_denied


def on_each_backend(cases):
    for case in cases:
        for backend in BACKENDS:
            name = f"{case.__name__}_{backend}"
            yield name, type(name, (case,), {"backend": backend, "__module__": case.__module__})


def suite(cases, chosen):
    loader = unittest.TestLoader()
    known = dict(on_each_backend(cases))
    if not chosen:
        return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in known.values())
    chosen_tests = unittest.TestSuite()
    for name in chosen:
        case, _, test = name.partition(".")
        chosen_tests.addTest(known[case](test) if test else loader.loadTestsFromTestCase(known[case]))
    return chosen_tests


def main(description, cases, programs):
    """`programs` are the names of our own that the cases need; each has an option that gives its path."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    for program in programs:
        parser.add_argument(f"--{program}")
    parser.add_argument("--patience", type=float, default=1.0, help="multiplies every time limit")
    parser.add_argument("tests", nargs="*", help="Case_backend or Case_backend.test; all of them without")
    given = vars(parser.parse_args())
    Setting.programs = {name: os.path.abspath(given[name]) for name in programs if given[name]}
    Setting.patience = given["patience"]
    # Everything is on this machine.
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    find_denied()
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite(cases, given["tests"]))
    for reason in sorted(Setting.skipped):
        print(f"SKIPPED: {reason}")
    return 0 if result.wasSuccessful() else 1
