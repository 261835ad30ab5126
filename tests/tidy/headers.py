#!/usr/bin/env python3
"""Compiles the framework's headers, each alone: headers.py FRAMEWORK_DIRECTORY COMPILER [FLAGS...]

A header must not lean on what was included before it. Left out are those that a source includes first: the build itself
compiles them alone.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time


def check(header, framework, compiler):
    """The compiler's words if it refuses the header alone, else None."""
    begin = time.monotonic()
    done = subprocess.run(
        [*compiler, "-fsyntax-only", "-I", str(framework), "-x", "c++", "-"],
        input=f"#include <{header}>\n",
        capture_output=True,
        text=True,
    )
    return header, time.monotonic() - begin, done.stderr if done.returncode else None


def included_first(framework):
    """The headers that some source includes before anything else."""
    found = set()
    for source in framework.rglob("*.cpp"):
        include = re.search(r"^#include <([^>]+)>", source.read_text(encoding="utf-8"), re.M)
        if include:
            found.add(include[1])
    return found


def main():
    framework = pathlib.Path(sys.argv[1])
    compiler = sys.argv[2:]
    everything = {path.relative_to(framework).as_posix() for path in framework.rglob("*.hpp")}
    headers = sorted(everything - included_first(framework))
    failed = 0
    slowest = []
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for header, seconds, complaint in pool.map(lambda header: check(header, framework, compiler), headers):
            slowest.append((seconds, header))
            if complaint is not None:
                failed += 1
                print(f"---- {header}\n{complaint}")
    for seconds, header in sorted(slowest, reverse=True)[:3]:
        print(f"{seconds:.1f} s {header}")
    print(f"{len(everything)} headers, {len(headers)} compiled here, {failed} refused")
    return 1 if failed or not everything else 0


if __name__ == "__main__":
    sys.exit(main())
