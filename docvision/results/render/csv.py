"""The tables of a result as CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re

from docvision.results.model import Result
from docvision.results.render.body import rows_of
from docvision.results.tables import joined_tables

_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠|%]")
_NUMBER = re.compile(r"^[+-]?\d[\d.,' ]*\s?%?$")


def to_csv(result: Result) -> str:
    """Return all tables, one after the other with an empty row between.

    A table that runs over pages is one, its header stands once.

    A cell that a spreadsheet would take for a formula starts with an apostrophe; numbers with a
    sign are left as they are.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    tables = [
        joined.table for document in result.documents for joined in joined_tables(document.pages)
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
