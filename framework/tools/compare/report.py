"""The results of a run, as a table for people and as JSON for programs."""

import collections
import dataclasses
import json
import textwrap

from difference import Difference
from exchange import NO_CONNECTION
from request import Request


@dataclasses.dataclass
class Result:
    request: Request
    old: object  # Outcome
    new: object
    differences: list
    faults: list = dataclasses.field(default_factory=list)  # what was expected of them and is not so

    @property
    def is_expected(self):
        return self.request.rules.expect_difference is not None

    @property
    def passed(self):
        return not self.faults and (self.is_expected or not self.differences)


def was_asked(outcome):
    """Two servers that are both gone agree in everything."""
    return outcome.kind != "refused" and outcome.detail != NO_CONNECTION


def judged(request, old, new, differences):
    rules = request.rules
    faults = []
    if rules.expect_difference is not None and not differences:
        faults.append(Difference("no difference", f"expected: {rules.expect_difference}", ""))
    gone = not was_asked(old) and not was_asked(new)
    if gone and rules.expect_old is None:
        faults.append(Difference("nothing compared", f"{old.kind} ({old.detail})", f"{new.kind} ({new.detail})"))
    for name, outcome in (("old", old), ("new", new)):
        wanted = getattr(rules, f"expect_{name}")
        if wanted is not None and wanted != outcome.summary():
            shown = {name: f"{outcome.summary()}; expected {wanted}"}
            faults.append(Difference(f"expected of {name}", shown.get("old", ""), shown.get("new", "")))
    return Result(request, old, new, differences, faults)


def counts(results):
    return {
        "requests": len(results),
        "same": sum(1 for result in results if result.passed and not result.is_expected),
        "expected": sum(1 for result in results if result.passed and result.is_expected),
        "different": sum(1 for result in results if not result.passed),
    }


def outcomes(results):
    """How often each status came from the old server: a run of nothing but 404s compares nothing."""
    found = collections.Counter(result.old.summary() for result in results)
    return ", ".join(f"{count} x {text}" for text, count in found.most_common(12))


def wrapped(text, width):
    return textwrap.wrap(text, width, drop_whitespace=False) or [""]


def table(results, verbose=False, width=120):
    """One row for each difference; with `verbose` those that were expected, too."""
    rows = []
    for number, result in enumerate(results, 1):
        if result.passed and not (verbose and result.is_expected):
            continue
        shown = result.faults + (result.differences if not result.is_expected or verbose else [])
        title = f"{number}  {result.request.title()}  ({result.request.place})"
        if result.is_expected and result.passed:
            title += f"  as expected: {result.request.rules.expect_difference}"
        rows.append((title, shown))
    return "\n".join(line for title, shown in rows for line in [title, *_lines(shown, width)])


def _lines(shown, width):
    first = max(len(difference.what) for difference in shown) if shown else 0
    first = min(first, 30)
    column = max(20, (width - first - 8) // 2)
    for difference in shown:
        cells = [wrapped(difference.what, first), wrapped(difference.old, column), wrapped(difference.new, column)]
        for at in range(max(len(cell) for cell in cells)):
            what, old, new = (cell[at] if at < len(cell) else "" for cell in cells)
            yield f"    {what:<{first}}  {old:<{column}}  {new}".rstrip()


def summary(results):
    found = counts(results)
    text = f"{found['requests']} requests: {found['same']} the same, {found['different']} different"
    if found["expected"]:
        text += f", {found['expected']} different as expected"
    return f"{text}\nold answered: {outcomes(results)}" if results else text


def as_json(results, old_url, new_url):
    def outcome(found):
        answers = [{"status": answer.status, "bytes": len(answer.body)} for answer in found.answers]
        return {"kind": found.kind, "detail": found.detail, "answers": answers, "seconds": round(found.seconds, 4)}

    def row(result):
        rules = result.request.rules
        return {
            "name": result.request.title(),
            "place": result.request.place,
            "passed": result.passed,
            "expected_difference": rules.expect_difference,
            "differences": [dataclasses.asdict(difference) for difference in result.differences],
            "faults": [dataclasses.asdict(fault) for fault in result.faults],
            "old": outcome(result.old),
            "new": outcome(result.new),
        }

    whole = {"old": old_url, "new": new_url, **counts(results), "results": [row(result) for result in results]}
    return json.dumps(whole, indent=1)
