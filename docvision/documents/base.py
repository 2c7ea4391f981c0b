"""What an opened document offers, whatever it is: pages (or frames) to look at and to read.

A `Document` in a worker is a handle: the bytes themselves are parsed in a sandboxed child (see
`sandbox`). Pages count from 0 here, as indexes; the results count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from docvision.geometry import WHOLE, Box

Pixels = NDArray[np.uint8]
"""RGB, shape (height, width, 3), values 0–255, upright as displayed."""


class Kind(StrEnum):
    """The families of documents that are opened differently."""

    PDF = "pdf"
    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, kw_only=True)
class DocumentInfo:
    """What is known as soon as a document is open.

    `page_count` is the number of pages of a PDF, pictures of a TIFF or GIF, and 1 for a video,
    whose length is `duration` in seconds and whose nominal frame rate is `fps`.
    """

    kind: Kind
    media_type: str
    page_count: int
    duration: float | None = None
    fps: float | None = None
    title: str | None = None


@dataclass(frozen=True, kw_only=True)
class PageInfo:
    """The size of a page as displayed (rotated and cropped): points for a PDF, else pixels."""

    width: float
    height: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class LayerWord:
    """A word of a PDF's text layer, its box, and how it is drawn.

    `size` is the height of the font in fractions of the page's height; `angle` the direction of
    writing in degrees, counter-clockwise, as displayed.
    """

    text: str
    bbox: Box
    size: float
    bold: bool = False
    italic: bool = False
    invisible: bool = False
    angle: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TextLayer:
    """The words that a PDF page carries, and what helps to judge whether to trust them.

    `unmapped` counts characters without a Unicode value (U+FFFD, private use, control);
    `characters` all of them. `images` are the boxes of pictures drawn on the page, `rules` the
    boxes of thin ruled lines (as of tables).
    """

    words: tuple[LayerWord, ...] = ()
    characters: int = 0
    unmapped: int = 0
    images: tuple[Box, ...] = ()
    rules: tuple[Box, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VideoFrame:
    """A decoded frame: its time in seconds and its pixels."""

    time: float
    pixels: Pixels


class Document(Protocol):
    """An open document. Close it, or use it as a context manager."""

    @property
    def info(self) -> DocumentInfo:
        """What is known of the whole."""

    def page(self, index: int) -> PageInfo:
        """Return the size of page `index` (from 0)."""

    def text_layer(self, index: int) -> TextLayer:
        """Return the words that page `index` carries; empty for pictures and videos."""

    def render(self, index: int, width: int, height: int, region: Box = WHOLE) -> Pixels:
        """Draw `region` of page `index` at exactly `width` × `height` pixels.

        A PDF is drawn straight at that size. A picture is resampled from its own pixels.
        """

    def frames(
        self, times: Sequence[float], width: int | None = None, height: int | None = None
    ) -> Iterator[VideoFrame]:
        """Yield the frame on screen at each of `times` (seconds, ascending), resized if asked."""

    def close(self) -> None:
        """Let go of the document; its child goes back to the pool."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
