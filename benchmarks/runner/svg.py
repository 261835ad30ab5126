"""A small writer of SVG for charts: text, rectangles, lines. Colours follow the reader's light or dark theme."""

from xml.sax.saxutils import escape

# Told apart by colour-blind readers, too (Okabe and Ito), a little darker on white.
PALETTE = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b8860b", "#56a0d3", "#7a68c9", "#888888")

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.quiet { fill: #57606a; font-size: 11px; }
.strong { font-weight: 600; }
.axis { stroke: #8c959f; stroke-width: 1; }
.grid { stroke: #d0d7de; stroke-width: 1; }
.whisker { stroke: #24292f; stroke-width: 1.2; }
.ours { fill: #d55e00; } .ours-light { fill: #f0a070; }
.other { fill: #6e7f91; } .other-light { fill: #aab6c2; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .quiet { fill: #9198a1; }
  .axis { stroke: #6e7681; } .grid { stroke: #30363d; } .whisker { stroke: #e6edf3; }
  .ours { fill: #f0803c; } .ours-light { fill: #a0522a; }
  .other { fill: #8b9bad; } .other-light { fill: #55616e; }
}
"""


def number(value):
    """Coordinates, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


class Canvas:
    """Collects elements; `text` of it is the file. The background is the page's."""

    def __init__(self, width, height, title):
        self.width, self.height, self.title = width, height, title
        self._parts = []

    def text(self, x, y, words, kind="", anchor="start", colour=None):
        style = f' style="fill:{colour}"' if colour else ""
        self._parts.append(f'<text x="{number(x)}" y="{number(y)}" class="{kind}" text-anchor="{anchor}"{style}>'
                           f"{escape(str(words))}</text>")

    def rectangle(self, x, y, width, height, kind):
        self._parts.append(f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}" '
                           f'height="{number(height)}" class="{kind}"/>')

    def line(self, x1, y1, x2, y2, kind):
        self._parts.append(f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
                           f'class="{kind}"/>')

    def path(self, points, colour, width=2.0):
        places = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self._parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" '
                           f'stroke-width="{width}" stroke-linejoin="round"/>')

    def dot(self, x, y, colour):
        self._parts.append(f'<circle cx="{number(x)}" cy="{number(y)}" r="3" fill="{colour}"/>')

    def render(self):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
                f'width="{self.width}" height="{self.height}" role="img">\n<title>{escape(self.title)}</title>\n'
                f"<style>{STYLE}</style>\n")
        return head + "\n".join(self._parts) + "\n</svg>\n"
