"""A PDF that is drawn and at the same time written down: every word with its box, in order.

Coordinates are points from the page's top left; `y` of a text is its baseline.
"""

from __future__ import annotations

import io
from typing import Literal

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from samples.make import fonts
from samples.make.expected import Line, Page, Word
from samples.make.fonts import Style

A4 = (595.276, 841.89)
Align = Literal["left", "right", "center"]


class Sheet:
    """A growing PDF of pages of one size, drawn in reading order."""

    def __init__(self, *, title: str, author: str, size: tuple[float, float] = A4) -> None:
        fonts.register()
        self.width, self.height = size
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=size, invariant=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self._lines: list[Line] = []
        self._pages: list[Page] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        style: Style,
        *,
        kind: str = "paragraph",
        align: Align = "left",
    ) -> None:
        """Write one line; `x` is its left end, right end or middle."""
        shift = {"left": 0.0, "right": 1.0, "center": 0.5}[align]
        x -= shift * fonts.width(text, style)
        self._ink(style)
        self.canvas.drawString(x, self.height - y, text)
        space = fonts.width(" ", style)
        self._note(x, y, text.split(), style, kind, space)

    def justified(
        self,
        x: float,
        y: float,
        words: list[str],
        style: Style,
        width: float,
        *,
        kind: str = "paragraph",
    ) -> None:
        """Write one line stretched to `width`, word by word as typesetters do."""
        natural = sum(fonts.width(word, style) for word in words)
        space = (width - natural) / max(1, len(words) - 1)
        self._ink(style)
        at = x
        for word in words:
            self.canvas.drawString(at, self.height - y, word)
            at += fonts.width(word, style) + space
        self._note(x, y, words, style, kind, space)

    def note(self, x: float, y: float, text: str, style: Style, *, kind: str = "paragraph") -> None:
        """Write down a line that something else draws."""
        self._note(x, y, text.split(), style, kind, fonts.width(" ", style))

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        width: float = 0.5,
        color: str = "#1c1c1c",
    ) -> None:
        """Draw a straight line."""
        self.canvas.setStrokeColor(HexColor(color))
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        width: float = 0.5,
    ) -> None:
        """Draw a rectangle."""
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        if stroke:
            self.canvas.setStrokeColor(HexColor(stroke))
        self.canvas.setLineWidth(width)
        self.canvas.rect(
            x0, self.height - y1, x1 - x0, y1 - y0, fill=int(bool(fill)), stroke=int(bool(stroke))
        )

    def end_page(self) -> None:
        """Finish the page; what follows stands on the next one."""
        self.canvas.showPage()
        self._pages.append(Page(width=self.width, height=self.height, lines=tuple(self._lines)))
        self._lines = []

    def close(self) -> tuple[bytes, tuple[Page, ...]]:
        """Return the PDF and what stands on its pages."""
        self.canvas.save()
        return self._buffer.getvalue(), tuple(self._pages)

    def _ink(self, style: Style) -> None:
        self.canvas.setFont(style.font, style.size)
        self.canvas.setFillColor(HexColor(style.color))

    def _note(
        self, x: float, y: float, words: list[str], style: Style, kind: str, space: float
    ) -> None:
        above, below = fonts.extent(style)
        noted = []
        for word in words:
            wide = fonts.width(word, style)
            box = (
                x / self.width,
                (y - above) / self.height,
                (x + wide) / self.width,
                (y + below) / self.height,
            )
            noted.append(Word(text=word, box=box))
            x += wide + space
        if noted:
            self._lines.append(Line(kind=kind, words=tuple(noted)))
