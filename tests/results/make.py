"""Small results of known content for the renderers' tests."""

from __future__ import annotations

from docvision.geometry import Box
from docvision.results.model import (
    Block,
    BlockKind,
    Cell,
    DocumentResult,
    Line,
    Page,
    Result,
    Source,
    Table,
    Word,
)

BOX: Box = (0.1, 0.1, 0.5, 0.12)


def line(text: str, bbox: Box = BOX) -> Line:
    """A line whose words share its box evenly."""
    words = text.split()
    step = (bbox[2] - bbox[0]) / max(1, len(words))
    return Line(
        words=tuple(
            Word(
                text=word,
                bbox=(bbox[0] + at * step, bbox[1], bbox[0] + (at + 0.9) * step, bbox[3]),
                confidence=0.9,
            )
            for at, word in enumerate(words)
        ),
        bbox=bbox,
    )


def block(
    text: str,
    kind: BlockKind = BlockKind.PARAGRAPH,
    *,
    level: int | None = None,
    marker: str | None = None,
    table: Table | None = None,
    bbox: Box = BOX,
) -> Block:
    """A block with its text as one line."""
    lines = (line(text, bbox),) if text.split() else ()
    return Block(
        kind=kind,
        bbox=bbox,
        text=text,
        lines=lines,
        level=level,
        marker=marker,
        table=table,
        source=Source.OCR,
        confidence=0.9,
    )


def table(rows: list[list[str]], header_rows: int = 1) -> Block:
    """A block that is a table without spans."""
    cells = tuple(
        Cell(row=row, column=column, text=text, bbox=BOX)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    grid = Table(rows=len(rows), columns=len(rows[0]), header_rows=header_rows, cells=cells)
    return block("", BlockKind.TABLE, table=grid)


def result(
    *blocks: Block,
    name: str = "letter.pdf",
    width: float = 600,
    height: float = 800,
    unit: str = "pt",
) -> Result:
    """A result of one document with one page."""
    page = Page(number=1, width=width, height=height, unit=unit, blocks=blocks)  # type: ignore[arg-type]
    document = DocumentResult(name=name, media_type="application/pdf", page_count=1, pages=(page,))
    return Result(task="ocr", model="none", documents=(document,))
