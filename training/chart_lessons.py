"""Lessons in charts: the words of an invented chart where they would stand, and its data as CSV.

Nothing is drawn: words and their places cost a thousandth of a picture, and words are all that a
small model is shown of a chart. Pixels as at 150 dpi, origin top left, y down.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from docvision.reading.charts.beside import Beside, Measured
from docvision.results.model import ChartKind
from docvision.tasks.chart_lists import COLUMNS, PAIRS, ROWS
from docvision.tasks.chart_words import LEGEND, ChartWords, Line, Piece, chart_words
from docvision.tasks.prompts import Box, PlacedWord, chart_prompt
from training import text
from training.chart_places import CATEGORY, NAME, VALUE, Owner, place_chart
from training.charts import DrawnChart, draw_data
from training.example import Example
from training.extraction import Answer, document
from training.sheet import misread, sheet_words

MAX_LEVEL = 4
_UNWRITTEN = 0.45
"""Share of charts whose values are not written."""
_UNMEASURED = 0.15
"""Share of these that nothing was measured on: there is nothing to copy."""
_OFF = 0.005
"""Standard error of what is measured, as a share of the largest value."""
_NO_CHART = 0.06
"""Share of lessons whose words are no chart's."""
_EASIER = 0.25
"""Share of lessons that are easier than they could be."""
_UNSEEN = 0.03
"""Share of numbers that a reader overlooks, at the top level."""
_NOISE = 0.004
_OTHER_COLOUR = 0.02
_NO_LEGEND = 0.12
"""Share of legends whose colours are not told."""


def chart_lesson(rng: random.Random, level: float, held_out: bool = False) -> Example:
    """Return a chart's words and its data as CSV, or null where no values are known.

    Harder: more kinds from 1 on, several series from 2, all looks from 3, misreadings at 4.
    """
    return lesson_of(rng, level, held_out)[0]


def lesson_of(
    rng: random.Random, level: float, held_out: bool = False
) -> tuple[Example, ChartWords]:
    """Return a lesson together with the words that it lays out."""
    step = int(level) + (rng.random() < level % 1)
    if rng.random() < _EASIER:
        step = rng.randint(0, step)
    if step >= 3 and rng.random() < _NO_CHART:
        return _no_chart(rng, held_out)
    chart = _draw(rng, step)
    read = _read(rng, chart, step)
    said = chart_words(read.words, beside=read.beside)
    answer = Answer()
    lines = _lines_of_data(said, read)
    if lines:
        _write(answer, said, read, lines)
    else:
        answer.decide("null")
    return _example(said, answer), said


def _no_chart(rng: random.Random, held_out: bool) -> tuple[Example, ChartWords]:
    """Return the words of a document that is no chart, and null."""
    sheet, _ = document(rng, held_out, brief=rng.random() < 0.7)
    answer = Answer()
    answer.decide("null")
    said = chart_words(sheet_words(sheet, rng, _NOISE))
    return _example(said, answer), said


def _example(said: ChartWords, answer: Answer) -> Example:
    # Whether another row follows is as much a decision as what stands in it.
    answer.decisions.append((len(answer.text), len(answer.text) + 1))
    return Example(
        task="chart",
        prompt=chart_prompt(said.text),
        answer=answer.text,
        copies=tuple(replace(copy, source=copy.source + _BEFORE) for copy in answer.copies),
        decisions=tuple(answer.decisions),
    )


_BEFORE = chart_prompt("\0").index("\0")
"""Where the words begin in the prompt."""


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """The words as a reader found them, and whose they are; then of what was measured."""

    words: list[PlacedWord] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    beside: Beside


def _draw(rng: random.Random, step: int) -> DrawnChart:
    """Return a chart of a kind that this step has."""
    several = (ChartKind.GROUPED_BAR, ChartKind.STACKED_BAR)
    while True:
        chart = draw_data(rng, labels=rng.random() >= _UNWRITTEN)
        plain = chart.kind not in several and len(chart.names) == 1
        if step == 0 and (chart.kind is not ChartKind.BAR or len(chart.categories) > 4):
            continue
        if step < 3 and (chart.horizontal or chart.kind is ChartKind.PIE) and step < 2:
            continue
        if plain or step >= 2:
            return _renamed(chart, rng)


def _renamed(chart: DrawnChart, rng: random.Random) -> DrawnChart:
    """Return a chart with names that stand in no list, now and then."""
    if rng.random() < 0.4:
        made = tuple(dict.fromkeys(_name(rng) for _ in chart.categories))
        if len(made) == len(chart.categories):
            chart = replace(chart, categories=made)
    if len(chart.names) > 1 and rng.random() < 0.5:
        names = tuple(dict.fromkeys(_name(rng) for _ in chart.names))
        if len(names) == len(chart.names):
            chart = replace(chart, names=names)
    if rng.random() < 0.3:
        chart = replace(chart, title=text.phrase(rng, 1, 4) + rng.choice(("", "", " 2024", " 7")))
    return chart


def _name(rng: random.Random) -> str:
    drawn = rng.random()
    if drawn < 0.12:
        return f"{text.word(rng).title()} {text.word(rng)}"[:16].strip()
    return text.word(rng).title()[:12] if drawn < 0.85 else text.code(rng)[:8]


def _read(rng: random.Random, chart: DrawnChart, step: int) -> _Reading:
    """Return what a reader, the colours and the scale tell of a chart."""
    worn = step >= MAX_LEVEL
    marked = replace(chart, labels=True)
    placed = place_chart(marked, rng, bare=step == 0, hidden=chart.labels)
    words: list[PlacedWord] = []
    owners: list[Owner] = []
    for said, box, owner in placed:
        if owner.kind == VALUE and not chart.labels:
            continue
        if worn and rng.random() < (_UNSEEN if owner.kind == VALUE else _UNSEEN / 3):
            continue
        words.append((misread(said, rng, _NOISE if worn else 0.0).replace('"', "'"), box))
        owners.append(owner)
    beside = _beside(rng, owners, worn=worn)
    if chart.labels or rng.random() < _UNMEASURED * (step > 0):
        return _Reading(words=words, owners=owners, beside=beside)
    marks = {owner: box for _, box, owner in placed if owner.kind == VALUE}
    told = {owner: box for owner, box in marks.items() if not worn or rng.random() >= _UNSEEN}
    order = {owners[name[0]].series: at for at, name in enumerate(beside.names)}
    return _Reading(
        words=words,
        owners=[*owners, *told],
        beside=replace(beside, measured=_measured(rng, chart, told, order)),
    )


def _measured(
    rng: random.Random, chart: DrawnChart, marks: Mapping[Owner, Box], order: Mapping[int, int]
) -> tuple[Measured, ...]:
    """Return what is measured of the marks; of a pie it is a share in percent.

    `order` is the place of each series' name in the legend.
    """
    values = chart.values
    if chart.kind is ChartKind.PIE:
        values = tuple((100 * value / sum(values[0]),) * len(values[0]) for value in values[0])
    off = _OFF * max(map(max, values))
    return tuple(
        Measured(
            value=values[owner.series][owner.category] + rng.gauss(0, off),
            box=box,
            colour=order.get(owner.series),
        )
        for owner, box in marks.items()
    )


def _beside(rng: random.Random, owners: Sequence[Owner], *, worn: bool) -> Beside:
    """Return what the legend's colours tell, with the mistakes that reading them makes."""
    by: dict[int, list[int]] = {}
    for at, owner in enumerate(owners):
        if owner.kind == NAME:
            by.setdefault(owner.series, []).append(at)
    if len(by) < 2 or rng.random() < (_NO_LEGEND if worn else 0.05):
        return Beside()
    names = sorted(by)
    colours = {}
    for at, owner in enumerate(owners):
        if owner.kind == VALUE and owner.series in names:
            other = worn and rng.random() < _OTHER_COLOUR
            seen = rng.choice(names) if other else owner.series
            if not worn or rng.random() >= _OTHER_COLOUR:
                colours[at] = names.index(seen)
    return Beside(names=tuple(tuple(by[name]) for name in names), colours=colours)


def _lines_of_data(said: ChartWords, read: _Reading) -> list[Line]:
    """Return the lines of the lists that are the chart's data, nothing where there are too few."""
    for heading in (COLUMNS, ROWS, PAIRS):
        lines = [
            line
            for line in said.lists.get(heading, ())
            if any(read.owners[word].kind in (CATEGORY, NAME) for word in line.head.words)
        ]
        if sum(bool(_values(line, read)) for line in lines) >= 2:
            return lines
    return []


def _values(line: Line, read: _Reading) -> list[Piece]:
    """Return the pieces of a line that hold values of the chart."""
    return [
        cell
        for cell in line.cells
        if cell and any(read.owners[word].kind == VALUE for word in cell.words)
    ]


def _write(answer: Answer, said: ChartWords, read: _Reading, lines: Sequence[Line]) -> None:
    """Write the table: the legend's names, then a row for each category."""
    names = _names(said, read, lines)
    # Whether there is a table at all, and whether its series have names, are decisions.
    answer.decide('"')
    answer.write('category",')
    if len(names) > 1:
        for number, name in enumerate(names):
            answer.write("," if number else "")
            answer.value((name.text, name.at))
    else:
        answer.decide('"value"')
    for line in lines:
        answer.decide("\n")
        answer.value((line.head.text, line.head.at))
        # Years and codes begin alike: each letter of a category counts, not only the first.
        answer.copies[-1] = replace(answer.copies[-1], alike=True)
        for cell in _cells(line, read, max(1, len(names)), coloured=LEGEND in said.lists):
            answer.write(",")
            answer.value((cell.text, cell.at) if cell else None)


def _names(said: ChartWords, read: _Reading, lines: Sequence[Line]) -> list[Piece]:
    """Return the names of the series, none where there is one series only."""
    if said.lists.keys() & {PAIRS}:
        return []
    if LEGEND in said.lists:
        return [line.head for line in said.lists[LEGEND]]
    most = max(len(_values(line, read)) for line in lines)
    if most < 2:
        return []
    by: dict[int, list[int]] = {}
    for at, owner in enumerate(read.owners):
        if owner.kind == NAME:
            by.setdefault(owner.series, []).append(at)
    pieces = []
    for at in sorted(by):
        whole = " ".join(read.words[word][0] for word in by[at])
        place = said.text.find(whole)
        pieces.append(Piece(words=tuple(by[at]), text=whole, at=place))
    return pieces if len(pieces) == most and all(piece.at >= 0 for piece in pieces) else []


def _cells(line: Line, read: _Reading, count: int, *, coloured: bool) -> list[Piece | None]:
    """Return the cells of a row: by the legend's colours, or the values in their order."""
    if coloured and len(line.cells) >= count > 1:
        return [cell if cell in _values(line, read) else None for cell in line.cells[:count]]
    found: list[Piece | None] = [*_values(line, read)[:count]]
    return found + [None] * (count - len(found))
