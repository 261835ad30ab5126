"""Size, leftovers, and the shape of files."""

import re

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 120
NOT_INCLUDED = {"tests/support/pch.hpp"}  # the compiler's main file, where g++ warns of the pragma

OURS = ("framework/", "examples/", "tests/", "benchmarks/", ".ci/", "dev")
MACROS_ALLOWED = re.compile(r"GYRE_ASSERT|CPPHTTPLIB_\w+")  # the latter are what programs of cpp-httplib define or use

LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|home|root)/\w+")
CPP_SLEEP = re.compile(
    r"this_thread\s*::\s*sleep|\b(usleep|nanosleep)\s*\(|(?<!gyre)::\s*sleep\s*\(|(?<![\w:])sleep\s*\(\s*\d+\s*\)"
)
SCRIPT_SLEEP = re.compile(r"\btime\.sleep\(|^\s*sleep\s+[\d$]", re.M)

TYPE_HEAD = re.compile(r"(typedef |inline |static |constexpr |const )*(class|struct|union|enum|namespace|extern)\b")
LAMBDA_HEAD = re.compile(r"[=(,]\s*\[[^\]]*\]$")


def file_length(tree):
    """A file is at most FILE_LINES_MAX lines."""
    for file in tree:
        count = file.text.count("\n")
        if file.path.startswith(OURS) and not file.path.endswith(".md") and count > FILE_LINES_MAX:
            yield file, FILE_LINES_MAX + 1, f"{count} lines; {FILE_LINES_MAX} are allowed"


def line_length(tree):
    """A line is at most COLUMNS_MAX columns."""
    for file in tree:
        if not file.is_cpp and not (file.path.startswith(OURS) and not file.path.endswith(".md")):
            continue
        for number, line in enumerate(file.lines(), 1):
            if len(line) > COLUMNS_MAX:
                yield file, number, f"{len(line)} columns; {COLUMNS_MAX} are allowed"


def without_directives(code):
    """C++ without preprocessor lines, and with the first branch of each #if only, so that braces match."""
    result = []
    branches = []  # for each open #if: is it in its first branch?
    continued = False
    for line in code.split("\n"):
        directive = re.match(r"\s*#\s*(\w+)", line)
        is_directive = bool(directive) or continued
        if directive:
            word = directive[1]
            if word in ("if", "ifdef", "ifndef"):
                branches.append(True)
            elif word in ("else", "elif") and branches:
                branches[-1] = False
            elif word == "endif" and branches:
                branches.pop()
        continued = is_directive and line.endswith("\\")
        result.append("" if is_directive or not all(branches) else line)
    return "\n".join(result)


def without_template(head):
    """A declaration without leading labels, attributes and template<...>."""
    head = re.sub(r"\b(public|private|protected)\s*:", " ", head)
    head = re.sub(r"\[\[[^\]]*\]\]", " ", head).strip()
    while head.startswith("template"):
        depth, start = 0, head.find("<")
        if start < 0:
            return head
        end = start
        for end in range(start, len(head)):
            depth += {"<": 1, ">": -1}.get(head[end], 0)
            if depth == 0:
                break
        head = head[end + 1 :].strip()
    return head


def kind_of(head):
    """What a brace after this text opens outside of functions: a type (or namespace), a function, or a value."""
    head = without_template(head)
    if TYPE_HEAD.match(head) or re.search(r"\b(class|struct|union)\s+\w+[^;()]*$", head):
        return "type"
    if head.endswith("="):
        return "value"
    # A function has parameters, or is a lambda; `int x{1}`, tables and member initialisers are values.
    return "function" if "(" in head or LAMBDA_HEAD.search(head) else "value"


def functions(code):
    """(first line, last line) of each outermost function body."""
    code = without_directives(code)
    stack = []
    head_start, line = 0, 1
    for match in re.finditer(r"[{};\n]", code):
        token = match[0]
        if token == "\n":
            line += 1
            continue
        inside_function = any(kind == "function" for kind, _ in stack)
        if token == "{":
            head = " ".join(code[head_start : match.start()].split())
            stack.append(("nested" if inside_function else kind_of(head), line))
        elif token == "}" and stack:
            kind, start = stack.pop()
            if kind == "function":
                yield start, line
            if kind == "value":
                continue  # `Type member{1}` and `: member{1} {`: the declaration goes on
        head_start = match.end()


def function_length(tree):
    """A function is at most FUNCTION_LINES_MAX lines, from its opening brace to its closing one."""
    for file in tree:
        if not file.is_cpp:
            continue
        for start, end in functions(file.code):
            if end - start + 1 > FUNCTION_LINES_MAX:
                yield file, start, f"a function of {end - start + 1} lines; {FUNCTION_LINES_MAX} are allowed"


def leftovers(tree):
    """What is left to do stands in an issue, not in the code."""
    for file in tree:
        for match in LEFTOVER.finditer(file.text):
            yield file, file.line_of(match.start()), f"leftover {match[0]}"


def machine_paths(tree):
    """No file names a place that exists on one machine only."""
    for file in tree:
        for match in MACHINE_PATH.finditer(file.text):
            yield file, file.line_of(match.start()), f"a path of one machine: {match[0]}"


def sleeps(tree):
    """Tests wait for events or move virtual time; they never sleep."""
    for file in tree:
        if file.path.startswith("tests/") and not file.path.endswith(".md"):
            text = file.code
            for match in (CPP_SLEEP if file.is_cpp else SCRIPT_SLEEP).finditer(text):
                yield file, text.count("\n", 0, match.start()) + 1, f"a test sleeps: {match[0].strip()}"


def macros(tree):
    """An installed header leaves no macro behind, but for the allowed ones."""
    for file in tree.framework():
        if not file.is_public_header:
            continue
        undefined = set(re.findall(r"^\s*#\s*undef\s+(\w+)", file.code, re.M))
        for match in re.finditer(r"^\s*#\s*define\s+(\w+)", file.code, re.M):
            if match[1] not in undefined and not MACROS_ALLOWED.fullmatch(match[1]):
                yield file, file.code.count("\n", 0, match.start(1)) + 1, f"macro {match[1]} in an installed header"


def pragma_once(tree):
    """A header starts with #pragma once; only a comment may stand before it."""
    for file in tree:
        if not file.is_header or file.path in NOT_INCLUDED:
            continue
        if not file.code.lstrip().startswith("#pragma once"):
            yield file, 1, "a header without #pragma once at its head"


def documentation(tree):
    """Each type of a public header says what it is for."""
    for file in tree.framework():
        if not file.is_public_header or file.is_detail:
            continue
        hidden = False
        lines = file.lines()
        for index, line in enumerate(lines):
            if re.match(r"(inline )?namespace (\w+::)*detail\b", line):
                hidden = True
            if re.match(r"}\s*// namespace (\w+::)*detail\b", line):
                hidden = False
            # Definitions at the left margin; a name that goes on with < is a specialisation of what is documented.
            if hidden or not re.match(r"(class|struct|enum class) (\[\[\w+\]\] )?\w+(?!.*[;<])[^;<]*[{:]", line):
                continue
            above = index - 1
            while above >= 0 and re.match(r"template\b|\s+requires\b|requires\b| {4,}", lines[above]):
                above -= 1
            if above < 0 or not lines[above].lstrip().startswith("//"):
                yield file, index + 1, f"undocumented: {line.strip(' {')}"


def listed(tree):
    """Each source, installed header and test stands in a meson.build; a file that nobody builds rots."""
    builds = {file.path.rpartition("/")[0]: file.text for file in tree if file.path.endswith("/meson.build")}
    for file in tree:
        built = file.is_framework and (file.is_public_header or file.path.endswith(".cpp"))
        if not built and not re.fullmatch(r"tests/.*_test\.cpp", file.path):
            continue
        directory, _, name = file.path.rpartition("/")
        found = False
        while directory and not found:
            found = f"'{name}'" in builds.get(directory, "")
            directory, _, parent = directory.rpartition("/")
            name = f"{parent}/{name}"
        if not found:
            yield file, 1, "in no meson.build"


RULES = [
    file_length,
    line_length,
    function_length,
    leftovers,
    machine_paths,
    sleeps,
    macros,
    pragma_once,
    documentation,
    listed,
]
