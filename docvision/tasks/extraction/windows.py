"""Windows over a document's words, each small enough for one question to the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby

from docvision.engines.profile import Profile
from docvision.results.model import Page, Word
from docvision.tasks.passage import Passage, Placed, passage_of

_WHOLE_PAGE = 2.5
"""So much longer than a window may a page be that is shown whole."""
_FILLED = 0.6
"""Share of what fits into a part of a page that it holds at least."""
_SHARE = 0.6
"""Of the context, for words; the rest is for the answer."""


def budget_of(profile: Profile, asked: int) -> int:
    """Return how many characters of words fit beside a question of `asked` characters."""
    whole = int(profile.prompt_tokens * profile.characters_per_token)
    return max(whole - asked, whole // 4)


def page_budget_of(profile: Profile, asked: int) -> int:
    """Return how many characters of one page may be shown, so that it need not be parted.

    A page in two parts costs more than one that is a little long: a label and its value are parted.
    """
    context = int(profile.context * profile.characters_per_token * _SHARE)
    return max(1, min(int(_WHOLE_PAGE * budget_of(profile, asked)), context - asked))


def windows(
    pages: Iterable[Page],
    budget: int,
    keep: Callable[[Page, Word], bool] = lambda page, word: True,
    page_budget: int | None = None,
) -> Iterator[Passage]:
    """Yield the words of pages in order, as many pages at a time as the budget holds.

    A page that is longer than `page_budget` (else the budget) is parted between lines, where most
    white lies between them: a heading stays with what is below it. Pages without words are left
    out. No two windows share a word, so what is found in them can simply
    be put one after the other.
    """
    waiting: list[Placed] = []
    for page in pages:
        for words in _parts(passage_of([page], keep).words, page_budget or budget):
            if waiting and _length(waiting) + _length(words) > budget:
                yield joined(waiting)
                waiting = []
            waiting += words
    if waiting:
        yield joined(waiting)


def halves(passage: Passage) -> list[Passage]:
    """Return a passage parted in the middle, between two lines; itself alone if it has but one."""
    lines = _lines(passage.words)
    if len(lines) < 2:
        return [passage]
    middle = len(lines) // 2
    parts = (lines[:middle], lines[middle:])
    return [joined([word for line in part for word in line]) for part in parts]


def joined(words: Sequence[Placed]) -> Passage:
    """Return words as a passage of their own: offsets and lines counted anew."""
    placed: list[Placed] = []
    start, line = 0, -1
    before: tuple[int, int] | None = None
    for word in words:
        here = (word.page, word.line)
        new = here != before
        line += new
        gap = ("\n" if placed else "") if new else word.gap
        placed.append(replace(word, start=start, line=line, gap=gap))
        start += len(word.text) + 1
        before = here
    return Passage(words=tuple(placed))


def _parts(words: Sequence[Placed], budget: int) -> Iterator[list[Placed]]:
    left = _lines(words)
    while left:
        ends = list(accumulate(map(_length, left)))
        fit = max(1, sum(end <= budget for end in ends))
        if fit < len(left):
            least = next(
                at for at, end in enumerate(ends, start=1) if end >= ends[fit - 1] * _FILLED
            )
            fit = max(range(least, fit + 1), key=lambda at: (_white(left[at - 1], left[at]), at))
        yield [word for line in left[:fit] for word in line]
        left = left[fit:]


def _white(line: Sequence[Placed], after: Sequence[Placed]) -> float:
    """Return how much white lies between two lines, in shares of the page's height."""
    bottom, top = (max(w.bbox[3] for w in line), min(w.bbox[1] for w in after))
    return round(top - bottom, 3)


def _lines(words: Sequence[Placed]) -> list[list[Placed]]:
    return [list(line) for _, line in groupby(words, key=lambda word: (word.page, word.line))]


def _length(words: Sequence[Placed]) -> int:
    return sum(len(word.gap) + len(word.text) for word in words)
