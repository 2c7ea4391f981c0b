"""What a form asks for: the task, its options, and what else goes with a job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from docvision.errors import InvalidRequest
from docvision.jobs.batch import Metadata, Order
from docvision.jobs.model import Priority
from docvision.net import parse_url
from docvision.tasks.options import validate_options

METADATA_BYTES = 16 * 1024


def read_order(fields: Mapping[str, str], default: Priority) -> Order:
    """Return what a form's fields ask for.

    Raises:
        UnknownTask: No task is called so.
        InvalidRequest: A field is malformed; the detail names it.
    """
    task = fields.get("task") or "ocr"
    return Order(
        task=task,
        options=checked_options(task, read_object(fields.get("options"), "options")),
        metadata=checked_metadata(read_object(fields.get("metadata"), "metadata")),
        priority=read_priority(fields.get("priority"), default),
    )


def read_object(text: str | None, field: str) -> dict[str, Any]:
    """Return the JSON object in a field, an empty one where there is none."""
    try:
        raw = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"{field!r} is not JSON.", field=field) from error
    if not isinstance(raw, dict):
        raise InvalidRequest(f"{field!r} is a JSON object.", field=field)
    return raw


def read_priority(text: str | None, default: Priority) -> Priority:
    """Return the priority that is named."""
    try:
        return Priority(text) if text else default
    except ValueError as error:
        known = ", ".join(Priority)
        raise InvalidRequest(f"'priority' is one of {known}.", field="priority") from error


def read_webhook(text: str | None) -> str | None:
    """Return the URL that is to be told of the end; raises UrlRefused."""
    return str(parse_url(text)) if text else None


def read_keep(text: str | None, longest: float) -> float | None:
    """Return the seconds for which the result is to be kept."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= longest:
        message = f"'keep' is a number of seconds, at most {longest:g}."
        raise InvalidRequest(message, field="keep")
    return seconds


def read_flag(text: str | None, field: str, default: bool) -> bool:
    """Return the truth of a field: true or false."""
    if not text:
        return default
    if text.lower() not in ("true", "false"):
        raise InvalidRequest(f"{field!r} is true or false.", field=field)
    return text.lower() == "true"


def checked_options(task: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task's options as they are stored; raises UnknownTask, InvalidRequest."""
    return validate_options(task, raw).model_dump(mode="json", exclude_unset=True)


def checked_metadata(raw: Mapping[str, Any]) -> Metadata:
    """Return metadata of plain values and moderate size; raises InvalidRequest."""
    plain = all(
        value is None or isinstance(value, str | int | float | bool) for value in raw.values()
    )
    if not plain or len(json.dumps(raw)) > METADATA_BYTES:
        message = f"'metadata' holds texts, numbers and truths, {METADATA_BYTES} bytes in all."
        raise InvalidRequest(message, field="metadata")
    return dict(raw)
