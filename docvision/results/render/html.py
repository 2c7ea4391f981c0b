"""A result as one HTML page that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from itertools import product

from docvision.results.charts import pages_with_charts
from docvision.results.model import Block, BlockKind, Cell, DocumentResult, Page, Result, Table
from docvision.results.render.body import clean, clock, depths, lines_of, one_line, readable, runs
from docvision.results.render.sheets import Sheet, sheets_of
from docvision.results.tables import pages_with_joined_tables

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; }
section + section { border-top: 1px solid #ccc; margin-top: 2rem; padding-top: 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
td, th { border: 1px solid #bbb; padding: .25rem .6rem; text-align: left; vertical-align: top; }
th { background: #f2f2f2; }
figure { margin: 1rem 0; padding: .5rem 1rem; border-left: 3px solid #ccc; }
.caption, time { color: #555; font-size: .9em; }
.problem { color: #a00; }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"


def to_html(result: Result) -> str:
    """Return the result as a standalone page, without furniture; all text is escaped."""
    title = ", ".join(one_line(document.name) for document in result.documents)
    body = "\n".join(part for document in result.documents for part in _document(document))
    return f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def table_html(table: Table) -> str:
    """Return a table as HTML without a blank line, so that Markdown takes it as one block."""
    starts = {(cell.row, cell.column): cell for cell in table.cells}
    covered = {place for cell in table.cells for place in _places(cell)} - starts.keys()
    lines = ["<table>"]
    for row in range(table.rows):
        tag = "th" if row < table.header_rows else "td"
        # Where no cell is, an empty one stands: else what follows would move to the left.
        places = ((row, column) for column in range(table.columns))
        cells = (starts.get(place) for place in places if place not in covered)
        lines.append("<tr>" + "".join(_cell(cell, tag) for cell in cells) + "</tr>")
    return "\n".join([*lines, "</table>"])


def _places(cell: Cell) -> Iterator[tuple[int, int]]:
    """Yield the rows and columns that a cell covers."""
    yield from product(
        range(cell.row, cell.row + cell.row_span),
        range(cell.column, cell.column + cell.column_span),
    )


def _cell(cell: Cell | None, tag: str) -> str:
    if cell is None:
        return f"<{tag}></{tag}>"
    spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    return f"<{tag}{spans}>{escape(one_line(cell.text))}</{tag}>"


def _document(document: DocumentResult) -> Iterator[str]:
    yield "<article>"
    if document.problem:
        yield f'<p class="problem">{escape(clean(document.problem.message))}</p>'
    if sheets := sheets_of(document):
        yield from map(_sheet, sheets)
    elif document.timeline:
        yield "<ul>"
        for entry in document.timeline:
            span = f"{clock(entry.start)} – {clock(entry.end)}"
            yield f"<li><time>{span}</time> {escape(one_line(entry.text))}</li>"
        yield "</ul>"
    else:
        for page in pages_with_joined_tables(pages_with_charts(document)):
            yield from _page(page)
    yield "</article>"


def _sheet(sheet: Sheet) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    rows = [row(sheet.head, "th"), *(row(cells, "td") for cells in sheet.rows)]
    return "\n".join([f"<h2>{escape(one_line(sheet.title))}</h2>", "<table>", *rows, "</table>"])


def _page(page: Page) -> Iterator[str]:
    yield f'<section id="page-{page.number}">'
    if page.problem:
        yield f'<p class="problem">{escape(clean(page.problem.message))}</p>'
    for is_list, blocks in runs(readable(page)):
        if is_list:
            yield _list(blocks)
        else:
            yield from map(_block, blocks)
    yield "</section>"


def _block(block: Block) -> str:
    text = "<br>\n".join(escape(line) for line in lines_of(block.text))
    if block.table:
        table = table_html(block.table)
        if block.kind is BlockKind.CHART:
            return f"<figure><figcaption>{text}</figcaption>{table}</figure>"
        return table
    if block.kind is BlockKind.HEADING:
        level = min(6, max(1, block.level or 1))
        return f"<h{level}>{escape(one_line(block.text))}</h{level}>"
    if block.kind in (BlockKind.FIGURE, BlockKind.CHART):
        return f"<figure>{text}</figure>"
    if block.kind is BlockKind.CAPTION:
        return f'<p class="caption">{text}</p>'
    return f"<p>{text}</p>"


def _list(items: Sequence[Block]) -> str:
    """Return nested lists; the document's own markers are shown as they are."""
    out: list[str] = []
    depth = 0
    for item, level in zip(items, depths(items), strict=True):
        if level > depth:
            out.append("<ul>")
        else:
            out.append("</li>" + "</ul></li>" * (depth - level))
        marker = one_line(item.marker or "")
        shown = f"{escape(marker)} " if any(map(str.isalnum, marker)) else ""
        out.append(f"<li>{shown}{'<br>'.join(escape(line) for line in lines_of(item.text))}")
        depth = level
    out.append("</li></ul>" * depth)
    return "\n".join(out)
