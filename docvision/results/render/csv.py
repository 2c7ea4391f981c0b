"""The tables of a result as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from docvision.results.charts import pages_with_charts
from docvision.results.model import DocumentResult, Result
from docvision.results.render.body import rows_of
from docvision.results.render.sheets import sheets_of
from docvision.results.tables import pages_with_joined_tables

_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠|%]")
_NUMBER = re.compile(r"^[+-]?\d[\d.,' ]*\s?%?$")


def to_csv(result: Result) -> str:
    """Return all tables and the data of all charts, with an empty row between them.

    A table that runs over pages is one, its header stands once. Where values were extracted, they
    are the tables: the fields, then each list.

    A cell that a spreadsheet would take for a formula starts with an apostrophe; numbers with a
    sign are left as they are.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    tables = [table for document in result.documents for table in _tables(document)]
    for at, rows in enumerate(tables):
        if at:
            writer.writerow([])
        writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _tables(document: DocumentResult) -> Iterator[Sequence[Sequence[str]]]:
    sheets = sheets_of(document)
    for sheet in sheets:
        if not sheet.notes:
            yield [sheet.head, *sheet.rows]
    if not sheets:
        for page in pages_with_joined_tables(pages_with_charts(document)):
            yield from (rows_of(block.table) for block in page.blocks if block.table)


def safe_cell(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula; numbers with a sign are left."""
    if _FORMULA.match(cell) and not _NUMBER.match(cell):
        return "'" + cell
    return cell
