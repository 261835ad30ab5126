"""What two outcomes of one request have in common, and what not."""

import dataclasses
import json

from answer import decoded

FRAMING = {"connection", "keep-alive", "transfer-encoding", "content-length"}
IGNORED = {"date", "server"}
SHOWN = 60  # bytes of a body around the first difference


@dataclasses.dataclass
class Difference:
    what: str  # "outcome", "answers", "status", "field NAME", "body", "trailer NAME", ...
    old: str
    new: str


def text_of(data, length=SHOWN):
    text = data[:length].decode("utf-8", "backslashreplace")
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return shown + ("..." if len(data) > length else "")


class Comparison:
    """`framing`: compare the connection's own fields and the frames of bodies, too."""

    def __init__(self, ignore=(), compare=(), normalise=(), framing=False):
        self.ignore = (IGNORED | set(ignore)) - set(compare)
        self.normalise = tuple(normalise)
        self.framing = framing
        if not framing:
            self.ignore |= FRAMING - set(compare)

    def differences(self, old, new, rules):
        found = []
        if old.kind != new.kind:
            found.append(Difference("outcome", self._kind(old), self._kind(new)))
        elif len(old.answers) != len(new.answers):
            found.append(Difference("answers", str(len(old.answers)), str(len(new.answers))))
        for index, (one, other) in enumerate(zip(old.answers, new.answers)):
            prefix = f"answer {index + 1}: " if max(len(old.answers), len(new.answers)) > 1 else ""
            whole = index < min(len(old.answers), len(new.answers)) - 1 or old.kind == new.kind == "answered"
            for difference in self._of_answers(one, other, rules, whole):
                found.append(dataclasses.replace(difference, what=prefix + difference.what))
        return found

    @staticmethod
    def _kind(outcome):
        text = outcome.kind if outcome.kind != "answered" else f"answered {outcome.last().status}"
        return f"{text} ({outcome.detail})" if outcome.detail else text

    def _of_answers(self, old, new, rules, whole):
        if old.status != new.status:
            yield Difference("status", str(old.status), str(new.status))
        if self.framing:
            yield from self._of_framing(old, new)
        yield from self._of_fields("field", old.fields, new.fields, rules)
        if not whole:
            return
        yield from self._of_length(old, new)
        if rules.body:
            yield from self._of_bodies(old, new, rules)
        yield from self._of_fields("trailer", old.trailers, new.trailers, rules)

    @staticmethod
    def _of_framing(old, new):
        for what in ("version", "interim", "until_close"):
            if getattr(old, what) != getattr(new, what):
                yield Difference(what.replace("_", " "), str(getattr(old, what)), str(getattr(new, what)))

    def _of_fields(self, what, old, new, rules):
        ours, theirs = self._by_name(old, rules), self._by_name(new, rules)
        for name in sorted(ours.keys() | theirs.keys()):
            if name in self.ignore or name in rules.ignore:
                continue
            one, other = ours.get(name), theirs.get(name)
            if one != other:
                yield Difference(f"{what} {name}", self._values(one), self._values(other))

    def _by_name(self, fields, rules):
        found = {}
        for name, value in fields:
            found.setdefault(name.decode("latin-1").lower(), []).append(self._normal(value, rules))
        return found

    @staticmethod
    def _values(values):
        return "-" if values is None else " | ".join(text_of(value, 200) for value in values)

    @staticmethod
    def _of_length(old, new):
        """Where there is no body its length may still be told, and two that are told agree."""
        if old.has_body or new.has_body:
            return
        one, other = old.values(b"content-length"), new.values(b"content-length")
        if one and other and one != other:
            yield Difference("field content-length", text_of(one[0]), text_of(other[0]))

    def _normal(self, data, rules):
        for expression, text in self.normalise + rules.normalise:
            data = expression.sub(text, data)
        return data

    def _of_bodies(self, old, new, rules):
        (one, one_left), (other, other_left) = decoded(old), decoded(new)
        if one_left != other_left:
            one, other = old.body, new.body
        one, other = self._normal(one, rules), self._normal(other, rules)
        if one == other or (rules.json and same_json(one, other)):
            return
        start = next((at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), min(len(one), len(other)))
        shown = max(0, start - 20)
        mark = f"from {shown}: " if shown else ""
        yield Difference("body", *(f"{len(body)} bytes, {mark}{text_of(body[shown:])}" for body in (one, other)))


def same_json(old, new):
    try:
        return json.loads(old) == json.loads(new)
    except ValueError:
        return False
