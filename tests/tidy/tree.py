"""The files of a source tree, as the tidy rules look at them."""

import pathlib
import re
import subprocess
from typing import NamedTuple

TEXT_SUFFIXES = {
    "", ".cpp", ".hpp", ".h", ".c", ".go", ".rs", ".js", ".py", ".sh", ".build", ".txt", ".md", ".yml", ".yaml",
    ".toml", ".supp", ".conf",
}
NOT_OURS = ("build", ".cache", ".git", "__pycache__")

# Comments and literals, raw strings first. A quote after a digit is a separator (1'000), not a character.
CPP_NOISE = re.compile(
    r'R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.S,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


# Directories whose headers are not installed: internal/, and the loop's backends as a whole.
INTERNAL = re.compile(r"(.*/)?(internal|loop/uring|loop/epoll)/")


class Include(NamedTuple):
    line: int
    quoted: bool
    target: str


def keep_lines(match):
    """What stands for a comment or a literal: its quotes, and its line ends, so that line numbers stay right."""
    text = match[0]
    quotes = '""' if text[0] in "\"R'" else " "
    return quotes + "\n" * text.count("\n")


class File:
    def __init__(self, root, path):
        self.path = path  # relative to the root, with slashes
        self.text = (root / path).read_text(encoding="utf-8", errors="replace")
        self.is_header = path.endswith((".hpp", ".h"))
        self.is_cpp = self.is_header or path.endswith(".cpp")
        # C++ without comments and literals.
        self.code = CPP_NOISE.sub(keep_lines, self.text) if self.is_cpp else self.text
        self.includes = []
        if self.is_cpp:
            for match in INCLUDE.finditer(self.text):
                self.includes.append(Include(self.line_of(match.start()), match[1] == '"', match[2]))

        parts = path.split("/")
        in_framework = parts[:2] == ["framework", "gyre"]
        self.floor = parts[2] if in_framework and len(parts) > 3 else None
        self.is_framework = in_framework and self.is_cpp
        self.is_internal = bool(INTERNAL.match(path))
        self.is_detail = "detail" in parts
        self.is_public_header = self.is_framework and self.is_header and not self.is_internal

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1

    def lines(self):
        return self.text.split("\n")


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.files = {}
        for path in sorted(self.paths()):
            if self.is_text(path):
                self.files[path] = File(self.root, path)

    def is_text(self, path):
        in_corpus = path.startswith("tests/fuzz/corpus/")
        return not in_corpus and pathlib.PurePath(path).suffix in TEXT_SUFFIXES and (self.root / path).is_file()

    def paths(self):
        """What git tracks or would track; without git (a release's archive) what is not a build's."""
        command = ["git", "-C", str(self.root), "ls-files", "-co", "-z", "--exclude-standard"]
        if (self.root / ".git").exists():
            listing = subprocess.run(command, capture_output=True, text=True)
            if listing.returncode == 0:
                return {path for path in listing.stdout.split("\0") if path}
        found = (path.relative_to(self.root) for path in self.root.rglob("*"))
        return {path.as_posix() for path in found if not path.parts[0].startswith(NOT_OURS)}

    def __iter__(self):
        return iter(self.files.values())

    def framework(self):
        return (file for file in self if file.is_framework)

    def included(self, file):
        """The gyre headers that a file includes, with the includes themselves."""
        for include in file.includes:
            target = self.files.get("framework/" + include.target)
            if target:
                yield include, target

    def closure(self, file):
        """The file and every gyre header that it includes, directly or not."""
        seen = {file.path: file}
        waiting = [file]
        while waiting:
            for _, target in self.included(waiting.pop()):
                if target.path not in seen:
                    seen[target.path] = target
                    waiting.append(target)
        return seen.values()
