"""Turning a page upright, and taking skew out, before layout is looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from docvision.documents.base import PageInfo
from docvision.geometry import Box
from docvision.reading.layout.placed import Placed
from docvision.reading.words import StyledWord
from docvision.results.model import Word


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How the page lies: `turn` is the direction of its writing (0, 90, 180 or 270 degrees,
    counter-clockwise), `width` and `height` are the upright page's, in the page's units, and
    `skew` is how far its lines fall per unit to the right (the tangent of a few degrees).
    """

    turn: int
    width: float
    height: float
    skew: float = 0.0

    def box(self, box: Box) -> Box:
        """Map a box, in fractions of the page as displayed, to the upright page's units.

        Skew lowers or lifts a box as a whole: it stays as high as it is. It moves nothing to the
        side, for in a photograph sides lean otherwise than lines do.
        """
        x0, y0, x1, y1 = self._upright(box)
        drop = self.skew * (x0 + x1) / 2
        return (x0, y0 - drop, x1, y1 - drop)

    def _upright(self, box: Box) -> Box:
        x0, y0, x1, y1 = box
        if self.turn == 90:
            x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
        elif self.turn == 180:
            x0, y0, x1, y1 = 1 - x1, 1 - y1, 1 - x0, 1 - y0
        elif self.turn == 270:
            x0, y0, x1, y1 = y0, 1 - x1, y1, 1 - x0
        return (x0 * self.width, y0 * self.height, x1 * self.width, y1 * self.height)

    def shown(self, box: Box) -> Box:
        """Map a box of the upright page back to fractions of the page as displayed."""
        drop = self.skew * (box[0] + box[2]) / 2
        x0, y0 = box[0] / self.width, (box[1] + drop) / self.height
        x1, y1 = box[2] / self.width, (box[3] + drop) / self.height
        if self.turn == 90:
            return (y0, 1 - x1, y1, 1 - x0)
        if self.turn == 180:
            return (1 - x1, 1 - y1, 1 - x0, 1 - y0)
        if self.turn == 270:
            return (1 - y1, x0, 1 - y0, x1)
        return (x0, y0, x1, y1)


def frame_of(words: Mapping[float, Sequence[Word]], page: PageInfo) -> Frame:
    """Return the frame in which most characters stand upright; `words` are by their angle."""
    weights = dict.fromkeys((0, 90, 180, 270), 0)
    for angle, some in words.items():
        weights[quarter(angle)] += sum(len(word.text) for word in some)
    turn = max(weights, key=lambda quarters: (weights[quarters], -quarters))
    return turned(page, turn)


def turned(page: PageInfo, turn: int) -> Frame:
    """Return the frame in which writing of this direction stands upright."""
    if turn in (90, 270):
        return Frame(turn=turn, width=page.height, height=page.width)
    return Frame(turn=turn, width=page.width, height=page.height)


def by_angle(words: Iterable[Word]) -> dict[float, list[Word]]:
    """Part words by the direction of their writing (degrees, 0 where nothing says it)."""
    found: dict[float, list[Word]] = {}
    for word in words:
        angle = word.angle % 360 if isinstance(word, StyledWord) else 0.0
        found.setdefault(angle, []).append(word)
    return found


def quarter(angle: float) -> int:
    """Return a direction to the nearest quarter turn."""
    return round(angle / 90) % 4 * 90


def is_oblique(angle: float) -> bool:
    """Whether writing in this direction runs neither across nor up or down the page."""
    return 10 < angle % 90 < 80


def place(words: Sequence[Word], frame: Frame, page: PageInfo) -> list[Placed]:
    """Put words into the frame; empty ones are left out."""
    placed = []
    for word in words:
        if not word.text.strip():
            continue
        x0, y0, x1, y1 = frame.box(word.bbox)
        styled = word if isinstance(word, StyledWord) else None
        size = styled.size * page.height if styled and styled.size else y1 - y0
        placed.append(
            Placed(
                word=styled.plain() if styled else word,
                x0=x0,
                y0=y0,
                x1=x1,
                y1=y1,
                size=size,
                bold=bool(styled and styled.bold),
            )
        )
    return placed
