"""The words on a chart as text: by lines, and the numbers listed with what they stand by.

A model that only sees text cannot tell what stands below what, or in which colour; the lists tell
it, and leave to it which of them is the chart's data. The trainer uses them too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docvision.reading.charts.beside import Beside
from docvision.tasks.chart_lists import (
    MEASURED,
    Entry,
    Listed,
    entries_of,
    entry_of,
    listed_numbers,
    measured_entries,
)
from docvision.tasks.prompts import PlacedWord, words_text

LEGEND = "Legend:"
NOTHING = "-"
"""Stands for a number that a legend's colour ought to have and that was not found."""


MEASURED_NOTE = f"{MEASURED} measured on the picture"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Words that belong together, by their numbers, and where in the text they stand.

    What was measured has the numbers after the last word's, in its order.
    """

    words: tuple[int, ...]
    text: str
    at: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A word, and the numbers that stand by it: None where a colour has none."""

    head: Piece
    cells: tuple[Piece | None, ...]


@dataclass(frozen=True, kw_only=True)
class ChartWords:
    """The text of a chart's words, and its lists by their headings."""

    text: str
    lists: Mapping[str, tuple[Line, ...]]


def chart_words(
    words: Sequence[PlacedWord], *, aspect: float = 1.0, beside: Beside | None = None
) -> ChartWords:
    """Lay out the words of a chart.

    `aspect` is the picture's width over its height where boxes are fractions of it; `beside` is
    what its legend's colours tell of the words, by their numbers.
    """
    known = beside or Beside()
    names = [entry_of(words, aspect, some, known) for some in known.names]
    writer = _Writer(words_text(words, aspect=aspect))
    if names:
        writer.section(LEGEND, [(name, ()) for name in names])
    entries = entries_of(words, aspect, known) + measured_entries(known, aspect, len(words))
    for heading, lines in listed_numbers(entries, names).items():
        writer.section(heading, lines)
    if known.measured:
        writer.text += f"\n\n{MEASURED_NOTE}"
    return ChartWords(text=writer.text, lists=writer.lists)


class _Writer:
    """Writes the text and remembers where each piece of its lists stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lists: dict[str, tuple[Line, ...]] = {}

    def section(self, heading: str, lines: Listed) -> None:
        self.text += f"\n\n{heading}"
        self.lists[heading] = tuple(self._line(head, cells) for head, cells in lines)

    def _line(self, head: Entry, cells: Sequence[Entry | None]) -> Line:
        first = self._piece("\n", head)
        return Line(head=first, cells=tuple(self._cell(cell) for cell in cells))

    def _cell(self, cell: Entry | None) -> Piece | None:
        if cell is None:
            self.text += f"  {NOTHING}"
            return None
        return self._piece("  ", cell)

    def _piece(self, before: str, entry: Entry) -> Piece:
        self.text += before
        at = len(self.text)
        self.text += entry.text
        return Piece(words=entry.words, text=entry.text, at=at)
