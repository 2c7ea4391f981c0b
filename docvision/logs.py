"""The service's logs: a line of JSON for each event, with the job and the request it is about.

A line never holds content or secrets. What the code says is of its own words and of ids; what an
unforeseen exception says is left out, since it may quote what it choked on: its type and the
places in the code that it came through are enough to find the fault.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any, TextIO

from docvision.errors import DocvisionError
from docvision.settings import Settings

MOST_PLACES = 30
"""Places in the code that are told of one exception, the innermost."""
QUIET = ("celery.worker.strategy", "celery.app.trace", "httpx", "httpcore", "botocore", "urllib3")
"""Loggers that say for each message or request what the ledger and the audit log say better."""
_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


@contextlib.contextmanager
def about(**known: str | None) -> Iterator[None]:
    """Add to every line that is logged inside what it is about, such as `job="…"`."""
    more = {name: value for name, value in known.items() if value is not None}
    token = _about.set({**_about.get(), **more})
    try:
        yield
    finally:
        _about.reset(token)


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process to standard error, in the form set."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    if settings.log_level != "debug":
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; `error` and `at` tell of an exception, outermost place first."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_about.get(),
            **getattr(record, "fields", {}),
            **told(record.exc_info),
        }
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Writes a record as one line of text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with what it is about at its end."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        known = {**_about.get(), **getattr(record, "fields", {}), **told(record.exc_info)}
        end = "".join(f" {name}={value}" for name, value in known.items())
        return f"{time} {record.levelname} {record.name}: {record.getMessage()}{end}"


def told(info: ExcInfo | None) -> dict[str, Any]:
    """Return what may be told of an exception: its type, where it came from, and its causes.

    A DocvisionError's own sentence is told too, since it never holds content.
    """
    if info is None or info[1] is None:
        return {}
    error = info[1]
    places = traceback.extract_tb(info[2])[-MOST_PLACES:]
    return {
        "error": " from ".join(_chain(error)),
        "at": [f"{place.filename}:{place.lineno} {place.name}" for place in places],
    }


def _chain(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        yield f"{name}: {error.message}" if isinstance(error, DocvisionError) else name
        error = error.__cause__ or error.__context__
