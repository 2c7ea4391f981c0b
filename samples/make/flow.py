"""Text that flows down through a row of frames: paragraphs, headings and lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samples.make import fonts
from samples.make.fonts import Style
from samples.make.sheet import Sheet


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A column on a page (counted from 0), in points from the top left."""

    page: int
    x: float
    top: float
    bottom: float
    width: float


def wrap(text: str, style: Style, width: float) -> list[list[str]]:
    """Break a text into lines of words no wider than `width` points."""
    lines: list[list[str]] = [[]]
    for word in text.split():
        if lines[-1] and fonts.width(" ".join([*lines[-1], word]), style) > width:
            lines.append([])
        lines[-1].append(word)
    return lines


class Flow:
    """Writes down the frames in order; `turn(page)` is called when a new page begins."""

    def __init__(self, sheet: Sheet, frames: Sequence[Frame], turn: Callable[[int], None]) -> None:
        self.sheet = sheet
        self._frames = list(frames)
        self._turn = turn
        self.frame = self._frames.pop(0)
        self.y = self.frame.top
        turn(self.frame.page)

    def room(self, height: float) -> None:
        """Go on to the next frame unless this one has `height` points left."""
        if self.y + height <= self.frame.bottom:
            return
        page = self.frame.page
        self.frame = self._frames.pop(0)
        self.y = self.frame.top
        if self.frame.page != page:
            self.sheet.end_page()
            self._turn(self.frame.page)

    def skip(self, height: float) -> None:
        """Leave space, except at the top of a frame."""
        if self.y > self.frame.top:
            self.y += height

    def heading(self, text: str, style: Style) -> None:
        """Write a heading that stays with the three lines below it."""
        self.skip(style.size * 0.9)
        lines = wrap(text, style, self.frame.width)
        self.room(len(lines) * style.size * 1.2 + 40)
        for words in lines:
            self.y += style.size * 1.2
            self.sheet.text(self.frame.x, self.y, " ".join(words), style, kind="heading")
        self.y += style.size * 0.35

    def paragraph(
        self,
        text: str,
        style: Style,
        *,
        leading: float = 1.28,
        indent: float = 0.0,
        kind: str = "paragraph",
        justify: bool = True,
    ) -> None:
        """Write a paragraph, all lines but the last stretched to the column."""
        width = self.frame.width - indent
        lines = wrap(text, style, width)
        for number, words in enumerate(lines):
            self.room(style.size * leading)
            self.y += style.size * leading
            x = self.frame.x + indent
            if justify and number < len(lines) - 1:
                self.sheet.justified(x, self.y, words, style, width, kind=kind)
            else:
                self.sheet.text(x, self.y, " ".join(words), style, kind=kind)
        self.y += style.size * 0.45

    def item(self, marker: str, text: str, style: Style, *, leading: float = 1.28) -> None:
        """Write a list item: its marker hangs left of its text, on the first line."""
        indent = 14.0
        lines = wrap(text, style, self.frame.width - indent)
        for number, words in enumerate(lines):
            self.room(style.size * leading)
            self.y += style.size * leading
            if number == 0:
                self.sheet.text(self.frame.x, self.y, marker, style, kind="list_item")
            self.sheet.text(self.frame.x + indent, self.y, " ".join(words), style, kind="list_item")
        self.y += style.size * 0.3
