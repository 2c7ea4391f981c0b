"""Segments of a page: what stands together on a line, and in the lines above in the same column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from docvision.geometry import Box, union
from docvision.tasks.passage import Passage, Run

LOOSE, TIGHT = 3.2, 2.6
"""Heights of a line up to which the next one belongs to it: a till slip's, a paragraph's."""
_ALIGNED = 0.015
"""Share of the page's width by which a value may begin beside its label's begin."""
_CLOSER = 0.85
"""How much nearer a value stands below its label than above the next one."""
SEPARATORS = frozenset("·|•∙")
"""Marks that end a text on its line."""
DASHES = frozenset("-–—")
"""Words that are but a dash: it parts what stands on both sides."""
PARTS = SEPARATORS | DASHES
_EDGES = " ,;·|•-–—"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Words of one line that no wide gap parts; `text` may leave out marks at their ends."""

    run: Run
    text: str
    line: int
    box: Box


def segments_of(passage: Passage) -> list[Segment]:
    """Return the segments of the first page of a passage, in order."""
    first = passage.pages[:1]
    return [
        segment
        for line in passage.lines
        if passage.words[line.first].page in first
        for segment in segments_in(passage, line)
    ]


def segments_in(passage: Passage, line: Run) -> list[Segment]:
    """Return the segments of one line, in order."""
    return [_segment(passage, part, passage.quote(part)) for part in _parts(passage, line)]


def pieces_of(passage: Passage, segment: Segment) -> list[Segment]:
    """Return the parts of a segment between commas, dots and dashes: `Name · Street 1 - Town`."""
    run = segment.run
    cuts = {run.first, run.last}
    for at in range(run.first, run.last):
        text = passage.words[at].text
        if text[0] in SEPARATORS or text in DASHES:
            cuts.add(at)
        if text in PARTS or text.endswith((",", "·")):
            cuts.add(at + 1)
    parts = (Run(first=first, last=last) for first, last in pairwise(sorted(cuts)))
    return [
        _segment(passage, part, quote.strip(_EDGES))
        for part in parts
        if (quote := passage.quote(part)) not in PARTS
    ]


def above(segments: Sequence[Segment], here: Segment, leading: float = LOOSE) -> Iterator[Segment]:
    """Yield what stands over a segment in its column, from below up, to the first wider space."""
    for other in reversed(segments[: segments.index(here)]):
        if other.line == here.line or not _overlap(here.box, other.box):
            continue
        height = max(here.box[3] - here.box[1], other.box[3] - other.box[1])
        if _middle(here.box) - _middle(other.box) > leading * height:
            return
        yield other
        here = other


def is_over(lines: Sequence[Sequence[Segment]], at: int) -> bool:
    """Whether each segment of a line stands close over one of the next line."""
    if at + 1 >= len(lines) or len(lines[at]) < 2 or len(lines[at]) != len(lines[at + 1]):
        return False
    pairs = list(zip(lines[at], lines[at + 1], strict=True))
    aligned = all(abs(one.box[0] - other.box[0]) <= _ALIGNED for one, other in pairs)
    worded = all(_is_worded(one.text) for one in lines[at])
    if not aligned or not worded or at + 2 >= len(lines):
        return aligned and worded
    here, below, next_ = (line[0].box[3] for line in lines[at : at + 3])
    return below - here <= _CLOSER * (next_ - below)


def _is_worded(text: str) -> bool:
    """Whether a text can be a heading: `K1207` is a number."""
    return sum(map(str.isalpha, text)) > sum(map(str.isdigit, text))


def _segment(passage: Passage, run: Run, text: str) -> Segment:
    words = passage.words[run.first : run.last]
    return Segment(run=run, text=text, line=words[0].line, box=union(word.bbox for word in words))


def _parts(passage: Passage, line: Run) -> Iterator[Run]:
    start = line.first
    for at in range(line.first + 1, line.last):
        if passage.words[at].gap != " ":
            yield Run(first=start, last=at)
            start = at
    yield Run(first=start, last=line.last)


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2]


SITE = re.compile(r"www\.|@|https?:", re.IGNORECASE)
