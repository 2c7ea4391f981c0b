"""A result as JSON that obeys the published schema."""

from __future__ import annotations

from docvision.results.model import Result


def to_json(result: Result) -> str:
    """Return the result as JSON, indented for people."""
    return result.model_dump_json(indent=2) + "\n"
