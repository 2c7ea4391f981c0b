"""A result as rows of plain values, as spreadsheets want them.

Each row belongs to a sheet: `documents` has one row for a document with the values that were
extracted; a list of objects in these (the items of an invoice) has a sheet of its own, named by
where it stands; and so have tables, answers and charts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docvision.results.model import Chart, DocumentResult, Result
from docvision.results.render.body import rows_of
from docvision.results.tables import joined_tables

DOCUMENTS = "documents"
TABLES = "tables"
ANSWERS = "answers"
CHARTS = "charts"
OWN_SHEETS = frozenset({DOCUMENTS, TABLES, ANSWERS, CHARTS})
"""Sheets that are not a list of the extracted values."""
Scalar = str | int | float | bool | None
Values = dict[str, Scalar]
_DEPTH = 8


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row: the sheet that it belongs to, and its values by column."""

    sheet: str
    values: Values


def result_rows(result: Result, lead: Mapping[str, Scalar]) -> Iterator[Row]:
    """Yield all rows of a result; each begins with the columns of `lead`."""
    for document in result.documents:
        yield from _document(document, dict(lead))


def _document(document: DocumentResult, lead: Values) -> Iterator[Row]:
    extraction = document.extraction
    flat: Values = lead | {"pages": document.page_count}
    lists: list[Row] = []
    if document.classification is not None:
        flat["kind"] = document.classification.kind
    if extraction is not None:
        flat["needs_review"] = bool(extraction.review)
        flat = _beside(flat, _flattened(extraction.data, "", lists, 0))
    yield Row(sheet=DOCUMENTS, values=flat)
    for row in lists:
        yield Row(sheet=row.sheet, values=_beside(lead, row.values))
    for number, answer in enumerate(document.answers, start=1):
        page = answer.citations[0].page if answer.citations else None
        said: Values = {"#": number, "question": answer.question, "answer": answer.answer}
        said |= {"page": page, "confidence": answer.confidence}
        yield Row(sheet=ANSWERS, values=lead | said)
    for number, chart in enumerate(document.charts, start=1):
        yield from _chart(chart, lead | {"chart": number, "page": chart.page})
    if extraction is None:
        yield from _tables(document, lead)


def _tables(document: DocumentResult, lead: Values) -> Iterator[Row]:
    for number, joined in enumerate(joined_tables(document.pages), start=1):
        for row, cells in enumerate(rows_of(joined.table)):
            place: Values = {"table": number, "page": joined.pages[row], "row": row + 1}
            numbered: Values = {f"column {at}": cell for at, cell in enumerate(cells, start=1)}
            yield Row(sheet=TABLES, values=lead | place | numbered)


def _chart(chart: Chart, lead: Values) -> Iterator[Row]:
    for series in chart.series:
        for point in series.points:
            values: Values = {"title": chart.title, "series": series.name}
            values |= {"x": point.x, "y": _finite(point.y)}
            yield Row(sheet=CHARTS, values=lead | values)


def _flattened(data: Any, path: str, lists: list[Row], depth: int) -> Values:
    """Return the scalars below `data` by path; rows of lists of objects go into `lists`."""
    if isinstance(data, Mapping) and depth < _DEPTH:
        flat: Values = {}
        for name, value in data.items():
            flat |= _flattened(value, f"{path}.{name}" if path else str(name), lists, depth + 1)
        return flat
    if isinstance(data, list):
        if any(isinstance(item, Mapping) for item in data) and depth < _DEPTH:
            for number, item in enumerate(data, start=1):
                inner: list[Row] = []
                values = _flattened(item, "", inner, depth + 1)
                sheet = path if path not in OWN_SHEETS else f"{path} (extracted)"
                lists.append(Row(sheet=sheet, values=_beside({"#": number}, values)))
                above: Values = {f"{sheet} #": number}
                lists.extend(
                    Row(sheet=f"{sheet}.{row.sheet}", values=above | row.values) for row in inner
                )
            return {}
        return {path or "value": "; ".join(str(item) for item in data if item is not None)}
    return {path or "value": _scalar(data)}


def _beside(ours: Values, found: Values) -> Values:
    """Return both; a column of a document that is called as one of ours is called `data.…`."""
    return ours | {(f"data.{name}" if name in ours else name): found[name] for name in found}


def _scalar(value: Any) -> Scalar:
    if isinstance(value, float):
        return _finite(value)
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _finite(value: float | None) -> Scalar:
    return value if value is None or math.isfinite(value) else str(value)
