"""The articles of HttpArena's JSON profiles: a dataset of the same shape and size, and the right answers."""

import functools
import json
import pathlib
import random

COUNT = 50
# What HttpArena asks for: how many articles, and what their totals are multiplied by.
ASKED = ((1, 3), (5, 7), (10, 2), (15, 5), (25, 4), (40, 8), (50, 6))
FIRST = ("Amber", "Brass", "Cedar", "Dune", "Ember", "Flint", "Grove", "Harbour")
SECOND = ("Anchor", "Bearing", "Compass", "Drill", "Engine", "Filter", "Gauge", "Hinge")
CATEGORIES = ("books", "clothing", "electronics", "sports", "tools")
TAGS = ("durable", "eco", "fast", "fragile", "heavy", "limited", "new", "sale")


@functools.cache
def articles():
    """The same in every run."""
    chance = random.Random(1)
    return [{
        "id": number,
        "name": f"{chance.choice(FIRST)} {chance.choice(SECOND)}",
        "category": chance.choice(CATEGORIES),
        "price": chance.randint(1, 500),
        "quantity": chance.randint(1, 100),
        "active": chance.random() < 0.7,
        "tags": chance.sample(TAGS, chance.randint(2, 4)),
        "rating": {"score": chance.randint(1, 50), "count": chance.randint(1, 400)},
    } for number in range(1, COUNT + 1)]


def write_dataset(folder):
    path = pathlib.Path(folder) / "dataset.json"
    path.write_text(json.dumps(articles(), indent=2), encoding="utf-8")
    return path


def target(count, factor):
    return f"/json/{count}?m={factor}"


def answer(count, factor):
    """The text that all servers here answer with, to the byte."""
    priced = [{**article, "total": article["price"] * article["quantity"] * factor}
              for article in articles()[:count]]
    return json.dumps({"items": priced, "count": len(priced)}, separators=(",", ":"))
