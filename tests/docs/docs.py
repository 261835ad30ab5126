#!/usr/bin/env python3
"""Checks the Markdown files of a source tree: docs.py [--only PAGE]... ROOT FRAMEWORK COMPILER [FLAGS...]

`--only docs/json.md` looks at that page alone, and still knows the headings of the others. It may stand several times.

Every ```cpp block is compiled (syntax only). How it is wrapped is said in a comment on the line before it, which the
reader of the page does not see:

    no comment                          a complete file, compiled as it stands
    <!-- snippet: declarations -->      at namespace scope, behind the includes of PRELUDE
    <!-- snippet: main -->              statements of `main`, where `gyre::App app` is there
    <!-- snippet: task -->              statements of a `gyre::Task<>`
    <!-- snippet: testing -->           statements of a test's body, where `gyre::testing::Client& client` is there
    <!-- snippet: testing_main -->      statements of `main`, as above, behind the headers of gyre::testing
    <!-- snippet: skip because ... -->  not compiled; the reason is printed

The page on limits must name every limit. Relative links must lead to a file, and to a heading if they name one. Lines
have at most COLUMNS_MAX columns, but for rows of tables. Prints one line per finding, "path:line: what", and exits with
1 if there is any.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import documents

COLUMNS_MAX = 120
COMPILERS_AT_ONCE = 2
PRECOMPILE_FROM = 4  # as many snippets with one prelude

PRELUDE = """\
#include <gyre/gyre.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
using namespace std::chrono_literals;
"""
TESTING_PRELUDE = (
    PRELUDE
    + """\
#include <gyre/testing/allocation.hpp>
#include <gyre/testing/testing.hpp>
#include <cassert>
"""
)
# What stands ahead of a snippet: a header of its own, and the code right before and behind it.
WRAPPERS = {
    "": ("", "", ""),
    "declarations": (PRELUDE, "", ""),
    "main": (PRELUDE, "int main() {\n[[maybe_unused]] gyre::App app;\n", "}\n"),
    "testing": (TESTING_PRELUDE, "gyre::Task<> snippet(gyre::testing::Client& client) {\n", "co_return;\n}\n"),
    "testing_main": (TESTING_PRELUDE, "int main() {\n[[maybe_unused]] gyre::App app;\n", "}\n"),
    "task": (PRELUDE, "gyre::Task<> snippet() {\n", "co_return;\n}\n"),
}
# A fragment names what it does not go on to use.
FRAGMENT_FLAGS = ["-Wno-unused", "-Wno-unused-parameter"]


def is_skipped(snippet):
    return snippet.mark.startswith("skip because ")


def write_preludes(snippets, framework, compiler, directory):
    """Prelude -> its header, precompiled where many snippets share it. Without that they take it as it is."""
    counts = collections.Counter(WRAPPERS[snippet.mark][0] for snippet in snippets if snippet.mark in WRAPPERS)
    headers = {}
    for prelude, count in counts.items():
        if not prelude:
            continue
        header = pathlib.Path(directory) / f"prelude{len(headers)}.hpp"
        header.write_text(prelude, encoding="utf-8")
        headers[prelude] = header
        if count >= PRECOMPILE_FROM:
            build = [*compiler, *FRAGMENT_FLAGS, "-I", framework, "-x", "c++-header", header, "-o", f"{header}.gch"]
            subprocess.run(build, capture_output=True, check=False)
    return headers


def compile_snippet(snippet, framework, compiler, preludes):
    """A finding with the line of the first error, or nothing."""
    if snippet.mark not in WRAPPERS:
        return [f"{snippet.path}:{snippet.line}: unknown mark \"{snippet.mark}\": see tests/docs/docs.py"]
    prelude, before, after = WRAPPERS[snippet.mark]
    # The compiler then speaks of the page's own lines.
    text = f'{before}#line {snippet.line} "{snippet.path}"\n{snippet.code}\n#line 1 "wrapper"\n{after}'
    flags = [*FRAGMENT_FLAGS, "-include", preludes[prelude]] if prelude else []
    done = subprocess.run(
        [*compiler, *flags, "-fsyntax-only", "-I", str(framework), "-x", "c++", "-"],
        input=text,
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return []
    error = re.search(rf"^{re.escape(snippet.path)}:(\d+):.*\berror: (.*)", done.stderr, re.M)
    line, text = (error[1], error[2]) if error else (snippet.line, "the wrapper of this snippet")
    return [f"{snippet.path}:{line}: does not compile: {text}\n{done.stderr.rstrip()}"]


def check_snippets(pages, framework, compiler):
    snippets = [snippet for page in pages for snippet in page.snippets]
    compiled = [snippet for snippet in snippets if not is_skipped(snippet)]
    for snippet in filter(is_skipped, snippets):
        print(f"skipped {snippet.path}:{snippet.line}: {snippet.mark.removeprefix('skip ')}")
    with tempfile.TemporaryDirectory() as directory:
        preludes = write_preludes(compiled, framework, compiler, directory)
        with concurrent.futures.ThreadPoolExecutor(COMPILERS_AT_ONCE) as pool:
            jobs = [pool.submit(compile_snippet, snippet, framework, compiler, preludes) for snippet in compiled]
            for found in (job.result() for job in jobs):
                yield from found
    print(f"{len(compiled)} snippets compiled, {len(snippets) - len(compiled)} skipped")


def check_link(page, target, anchors):
    """What is wrong with a link, or None."""
    if ":" in target.split("/")[0]:
        return None  # another site
    name, _, anchor = target.partition("#")
    path = (page.directory / name).resolve() if name else page.directory / pathlib.PurePath(page.path).name
    if not path.exists():
        return f"no such file: {target}"
    if anchor and path in anchors and anchor not in anchors[path]:
        return f"no such heading: {target}"
    return None


def check_links(pages, all_pages):
    anchors = {page.directory / pathlib.PurePath(page.path).name: set(page.anchors()) for page in all_pages}
    for page in pages:
        for line, target in page.links():
            fault = check_link(page, target, anchors)
            if fault:
                yield f"{page.path}:{line}: {fault}"


def check_lines(pages):
    for page in pages:
        if page.unclosed:
            yield f"{page.path}:{page.unclosed}: a code block without an end"
        for number, line in enumerate(page.lines, 1):
            if len(line) > COLUMNS_MAX and not line.startswith("|"):
                yield f"{page.path}:{number}: {len(line)} columns; {COLUMNS_MAX} are allowed"


def check_limits(pages, framework):
    """The page on limits has a row for every member of `Limits`, and says which of them `RouteOptions` has, too; the
    values its own code block checks."""
    page = next((page for page in pages if page.path == "docs/limits.md"), None)
    if not page:
        return
    rows = "\n".join(line for line in page.lines if line.startswith("|"))
    limits = set()
    for header, prefix in (("http/limits.hpp", ""), ("wire/h1/head_limits.hpp", "head.")):
        text = (pathlib.Path(framework) / "gyre" / header).read_text(encoding="utf-8")
        for name in re.findall(r"^  (?:std::)?(?:size_t|uint32_t|unsigned|Duration) (\w+) =", text, re.M):
            limits.add(prefix + name)
            if f"| `{prefix}{name}` |" not in rows:
                yield f"{page.path}:1: no row for {prefix}{name}"
    text = (pathlib.Path(framework) / "gyre/http/route_options.hpp").read_text(encoding="utf-8")
    for name in re.findall(r"^  std::optional<[\w:]+> (\w+) =", text, re.M):
        if name in limits and not re.search(rf"^\| `{name}` \|.*\| yes \|$", rows, re.M):
            yield f"{page.path}:1: the row for {name} does not say that it is per route"


def findings(root, framework, compiler, only=()):
    all_pages = documents.documents(root)
    pages = [page for page in all_pages if not only or page.path in only]
    for name in set(only) - {page.path for page in pages}:
        yield f"{name}:1: no such page"
    yield from check_lines(pages)
    yield from check_links(pages, all_pages)
    yield from check_limits(pages, framework)
    yield from check_snippets(pages, framework, compiler)
    print(f"{len(pages)} pages, {sum(1 for page in pages for _ in page.links())} links")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", default=[], metavar="PAGE")
    parser.add_argument("root")
    parser.add_argument("framework")
    parser.add_argument("compiler", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    count = 0
    for finding in findings(given.root, given.framework, given.compiler, given.only):
        count += 1
        print(finding)
    print(f"{count} findings")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
