"""What every parser offers inside the sandboxed child: the counterpart of `base.Document`."""

from __future__ import annotations

from typing import Protocol

from docvision.documents.base import DocumentInfo, PageInfo, Pixels
from docvision.documents.columns import LayerColumns
from docvision.geometry import Box


class Parser(Protocol):
    """An open document in the process that parses it.

    Pixels are written into an array that the caller brings, because that array lies in memory
    shared with the parent.
    """

    @property
    def info(self) -> DocumentInfo:
        """What is known of the whole."""

    def page(self, index: int) -> PageInfo:
        """Return the size of a page as displayed."""

    def text_layer(self, index: int) -> LayerColumns:
        """Return the words that a page carries."""

    def render(self, index: int, region: Box, out: Pixels) -> None:
        """Draw `region` of a page so that it fills `out`."""

    def frame(self, time: float, out: Pixels) -> float | None:
        """Put the frame on screen at `time` into `out`, return its own time, None past the end."""

    def close(self) -> None:
        """Let go of the document."""
