"""Asking a model for all lines of a page with their boxes, and reading its answer.

The wording is the one that Qwen documents for text spotting, so that its checkpoints know it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from pydantic_core import from_json

from docvision.engines.base import Answer
from docvision.geometry import Box
from docvision.views.view import BoxConvention, View

VERSION = 1
PROMPT = (
    "Spotting all the text in the image with line-level, and output in JSON format as "
    "[{'bbox_2d': [x1, y1, x2, y2], 'text_content': 'text'}, ...]."
)


@dataclass(frozen=True, kw_only=True)
class SpottedLine:
    """A line as a model read it; `bbox` in fractions of the page."""

    text: str
    bbox: Box


def parse_lines(answer: Answer, view: View, convention: BoxConvention) -> tuple[SpottedLine, ...]:
    """Return the lines in an answer; one that was cut short gives the lines before the cut.

    Items that are no line (no text, no sensible box) are left out. An answer that is no JSON at
    all gives no line.
    """
    start = answer.text.find("[")
    if start < 0:
        return ()
    body = answer.text[start:].removesuffix("```").rstrip()
    try:
        items = from_json(body, allow_partial=True)
    except ValueError:
        return ()
    return tuple(_lines(items, view, convention)) if isinstance(items, list) else ()


def _lines(items: list[Any], view: View, convention: BoxConvention) -> Iterator[SpottedLine]:
    for item in items:
        if not isinstance(item, dict):
            continue
        text, box = item.get("text_content"), item.get("bbox_2d")
        if isinstance(text, str) and text.strip() and _is_box(box):
            x0, y0, x1, y1 = (float(value) for value in box)
            bbox = view.to_page((x0, y0, x1, y1), convention)
            if bbox[2] > bbox[0] and bbox[3] > bbox[1]:
                yield SpottedLine(text=" ".join(text.split()), bbox=bbox)


def _is_box(value: Any) -> TypeGuard[list[float]]:
    return (
        isinstance(value, list)
        and len(value) == 4
        and all(isinstance(side, int | float) and math.isfinite(side) for side in value)
    )
