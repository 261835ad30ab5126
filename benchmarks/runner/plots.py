"""Two kinds of charts: bars that compare peers, and curves that show growth."""

import math

import svg

WIDTH = 760


def short(value):
    """1234 -> "1,234"; 0.5678 -> "0.568"."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 3)}f}"


def ticks(most, wanted=5):
    """Round numbers from 0 to at least `most`."""
    if most <= 0:
        return [0, 1]
    step = 10 ** math.floor(math.log10(most / wanted))
    for factor in (1, 2, 5, 10):
        if most / (step * factor) <= wanted:
            step *= factor
            break
    count = math.ceil(most / step - 1e-9)
    return [step * index for index in range(count + 1)]


def decades(least, most):
    """Powers of ten around both."""
    low, high = math.floor(math.log10(least) + 1e-9), math.ceil(math.log10(most) - 1e-9)
    return [10.0 ** power for power in range(low, max(high, low + 1) + 1)]


def bars(title, unit, entries):
    """`entries`: (name, value, user part or None, min, max, whether it is ours), drawn from the least to the most."""
    entries = sorted(entries, key=lambda entry: entry[1])
    left, right, top, step = 110, 90, 62, 26
    canvas = svg.Canvas(WIDTH, top + step * len(entries) + 40, title)
    canvas.text(12, 22, title, "title")
    split = any(user is not None for _, _, user, *_ in entries)
    canvas.text(12, 42, unit + ("; light: in user space; lines: from min to max" if split else ""), "quiet")
    scale = ticks(max([entry[4] for entry in entries] + [1e-9]))
    def place(value):
        return left + max(value, 0) / scale[-1] * (WIDTH - left - right)
    bottom = top + step * len(entries)
    for tick in scale:
        canvas.line(place(tick), top - 6, place(tick), bottom, "grid")
        canvas.text(place(tick), bottom + 16, short(tick), "quiet", "middle")
    for index, (name, value, user, least, most, ours) in enumerate(entries):
        y = top + index * step
        kind = "ours" if ours else "other"
        canvas.text(left - 8, y + 14, name, "strong" if ours else "", "end")
        canvas.rectangle(left, y + 3, place(value) - left, 14, kind)
        if user is not None:
            canvas.rectangle(left, y + 3, place(user) - left, 14, kind + "-light")
        if most > least:
            canvas.line(place(least), y + 10, place(most), y + 10, "whisker")
        canvas.text(max(place(most), place(value)) + 6, y + 14, short(value), "strong" if ours else "")
    canvas.line(left, top - 6, left, bottom, "axis")
    return canvas.render()


def spread(places, least_gap, low, high):
    """Moves label positions apart; the same order, within low and high as far as they fit."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, index in zip([None] + order, order):
        if before is not None:
            moved[index] = max(moved[index], moved[before] + least_gap)
    over = max([moved[index] for index in order] + [high]) - high
    for index in order:
        moved[index] = max(low, moved[index] - over)
    return moved


def curves(title, unit, x_title, labels, series):
    """`labels`: x -> its text. `series`: name -> [(x, value)]. x is logarithmic; y too if it spans two decades."""
    width, height, left, right, top, bottom = WIDTH, 400, 70, 120, 62, 48
    canvas = svg.Canvas(width, height, title)
    canvas.text(12, 22, title, "title")
    values = [value for points in series.values() for _, value in points if value > 0]
    logarithmic = max(values) / min(values) > 50
    canvas.text(12, 42, unit + ("; logarithmic" if logarithmic else ""), "quiet")
    scale = decades(min(values), max(values)) if logarithmic else ticks(max(values))
    xs = sorted(labels)
    def across(x):
        low, high = math.log(xs[0]), math.log(xs[-1])
        return left + (math.log(x) - low) / ((high - low) or 1) * (width - left - right)
    def up(value):
        if logarithmic:
            low, high = math.log(scale[0]), math.log(scale[-1])
            part = (math.log(max(value, scale[0])) - low) / (high - low)
        else:
            part = value / scale[-1]
        return height - bottom - part * (height - top - bottom)
    for tick in scale:
        canvas.line(left, up(tick), width - right, up(tick), "grid")
        canvas.text(left - 8, up(tick) + 4, short(tick), "quiet", "end")
    for x in xs:
        canvas.line(across(x), height - bottom, across(x), height - bottom + 5, "axis")
        canvas.text(across(x), height - bottom + 20, labels[x], "quiet", "middle")
    canvas.line(left, height - bottom, width - right, height - bottom, "axis")
    canvas.text((left + width - right) / 2, height - 10, x_title, "quiet", "middle")
    ends = spread([up(points[-1][1]) for points in series.values()], 15, top, height - bottom)
    for index, (name, points) in enumerate(series.items()):
        colour = svg.PALETTE[index % len(svg.PALETTE)]
        places = [(across(x), up(value)) for x, value in points]
        canvas.path(places, colour, 3.0 if name.startswith("gyre") else 1.8)
        for place in places:
            canvas.dot(*place, colour)
        canvas.text(width - right + 10, ends[index] + 4, name, "strong" if name.startswith("gyre") else "", "start",
                    colour)
    return canvas.render()
