"""Tables as they lie on their page, and tables that only the places of words tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docvision.geometry import Box, union
from docvision.results.model import BlockKind, Page, Word
from docvision.results.tables import JoinedCell, JoinedTable
from docvision.tasks.extraction.columns import Row, Shown
from docvision.tasks.extraction.list_names import ListNames
from docvision.tasks.extraction.segments import Segment, segments_in
from docvision.tasks.passage import Passage

_OVER = 0.035
"""Share of the page's height within which a line stands right above a table."""
_BESIDE = 0.01
"""Share of the page's width by which words above a column may stand beside it."""
_SPACE = 4.5
"""Heights of a line from which the space below it ends a table."""

Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class LaidOut:
    """A table, where its columns are across the page, and the words of the line above it."""

    shown: Shown
    spans: Sequence[Span]
    over: Sequence[tuple[str, Span]] = ()

    def above(self, left: float, right: float) -> str:
        """Return what is written right above between two places across the page."""
        return " ".join(
            text
            for text, (x0, x1) in self.over
            if left - _BESIDE <= (x0 + x1) / 2 <= right + _BESIDE
        )


def laid_out(table: JoinedTable, page: Page) -> LaidOut:
    """Return a table as it lies on the page where it begins, which is given with its words."""
    cells = table.table.cells
    top = min((cell.bbox[1] for cell in cells if cell.row == 0), default=0.0)
    return LaidOut(
        shown=Shown(header=table.header, rows=table.rows),
        spans=_spans(table),
        over=[(word.text, (word.bbox[0], word.bbox[2])) for word in _line_over(page, top)],
    )


def lined_up(passage: Passage, names: ListNames) -> LaidOut | None:
    """Return the lines below one that names two lists as a table, if a passage has such a line.

    A word belongs to the column whose heading it stands below, or nearest to.
    """
    lines = [segments_in(passage, line) for line in passage.lines]
    for at, segments in enumerate(lines):
        told = [names.told(one.text) for one in segments]
        if len({one.key for one in told if one}) < 2:
            continue
        spans = [(one.box[0], one.box[2]) for one in segments]
        page = passage.words[segments[0].run.first].page
        rows = [
            _row(line, spans, page)
            for line in _until_space(lines[at:])
            if passage.words[line[0].run.first].page == page
        ]
        if rows:
            return LaidOut(
                shown=Shown(header=[one.text for one in segments], rows=rows), spans=spans
            )
    return None


def _spans(table: JoinedTable) -> list[Span]:
    """Return from where to where each column goes; one without cells has the place of its left."""
    found: list[Span] = []
    for column in range(table.table.columns):
        boxes = [
            cell.bbox
            for cell in table.table.cells
            if cell.column == column and cell.column_span == 1
        ]
        before = found[-1] if found else (0.0, 0.0)
        found.append(
            (min(box[0] for box in boxes), max(box[2] for box in boxes)) if boxes else before
        )
    return found


def _line_over(page: Page, top: float) -> list[Word]:
    """Return the words of the lowest line that stands right above a place, left to right."""
    words = [
        word
        for block in page.blocks
        if block.kind is not BlockKind.TABLE
        for line in block.lines
        for word in line.words
        if top - _OVER <= _middle(word.bbox) <= top
    ]
    lowest = max((_middle(word.bbox) for word in words), default=0.0)
    high = max((word.bbox[3] - word.bbox[1] for word in words), default=0.0)
    near = [word for word in words if lowest - _middle(word.bbox) <= high / 2]
    return sorted(near, key=lambda word: word.bbox[0])


def _until_space(lines: Sequence[Sequence[Segment]]) -> Iterator[Sequence[Segment]]:
    """Yield the lines below the first, to the first wide space."""
    above: Box = union(one.box for one in lines[0])
    for line in lines[1:]:
        box = union(one.box for one in line)
        if not 0 <= box[1] - above[1] <= _SPACE * (above[3] - above[1]):
            return
        yield line
        above = box


def _row(line: Sequence[Segment], spans: Sequence[Span], page: int) -> Row:
    parts: dict[int, list[Segment]] = {}
    for one in line:
        column = max(range(len(spans)), key=lambda at: _shared(spans[at], one.box))
        parts.setdefault(column, []).append(one)
    return tuple(
        JoinedCell(
            page=page,
            bbox=union(one.box for one in parts[column]),
            text=" ".join(one.text for one in parts[column]),
        )
        if column in parts
        else None
        for column in range(len(spans))
    )


def _shared(span: Span, box: Box) -> float:
    """Return how far a box lies below a span; less than 0 is how far it is beside it."""
    return min(span[1], box[2]) - max(span[0], box[0])


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2
