"""Values of a page with the words that say what they are: beside them, over them, on their line.

Nothing is known of the labels here; what a value answers is told by the words around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from docvision.tasks.answering.concepts import first_words, group, meanings, terms_in
from docvision.tasks.answering.parts import LABEL, has_letters, parts_of
from docvision.tasks.extraction.segments import Segment, segments_in
from docvision.tasks.passage import Passage, Run

_ALIGNED, _BLOCK = 0.012, 2.4
"""How far lines of a block begin from one another, and heights of a line from one to the next."""
_LINES = 1.6
"""Heights of a line at most between a label and what stands below it."""
_PLAIN = 4
"""Lines without columns after which a table is over."""
_LONGEST = 14
"""Words of a value at most."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value and the words around it.

    Attributes:
        run: Its words; `text` may be less than they are.
        labels: What stands beside it, and right above it.
        over: The heading of its column.
        row: What stands before it on its line, or on the row of a table that it goes on.
        first: The first column of its line.
        after: What stands behind it on its line.
        top: What its block of lines begins with, as the heading of an address.
        behind: What follows a figure: `15` in `15 points`.
    """

    run: Run
    text: str
    labels: tuple[str, ...] = ()
    over: str = ""
    row: str = ""
    after: str = ""
    top: str = ""
    first: str = ""
    behind: str = ""


def cells_of(passage: Passage) -> list[Cell]:
    """Return the values of one page."""
    found: list[Cell] = []
    heads: Sequence[Segment] = ()
    before: Sequence[Segment] = ()
    named, plain, row = False, 0, ""
    columns: list[list[Segment]] = []
    lines = [segments_in(passage, line) for line in passage.lines]
    for segments, below in pairwise([*lines, []]):
        columns = _columns(columns, segments)
        grid = _names_columns(segments, below)
        for at in range(len(segments)):
            top = next(one[0].text for one in columns if one[-1] is segments[at])
            cells = _cells(passage, segments, at, heads, before, grid=grid)
            found += (
                replace(
                    cell,
                    row=cell.row or (row if len(segments) == 1 else ""),
                    top=top if top != segments[at].text and len(top.split()) <= LABEL else "",
                )
                for cell in cells
            )
        if len(segments) > 2 and not _is_heading(segments):
            row = " ".join(one.text for one in segments)
        elif plain or len(segments) == 2:
            row = ""
        found += _signed(before, segments)
        # Of lines of words one under another the first names the columns.
        if _is_heading(segments) and not named and not _has_value(segments):
            heads = segments
        named = _is_heading(segments)
        plain = plain + 1 if len(segments) == 1 else 0
        if plain >= _PLAIN:
            heads = ()
        before = segments
    return found


def _columns(columns: Sequence[list[Segment]], segments: Sequence[Segment]) -> list[list[Segment]]:
    """Return the blocks of lines, one below the other, that the segments of a line go on."""
    going = []
    for segment in segments:
        over = next((one for one in columns if _is_below(one[-1], segment)), [])
        going.append([*over, segment])
    # A block goes on below a line of another column.
    near = [one for one in columns if one[-1].line >= segments[0].line - 1]
    return [*going, *(one for one in near if all(one[-1] not in two for two in going))]


def _is_below(one: Segment, other: Segment) -> bool:
    """Whether a line begins where the one above it does, and close below it."""
    height = max(one.box[3] - one.box[1], other.box[3] - other.box[1])
    close = 0 < other.box[1] - one.box[1] <= _BLOCK * height
    return abs(one.box[0] - other.box[0]) <= _ALIGNED and close


def _cells(
    passage: Passage,
    segments: Sequence[Segment],
    at: int,
    heads: Sequence[Segment],
    before: Sequence[Segment],
    *,
    grid: bool,
) -> Iterator[Cell]:
    """Yield the values of a segment: all of it, what follows a label, its figures.

    The names of the columns of a grid are no values of one another.
    """
    segment = segments[at]
    rest = "" if grid else " ".join(one.text for one in segments[:at])
    after = " ".join(one.text for one in segments[at + 1 :])
    if grid or any(one.text.endswith(":") for one in segments[at + 1 :]):
        after = ""  # Labels of what follows, and no row of a table.
    columns = heads if len(segments) > 1 else ()
    is_label = _is_label(segments, at)
    over = "" if is_label else " ".join(one.text for one in columns if _overlap(one, segment))
    above = [one.text for one in before if _is_right_above(one, segment)]
    if len(before) > 1 and not _is_heading(before):
        # What stands above has a value on its own line, unless that is another column's.
        above = [one for one in above if _has_digits(segment.text) and not _has_digits(one)]
    if is_label:
        above = []
    if len(before) == 1 and len(segments) > 1 and above:
        # A label that stands alone is that of the whole line below it.
        if at == 0:
            line = Run(first=segments[0].run.first, last=segments[-1].run.last)
            yield Cell(run=line, text=passage.quote(line), labels=(above[0],))
        above = []
    beside = "" if grid or not at else segments[at - 1].text
    beside = beside if has_letters(beside) else ""
    first = segments[0].text if at else ""
    for run, text, label, behind in parts_of(passage, segment.run):
        around = (beside, "" if behind else " ".join(above))
        labels = (label,) if label else tuple(filter(None, around))
        if text and run.last - run.first <= _LONGEST:
            yield Cell(
                run=run,
                text=text,
                labels=labels,
                over=over,
                row=rest,
                after=after if over else "",
                first=first,
                behind=behind,
            )


def _signed(names: Sequence[Segment], below: Sequence[Segment]) -> Iterator[Cell]:
    """Yield what stands above the words that say who it is, as a name above a line to sign on."""
    for label in below:
        signed = [term for term in terms_in(label.text) if group("signed") & {*first_words(term)}]
        over = [one for one in names if _overlap(one, label)]
        named = len(over) == 1 and not _has_digits(over[0].text)
        if named and signed and len(label.text.split()) <= LABEL:
            yield Cell(run=over[0].run, text=over[0].text, labels=tuple(signed))


def _is_heading(segments: Sequence[Segment]) -> bool:
    """Whether a line names columns."""
    worded = [one for one in segments if not any(map(str.isdigit, one.text))]
    return len(segments) >= 2 and len(worded) >= 2 and len(worded) >= 0.7 * len(segments)


def _is_label(segments: Sequence[Segment], at: int) -> bool:
    """Whether a segment is but words of business papers beside figures."""
    figures = at + 1 < len(segments) and _has_digits(segments[at + 1].text)
    return figures and all(meanings(term) for term in terms_in(segments[at].text))


def _has_value(segments: Sequence[Segment]) -> bool:
    """Whether a line is a label and what it says: `Tax class  IV`."""
    if len(segments) != 2:
        return False
    known, other = (all(meanings(term) for term in terms_in(one.text)) for one in segments)
    return known and not other


def _names_columns(segments: Sequence[Segment], below: Sequence[Segment]) -> bool:
    """Whether a line names the columns of figures on the next one."""
    over = [one for one in below if any(_overlap(head, one) for head in segments)]
    figures = [one for one in over if any(map(str.isdigit, one.text))]
    least = 2 if len(segments) == 2 else 1
    begins = bool(figures) and figures[0] is below[0]
    return _is_heading(segments) and len(over) >= 2 and begins and len(figures) >= least


def _has_digits(text: str) -> bool:
    return any(map(str.isdigit, text))


def _overlap(one: Segment, other: Segment) -> bool:
    return one.box[0] < other.box[2] and other.box[0] < one.box[2]


def _is_right_above(one: Segment, other: Segment) -> bool:
    """Whether words stand over others, no further away than lines of a paragraph."""
    if len(one.text.split()) > LABEL or one.text.endswith("."):
        return False
    apart = other.box[1] - one.box[3]
    height = max(one.box[3] - one.box[1], other.box[3] - other.box[1])
    return _overlap(one, other) and has_letters(one.text) and apart <= _LINES * height
