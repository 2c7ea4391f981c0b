"""A result as Markdown (CommonMark with GitHub's tables).

A document's text stays text: whatever Markdown or HTML would take for markup is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from docvision.results.charts import pages_with_charts
from docvision.results.model import (
    Block,
    BlockKind,
    DocumentResult,
    OnScreen,
    Page,
    Result,
    Table,
)
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
from docvision.results.render.html import table_html
from docvision.results.render.sheets import sheets_of
from docvision.results.tables import pages_with_joined_tables

_ALWAYS = re.compile(r"[\\`*\[\]|~]")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")
_HASH = re.compile(r"(?<!\S)#|#$")
_COUNT = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_AT_START = re.compile(r"^(?=[-+=>:])")
_NUMBERED = re.compile(r"^\(?(\d{1,9})([.)])$")


def to_markdown(result: Result) -> str:
    """Return the result as Markdown, without furniture.

    Several documents are parted by headings with their names. A video is a table of the texts
    on screen and their times. Where values were extracted, they are shown instead of the text.
    """
    many = len(result.documents) > 1
    parts = [part for document in result.documents for part in _document(document, named=many)]
    return "\n\n".join(parts) + "\n"


def escape(line: str) -> str:
    """Return one line of text in which nothing is Markdown or HTML."""
    line = _ALWAYS.sub(r"\\\g<0>", one_line(line))
    line = _UNDERSCORE.sub(r"\\_", line)
    line = _HASH.sub(r"\\#", line)
    line = _ENTITY.sub("&amp;", line).replace("<", "&lt;")
    line = _COUNT.sub(r"\1\\\2", line)
    return _AT_START.sub(r"\\", line)


def _document(document: DocumentResult, *, named: bool) -> Iterator[str]:
    if named:
        yield f"# {escape(document.name)}"
    if document.problem:
        yield f"> {escape(document.problem.message)}"
    if sheets := sheets_of(document):
        for sheet in sheets:
            yield f"## {escape(sheet.title)}"
            rows = [list(map(escape, row)) for row in sheet.rows]
            yield _grid(list(map(escape, sheet.head)), rows)
        return
    if document.timeline:
        yield _timeline(document.timeline)
        return
    for unread, pages in stretches(pages_with_joined_tables(pages_with_charts(document))):
        yield from _unread(pages) if unread else _pages(pages)


def _timeline(timeline: Sequence[OnScreen]) -> str:
    rows = [
        [clock(entry.start), clock(entry.end), escape(one_line(entry.text))] for entry in timeline
    ]
    return _grid(["From", "To", "Text"], rows)


def _unread(pages: Iterable[Page]) -> Iterator[str]:
    for page in pages:
        if page.problem:
            yield f"> Page {page.number}: {escape(page.problem.message)}"


def _pages(pages: Iterable[Page]) -> Iterator[str]:
    for is_list, blocks in runs(flowing(pages)):
        if is_list:
            yield _list(blocks)
        else:
            yield from filter(None, map(_block, blocks))


def _block(block: Block) -> str:
    lines = [escape(line) for line in lines_of(block.text)]
    if block.table:
        title = f"*Chart:* {' '.join(lines)}".rstrip() + "\n\n"
        return (title if block.kind is BlockKind.CHART else "") + _table(block.table)
    if not lines:
        return ""
    if block.kind is BlockKind.HEADING:
        return f"{'#' * min(6, max(1, block.level or 1))} {escape(block.text)}"
    if block.kind is BlockKind.CAPTION:
        return f"*{' '.join(lines)}*"
    if block.kind in (BlockKind.FIGURE, BlockKind.CHART):
        return f"*{block.kind.value.capitalize()}:* {' '.join(lines)}"
    return "  \n".join(lines)


def _list(items: Sequence[Block]) -> str:
    """Return a list; an item's children are indented to where its text starts."""
    out: list[str] = []
    indents = [0]
    for item, depth in zip(items, depths(items), strict=True):
        del indents[depth:]
        numbered = _NUMBERED.match(item.marker or "")
        sign = f"{int(numbered[1])}{numbered[2]}" if numbered else "-"
        text = "  \n".join(escape(line) for line in lines_of(item.text))
        if item.marker and not numbered and any(map(str.isalnum, item.marker)):
            text = f"{escape(item.marker)} {text}"
        indents.append(indents[-1] + len(sign) + 1)
        inner = " " * indents[-1]
        out.append(" " * indents[-2] + f"{sign} " + text.replace("\n", f"\n{inner}"))
    return "\n".join(out)


def _table(table: Table) -> str:
    if any(cell.row_span > 1 or cell.column_span > 1 for cell in table.cells):
        return table_html(table)
    if table.header_rows > 1:
        return table_html(table)
    rows = [[escape(cell) for cell in row] for row in rows_of(table)]
    if table.header_rows:
        return _grid(rows[0], rows[1:])
    return _grid([""] * table.columns, rows)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
