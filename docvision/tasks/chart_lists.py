"""Which numbers on a chart stand by which words: by axes, by a legend's colours, or side by side.

Pure functions of text and boxes. Boxes are (left, top, right, bottom), y down, in pixels or in
fractions of the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median

from docvision.geometry import Box, union
from docvision.reading.charts.beside import Beside
from docvision.reading.charts.labels import parse_number
from docvision.tasks.prompts import PlacedWord, arrange_words

COLUMNS = "Numbers above the words at the bottom:"
ROWS = "Numbers right of the words at the left:"
PAIRS = "Numbers beside words:"
MEASURED = "~"
"""Stands before a number that was measured on the picture and is not written on it."""
_JOINED = 0.35
"""Heights between two words of one name at most."""
_SIGNS, _JOINED_SIGN = frozenset("%€$£"), 0.9
"""What belongs to the number before it, so many heights from it at most."""
_ALIGNED = 0.6
"""Heights by which words of one row or column stand out of line."""
_EVEN = 0.22
"""Share of a step by which evenly spaced words are off."""
_MOST = 0.6
"""Share of the steps that must be even where there are more than a few."""
_REACH = 0.6
"""Steps between a number and the word that it stands above, or right of."""
_LEAST = 3
"""Words of a row or a column along an axis."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One or more words that stand together; the box is as wide as it is high in one unit."""

    words: tuple[int, ...]
    text: str
    box: Box
    colour: int | None
    measured: bool = False

    @property
    def height(self) -> float:
        """The height of its line."""
        return self.box[3] - self.box[1]

    @property
    def has_digit(self) -> bool:
        """Whether it may be a number."""
        return any(letter.isdigit() for letter in self.text)

    def middle(self, side: int) -> float:
        """Return the centre along x (`side` 0) or y (1)."""
        return (self.box[side] + self.box[side + 2]) / 2


Listed = Sequence[tuple[Entry, Sequence[Entry | None]]]
"""Words, each with the numbers that stand by it; None where a colour has none."""


def listed_numbers(entries: Sequence[Entry], names: Sequence[Entry]) -> Mapping[str, Listed]:
    """Return the lists of a chart by their headings; `names` are its legend's.

    Of two axes the one whose words are mere ticks is left out.
    """
    written = [one for one in entries if not one.measured]
    bottom = _axis(written, 0)
    # What stands above the first word at the bottom is no axis at the left.
    left = _axis(
        [
            one
            for one in written
            if not bottom or one.middle(0) < bottom[0].middle(0) - one.height / 2
        ],
        1,
    )
    rest = [one for one in entries if one.has_digit and one not in bottom and one not in left]
    found = {
        COLUMNS: _along(bottom, rest, 0, len(names)),
        ROWS: _along(left, rest, 1, len(names)),
    }
    plain = [heading for heading, lines in found.items() if not _is_scale(lines)]
    if all(found.values()) and len(plain) == 1:
        return {plain[0]: found[plain[0]]}
    if not any(found.values()):
        found = {PAIRS: _pairs(entries, names)}
    return {heading: lines for heading, lines in found.items() if lines}


def entries_of(words: Sequence[PlacedWord], aspect: float, beside: Beside) -> list[Entry]:
    """Return the words that are no legend, those of one name joined."""
    legend = {word for name in beside.names for word in name}
    found: list[list[int]] = []
    for line in arrange_words(words, aspect=aspect):
        before: int | None = None
        for _, index in line:
            if index in legend:
                before = None
                continue
            if before is not None and _is_one_name(words[before], words[index], aspect):
                found[-1].append(index)
            else:
                found.append([index])
            before = index
    return [entry_of(words, aspect, some, beside) for some in found]


def _is_one_name(one: PlacedWord, other: PlacedWord, aspect: float) -> bool:
    """Whether a word goes on with the one before it: near, and not two numbers."""
    if _is_amount(other[0]) or (one[0][:1].isdigit() and other[0][:1].isdigit()):
        return False
    gap = (other[1][0] - one[1][2]) * aspect
    near = _JOINED_SIGN if other[0] in _SIGNS else _JOINED
    return gap <= near * min(one[1][3] - one[1][1], other[1][3] - other[1][1])


def _is_amount(text: str) -> bool:
    """Whether a word is a number of two digits or more, no part of a name as 2 may be."""
    return sum(map(str.isdigit, text)) > 1 and not any(map(str.isalpha, text))


def entry_of(
    words: Sequence[PlacedWord], aspect: float, some: Sequence[int], beside: Beside
) -> Entry:
    """Return some words as one entry."""
    left, top, right, bottom = union(words[index][1] for index in some)
    return Entry(
        words=tuple(some),
        text=" ".join(words[index][0] for index in some),
        box=(left * aspect, top, right * aspect, bottom),
        colour=next((beside.colours[index] for index in some if index in beside.colours), None),
    )


def measured_entries(beside: Beside, aspect: float, words: int) -> list[Entry]:
    """Return what was measured as entries, numbered from the last of so many words on."""
    return [
        Entry(
            words=(words + at,),
            text=_rounded(one.value),
            box=(one.box[0] * aspect, one.box[1], one.box[2] * aspect, one.box[3]),
            colour=one.colour,
            measured=True,
        )
        for at, one in enumerate(beside.measured)
    ]


def _rounded(value: float) -> str:
    """Return a measured value to three digits."""
    return f"{MEASURED}{Decimal(f'{value:.3g}'):f}"


def _along(axis: Sequence[Entry], numbers: Sequence[Entry], side: int, names: int) -> Listed:
    """Return the words along the bottom (`side` 0) or the left (1), and the numbers by each.

    Nothing where there is no such axis, or no number stands by it.
    """
    if not axis:
        return []
    step = median(_gaps(axis, side))
    by: dict[int, list[Entry]] = {at: [] for at in range(len(axis))}
    for number in numbers:
        off = [abs(number.middle(side) - one.middle(side)) for one in axis]
        nearest = off.index(min(off))
        if off[nearest] <= _REACH * step and _is_by(number, axis, side):
            by[nearest].append(number)
    if not any(by.values()):
        return []
    return [(axis[at], _ordered(some, side, names)) for at, some in by.items()]


def _is_scale(lines: Listed) -> bool:
    """Whether the words of an axis are numbers that rise or fall by one step, as ticks do."""
    found = [parse_number(head.text.split()[-1]) for head, _ in lines]
    numbers = [number for number in found if number is not None]
    if len(numbers) < max(_LEAST, _MOST * len(found)):
        return False
    steps = [after - before for before, after in pairwise(numbers)]
    usual = median(steps)
    even = sum(abs(step - usual) <= 0.01 * abs(usual) for step in steps)
    return usual != 0 and even >= _MOST * len(steps)


def _is_by(entry: Entry, axis: Sequence[Entry], side: int) -> bool:
    """Whether an entry stands above the words at the bottom, or right of those at the left."""
    if side == 0:
        return entry.middle(1) < min(one.middle(1) for one in axis)
    return entry.middle(0) > max(one.middle(0) for one in axis)


def _axis(entries: Sequence[Entry], side: int) -> list[Entry]:
    """Return the lowest row (`side` 0), or the leftmost column, of evenly spaced words."""
    across = 1 - side
    best: list[Entry] = []
    for seed in entries:
        for place in _places(across):
            group = [
                one for one in entries if abs(place(one) - place(seed)) <= _ALIGNED * seed.height
            ]
            group.sort(key=lambda one: one.middle(side))
            if _is_even(group, side) and (not best or _is_further(group, best, side)):
                best = group
    return best


def _places(side: int) -> tuple[Callable[[Entry], float], ...]:
    """Return by what entries may be aligned: their ends, their middles and their beginnings."""
    return (
        lambda one: one.box[side + 2],
        lambda one: one.middle(side),
        lambda one: one.box[side],
    )


def _is_even(group: Sequence[Entry], side: int) -> bool:
    """Whether there are enough entries, (nearly) all a whole number of steps apart."""
    if len(group) < _LEAST:
        return False
    gaps = _gaps(group, side)
    step = median(gaps)
    if step <= group[0].height:
        return False
    steps = [gap / step for gap in gaps]
    fits = sum(round(one) >= 1 and abs(one - round(one)) <= _EVEN for one in steps)
    return fits == len(gaps) or (len(gaps) > _LEAST and fits >= _MOST * len(gaps))


def _gaps(group: Sequence[Entry], side: int) -> list[float]:
    places = [one.middle(side) for one in group]
    return [after - before for before, after in pairwise(places)]


def _is_further(group: Sequence[Entry], best: Sequence[Entry], side: int) -> bool:
    """Whether a group stands clearly below (left of) another one, or is the larger of two."""
    across = 1 - side
    one, other = (median(entry.middle(across) for entry in some) for some in (group, best))
    ahead = (one - other) if side == 0 else (other - one)
    if abs(ahead) <= 2 * group[0].height:
        return len(group) > len(best)
    return ahead > 0


def _ordered(some: Sequence[Entry], side: int, names: int) -> list[Entry | None]:
    """Return numbers in the order of the legend's colours, or of their places.

    Places: side by side where they do not overlap, else one on top of the other from the axis.
    """
    coloured = [entry for entry in some if entry.colour is not None]
    if names < 2 or 2 * len(coloured) < len(some):
        return list(_by_place(some, side))
    slots: list[Entry | None] = [None] * names
    rest: list[Entry] = []
    for entry in _by_place(some, side):
        if entry.colour is not None and slots[entry.colour] is None:
            slots[entry.colour] = entry
        else:
            rest.append(entry)
    return [*slots, *rest]


def _by_place(some: Sequence[Entry], side: int) -> list[Entry]:
    aside = sorted(some, key=lambda one: one.middle(side))
    apart = all(
        one.middle(side) + 0.3 * (one.box[side + 2] - one.box[side]) <= other.middle(side)
        for one, other in pairwise(aside)
    )
    if apart:
        return aside
    across = 1 - side
    return sorted(some, key=lambda one: one.middle(across), reverse=side == 0)


def _pairs(entries: Sequence[Entry], names: Sequence[Entry]) -> Listed:
    """Return numbers that stand by no axis, each with its legend's name, or the nearest word."""
    coloured = [entry for entry in entries if entry.colour is not None and entry.has_digit]
    if len(names) > 1 and len(coloured) > 1:
        by = {entry.colour: entry for entry in reversed(coloured)}
        return [(name, (by.get(at),)) for at, name in enumerate(names)]
    exact = [entry for entry in entries if entry.has_digit and set(entry.text) & set("%.,")]
    numbers = exact if len(exact) > 1 else [entry for entry in entries if entry.has_digit]
    words = [entry for entry in entries if entry not in numbers]
    far = sorted(
        ((_distance(word, number), word, number) for word in words for number in numbers),
        key=lambda one: one[0],
    )
    found: list[tuple[Entry, Sequence[Entry | None]]] = []
    used: list[Entry] = []
    for _, word, number in far:
        if word not in used and number not in used:
            used += [word, number]
            found.append((word, (number,)))
    return sorted(found, key=lambda line: line[0].middle(1)) if len(found) > 1 else []


def _distance(one: Entry, other: Entry) -> float:
    """Return how far apart two boxes are, and a little of how far their middles are."""
    gaps = [
        max(one.box[at] - other.box[at + 2], other.box[at] - one.box[at + 2], 0.0) for at in (0, 1)
    ]
    middles = sum((one.middle(at) - other.middle(at)) ** 2 for at in (0, 1)) ** 0.5
    return float(sum(gap**2 for gap in gaps) ** 0.5 + 0.2 * middles)
