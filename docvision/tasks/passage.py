"""A stretch of a document's words, in the order in which a model is shown them.

What a model copies is found again here: the words, their boxes, and the page they stand on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from docvision.geometry import WHOLE, Box
from docvision.results.model import Block, Page, Source, Word
from docvision.tasks.prompts import arrange_words
from docvision.tasks.word_lines import levelled, slope_of

_INNER = re.compile(r"[^\W_]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A word, its page, its line (counted within the passage), and where it comes from.

    `start` is where it begins in the passage's `flat` text; `gap` is what is shown before it.
    """

    text: str
    bbox: Box
    confidence: float
    page: int
    line: int
    source: Source
    time: float | None
    start: int
    gap: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """Words that follow one another: `words[first:last]` of a passage."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Words of one page or of several that follow one another."""

    words: tuple[Placed, ...]

    @cached_property
    def text(self) -> str:
        """The words laid out as a model is shown them: a line a line, columns apart."""
        return "".join(word.gap + word.text for word in self.words)

    @cached_property
    def flat(self) -> str:
        """The words with single spaces between."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def _folded(self) -> str:
        # Folding letter by letter keeps every offset.
        return "".join(one if len(one.lower()) != 1 else one.lower() for one in self.flat)

    @property
    def pages(self) -> tuple[int, ...]:
        """The numbers of its pages."""
        return tuple(dict.fromkeys(word.page for word in self.words))

    @cached_property
    def lines(self) -> tuple[Run, ...]:
        """Its lines, in order."""
        numbered = groupby(enumerate(self.words), key=lambda one: (one[1].page, one[1].line))
        found = ([at for at, _ in line] for _, line in numbered)
        return tuple(Run(first=line[0], last=line[-1] + 1) for line in found)

    def runs(self, quote: str, *, folded: bool = False) -> Iterator[Run]:
        """Yield where words stand, in order; `folded` looks past upper and lower case.

        A run starts and ends where a word or a number does: `12` is not found in `A-12.50`.
        """
        wanted = " ".join(quote.split())
        if not wanted:
            return
        text = self._folded if folded else self.flat
        wanted = wanted.lower() if folded else wanted
        at = text.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if self._is_whole(at, end):
                yield self.run_at(at, end)
            at = text.find(wanted, at + 1)

    def run_at(self, start: int, end: int) -> Run:
        """Return the words of which any letter stands in `flat[start:end]`."""
        return Run(first=self._word_at(start), last=self._word_at(end - 1) + 1)

    def quote(self, run: Run) -> str:
        """Return the words of a run with single spaces between."""
        return " ".join(word.text for word in self.words[run.first : run.last])

    def _is_whole(self, start: int, end: int) -> bool:
        text = self.flat
        before = start and _INNER.match(text[start - 1]) and _INNER.match(text[start])
        after = end < len(text) and _INNER.match(text[end]) and _INNER.match(text[end - 1])
        return not before and not after

    def _word_at(self, offset: int) -> int:
        low, high = 0, len(self.words) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.words[middle].start <= offset:
                low = middle
            else:
                high = middle - 1
        return low


def passage_of(
    pages: Sequence[Page], keep: Callable[[Page, Word], bool] = lambda page, word: True
) -> Passage:
    """Return the words of pages, those that are kept, line by line as they stand on each page."""
    placed: list[Placed] = []
    start = 0
    line = 0
    for page in pages:
        found = [
            (piece, word, block.source)
            for block in page.blocks
            for word in _words(block)
            if keep(page, word)
            for piece in word.text.split()
        ]
        aspect = page.width / page.height if page.height else 1.0
        slope = slope_of(
            [word.bbox for word in line.words] for block in page.blocks for line in block.lines
        )
        arranged = arrange_words(
            [(piece, levelled(word.bbox, slope)) for piece, word, _ in found], aspect=aspect
        )
        for row in arranged:
            for gap, index in row:
                piece, word, source = found[index]
                placed.append(
                    Placed(
                        text=piece,
                        bbox=word.bbox,
                        confidence=word.confidence,
                        page=page.number,
                        line=line,
                        source=source,
                        time=page.time,
                        start=start,
                        gap=gap or ("\n" if placed else ""),
                    )
                )
                start += len(piece) + 1
            line += 1
    return Passage(words=tuple(placed))


def passage_of_text(text: str) -> Passage:
    """Return a passage of a text that stands on no page; its words have no places."""
    placed: list[Placed] = []
    start = 0
    for number, line in enumerate(text.splitlines()):
        for at, word in enumerate(line.split()):
            placed.append(
                Placed(
                    text=word,
                    bbox=WHOLE,
                    confidence=1.0,
                    page=1,
                    line=number,
                    source=Source.MODEL,
                    time=None,
                    start=start,
                    gap=" " if at else "\n" if placed else "",
                )
            )
            start += len(word) + 1
    return Passage(words=tuple(placed))


def _words(block: Block) -> Iterator[Word]:
    for line in block.lines:
        yield from line.words
