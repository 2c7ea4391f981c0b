"""Rows of many results as one CSV, or as one XLSX with a sheet for each kind of row.

The columns are known only when all rows were seen, so rows are gone through twice and never held:
`rows` is a function that begins anew each time.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any

from docvision.errors import NotAcceptable
from docvision.results.render.csv import safe_cell
from docvision.results.rows import DOCUMENTS, OWN_SHEETS, Row, Scalar, Values

Rows = Callable[[], Iterable[Row]]
Columns = dict[str, dict[str, None]]
"""Ordered columns by sheet."""

MOST_COLUMNS = 4_000
MOST_ROWS = 1_048_575
"""Rows of a sheet below its header (the format's own limit)."""
_MOST_SHEETS = 200
_CELL_CHARACTERS = 32_767
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_BATCH = 200


def columns_of(rows: Iterable[Row]) -> Columns:
    """Return the columns of each sheet in the order in which they come up."""
    columns: Columns = {}
    for row in rows:
        if row.sheet in columns or len(columns) < _MOST_SHEETS:
            known = columns.setdefault(row.sheet, {})
            for name in row.values:
                if len(known) < MOST_COLUMNS:
                    known.setdefault(name)
    return columns


def to_csv_stream(rows: Rows, sheet: str | None = None) -> Iterator[bytes]:
    """Yield one sheet as CSV (RFC 4180, UTF-8), safe to be opened in a spreadsheet.

    Without a `sheet`, it is the list in the extracted values, if there is just one kind of list:
    its rows then begin with the values of their document, and a document without any has one row.
    Else it is the documents.

    Raises:
        NotAcceptable: There is no such sheet; the known ones are named.
    """
    columns = columns_of(rows())
    lists = [name for name in columns if name not in OWN_SHEETS]
    if sheet is None and len(lists) == 1:
        header = columns[DOCUMENTS] | {f"{lists[0]}.{name}": None for name in columns[lists[0]]}
        return _csv(_joined(rows(), lists[0]), list(header))
    sheet = sheet or DOCUMENTS
    if sheet not in columns:
        known = ", ".join(columns) or "none"
        raise NotAcceptable(f"There are no rows of {sheet!r}; there are: {known}.", sheet=sheet)
    return _csv((row.values for row in rows() if row.sheet == sheet), list(columns[sheet]))


def write_xlsx(rows: Rows, file: IO[bytes]) -> None:
    """Write all sheets as one XLSX into a file, a row in memory at a time.

    Texts are stored as texts: nothing in a document becomes a formula or a link.
    """
    # Only who asks for a workbook pays for loading it.
    from xlsxwriter import Workbook  # noqa: PLC0415

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    columns = columns_of(rows())
    with Workbook(file, options) as workbook:
        taken: set[str] = set()
        # Rows of a sheet must be written one after the other, so it is one pass for each sheet.
        for sheet in columns or {DOCUMENTS: {}}:
            header = list(columns.get(sheet, {}))
            chosen = (row.values for row in rows() if row.sheet == sheet)
            _write_sheets(workbook, sheet, header, chosen, taken)


def _joined(rows: Iterable[Row], sheet: str) -> Iterator[Values]:
    """Yield the rows of a list, each with its document's values before it."""
    document: Values = {}
    is_alone = False
    for row in rows:
        if row.sheet == DOCUMENTS:
            if is_alone:
                yield document
            document, is_alone = row.values, True
        elif row.sheet == sheet:
            is_alone = False
            yield document | {f"{sheet}.{name}": value for name, value in row.values.items()}
    if is_alone:
        yield document


def _csv(rows: Iterable[Mapping[str, Scalar]], header: list[str]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(name) for name in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_text(row.get(name)) for name in header])
        if number % _BATCH == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", errors="replace")


def _text(value: Scalar) -> str:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else str(value)


def _write_sheets(
    workbook: Any,
    name: str,
    header: list[str],
    rows: Iterable[Mapping[str, Scalar]],
    taken: set[str],
) -> None:
    bold = workbook.add_format({"bold": True})
    sheet: Any = None
    for number, row in enumerate(rows):
        if number % MOST_ROWS == 0:
            sheet = _new_sheet(workbook, name, header, bold, taken)
        for column, title in enumerate(header):
            _write(sheet, number % MOST_ROWS + 1, column, row.get(title))
    if sheet is None:
        _new_sheet(workbook, name, header, bold, taken)


def _new_sheet(workbook: Any, name: str, header: list[str], bold: Any, taken: set[str]) -> Any:
    sheet = workbook.add_worksheet(_sheet_name(name, taken))
    for column, title in enumerate(header):
        sheet.write_string(0, column, title[:_CELL_CHARACTERS], bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _write(sheet: Any, row: int, column: int, value: Scalar) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value)[:_CELL_CHARACTERS])


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that a workbook allows: 31 characters, none of its signs, each once."""
    plain = _FORBIDDEN.sub(" ", name).strip()[:31] or "rows"
    number, chosen = 1, plain
    while chosen.lower() in taken or chosen.lower() == "history":
        number += 1
        chosen = f"{plain[:26]} ({number})"
    taken.add(chosen.lower())
    return chosen
