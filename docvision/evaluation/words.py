"""Word-level precision, recall and F1 of multisets of normalised words."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel


@dataclass(frozen=True, kw_only=True)
class Score:
    """Words found and expected, and how many of them agree. Scores add up (micro average)."""

    agreed: int = 0
    found: int = 0
    expected: int = 0

    def __add__(self, other: Score) -> Score:
        """Return the score of both together."""
        return Score(
            agreed=self.agreed + other.agreed,
            found=self.found + other.found,
            expected=self.expected + other.expected,
        )

    @property
    def precision(self) -> float:
        """Agreed of found."""
        return self.agreed / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Agreed of expected."""
        return self.agreed / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.found + self.expected
        return 2 * self.agreed / both if both else 1.0


def normalised(texts: Iterable[str]) -> Counter[str]:
    """Return the words of the texts: NFKC, case-folded, bare of punctuation at both ends.

    What is nothing but punctuation (a bullet, a dash) does not count.
    """
    return Counter(_each(texts))


def normalised_words(text: str) -> list[str]:
    """Return the words of a text as `normalised` counts them, in their order."""
    return list(_each([text]))


def order(found: Sequence[str], expected: Sequence[str]) -> float:
    """Return how alike two sequences of words are (0-1): twice the longest common one of both."""
    mine, theirs = list(_each(found)), list(_each(expected))
    return Indel.normalized_similarity(mine, theirs)


def score(found: Sequence[str], expected: Sequence[str]) -> Score:
    """Compare the words of one page; their order does not matter."""
    mine, theirs = normalised(found), normalised(expected)
    return Score(agreed=(mine & theirs).total(), found=mine.total(), expected=theirs.total())


def score_pages(found: Sequence[Sequence[str]], expected: Sequence[Sequence[str]]) -> Score:
    """Add up the scores page by page; a page that was not found counts as empty."""
    missing = max(0, len(expected) - len(found))
    pages = [*found, *([()] * missing)]
    beyond = [()] * max(0, len(pages) - len(expected))
    total = Score()
    for mine, theirs in zip(pages, [*expected, *beyond], strict=True):
        total += score(mine, theirs)
    return total


def _each(texts: Iterable[str]) -> Iterator[str]:
    words = (_bare(word) for text in texts for word in text.split())
    return (word for word in words if word)


def _bare(word: str) -> str:
    word = unicodedata.normalize("NFKC", word).casefold()
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end]
