"""Bar charts: standing or lying, one colour or several, side by side or stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from docvision.geometry import union
from docvision.reading.charts.axis import Scale, value_scale
from docvision.reading.charts.data import Datum, Reading, settled, unlabelled_span
from docvision.reading.charts.labels import Label, line_height
from docvision.reading.charts.legend import Legend
from docvision.reading.charts.marks import Mark
from docvision.reading.charts.slots import categories_below, categories_beside
from docvision.results.model import ChartKind

_ALIKE = 0.15
"""Bars of one chart differ by so much in breadth, or by three pixels."""
_LEVEL = 2.5
"""Pixels within which bars stand on one line."""
_ON_ZERO = 6.0
"""Pixels by which the numbers may seem to set zero beside the line that the bars stand on."""
_ABOVE = 1.6
"""Line heights beyond the end of a bar within which its label stands."""
_LEAST = 2
_STACKED = 0.4
"""Share of the columns with bars upon bars from which a chart is stacked."""
_LONGEST = 0.08
"""Share of the picture that the longest bar reaches over at least."""


@dataclass(frozen=True, kw_only=True)
class _Row:
    """Bars along a line: `side` is that of the values (1 where they stand, 0 where they lie)."""

    bars: tuple[Mark, ...]
    side: int
    base: float
    breadth: float

    @property
    def across(self) -> int:
        """The side along which the categories follow one another."""
        return 1 - self.side

    def far(self, bar: Mark) -> float:
        """Return the edge of a bar that lies away from the line on which it stands."""
        low, high = bar.box[self.side], bar.box[self.side + 2]
        return low if abs(low - self.base) > abs(high - self.base) else high

    def length(self, bar: Mark) -> float:
        """Return how long a bar is."""
        return bar.box[self.side + 2] - bar.box[self.side]


def read_bars(
    marks: Sequence[Mark], legend: Legend, labels: Sequence[Label], size: tuple[int, int]
) -> Reading | None:
    """Return the data of a bar chart, or None where the marks are no bars with values.

    `size` is the picture's (width, height).
    """
    solid = [mark for mark in marks if mark.solid and mark not in legend.swatches]
    solid = [mark for mark in solid if not _is_panel(mark, solid, size)]
    free = [label for label in labels if label not in legend.labels]
    rows = [row for side in (1, 0) if (row := _row(solid, side))]
    rows = [row for row in rows if max(map(row.length, row.bars)) >= _LONGEST * size[row.side]]
    if not rows:
        return None
    scales = {row.side: value_scale(free, row.side) for row in rows}
    row = max(rows, key=lambda row: (len(row.bars), _ticks(scales[row.side])))
    return _read(row, scales[row.side], free)


def _ticks(scale: Scale | None) -> int:
    return len(scale.ticks) if scale else 0


def _is_panel(mark: Mark, marks: Sequence[Mark], size: tuple[int, int]) -> bool:
    """Whether a mark is the ground that others stand on."""
    large = mark.width * mark.height > 0.25 * size[0] * size[1]
    x0, y0, x1, y1 = mark.box
    inside = sum(
        x0 < other.middle[0] < x1 and y0 < other.middle[1] < y1
        for other in marks
        if other is not mark
    )
    return large and inside >= _LEAST


def _row(marks: Sequence[Mark], side: int) -> _Row | None:
    """Return the bars among the marks if values ran along this side."""
    if len(marks) < _LEAST:
        return None
    across = 1 - side
    breadths = [mark.box[across + 2] - mark.box[across] for mark in marks]
    areas = [mark.width * mark.height for mark in marks]
    large = [one for one, area in zip(breadths, areas, strict=True) if area >= 0.1 * max(areas)]
    breadth = median(large)
    alike = [
        mark
        for mark, one in zip(marks, breadths, strict=True)
        if abs(one - breadth) <= max(3.0, _ALIKE * breadth)
    ]
    if len(alike) < _LEAST:
        return None
    edges = [edge for mark in alike for edge in (mark.box[side], mark.box[side + 2])]
    base = max(edges, key=lambda edge: (_near(edges, edge), edge if side else -edge))
    standing = _standing(alike, side, base)
    if len(standing) < _LEAST:
        return None
    return _Row(bars=tuple(standing), side=side, base=base, breadth=breadth)


def _near(edges: Sequence[float], edge: float) -> int:
    return sum(abs(one - edge) <= _LEVEL for one in edges)


def _standing(marks: Sequence[Mark], side: int, base: float) -> list[Mark]:
    """Return the marks that stand on the line, or on others that do."""
    found = [mark for mark in marks if _touches(mark, side, base, base)]
    grown = True
    while grown:
        more = [
            mark
            for mark in marks
            if mark not in found and any(_stands_on(mark, other, side) for other in found)
        ]
        found += more
        grown = bool(more)
    return found


def _touches(mark: Mark, side: int, low: float, high: float) -> bool:
    return min(abs(mark.box[side] - high), abs(mark.box[side + 2] - low)) <= _LEVEL + 1


def _stands_on(mark: Mark, other: Mark, side: int) -> bool:
    across = 1 - side
    level = abs(mark.middle[across] - other.middle[across]) <= _LEVEL
    return level and _touches(mark, side, other.box[side], other.box[side + 2])


def _read(row: _Row, scale: Scale | None, labels: Sequence[Label]) -> Reading | None:
    columns = _columns(row)
    stacked = sum(len(column) > 1 for column in columns) >= _STACKED * len(columns)
    if not stacked:
        columns = [[max(column, key=lambda bar: bar.area)] for column in columns]
        row = replace(row, bars=tuple(bar for (bar,) in columns))
    height = line_height(labels)
    ticks = scale.ticks if scale else ()
    numbers = [label for label in labels if label.number is not None and label not in ticks]
    said = _labels_of(row, numbers, height, stacked=stacked)
    scale = scale.through(row.base, 0.0, _ON_ZERO) if scale else _scale_of_labels(row, said)
    if scale is None:
        return None
    groups = _groups(row, columns) if not stacked else columns
    used = {id(label) for label in (*ticks, *said.values())}
    left = [label for label in labels if id(label) not in used]
    names = _categories(row, groups, scale, left, height)
    values = {id(bar): _value(row, bar, scale, stacked=stacked) for bar in row.bars}
    span = scale.span if scale.ticks else unlabelled_span(list(values.values()))
    data, agreed, disputed = [], 0, 0
    for group, name in zip(groups, names, strict=True):
        for bar in group:
            label = said.get(id(bar))
            value, borne = settled(values[id(bar)], label.number if label else None, span)
            agreed += borne
            disputed += label is not None and not borne
            data.append(
                Datum(category=name, layer=bar.layer, value=value, box=bar.box, labelled=borne)
            )
    return Reading(
        kind=_kind(row, stacked=stacked),
        data=tuple(data),
        error=scale.error if ticks else None,
        agreed=agreed,
        disputed=disputed,
        plot=union([bar.box for bar in row.bars] + [label.box for label in ticks]),
    )


def _kind(row: _Row, *, stacked: bool) -> ChartKind:
    if stacked:
        return ChartKind.STACKED_BAR
    several = len({bar.layer for bar in row.bars}) > 1
    return ChartKind.GROUPED_BAR if several else ChartKind.BAR


def _columns(row: _Row) -> list[list[Mark]]:
    """Return the bars that stand upon one another, column by column along the axis."""
    columns: list[list[Mark]] = []
    for bar in sorted(row.bars, key=lambda bar: bar.middle[row.across]):
        place = bar.middle[row.across]
        if columns and place - columns[-1][0].middle[row.across] <= 0.3 * row.breadth:
            columns[-1].append(bar)
        else:
            columns.append([bar])
    return columns


def _groups(row: _Row, columns: Sequence[Sequence[Mark]]) -> list[list[Mark]]:
    """Join the bars of one category, which touch; a colour comes once in each."""
    groups: list[list[Mark]] = []
    for (bar,) in columns:
        group = groups[-1] if groups else None
        gap = bar.box[row.across] - group[-1].box[row.across + 2] if group else 0.0
        if group and gap <= 0.45 * row.breadth and all(one.layer != bar.layer for one in group):
            group.append(bar)
        else:
            groups.append([bar])
    return groups


def _value(row: _Row, bar: Mark, scale: Scale, *, stacked: bool) -> float:
    if stacked:
        return abs(scale.slope) * row.length(bar)
    return scale.value(row.far(bar))


def _labels_of(
    row: _Row, numbers: Sequence[Label], height: float, *, stacked: bool
) -> Mapping[int, Label]:
    """Return the number written in or at the end of each bar, by the bar's id."""
    pairs = []
    for bar in row.bars:
        for label in numbers:
            beside = abs(label.middle[row.across] - bar.middle[row.across])
            extent = label.box[row.across + 2] - label.box[row.across]
            if beside > max(0.5 * row.breadth, 0.3 * extent) + 2:
                continue
            away = _away(row, bar, label)
            if away <= (0 if stacked else _ABOVE * height):
                far = abs(label.middle[row.side] - row.far(bar))
                pairs.append((max(0.0, away) * 2 + far + beside, bar, label))
    said: dict[int, Label] = {}
    taken: set[int] = set()
    for _, bar, label in sorted(pairs, key=lambda pair: pair[0]):
        if id(bar) not in said and id(label) not in taken:
            said[id(bar)] = label
            taken.add(id(label))
    return said


def _away(row: _Row, bar: Mark, label: Label) -> float:
    """Return the white between a bar's far end and a label; below 0 where its middle is inside."""
    low, high = bar.box[row.side], bar.box[row.side + 2]
    middle = label.middle[row.side]
    if low <= middle <= high:
        return -1.0
    far = row.far(bar)
    if abs(middle - row.base) < abs(far - row.base):
        return float("inf")
    return min(abs(label.box[row.side] - far), abs(label.box[row.side + 2] - far))


def _scale_of_labels(row: _Row, said: Mapping[int, Label]) -> Scale | None:
    """Return the scale that the labels themselves set, where no axis has numbers."""
    bars = {id(bar): bar for bar in row.bars}
    ratios = [
        label.number / row.length(bars[at])
        for at, label in said.items()
        if label.number is not None and row.length(bars[at]) > 0
    ]
    if len(ratios) < _LEAST:
        return None
    ratio = median(ratios)
    upward = sum(row.far(bar) < row.base for bar in row.bars) * 2 > len(row.bars)
    slope = -ratio if upward else ratio
    if slope == 0:
        return None
    return Scale(slope=slope, start=-slope * row.base, ticks=(), error=0.0)


def _categories(
    row: _Row,
    groups: Sequence[Sequence[Mark]],
    scale: Scale,
    labels: Sequence[Label],
    height: float,
) -> list[str]:
    places = [(group[0].box[row.across] + group[-1].box[row.across + 2]) / 2 for group in groups]
    boxes = [bar.box for bar in row.bars]
    if row.side == 1:
        edge = max(box[3] for box in boxes)
        if scale.ticks:
            edge = max(edge, scale.ends[1])
        found = categories_below(places, labels, edge, height)
    else:
        found = categories_beside(places, labels, min(box[0] for box in boxes), height)
    return [label.text if label else str(at + 1) for at, label in enumerate(found)]
