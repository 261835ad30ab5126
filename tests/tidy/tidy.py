#!/usr/bin/env python3
"""Checks the rules of the house that no compiler checks: tidy.py [ROOT]

Prints one line per finding, "path:line: [rule] what", and exits with 1 if there is any.
"""

import pathlib
import sys

import include_rules
import style_rules
from tree import Tree

RULES = include_rules.RULES + style_rules.RULES


def findings(root):
    tree = Tree(root)
    for rule in RULES:
        for file, line, text in rule(tree):
            yield rule.__name__, file.path, line, text


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    found = list(findings(root))
    for rule, path, line, text in found:
        print(f"{path}:{line}: [{rule}] {text}")
    print(f"{len(RULES)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
