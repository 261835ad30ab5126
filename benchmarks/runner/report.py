"""Tables for the terminal, a page for the documents, and the charts."""

import json
import pathlib

import plots
import stats
from cases import CASES
from peers import PEERS

COLUMNS_MAX = 120
WHAT = {"p99": "p99 of the latency", "resident_peak": "resident memory at its peak"}


def times(value):
    return "-" if value is None else f"{value:.2f}"


def figure(value):
    return plots.short(value)


def columns(case):
    """(title, function of a row) of each column behind the peer's name."""
    def has(name, show):
        return lambda row: show(row[name]) if name in row else "-"
    main = [("median", has("value", figure)), ("min..max", lambda row: f"{figure(row['min'])}..{figure(row['max'])}")]
    if case.kind == "lookup":
        return main + [("allocations", has("allocations", lambda value: f"{value:.2f}")),
                       ("bytes", has("allocated_bytes", figure))]
    ratios = [("x floor", lambda row: times(row["to_floor"])), ("x nginx", lambda row: times(row["to_nginx"]))]
    memory = ("MiB", has("resident", lambda value: f"{value / (1 << 20):.1f}"))
    if case.kind == "idle":
        return main + ratios + [memory]
    return main + [("user", has("user", figure))] + ratios + [
        ("requests/s", has("per_second", lambda value: f"{value:,.0f}")),
        ("p50 µs", has("p50", lambda value: f"{value:,.0f}")), ("p99 µs", has("p99", lambda value: f"{value:,.0f}")),
        ("MiB", has("resident_peak", lambda value: f"{value / (1 << 20):.1f}")), ("notes", notes)]


def notes(row):
    words = []
    if row.get("client_limited"):
        words.append("client-limited")
    if row.get("errors"):
        words.append(f"{row['errors']} errors")
    return ", ".join(words)


def cells(case, rows):
    """The table as texts, the header first; the cheapest peer on top."""
    shown = columns(case)
    table = [["", *(title for title, _ in shown)]]
    for peer, row in sorted(rows.items(), key=lambda item: item[1]["value"]):
        table.append([peer, *(show(row) for _, show in shown)])
    if table[0][-1] == "notes" and not any(line[-1] for line in table[1:]):
        table = [line[:-1] for line in table]
    return table


def aligned(table):
    """Lines for the terminal."""
    widths = [max(len(line[index]) for line in table) for index in range(len(table[0]))]
    return ["  ".join(text.ljust(width) if index in (0, len(line)) else text.rjust(width)
                      for index, (text, width) in enumerate(zip(line, widths))) for line in table]


def markdown(table):
    lines = ["| " + " | ".join(line) + " |" for line in table]
    lines.insert(1, "| --- |" + " ---: |" * (len(table[0]) - 1))
    return lines


def heading(case, label):
    return case.name + (f", {case.x_title} {label}" if case.is_curve else "")


def labels(case):
    return {point.x: point.label for point in case.points}


def show(runs):
    """Prints a table per point."""
    for (name, x), found in stats.by_point(runs).items():
        case = CASES[name]
        print(f"\n{heading(case, labels(case)[x])}: {case.unit()}")
        for line in aligned(cells(case, stats.rows(found))):
            print("  " + line.rstrip())


def wrap(text, indent=""):
    """Lines of at most COLUMNS_MAX columns; the later ones are indented."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > COLUMNS_MAX:
            lines.append(line)
            line = indent + word
        else:
            line = f"{line} {word}" if line else word
    return lines + [line]


def what_was_worse(runs):
    """Lines of a list, by case. Memory is told of plaintext alone, for it is about the same everywhere; the latency
    of curves is left to their tables."""
    lines = []
    for (name, x), found in stats.by_point(runs).items():
        case = CASES[name]
        lost = {}
        for what, _, peer, factor in stats.worse(found, stats.rows(found)):
            if what == "value" or (not case.is_curve if what == "p99" else name == "plaintext"):
                lost.setdefault(what, []).append(f"{peer} (x {factor:.2f})")
        for what, peers in lost.items():
            text = f"- **{heading(case, labels(case)[x])}**, {WHAT.get(what, case.unit())}: ours is more than that of "
            lines += wrap(text + ", ".join(peers) + ".", "  ")
    return lines or ["- Nothing by more than noise."]


def charts(runs):
    """file name -> SVG."""
    points = stats.by_point(runs)
    found = {}
    for case in CASES.values():
        own = {x: stats.rows(peers) for (name, x), peers in points.items() if name == case.name}
        if not own:
            continue
        if case.is_curve and len(own) > 1:
            series = {}
            for x in sorted(own):
                for peer, row in own[x].items():
                    series.setdefault(peer, []).append((x, row["value"]))
            svg = plots.curves(f"{case.name}: {case.about}", case.unit(), case.x_title,
                               {x: labels(case)[x] for x in own}, series)
        else:
            rows = next(iter(own.values()))
            svg = plots.bars(f"{case.name}: {case.about}", case.unit(), [
                (peer, row["value"], row.get("user"), row["min"], row["max"], stats.is_ours(peer))
                for peer, row in rows.items()])
        found[case.name + ".svg"] = svg
    return found


def page(document, with_charts):
    """The lines of results.md."""
    runs, machine = document["runs"], document["machine"]
    lines = ["# Results", "", "Written by `./dev bench`; [README.md](README.md) says how to read it.", "",
             "## Machine and method", ""]
    for name, text in machine.items():
        lines += wrap(f"- {name}: {text}", "  ")
    for text in document["method"]:
        lines += wrap(f"- {text}", "  ")
    lines += ["", "Peers:", ""]
    for peer, version in document["versions"].items():
        lines += wrap(f"- {peer}: {PEERS[peer].about}; {version}", "  ")
    if document["skipped"]:
        lines += ["", "Not measured:", ""]
        for text in document["skipped"]:
            lines += wrap(f"- {text}", "  ")
    lines += ["", "## What was worse", ""]
    lines += wrap(f"Where a peer beats ours by more than {stats.EQUAL - 1:.0%}, which is the noise; ratios are ours to "
                  "theirs; for p99 it is 25%. The floors are no peers: nothing can be cheaper.")
    lines += ["", *what_was_worse(runs)]
    points = stats.by_point(runs)
    for case in CASES.values():
        own = {x: found for (name, x), found in points.items() if name == case.name}
        if not own:
            continue
        lines += ["", f"## {case.name}", "", *wrap(f"{case.about[0].upper()}{case.about[1:]}. {case.note}".strip())]
        lines += wrap(f"The figure is {case.unit()}, median of {max(map(len, next(iter(own.values())).values()))}.")
        if with_charts:
            lines += ["", f"![{case.name}]({case.name}.svg)"]
        for x, found in own.items():
            if case.is_curve:
                lines += ["", f"{case.x_title[0].upper()}{case.x_title[1:]}: {labels(case)[x]}"]
            lines += ["", *markdown(cells(case, stats.rows(found)))]
    return lines


def write(document, directory, with_charts):
    """results.md and the charts."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    if with_charts:
        for name, text in charts(document["runs"]).items():
            (directory / name).write_text(text, encoding="utf-8")
    lines = page(document, with_charts)
    (directory / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_json(document, path):
    summary = [{"case": name, "x": x, "peer": peer, **row}
               for (name, x), found in stats.by_point(document["runs"]).items()
               for peer, row in stats.rows(found).items()]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**document, "summary": summary}, file, indent=1)
        file.write("\n")
