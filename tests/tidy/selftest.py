#!/usr/bin/env python3
"""Shows that every tidy rule can fail: builds small trees, good and bad, and looks at what tidy finds in them."""

import pathlib
import sys
import tempfile

import tidy

ONCE = "#pragma once\n"
BUILD = "framework/gyre/{}/meson.build"


def source(path, text=""):
    """A framework file that only the rule under test can object to: it is listed, and a header has its pragma."""
    directory, _, name = path.rpartition("/")
    head = ONCE if path.endswith(".hpp") else ""
    return {f"framework/gyre/{path}": head + text, BUILD.format(directory): f"files('{name}')\n"}


def include(path, target):
    return source(path, f"#include <{target}>\n")


def umbrella(line):
    return {"framework/gyre/gyre.hpp": f"{ONCE}{line}\n", "framework/meson.build": "'gyre/gyre.hpp'"}


def function(lines):
    return "void f() {\n" + "  g();\n" * (lines - 2) + "}\n"


# (rule, tree): the rule, and no other, finds something. Words that tidy forbids are put together here.
BAD = [
    ("floors", include("coro/a.cpp", "gyre/loop/b.hpp") | source("loop/b.hpp")),
    ("floors", include("wire/a.cpp", "gyre/coro/b.hpp") | source("coro/b.hpp")),
    ("floors", include("web/a.cpp", "gyre/client/b.hpp") | source("client/b.hpp")),
    ("floors", include("app/a.cpp", "gyre/testing/b.hpp") | source("testing/b.hpp")),
    ("floors", include("net/a.cpp", "gyre/loop/uring/b.hpp") | source("loop/uring/b.hpp")),
    ("floors", include("loop/a.hpp", "gyre/loop/internal/b.hpp") | source("loop/internal/b.hpp")),
    ("floors", source("base/a.cpp", '#include "b.hpp"\n')),
    ("floors", include("base/a.cpp", "gyre/base/missing.hpp")),
    ("owners", include("loop/epoll/a.cpp", "liburing.h")),
    ("owners", include("net/a.cpp", "openssl/ssl.h")),
    ("owners", include("wire/h1/internal/a.hpp", "boost/beast/http/parser.hpp")),
    ("owners", include("http/a.cpp", "boost/asio.hpp")),
    ("owners", include("wire/a.cpp", "nghttp2/nghttp2.h")),
    ("owners", include("http/a.cpp", "zlib.h")),
    ("owners", include("app/a.cpp", "boost/json.hpp")),
    ("owners", include("base/a.cpp", "fmt/format.h")),
    ("heavy", include("net/tls.hpp", "openssl/ssl.h")),
    (
        "heavy",
        include("net/tls.hpp", "gyre/net/tls_context.hpp")
        | {"framework/gyre/net/tls_context.hpp": ONCE + "#include <openssl/ssl.h>\n"}
        | {BUILD.format("net"): "'tls.hpp' 'tls_context.hpp'"},
    ),
    ("umbrella", include("base/a.hpp", "functional") | umbrella("#include <gyre/base/a.hpp>")),
    ("umbrella", source("web/json.hpp") | umbrella("#include <gyre/web/json.hpp>")),
    ("os_access", include("net/a.cpp", "sys/socket.h")),
    ("os_access", include("web/a.cpp", "ctime")),
    ("os_access", source("http/a.cpp", "auto t = std::chrono::steady_clock::now();\n")),
    ("os_access", source("app/a.cpp", "void f() {\n  std::jthread thread;\n}\n")),
    ("public_only", {"examples/a.cpp": "#include <gyre/coro/detail/waiter.hpp>\n"}),
    ("file_length", {"tests/a.py": "pass\n" * 501}),
    ("line_length", {"examples/a.cpp": "// " + "x" * 118 + "\n"}),
    ("function_length", source("base/a.cpp", function(71))),
    ("function_length", source("base/a.cpp", "struct A {\n  int x{1};\n" + function(71) + "};\n")),
    ("function_length", source("base/a.cpp", "A::A() : b_{1}, c_(2) {\n" + "  g();\n" * 70 + "}\n")),
    ("function_length", source("base/a.cpp", "template <class T>\n  requires(x<T>)\n" + function(71))),
    ("function_length", source("base/a.cpp", "auto f = [] {\n" + "  g();\n" * 70 + "};\n")),
    ("function_length", source("base/a.cpp", "#if A\nint f() {\n#else\nvoid f() {\n#endif\n" + "g();\n" * 70 + "}\n")),
    ("function_length", {"tests/a.cpp": 'TEST_CASE("a") {\n' + "  // }\n  CHECK(x == '}');\n" * 35 + "}\n"}),
    ("leftovers", source("base/a.cpp", "// TO" "DO: more\n")),
    ("leftovers", {"docs/a.md": "FIX" "ME\n"}),
    ("machine_paths", {"docs/a.md": "See /ho" "me/someone/gyre.\n"}),
    ("sleeps", {"tests/a.cpp": "void f() {\n  std::this_" "thread::sleep_for(1s);\n}\n"}),
    ("sleeps", {"tests/a.cpp": "void f() {\n  sle" "ep(1);\n}\n"}),
    ("sleeps", {"tests/a.py": "time.sle" "ep(1)\n"}),
    ("macros", source("base/a.hpp", "#define GYRE_OTHER 1\n")),
    ("pragma_once", source("base/internal/a.hpp") | {"framework/gyre/base/internal/a.hpp": "int x;\n"}),
    ("documentation", source("base/a.hpp", "namespace gyre {\n\nclass Loop {\n};\n}\n")),
    ("documentation", source("base/a.hpp", "template <class T>\n  requires(x<T>)\nstruct Loop : Base {\n};\n")),
    ("listed", {"framework/gyre/base/a.cpp": ""}),
    ("listed", {"tests/base/a_test.cpp": "", "tests/meson.build": "'base/b_test.cpp'"}),
]

GOOD_HEADER = """
#include <gyre/base/error.hpp>

#include <span>

#define GYRE_LOCAL 1
#undef GYRE_LOCAL

namespace gyre {

class Forward;

/// A documented type; 1'000 is no character, and R"(})" no brace.
template <class T>
class Result final : Base<T> {
  Forward* forward_{nullptr};
};

template <>
class Result<void> {};

namespace detail {
struct Helper {};
}  // namespace detail

struct Forward;

}  // namespace gyre
"""

GOOD = [
    source("base/result.hpp", GOOD_HEADER)
    | {"framework/gyre/base/error.hpp": ONCE, BUILD.format("base"): "'result.hpp' 'error.hpp'"},
    include("loop/uring/ring.hpp", "liburing.h"),
    include("wire/h1/parser.cpp", "boost/beast/http/basic_parser.hpp"),
    include("loop/clock.cpp", "ctime"),
    source("base/a.cpp", function(70) + function(70)),
    source("base/a.cpp", "namespace gyre {\n" + function(50) + function(50) + "}  // namespace gyre\n"),
    {"tests/a.cpp": "Task<> f() {\n  co_await sleep(20ms);\n  co_await gyre::sleep(delay);\n}\n"},
    {"tests/fuzz/corpus/a/b": "TO" "DO /ho" "me/x\n"},
    source("base/a.cpp", "const char* table[] = {\n" + '    "text",\n' * 100 + "};\n"),
    source("base/a.cpp", "constexpr std::array<Entry, 100> table{{\n" + '    {"text", 1},\n' * 100 + "}};\n"),
    {"docs/a.md": "x" * 200 + "\n"},
]


def rules_that_fire(tree):
    with tempfile.TemporaryDirectory() as directory:
        for path, text in tree.items():
            file = pathlib.Path(directory, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return list(tidy.findings(directory))


def main():
    wrong = 0
    for rule, tree in BAD:
        found = rules_that_fire(tree)
        if {finding[0] for finding in found} != {rule}:
            wrong += 1
            print(f"expected {rule} to fire, alone, on {list(tree)}; found {found}")
    for tree in GOOD:
        found = rules_that_fire(tree)
        if found:
            wrong += 1
            print(f"expected nothing on {list(tree)}; found {found}")
    for rule in {rule.__name__ for rule in tidy.RULES} - {rule for rule, _ in BAD}:
        wrong += 1
        print(f"no bad tree for {rule}")
    print(f"{len(BAD)} bad trees, {len(GOOD)} good trees, {wrong} surprises")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
