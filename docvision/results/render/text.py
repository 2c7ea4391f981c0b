"""A result as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docvision.results.charts import pages_with_charts
from docvision.results.model import Block, BlockKind, DocumentResult, Page, Result, Table
from docvision.results.render.body import (
    clock,
    depths,
    flowing,
    lines_of,
    one_line,
    rows_of,
    runs,
    stretches,
)
from docvision.results.render.sheets import sheets_of
from docvision.results.tables import pages_with_joined_tables


def to_text(result: Result) -> str:
    """Return the text without furniture: a blank line between blocks, columns of tables aligned."""
    return "\n\n".join(part for document in result.documents for part in _document(document)) + "\n"


def _document(document: DocumentResult) -> Iterator[str]:
    if document.problem:
        yield f"[{one_line(document.name)}: {one_line(document.problem.message)}]"
    if sheets := sheets_of(document):
        for sheet in sheets:
            yield f"{one_line(sheet.title)}\n{aligned([sheet.head, *sheet.rows])}"
        return
    if document.timeline:
        yield "\n".join(
            f"[{clock(entry.start)} - {clock(entry.end)}] {one_line(entry.text)}"
            for entry in document.timeline
        )
        return
    for unread, pages in stretches(pages_with_joined_tables(pages_with_charts(document))):
        yield from _unread(pages) if unread else _pages(pages)


def _unread(pages: Iterable[Page]) -> Iterator[str]:
    for page in pages:
        if page.problem:
            yield f"[Page {page.number}: {one_line(page.problem.message)}]"


def _pages(pages: Iterable[Page]) -> Iterator[str]:
    for is_list, blocks in runs(flowing(pages)):
        parts = _items(blocks) if is_list else [_block(block) for block in blocks]
        yield from (part for part in parts if part)


def _items(items: list[Block]) -> list[str]:
    return [
        "\n".join(
            "  " * (depth - 1) + f"{one_line(item.marker or '-')} {' '.join(lines_of(item.text))}"
            for item, depth in zip(items, depths(items), strict=True)
        )
    ]


def _block(block: Block) -> str:
    if block.table:
        title = f"{one_line(block.text)}\n" if block.kind is BlockKind.CHART else ""
        return title + _table(block.table)
    if block.kind is BlockKind.HEADING:
        return one_line(block.text)
    return "\n".join(lines_of(block.text))


def _table(table: Table) -> str:
    return aligned(rows_of(table))


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of texts with their columns aligned by spaces."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
