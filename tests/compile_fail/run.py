#!/usr/bin/env python3
"""Checks that wrong programs do not compile, and that the compiler says why: run.py FRAMEWORK COMPILER [FLAGS...]

Every .cpp beside this script begins with "// expect: REGEX": what the errors must say on one of their lines. Each must
be refused, for that reason; one correct program shows that the flags are not what is refused.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HEADER = "#include <gyre/web/router.hpp>\n"  # what the cases include, or most of it: precompiled, it is free
CORRECT = HEADER + 'int main() { gyre::Router{}.get("/", [] { return "good"; }); }\n'
SHOWN_LINES = 12  # that many tell what is wrong; the rest is the compiler's


class Compiler:
    def __init__(self, framework, command, directory):
        self.command = [*command, "-std=c++20", "-I", str(framework)]
        header = directory / "router.hpp"
        header.write_text(HEADER, encoding="utf-8")
        version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
        if "clang" in version:
            precompiled = directory / "router.pch"
            self.include = ["-include-pch", str(precompiled)]
        else:
            precompiled = directory / "router.hpp.gch"
            self.include = ["-include", str(header)]
        done = self.run(["-x", "c++-header", str(header), "-o", str(precompiled)])
        if done.returncode != 0:
            sys.exit(f"the header itself does not compile:\n{done.stderr}")

    def run(self, arguments, text=None):
        environment = dict(os.environ, LC_ALL="C")  # no translated messages, no curly quotes
        return subprocess.run([*self.command, *arguments], input=text, capture_output=True, text=True, env=environment)

    def check_syntax(self, text):
        return self.run([*self.include, "-fsyntax-only", "-x", "c++", "-"], text)


def check(path, compiler):
    """What is wrong with the test's outcome, or None."""
    text = path.read_text(encoding="utf-8")
    expected = re.match(r"// expect: (.+)\n", text)
    if not expected:
        return "does not begin with a line // expect: REGEX"
    done = compiler.check_syntax(text)
    if done.returncode == 0:
        return "compiles, but must not"
    if re.search(expected[1], done.stderr):
        return None
    shown = "\n".join(done.stderr.splitlines()[:SHOWN_LINES])
    return f"is refused, but nothing in the errors matches {expected[1]!r}:\n{shown}"


def run_all(compiler):
    correct = compiler.check_syntax(CORRECT)
    if correct.returncode != 0:
        print(f"a correct program does not compile:\n{correct.stderr}")
        return 1
    cases = sorted(pathlib.Path(__file__).parent.glob("*.cpp"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, complaint in zip(cases, pool.map(lambda case: check(case, compiler), cases)):
            if complaint is not None:
                failed += 1
                print(f"---- {path.name} {complaint}")
    print(f"{len(cases) - failed} of {len(cases)} wrong programs are refused with the right words")
    return 1 if failed or not cases else 0


def main():
    with tempfile.TemporaryDirectory() as directory:
        return run_all(Compiler(sys.argv[1], sys.argv[2:], pathlib.Path(directory)))


if __name__ == "__main__":
    sys.exit(main())
