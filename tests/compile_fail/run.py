#!/usr/bin/env python3
"""Checks that wrong programs do not compile, and that the compiler says why: run.py FRAMEWORK_DIRECTORY COMPILER [FLAGS...]

Every .cpp beside this script begins with "// expect: REGEX": what the errors must say on one of their lines. Each must
be refused, for that reason; one correct program shows that the flags are not what is refused.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

CORRECT = '#include <gyre/web/router.hpp>\nint main() { gyre::Router{}.get("/", [] { return "good"; }); }\n'
# Half a dozen lines tell what is wrong; the rest is the compiler's.
SHOWN_LINES = 12


def compile_text(text, framework, compiler):
    command = [*compiler, "-std=c++20", "-fsyntax-only", "-I", str(framework), "-x", "c++", "-"]
    environment = dict(os.environ, LC_ALL="C")  # no translated messages, no curly quotes
    return subprocess.run(command, input=text, capture_output=True, text=True, env=environment)


def check(path, framework, compiler):
    """What is wrong with the test's outcome, or None."""
    text = path.read_text(encoding="utf-8")
    expected = re.match(r"// expect: (.+)\n", text)
    if not expected:
        return "does not begin with a line // expect: REGEX"
    done = compile_text(text, framework, compiler)
    if done.returncode == 0:
        return "compiles, but must not"
    if re.search(expected[1], done.stderr):
        return None
    shown = "\n".join(done.stderr.splitlines()[:SHOWN_LINES])
    return f"is refused, but nothing in the errors matches {expected[1]!r}:\n{shown}"


def main():
    framework = pathlib.Path(sys.argv[1])
    compiler = sys.argv[2:]
    correct = compile_text(CORRECT, framework, compiler)
    if correct.returncode != 0:
        print(f"a correct program does not compile:\n{correct.stderr}")
        return 1
    cases = sorted(pathlib.Path(__file__).parent.glob("*.cpp"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, complaint in zip(cases, pool.map(lambda case: check(case, framework, compiler), cases)):
            if complaint is not None:
                failed += 1
                print(f"---- {path.name} {complaint}")
    print(f"{len(cases) - failed} of {len(cases)} wrong programs are refused with the right words")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
