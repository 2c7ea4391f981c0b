"""A region that is a block already: a table, a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from docvision.geometry import Box
from docvision.reading.layout.placed import Placed, Region, line_of, segment_of
from docvision.results.model import Block, BlockKind, Line, Source, Table


@dataclass(frozen=True, kw_only=True)
class Fixed(Region):
    """A block and the place it takes in the layout's frame."""

    block: Block = field(repr=False)


def fixed_block(
    kind: BlockKind,
    place: tuple[float, float, float, float],
    bbox: Box,
    words: Sequence[Placed],
    source: Source,
    table: Table | None = None,
) -> Fixed:
    """Make a fixed block of the words that lie in it; `place` is in the frame, `bbox` shown."""
    lines = lines_in(words)
    block = Block(
        kind=kind,
        bbox=bbox,
        text=table_text(table) if table else "\n".join(line.text for line in lines),
        lines=lines,
        table=table,
        source=source,
        confidence=confidence_of(words),
    )
    return Fixed(x0=place[0], y0=place[1], x1=place[2], y1=place[3], block=block)


def table_text(table: Table) -> str:
    """Return a table as plain text: cells parted by tabs, rows by line breaks."""
    rows: list[list[str]] = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return "\n".join("\t".join(row).rstrip("\t") for row in rows)


def lines_in(words: Sequence[Placed]) -> tuple[Line, ...]:
    """Return words as lines from the top, each from left to right."""
    return tuple(line_of(row) for row in word_rows(words))


def word_rows(words: Sequence[Placed]) -> list[list[Placed]]:
    """Group words into rows by their height on the page alone."""
    rows: list[list[Placed]] = []
    for word in sorted(words, key=lambda word: word.middle):
        if rows and word.middle - rows[-1][0].middle <= 0.5 * min(word.height, rows[-1][0].height):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def text_of(words: Sequence[Placed]) -> str:
    """Return the text of words that stand together, such as in a cell."""
    return " ".join(segment_of(row).text for row in word_rows(words))


def confidence_of(words: Sequence[Placed]) -> float:
    """Return the mean confidence of words; 1 where there are none."""
    if not words:
        return 1.0
    return sum(placed.word.confidence for placed in words) / len(words)
