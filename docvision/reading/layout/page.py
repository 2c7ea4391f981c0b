"""From the words of a page to its blocks in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from docvision.documents.base import PageInfo
from docvision.geometry import Box, union
from docvision.reading.layout.figures import charted, figures
from docvision.reading.layout.fixed import Fixed
from docvision.reading.layout.frame import (
    Frame,
    by_angle,
    frame_of,
    is_oblique,
    place,
    quarter,
    turned,
)
from docvision.reading.layout.kinds import blocks_of_groups, body_size
from docvision.reading.layout.order import Row, columns_of, peel, rows_of
from docvision.reading.layout.paragraphs import groups_of
from docvision.reading.layout.placed import Placed, Region, Segment, joined, line_of
from docvision.reading.layout.ruled import ruled_tables
from docvision.reading.layout.segments import segments_of, skew_of
from docvision.reading.layout.tables import with_tables
from docvision.reading.layout.torn import mended
from docvision.results.model import Block, BlockKind, Source, Word

_MARGIN = 0.1
"""Share of the page's width or height that is its margin."""
_SIZE_TOLERANCE = {Source.TEXT_LAYER: 1.0, Source.OCR: 1.5, Source.MODEL: 2.0}
"""How much more than in a text layer the heights of one line's words differ."""


def blocks_of(
    words: Sequence[Word],
    *,
    page: PageInfo,
    source: Source,
    rules: Sequence[Box] = (),
    images: Sequence[Box] = (),
    charts: Sequence[Box] = (),
) -> tuple[Block, ...]:
    """Return the blocks of a page in reading order.

    Args:
        words: In any order; `StyledWord`s tell more (see `words`).
        page: The size of the page as displayed; it gives fractions their aspect ratio.
        source: Where the words come from; every block says it.
        rules: Boxes of thin lines, as of tables, in fractions of the page.
        images: Boxes of pictures, in fractions of the page.
        charts: Boxes of charts, in fractions of the page; each is a block with all its words.

    A page that lies on its side or its head is laid out as it would be upright; the boxes stay
    those of the page as displayed. A block's confidence is the mean of its words'.
    """
    angles = by_angle(words)
    frame = frame_of(angles, page)
    placed = place(_straight(angles, frame.turn), frame, page)
    if skew := skew_of(placed):
        frame = replace(frame, skew=skew)
        placed = place(_straight(angles, frame.turn), frame, page)
    plots, rest = charted(placed, charts, frame, source)
    ruled, rest = ruled_tables(rest, _outside(charts, rules), frame, source)
    pictures, rest = figures(rest, _outside(charts, images), frame, source)
    regions: list[Region] = [*segments_of(rest), *plots, *ruled, *pictures]
    body = body_size(rest) or body_size(placed)
    across = [rule for rule in map(frame.box, rules) if rule[2] - rule[0] > rule[3] - rule[1]]

    def tables_in(rows: list[Row]) -> list[Row]:
        return with_tables(rows, across, source)

    top, middle, bottom = peel(tables_in(rows_of(regions)), frame.height)
    blocks = [
        *_apart(top, body, source),
        *(
            block
            for column in columns_of(middle, tables_in)
            for block in _column(column, body, source)
        ),
        *_apart(bottom, body, source),
    ]
    return (*mended(blocks), *_turned(angles, frame, page, source))


def _outside(charts: Sequence[Box], boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes whose middle lies in no chart."""
    return [box for box in boxes if not any(_holds(chart, box) for chart in charts)]


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _apart(rows: Sequence[Row], body: float, source: Source) -> Iterator[Block]:
    """Yield a block for each piece of the outermost rows, such as a title and a page number."""
    for row in rows:
        for region in row:
            if isinstance(region, Segment):
                yield from _text([region], body, source)
            elif isinstance(region, Fixed):
                yield region.block


def _column(rows: Sequence[Row], body: float, source: Source) -> Iterator[Block]:
    """Yield the blocks of one column: tables and figures, and the text between."""
    lines: list[Segment] = []
    for row in rows:
        segments = [region for region in row if isinstance(region, Segment)]
        if segments:
            lines.append(joined(segments))
        fixed = [region for region in row if isinstance(region, Fixed)]
        if fixed:
            yield from _text(lines, body, source)
            yield from (region.block for region in fixed)
            lines = []
    yield from _text(lines, body, source)


def _text(lines: Sequence[Segment], body: float, source: Source) -> Iterator[Block]:
    groups = list(groups_of(lines, _SIZE_TOLERANCE[source]))
    yield from blocks_of_groups(groups, body, source)


def _straight(angles: Mapping[float, Sequence[Word]], turn: int) -> list[Word]:
    """Return the words that are written in one of the four directions."""
    return [
        word
        for angle, some in angles.items()
        if quarter(angle) == turn and not is_oblique(angle)
        for word in some
    ]


def _turned(
    angles: Mapping[float, Sequence[Word]], frame: Frame, page: PageInfo, source: Source
) -> Iterator[Block]:
    """Yield blocks of the words that are not written the page's way."""
    for turn in (0, 90, 180, 270):
        words = _straight(angles, turn) if turn != frame.turn else []
        if words:
            yield from _stamps(segments_of(place(words, turned(page, turn), page)), source)
    for angle, some in angles.items():
        placed = place(some, frame, page) if is_oblique(angle) else []
        if placed:
            yield _stamp(placed, BlockKind.STAMP, source)


def _stamps(segments: Sequence[Segment], source: Source) -> Iterator[Block]:
    for group in groups_of(segments, _SIZE_TOLERANCE[source]):
        words = [word for line in group.lines for word in line.words]
        marginal = _is_marginal(union(word.word.bbox for word in words))
        yield _stamp(words, BlockKind.STAMP if marginal else BlockKind.PARAGRAPH, source)


def _is_marginal(box: Box) -> bool:
    return box[2] <= _MARGIN or box[0] >= 1 - _MARGIN or box[3] <= _MARGIN or box[1] >= 1 - _MARGIN


def _stamp(words: Sequence[Placed], kind: BlockKind, source: Source) -> Block:
    line = line_of(words)
    return Block(
        kind=kind,
        bbox=line.bbox,
        text=line.text,
        lines=(line,),
        source=source,
        confidence=sum(word.word.confidence for word in words) / len(words),
    )
