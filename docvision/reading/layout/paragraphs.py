"""The lines of a column, grouped into what is read as one: paragraphs, headings, list items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from docvision.reading.layout.lists import Marker, marker_of
from docvision.reading.layout.placed import Segment
from docvision.reading.words import has_cjk

_NEW_SIZE = 1.18
"""Lines whose sizes differ by more are not of one paragraph."""
_WIDE_GAP = 1.2
"""Lines further apart than so many sizes are never of one paragraph."""
_INDENT = 0.8
"""A first line stands so many sizes to the right of the others."""
_SHORT_LINE = 4
"""Words; lines that are no longer on average are those of an address."""
_ENDS = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_HYPHENATED = re.compile(r"\w[-\u2010\u00ad]$")


@dataclass(frozen=True, kw_only=True)
class Group:
    """Lines that are read as one. `breaks[i]`: line i ends early, so a line break follows."""

    lines: tuple[Segment, ...]
    breaks: tuple[bool, ...]
    marker: Marker | None = None
    x0: float = field(default=0.0)

    @property
    def size(self) -> float:
        """The usual size of its lines."""
        return median(line.size for line in self.lines)


def groups_of(lines: Sequence[Segment], tolerance: float) -> Iterator[Group]:
    """Group the lines of one column, from the top.

    `tolerance` scales how far sizes may differ: 1 where the fonts' sizes are known, more where
    only boxes are.
    """
    for stretch in _stretches(lines):
        yield from _groups(
            stretch,
            _Measure(
                left=min(line.x0 for line in lines),
                right=max(line.x1 for line in lines),
                spacing=_spacing(stretch),
                tolerance=tolerance,
            ),
        )


@dataclass(frozen=True, kw_only=True)
class _Measure:
    """Where a column's lines start and end, and how they are set; `spacing` is in sizes."""

    left: float
    right: float
    spacing: float
    tolerance: float


def _stretches(lines: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Part lines where a gap is wide enough to part anything."""
    stretch: list[Segment] = []
    for line in lines:
        if stretch and line.y0 - stretch[-1].y1 > _WIDE_GAP * min(stretch[-1].size, line.size):
            yield stretch
            stretch = []
        stretch.append(line)
    if stretch:
        yield stretch


def _groups(lines: Sequence[Segment], measure: _Measure) -> Iterator[Group]:
    found: list[Segment] = []
    marker: Marker | None = None
    for line in lines:
        starts = marker_of(line.words)
        if found and (starts or _parted(found, line, marker, measure)):
            yield from _split(found, marker, measure)
            found = []
        if not found:
            marker = starts
        found.append(line)
    yield from _split(found, marker, measure)


def joined_text(group: Group) -> str:
    """Return the text of a group: words divided at line ends made whole, real breaks kept."""
    text = _without_marker(group)
    for line, broken in zip(group.lines[1:], group.breaks, strict=False):
        if broken:
            text += "\n" + line.text
        elif _HYPHENATED.search(text) and line.text[:1].islower():
            text = text[:-1] + line.text
        elif (_HYPHENATED.search(text) and line.text[:1].isalnum()) or (
            has_cjk(text[-1:]) and has_cjk(line.text[:1])
        ):
            text += line.text
        else:
            text += " " + line.text
    return text.strip()


def _without_marker(group: Group) -> str:
    first = group.lines[0]
    if group.marker is None:
        return first.text
    rest = [group.marker.attached] if group.marker.attached else []
    return " ".join(rest + [word.word.text for word in first.words[1:]])


def _spacing(lines: Sequence[Segment]) -> float:
    """Return the white between two lines of a paragraph in sizes, 0.2 where none can tell.

    It is the lower quartile: many a column has more ends of paragraphs than other lines.
    """
    gaps = [
        (below.y0 - above.y1) / above.size
        for above, below in pairwise(lines)
        if max(above.size, below.size) < _NEW_SIZE * min(above.size, below.size)
    ]
    return sorted(gaps)[len(gaps) // 4] if gaps else 0.2


def _parted(
    found: Sequence[Segment], line: Segment, marker: Marker | None, measure: _Measure
) -> bool:
    """Whether `line` starts something new after the lines `found`."""
    last = found[-1]
    gap = (line.y0 - last.y1) / min(last.size, line.size)
    if gap > max(0.3, measure.spacing + 0.35):
        return True
    low, high = sorted((median(one.size for one in found), line.size))
    if high > (1 + (_NEW_SIZE - 1) * measure.tolerance) * low:
        return True
    if line.bold != last.bold and (line.bold or all(one.bold for one in found)):
        return True
    if marker is not None:
        return _leaves_item(found, line, measure)
    indented = line.x0 > measure.left + _INDENT * line.size
    flush = last.x0 <= measure.left + 0.3 * last.size
    return indented and flush and bool(_ENDS.search(last.text))


def _leaves_item(found: Sequence[Segment], line: Segment, measure: _Measure) -> bool:
    """Whether a line no longer belongs to the list item above it."""
    head = found[0]
    if line.x0 > head.x0 + 0.5 * head.size:
        return False
    return _ends_early(found[-1], line, measure) or len(found) > 1


def _ends_early(line: Segment, below: Segment, measure: _Measure) -> bool:
    """Whether the next line's first word would have fitted on this one as well.

    Lines with wide gaps, such as keys and values, end where they do.
    """
    if _pieces(line) > 1 or _pieces(below) > 1:
        return True
    if _HYPHENATED.search(line.text):
        return False
    first = below.words[0]
    free = measure.right - line.x1
    if line.x0 - measure.left > 3 * line.size:  # centred, or set to the right
        free += line.x0 - measure.left
    return free > (first.x1 - first.x0) + 0.8 * line.size


def _pieces(line: Segment) -> int:
    """Return how many pieces wide gaps part a line into, the gap after a marker aside."""
    return line.parts - (line.parts > 1 and marker_of(line.words) is not None)


def _is_listing(lines: Sequence[Segment]) -> bool:
    """Whether lines are short and each begins anew, as those of an address do."""
    words = sum(len(line.words) for line in lines)
    return words <= _SHORT_LINE * len(lines) and not any(line.text[:1].islower() for line in lines)


def _split(found: Sequence[Segment], marker: Marker | None, measure: _Measure) -> Iterator[Group]:
    """Yield the paragraphs of lines that stand together.

    In running text, a line that ends early is the last of its paragraph. Where most lines do, as
    in an address, they are one block with line breaks.
    """
    breaks = [_ends_early(line, below, measure) for line, below in pairwise(found)]
    if sum(breaks) > 0.4 * len(breaks) or _is_listing(found):
        # The longest line of an address ends early for no measure; a capital says so too.
        breaks = [
            early or below.text[:1].isupper() or below.text[:1].isdigit()
            for early, below in zip(breaks, found[1:], strict=True)
        ]
        yield _group(found, breaks, marker)
        return
    if marker is not None:
        yield _group(found, breaks, marker)
        return
    start = 0
    for at, broken in enumerate([*breaks, True]):
        if broken:
            yield _group(found[start : at + 1], breaks[start:at], None)
            start = at + 1


def _group(lines: Sequence[Segment], breaks: Sequence[bool], marker: Marker | None) -> Group:
    return Group(
        lines=tuple(lines),
        breaks=tuple(breaks),
        marker=marker,
        x0=lines[0].x0,
    )
