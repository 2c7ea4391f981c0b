"""Renderers: pure functions from a result to the bytes of a format. Light: no model, no pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from docvision.errors import NotAcceptable
from docvision.results.model import Result
from docvision.results.render.csv import to_csv
from docvision.results.render.hocr import to_hocr
from docvision.results.render.html import to_html
from docvision.results.render.json import to_json
from docvision.results.render.markdown import to_markdown
from docvision.results.render.text import to_text

FORMATS: Mapping[str, str] = {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "hocr": "text/vnd.hocr+html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
"""The media type of each format; the names are the usual file extensions. The first is the
default of an Accept header that takes anything."""

_RENDERERS: Mapping[str, Callable[[Result], str]] = {
    "json": to_json,
    "md": to_markdown,
    "txt": to_text,
    "html": to_html,
    "hocr": to_hocr,
    "csv": to_csv,
}


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A result in one format."""

    media_type: str
    extension: str
    data: bytes


def render(result: Result, format: str) -> Rendered:
    """Return a result in one of `FORMATS`, UTF-8 throughout.

    Raises:
        NotAcceptable: No format is called so; the known ones are named.
    """
    if format not in _RENDERERS:
        known = ", ".join(FORMATS)
        raise NotAcceptable(f"A result can be had as {known}.", asked=format)
    text = _RENDERERS[format](result)
    return Rendered(
        media_type=FORMATS[format],
        extension=f".{format}",
        data=text.encode("utf-8", errors="replace"),
    )
