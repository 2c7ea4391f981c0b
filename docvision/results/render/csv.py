"""The tables of a result as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re

from docvision.results.model import Result
from docvision.results.render.body import rows_of

_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠|%]")
_NUMBER = re.compile(r"^[+-]?\d[\d.,' ]*\s?%?$")


def to_csv(result: Result) -> str:
    """Return all tables, one after the other with an empty row between.

    A cell that a spreadsheet would take for a formula starts with an apostrophe; numbers with a
    sign are left as they are.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    tables = [
        block.table
        for document in result.documents
        for page in document.pages
        for block in page.blocks
        if block.table
    ]
    for at, table in enumerate(tables):
        if at:
            writer.writerow([])
        writer.writerows([_safe(cell) for cell in row] for row in rows_of(table))
    return out.getvalue()


def _safe(cell: str) -> str:
    if _FORMULA.match(cell) and not _NUMBER.match(cell):
        return "'" + cell
    return cell
