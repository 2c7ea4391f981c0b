"""A batch's manifest: a CSV or JSONL that says, file by file, what is wanted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from docvision.documents.names import shown_path
from docvision.errors import DocvisionError, InvalidRequest
from docvision.jobs.batch import Order

from .orders import checked_metadata, checked_options, read_object, read_priority

COLUMNS = ("file", "task", "options", "schema", "metadata", "priority")


def read_manifest(text: str, default: Order, most: int) -> dict[str, Order]:
    """Return the orders by file name; what a row leaves out is as for the whole batch.

    A CSV begins with a row of column names; a JSONL has an object on each line. Both have `file`
    (as it is called in the archive, or as it was sent), and may have `task`, `options`, `schema`
    (short for the option of that name), `metadata` and `priority`. In a CSV, options and metadata
    are JSON.

    Raises:
        InvalidRequest: A row makes no sense, or a file is named twice; the detail has the row.
    """
    orders: dict[str, Order] = {}
    for number, row in _rows(text):
        try:
            name = shown_path(_text(row, "file"))
            if not row.get("file") or name in orders:
                raise InvalidRequest("'file' is missing, or named before.", field="file")
            orders[name] = _order(row, default)
            if len(orders) > most:
                raise InvalidRequest(f"A batch takes at most {most} files.", field="file")
        except DocvisionError as error:
            message = f"Row {number} of the manifest: {error.message}"
            raise InvalidRequest(message, field="manifest", row=number) from error
    return orders


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield number, read_object(line, "manifest")
        return
    try:
        yield from enumerate(csv.DictReader(io.StringIO(text), strict=True), start=2)
    except csv.Error as error:
        message = "The manifest is neither CSV nor JSONL."
        raise InvalidRequest(message, field="manifest") from error


def _order(row: Mapping[str, Any], default: Order) -> Order:
    unknown = [str(name) for name in row if name not in COLUMNS]
    if unknown:
        known = ", ".join(COLUMNS)
        raise InvalidRequest(f"{unknown[0]!r} is no column; there is {known}.", field="manifest")
    task = _text(row, "task") or default.task
    options = dict(default.options) if task == default.task else {}
    options |= _object(row, "options")
    if row.get("schema"):
        options["schema"] = _schema(row["schema"])
    return Order(
        task=task,
        options=checked_options(task, options),
        metadata=default.metadata | checked_metadata(_object(row, "metadata")),
        priority=read_priority(_text(row, "priority"), default.priority),
    )


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column) or ""
    if not isinstance(value, str):
        raise InvalidRequest(f"{column!r} is a text.", field=column)
    return value.strip()


def _object(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    value = row.get(column) or {}
    return dict(value) if isinstance(value, dict) else read_object(_text(row, column), column)


def _schema(value: Any) -> Any:
    """Return a schema as it was meant: JSON where it is some, else the name of one."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise InvalidRequest("'schema' is not JSON.", field="schema") from error
