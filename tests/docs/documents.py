"""The project's Markdown files, as the tests of the documentation look at them."""

import pathlib
import re
from typing import NamedTuple

FENCE = re.compile(r"^( *)(```+|~~~+)\s*([\w+-]*)\s*$")
MARK = re.compile(r"^<!-- snippet: (.*?) -->$")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)")
INLINE_CODE = re.compile(r"`+[^`]*`+")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


class Snippet(NamedTuple):
    path: str  # relative to the root
    line: int  # of its first line of code
    mark: str  # what the comment before it says; empty without one
    code: str


class Document:
    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.directory = path.parent
        self.lines = path.read_text(encoding="utf-8").split("\n")
        self.snippets = []
        self.prose = []  # (line number, text): every line outside of code blocks
        self.unclosed = None  # the line of a code block without an end
        self._read()

    def _read(self):
        fence, mark = None, ""
        start, language, code = 0, "", []
        for number, line in enumerate(self.lines, 1):
            match = FENCE.match(line)
            if fence is None and match:
                fence, language, start, code = match, match[3], number, []
            elif fence is not None and match and match[2].startswith(fence[2]) and not match[3]:
                if language == "cpp":
                    self.snippets.append(Snippet(self.path, start + 1, mark, "\n".join(code)))
                fence, mark = None, ""
            elif fence is not None:
                code.append(line.removeprefix(fence[1]))
            else:
                self.prose.append((number, line))
                found = MARK.match(line.strip())
                mark = found[1] if found else mark if not line.strip() else ""
        self.unclosed = start if fence else None

    def links(self):
        """(line number, target) of every link."""
        for number, line in self.prose:
            for match in LINK.finditer(INLINE_CODE.sub("", line)):
                yield number, match[1] or match[2]

    def anchors(self):
        """What links to a place in this document may name, as the forges make it of the headings."""
        found = {}
        for _, line in self.prose:
            heading = HEADING.match(line)
            if heading:
                text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
                slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
                count = found.get(slug, 0)
                found[slug] = count + 1
                yield slug if count == 0 else f"{slug}-{count}"


def documents(root):
    """Every Markdown file of the root and of docs/."""
    root = pathlib.Path(root).resolve()
    paths = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    return [Document(root, path) for path in sorted(paths)]
