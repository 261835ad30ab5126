#!/usr/bin/env python3
"""Shows that docs.py can fail: writes small trees of pages and looks at what it finds in them.

Usage: selftest.py FRAMEWORK COMPILER [FLAGS...]
"""

import contextlib
import io
import pathlib
import sys
import tempfile

import docs

BLOCK = "```"
GOOD = f"""\
# A page

See [the other](docs/other.md), [its end](docs/other.md#the-end-of-it), [here](#a-page)
and [a site](https://example.com).
A `[link](nowhere.md)` in code is none.

{BLOCK}cpp
int main() {{ return 0; }}
{BLOCK}

<!-- snippet: skip because it shows what does not compile -->
{BLOCK}cpp
no C++ at all
{BLOCK}

{BLOCK}sh
neither C++, nor [a link](nowhere.md)
{BLOCK}
"""
OTHER = f"""\
# Other

| {"a row of a table may be long " * 6} |

## The end of it
"""


def block(code, mark=""):
    comment = f"<!-- snippet: {mark} -->\n" if mark else ""
    return f"# Page\n\n{comment}{BLOCK}cpp\n{code}\n{BLOCK}\n"


# (pages, what the first finding begins with)
BAD = [
    ({"README.md": block("int f() { return x; }")}, "README.md:4: does not compile: "),
    ({"docs/a/b.md": block("int a;\nb c;\nint d;")}, "docs/a/b.md:5: does not compile: "),
    ({"README.md": block("return f();", "main")}, "README.md:5: does not compile: "),
    ({"README.md": block("int x = client;", "testing")}, "README.md:5: does not compile: "),
    ({"README.md": block("return client;", "testing_main")}, "README.md:5: does not compile: "),
    ({"README.md": block("int x;", "handel")}, 'README.md:5: unknown mark "handel"'),
    ({"README.md": block("no C++", "skip")}, 'README.md:5: unknown mark "skip"'),
    ({"README.md": f"text\n\n{BLOCK}cpp\nint x;\n"}, "README.md:3: a code block without an end"),
    ({"README.md": "see [that](docs/missing.md)"}, "README.md:1: no such file: docs/missing.md"),
    ({"README.md": "see\n[that][1]\n\n[1]: docs/missing.md"}, "README.md:4: no such file: docs/missing.md"),
    ({"docs/a.md": "see [that](../README.md)"}, "docs/a.md:1: no such file: ../README.md"),
    ({"README.md": "# A\n\nsee [b](#b)"}, "README.md:3: no such heading: #b"),
    ({"README.md": "see [b](b.md#x)", "b.md": "# Y\n"}, "README.md:1: no such heading: b.md#x"),
    ({"README.md": "\n" + "x" * 121}, "README.md:2: 121 columns"),
    ({"docs/limits.md": "| `head.fields` | 100 |"}, "docs/limits.md:1: no row for body"),
]


# Enough of them that their prelude is precompiled; only the last one is wrong.
MANY = "".join(block(f"inline int f{number} = 0;", "declarations") for number in range(docs.PRECOMPILE_FROM))


def found_in(pages, framework, compiler, only=()):
    with tempfile.TemporaryDirectory() as directory:
        for name, text in pages.items():
            path = pathlib.Path(directory) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            return list(docs.findings(directory, framework, compiler, only))


def main():
    framework, *compiler = sys.argv[1:]
    wrong = 0
    good = found_in({"README.md": GOOD, "docs/other.md": OTHER}, framework, compiler)
    if good:
        wrong += 1
        print(f"good pages: {good}")
    for pages, expected in BAD:
        found = found_in(pages, framework, compiler)
        if not found or not found[0].startswith(expected):
            wrong += 1
            print(f"expected {expected!r}, found {found}")
    many = found_in({"README.md": MANY + block("gyre::Ap app;", "declarations")}, framework, compiler)
    if len(many) != 1 or "does not compile: " not in many[0] or "Ap" not in many[0]:
        wrong += 1
        print(f"many snippets: {many}")
    # Not everything that a route can have is a limit.
    rowless = [line for line in found_in({"docs/limits.md": "# Limits\n"}, framework, compiler) if "per route" in line]
    if not any("for handler " in line for line in rowless) or any("deadline_status" in line for line in rowless):
        wrong += 1
        print(f"limits per route: {rowless}")
    two = {"a.md": "see [b](b.md#x)", "b.md": "see [that](missing.md)\n\n# X\n"}
    if found_in(two, framework, compiler, ["a.md"]) or len(found_in(two, framework, compiler, ["b.md", "c.md"])) != 2:
        wrong += 1
        print("--only does not look at the pages that it names, and at no others")
    print(f"{len(BAD) + 4} trees, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
