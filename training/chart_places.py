"""Where the words of a chart stand, as a plotting library would put them.

Pixels as at 150 dpi, origin top left, y down.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from docvision.results.model import ChartKind
from docvision.tasks.prompts import Box
from training.charts import DrawnChart, number_text

CATEGORY, VALUE, NAME, OTHER = "category", "value", "name", "other"
_WIDE = 0.55
"""Width of a letter over the height of its line."""

_SPACE = 0.5
"""Width of a space over that of a letter."""

Placed = tuple[str, Box, "Owner"]


@dataclass(frozen=True, kw_only=True)
class Owner:
    """What a word is part of: a category, a value, a series' name, or something else."""

    kind: str = OTHER
    series: int = 0
    category: int = 0


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """Where the axes are, the sizes of letters, and the value at the far end of its axis."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    letter: float
    small: float
    most: float


def place_chart(
    chart: DrawnChart, rng: random.Random, *, bare: bool = False, hidden: bool = True
) -> list[Placed]:
    """Return the words of a chart with their boxes and owners; a bare one has no ticks or title.

    With `hidden`, values that others would cover are left out.
    """
    frame = _frame(chart, rng)
    sign = rng.choice(("", "", "", "", "%", "€", "k"))
    if chart.kind is ChartKind.PIE:
        found = list(_pie(chart, rng, frame))
    else:
        lay = _bars if chart.kind is not ChartKind.LINE else _lines
        values = lay(chart, rng, frame, sign)
        found = [
            *(_ticks(chart, rng, frame) if not bare else ()),
            *_categories(chart, frame),
            *(_apart(values) if hidden else values),
            *(_legend(chart.names, rng, frame) if len(chart.names) > 1 else ()),
        ]
    if not bare:
        found += _titles(chart, rng, frame)
    return found


def _frame(chart: DrawnChart, rng: random.Random) -> _Frame:
    width, height = rng.uniform(5.0, 7.5) * 150, rng.uniform(3.4, 4.8) * 150
    letter = rng.choice((9, 10, 11)) * 150 / 72
    most = max(map(max, chart.values))
    if chart.kind is ChartKind.STACKED_BAR:
        most = max(sum(some) for some in zip(*chart.values, strict=True))
    longest = max(map(len, chart.categories)) if chart.horizontal else len(f"{most:,.0f}")
    return _Frame(
        width=width,
        height=height,
        left=(longest + 1) * letter * _WIDE + rng.choice((10.0, 2.2 * letter)),
        top=rng.uniform(0.02, 0.1) * height + letter,
        right=rng.choice((0.98, 0.98, 0.8)) * width,
        bottom=height - rng.uniform(1.6, 4.0) * letter,
        letter=letter,
        small=rng.uniform(7.5, 9.5) * 150 / 72,
        most=most * rng.uniform(1.05, 1.2),
    )


def _words(
    said: str, x: float, y: float, size: float, owner: Owner, *, align: float
) -> Iterator[Placed]:
    """Yield the words of a text whose line's middle is y; `align` 0 begins at x, 1 ends there."""
    start = x - align * len(said) * size * _WIDE
    for at, word in enumerate(said.split(" ")):
        before = sum(len(one) + _SPACE for one in said.split(" ")[:at]) * size * _WIDE
        left = start + before
        if word:
            yield word, (left, y - size / 2, left + len(word) * size * _WIDE, y + size / 2), owner


def _ticks(chart: DrawnChart, rng: random.Random, frame: _Frame) -> Iterator[Placed]:
    """Yield the numbers along the axis of values."""
    rough = frame.most / rng.uniform(4, 9)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= rough)
    grouped = rng.random() < 0.5
    for number in range(int(frame.most / step) + 1):
        value = number * step
        said = number_text(value) if grouped else f"{value:g}"
        yield from _at_value(chart, frame, said, value / frame.most)


def _at_value(chart: DrawnChart, frame: _Frame, said: str, share: float) -> Iterator[Placed]:
    if chart.horizontal:
        x = frame.left + share * (frame.right - frame.left)
        yield from _words(
            said, x, frame.bottom + 0.9 * frame.letter, frame.letter, Owner(), align=0.5
        )
    else:
        y = frame.bottom - share * (frame.bottom - frame.top)
        yield from _words(said, frame.left - 10, y, frame.letter, Owner(), align=1.0)


def _place(chart: DrawnChart, frame: _Frame, category: int) -> float:
    """Return where a category stands along its axis, in pixels."""
    count = len(chart.categories)
    if chart.kind is ChartKind.LINE:
        share = 0.05 + 0.9 * category / max(1, count - 1)
    else:
        share = (category + 0.5) / count
    if chart.horizontal:
        return frame.bottom - share * (frame.bottom - frame.top)
    return frame.left + share * (frame.right - frame.left)


def _categories(chart: DrawnChart, frame: _Frame) -> Iterator[Placed]:
    for at, name in enumerate(chart.categories):
        owner, place = Owner(kind=CATEGORY, category=at), _place(chart, frame, at)
        if chart.horizontal:
            yield from _words(name, frame.left - 10, place, frame.letter, owner, align=1.0)
        else:
            below = frame.bottom + 0.9 * frame.letter
            yield from _words(name, place, below, frame.letter, owner, align=0.5)


def _bars(chart: DrawnChart, rng: random.Random, frame: _Frame, sign: str) -> Iterator[Placed]:
    """Yield the values: at the ends of bars, or in the middle of what is stacked."""
    if not chart.labels:
        return
    stacked = chart.kind is ChartKind.STACKED_BAR
    share = rng.uniform(0.55, 0.85) / (1 if stacked else len(chart.names))
    length = frame.right - frame.left if not chart.horizontal else frame.bottom - frame.top
    width = share * length / len(chart.categories)
    for at in range(len(chart.categories)):
        below = 0.0
        for series, values in enumerate(chart.values):
            value, owner = values[at], Owner(kind=VALUE, series=series, category=at)
            shift = 0.0 if stacked else (series - (len(chart.names) - 1) / 2) * width
            end = below + value / 2 if stacked else value
            said = number_text(value) + sign
            yield from _value(chart, frame, said, at, shift, end / frame.most, owner)
            below += value if stacked else 0.0


def _value(
    chart: DrawnChart, frame: _Frame, said: str, at: int, shift: float, share: float, owner: Owner
) -> Iterator[Placed]:
    place = _place(chart, frame, at)
    centred = chart.kind is ChartKind.STACKED_BAR
    if chart.horizontal:
        x = frame.left + share * (frame.right - frame.left) + (0 if centred else 5)
        align = 0.5 if centred else 0.0
        yield from _words(said, x, place - shift, frame.small, owner, align=align)
    else:
        y = (
            frame.bottom
            - share * (frame.bottom - frame.top)
            - (0 if centred else 0.7 * frame.small)
        )
        yield from _words(said, place + shift, y, frame.small, owner, align=0.5)


def _lines(chart: DrawnChart, rng: random.Random, frame: _Frame, sign: str) -> Iterator[Placed]:
    """Yield the values above the points of lines."""
    if not chart.labels:
        return
    for at in range(len(chart.categories)):
        for series, values in enumerate(chart.values):
            owner = Owner(kind=VALUE, series=series, category=at)
            y = frame.bottom - values[at] / frame.most * (frame.bottom - frame.top)
            said, x = number_text(values[at]) + sign, _place(chart, frame, at)
            yield from _words(said, x, y - 1.3 * frame.small, frame.small, owner, align=0.5)


def _apart(placed: Iterator[Placed]) -> Iterator[Placed]:
    """Yield the words that no other one before them covers: a reader sees one of two at most."""
    kept: list[Box] = []
    for said, box, owner in placed:
        if all(
            min(box[2], one[2]) - max(box[0], one[0]) <= 0.4 * (box[2] - box[0])
            or min(box[3], one[3]) - max(box[1], one[1]) <= 0.4 * (box[3] - box[1])
            for one in kept
        ):
            kept.append(box)
            yield said, box, owner


def _legend(names: tuple[str, ...], rng: random.Random, frame: _Frame) -> Iterator[Placed]:
    """Yield the names of a legend: in a corner, at the right, or in a row below."""
    how = rng.choice(("inside", "outside", "below"))
    longest = max(map(len, names)) * frame.letter * _WIDE
    for at, name in enumerate(names):
        owner = Owner(kind=NAME, series=at)
        if how == "below":
            x = 0.3 * frame.width + at * (longest + 3.5 * frame.letter)
            yield from _words(name, x, frame.height + frame.letter, frame.letter, owner, align=0.0)
            continue
        x = frame.right + 3 * frame.letter if how == "outside" else frame.right - longest - 12
        y = frame.top + (at + 0.8) * 1.5 * frame.letter
        if how == "outside":
            y += 0.3 * (frame.bottom - frame.top)
        yield from _words(name, x, y, frame.letter, owner, align=0.0)


def _pie(chart: DrawnChart, rng: random.Random, frame: _Frame) -> Iterator[Placed]:
    """Yield the names around a pie, or in a legend at its right, and the shares on its parts."""
    values = chart.values[0]
    radius = 0.42 * (frame.bottom - frame.top)
    x, y = 0.45 * frame.width, (frame.top + frame.bottom) / 2
    inside, way = rng.choice((0.6, 0.75)), rng.choice((-1, 1))
    turn = math.radians(rng.choice((0, 90, 140)))
    sign = rng.choice(("%", " %", ""))
    legend = rng.random() < 0.4
    for at, value in enumerate(values):
        angle = turn + way * math.tau * (sum(values[:at]) + value / 2) / sum(values)
        across, up = math.cos(angle), -math.sin(angle)
        if not legend:
            name = Owner(kind=CATEGORY, category=at)
            far = 1.1 * radius
            align = 0.0 if across > 0 else 1.0
            yield from _words(
                chart.categories[at],
                x + far * across,
                y + far * up,
                frame.letter,
                name,
                align=align,
            )
        if chart.labels:
            owner = Owner(kind=VALUE, series=at, category=at)
            said = f"{100 * value / sum(values):.1f}{sign}"
            near = inside * radius
            yield from _words(
                said, x + near * across, y + near * up, frame.letter, owner, align=0.5
            )
    if legend:
        yield from _legend(chart.categories, rng, frame)


def _titles(chart: DrawnChart, rng: random.Random, frame: _Frame) -> Iterator[Placed]:
    """Yield the title, and an axis's, which a reader gets in pieces where it stands upright."""
    if chart.title:
        middle = (frame.left + frame.right) / 2
        above = frame.top - 0.9 * frame.letter
        yield from _words(chart.title, middle, above, 1.2 * frame.letter, Owner(), align=0.5)
    if not chart.y_title or chart.kind is ChartKind.PIE:
        return
    if chart.horizontal:
        below = frame.bottom + 2.3 * frame.letter
        yield from _words(chart.y_title, frame.width / 2, below, frame.letter, Owner(), align=0.5)
        return
    y = (frame.top + frame.bottom) / 2
    for word in chart.y_title.split(" "):
        tall = len(word) * frame.letter * _WIDE
        yield word, (4.0, y - tall / 2, 4.0 + frame.letter, y + tall / 2), Owner()
        y -= tall + 0.6 * frame.letter
