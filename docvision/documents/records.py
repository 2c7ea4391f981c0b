"""What a child answers, as plain values for the wire, and back with every value checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TypeVar

from docvision.documents.base import DocumentInfo, Kind, LayerWord, PageInfo, TextLayer
from docvision.documents.wire import Header, WireError
from docvision.geometry import Box, clip

T = TypeVar("T")

_LARGEST = 1e9
_BOLD, _ITALIC, _INVISIBLE = 1, 2, 4


def info_to_wire(info: DocumentInfo) -> Header:
    """Return what is known of a document as plain values."""
    return asdict(info)


def info_from_wire(wire: Header) -> DocumentInfo:
    """Rebuild what is known of a document; raises WireError for anything else."""
    return _checked(
        lambda: DocumentInfo(
            kind=Kind(wire["kind"]),
            media_type=_text(wire["media_type"]),
            page_count=int(_number(wire["page_count"])),
            duration=_maybe(wire["duration"]),
            fps=_maybe(wire["fps"]),
            title=None if wire["title"] is None else _text(wire["title"]),
        )
    )


def page_to_wire(page: PageInfo) -> Header:
    """Return a page's size as plain values."""
    return asdict(page)


def page_from_wire(wire: Header) -> PageInfo:
    """Rebuild a page's size; raises WireError for anything else."""
    return _checked(
        lambda: PageInfo(
            width=_positive(wire["width"]),
            height=_positive(wire["height"]),
            unit="pt" if wire["unit"] == "pt" else "px",
        )
    )


def layer_to_wire(layer: TextLayer) -> Header:
    """Return a text layer as plain values; a word is a row, because there are thousands."""
    return {
        "words": [
            (
                word.text,
                *word.bbox,
                word.size,
                word.angle,
                _BOLD * word.bold + _ITALIC * word.italic + _INVISIBLE * word.invisible,
            )
            for word in layer.words
        ],
        "characters": layer.characters,
        "unmapped": layer.unmapped,
        "images": layer.images,
        "rules": layer.rules,
    }


def layer_from_wire(wire: Header) -> TextLayer:
    """Rebuild a text layer; raises WireError for anything else."""
    return _checked(
        lambda: TextLayer(
            words=tuple(_word(*row) for row in wire["words"]),
            characters=int(_number(wire["characters"])),
            unmapped=int(_number(wire["unmapped"])),
            images=_boxes(wire["images"]),
            rules=_boxes(wire["rules"]),
        )
    )


def time_from_wire(wire: Header) -> float | None:
    """Rebuild the time of a frame, None where there is no frame; raises WireError."""
    return _checked(lambda: _maybe(wire["time"]))


def _checked(build: Callable[[], T]) -> T:
    try:
        return build()
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise WireError("not the values asked for") from error


def _word(
    text: Any, x0: float, y0: float, x1: float, y1: float, size: Any, angle: Any, style: Any
) -> LayerWord:
    return LayerWord(
        text=_text(text),
        bbox=clip((x0, y0, x1, y1)),
        size=_number(size),
        angle=_number(angle),
        bold=bool(style & _BOLD),
        italic=bool(style & _ITALIC),
        invisible=bool(style & _INVISIBLE),
    )


def _boxes(rows: Iterable[Any]) -> tuple[Box, ...]:
    return tuple(clip((x0, y0, x1, y1)) for x0, y0, x1, y1 in rows)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> float:
    number = float(value)
    if not -_LARGEST < number < _LARGEST:  # false for NaN too
        raise ValueError
    return number


def _positive(value: Any) -> float:
    number = _number(value)
    if number <= 0:
        raise ValueError
    return number


def _maybe(value: Any) -> float | None:
    return None if value is None else _number(value)
