#!/usr/bin/env python3
"""Builds gyre's coroutines and a library with one compiler, an application with another, and runs them together.

A user's compiler and flags need not be those that built the installed library: both must follow one resume protocol.
Usage: run.py [--clang clang++-19] [--gcc g++]. Exit status 77 (skipped) if a compiler is missing.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FRAMEWORK = HERE.parents[2] / "framework"
SKIPPED = 77


def library_sources():
    sources = sorted((FRAMEWORK / "gyre" / "coro").rglob("*.cpp"))
    sources += [FRAMEWORK / "gyre" / "base" / name for name in ("assert.cpp", "error.cpp")]
    return sources + [HERE / "library.cpp"]


def compile_all(pool, compiler, sources, folder):
    """Starts the compilations; returns a future per object file."""
    folder.mkdir()

    def compile_one(source):
        target = folder / (source.stem + ".o")
        flags = ["-std=c++20", "-Wno-deprecated-declarations", f"-I{FRAMEWORK}"]
        command = [*compiler, *flags, "-c", source, "-o", target]
        subprocess.run([str(part) for part in command], check=True)
        return str(target)

    return [pool.submit(compile_one, source) for source in sources]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clang", default="clang++-19")
    parser.add_argument("--gcc", default="g++")
    options = parser.parse_args()
    for compiler in (options.clang, options.gcc):
        if shutil.which(compiler) is None:
            print(f"skipped: no {compiler}")
            return SKIPPED

    optimised, plain = [options.clang, "-O2"], [options.gcc, "-O0"]
    failed = False
    with tempfile.TemporaryDirectory(prefix="gyre_mixed_") as name:
        folder = pathlib.Path(name)
        with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
            builds = []
            for number, (library, application) in enumerate([(optimised, plain), (plain, optimised)]):
                objects = compile_all(pool, library, library_sources(), folder / f"library{number}")
                objects += compile_all(pool, application, [HERE / "application.cpp"], folder / f"application{number}")
                builds.append((library, application, objects, folder / f"mixed{number}"))
            for library, application, objects, program in builds:
                linker = [application[0], *(each.result() for each in objects), "-o", str(program), "-pthread"]
                subprocess.run(linker, check=True)
        for library, application, _, program in builds:
            result = subprocess.run([str(program)], stdout=subprocess.PIPE, text=True, timeout=60)
            print(f"library {' '.join(library)}, application {' '.join(application)}: {result.stdout.strip()}")
            if result.returncode != 0:
                print(f"exit status {result.returncode}")
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
