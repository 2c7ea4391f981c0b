"""Words, segments and rows in the frame in which layout is found.

The frame is measured in the page's own units (points or pixels, so both axes are alike), origin
top left, with the page turned upright and skew taken out. Results keep the boxes as displayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median

from docvision.geometry import union
from docvision.results.model import Line, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A word in the layout's frame. `size` is the height of its font, or of its box."""

    word: Word
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool

    @property
    def middle(self) -> float:
        """The vertical centre."""
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        """The height of the box."""
        return self.y1 - self.y0


@dataclass(frozen=True, kw_only=True)
class Region:
    """A rectangle of the frame; the base of everything that has a place in reading order."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """The horizontal extent."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """The vertical extent."""
        return self.y1 - self.y0


@dataclass(frozen=True, kw_only=True)
class Segment(Region):
    """Words of one line that no wide gap parts, from left to right."""

    words: tuple[Placed, ...] = field(repr=False)
    parts: int = 1
    """How many segments were joined to it over wide gaps: a key and its value are two."""

    @cached_property
    def size(self) -> float:
        """The usual size of its words."""
        return median(word.size for word in self.words)

    @cached_property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(word.bold for word in self.words)

    @cached_property
    def text(self) -> str:
        """The words joined by spaces."""
        return " ".join(word.word.text for word in self.words)


def segment_of(words: Sequence[Placed]) -> Segment:
    """Make one segment of words, given from left to right."""
    return Segment(
        x0=words[0].x0,
        y0=min(word.y0 for word in words),
        x1=max(word.x1 for word in words),
        y1=max(word.y1 for word in words),
        words=tuple(words),
    )


def joined(segments: Sequence[Segment]) -> Segment:
    """Join segments that stand side by side, given from left to right."""
    if len(segments) == 1:
        return segments[0]
    whole = segment_of([word for segment in segments for word in segment.words])
    return replace(whole, parts=len(segments))


def line_of(words: Iterable[Placed]) -> Line:
    """Return the result's line of these words."""
    plain = tuple(placed.word for placed in words)
    return Line(words=plain, bbox=union(word.bbox for word in plain))
