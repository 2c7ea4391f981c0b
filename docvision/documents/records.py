"""What a child answers, as plain values for the wire, and back with every value checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np

from docvision.documents.base import DocumentInfo, Kind, LayerWord, PageInfo, TextLayer
from docvision.documents.columns import BOLD, COLUMNS, INVISIBLE, ITALIC, LayerColumns
from docvision.documents.wire import Header, Message, WireError
from docvision.geometry import Box, clip

T = TypeVar("T")

_LARGEST = 1e9


def info_to_wire(info: DocumentInfo) -> Header:
    """Return what is known of a document as plain values."""
    return asdict(info)


def info_from_wire(message: Message) -> DocumentInfo:
    """Rebuild what is known of a document; raises WireError for anything else."""
    wire = message.header
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


def page_from_wire(message: Message) -> PageInfo:
    """Rebuild a page's size; raises WireError for anything else."""
    wire = message.header
    return _checked(
        lambda: PageInfo(
            width=_positive(wire["width"]),
            height=_positive(wire["height"]),
            unit="pt" if wire["unit"] == "pt" else "px",
        )
    )


def layer_to_wire(layer: LayerColumns) -> Message:
    """Return a text layer as a message: its texts in the header, its numbers as they are."""
    header = {
        "texts": "\n".join(layer.texts),
        "characters": layer.characters,
        "unmapped": layer.unmapped,
        "images": layer.images,
        "rules": layer.rules,
    }
    return Message(header=header, raw=np.ascontiguousarray(layer.numbers).tobytes())


def layer_from_wire(message: Message) -> TextLayer:
    """Rebuild a text layer; raises WireError for anything else."""
    wire = message.header
    return _checked(
        lambda: TextLayer(
            words=_words(_text(wire["texts"]), message.raw),
            characters=int(_number(wire["characters"])),
            unmapped=int(_number(wire["unmapped"])),
            images=_boxes(wire["images"]),
            rules=_boxes(wire["rules"]),
        )
    )


def time_from_wire(message: Message) -> float | None:
    """Rebuild the time of a frame, None where there is no frame; raises WireError."""
    return _checked(lambda: _maybe(message.header["time"]))


def _checked(build: Callable[[], T]) -> T:
    try:
        return build()
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise WireError("not the values asked for") from error


def _words(texts: str, raw: bytes | bytearray) -> tuple[LayerWord, ...]:
    numbers = np.frombuffer(raw, dtype=np.float32).reshape(-1, COLUMNS)
    words = texts.split("\n") if texts else []
    if len(words) != len(numbers) or not np.isfinite(numbers).all():
        raise ValueError
    boxes = np.clip(numbers[:, :4], 0, 1)
    boxes[:, 2:] = np.maximum(boxes[:, :2], boxes[:, 2:])
    styles = np.clip(numbers[:, 6], 0, BOLD | ITALIC | INVISIBLE).astype(np.uint8)
    return tuple(
        LayerWord(
            text=text,
            bbox=(box[0], box[1], box[2], box[3]),
            size=size,
            angle=angle,
            bold=style & BOLD != 0,
            italic=style & ITALIC != 0,
            invisible=style & INVISIBLE != 0,
        )
        for text, box, size, angle, style in zip(
            words,
            boxes.tolist(),
            numbers[:, 4].tolist(),
            numbers[:, 5].tolist(),
            styles.tolist(),
            strict=True,
        )
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
