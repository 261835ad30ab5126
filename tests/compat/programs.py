"""The command line of the tests that compare: a path for each program, and then the tests to run."""

import argparse
import sys
import unittest

programs = {}  # name -> path, of those that were given


def main(*needed, optional=()):
    parser = argparse.ArgumentParser()
    for name in (*needed, *optional):
        parser.add_argument(f"--{name}", required=name in needed)
    parser.add_argument("tests", nargs="*")
    given = vars(parser.parse_args())
    tests = given.pop("tests")
    programs.update((name, path) for name, path in given.items() if path)
    unittest.main(module="__main__", argv=[sys.argv[0], *tests], verbosity=2)
