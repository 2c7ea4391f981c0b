"""Who writes, as the head of a page says it: a name above a street above a town."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.passage import Passage, Run

NAME, STREET = "letterhead.name", "letterhead.street"
"""What a schema says of a leaf under `x-docvision-place`."""

_LINES = 16
"""Lines of a page among which its head is."""
_SURE = 0.8
_STREET = re.compile(
    r"[^\d,;:@]{3,} \d{1,4}(?:\s?[-/]\s?\d{1,4})?\s?[a-z]?|\d{1,4}[a-z]?,? [^\d@:]{3,}"
)
_TOWN = re.compile(r"(?:[A-Z]{1,2}-)?\d{4,6}[,]? [^\W\d].*|[^\W\d].*\b[A-Z]{2} \d{5}")
_SITE = re.compile(r"www\.|@|https?:", re.IGNORECASE)


def letterhead(passage: Passage, part: str) -> Labelled | None:
    """Return the name or the street in the head of the first page of a passage, if it shows them.

    It does where a street stands right above a town; the name is the line above.
    """
    lines = _lines(passage)
    for at, (street, town) in enumerate(pairwise(lines)):
        here, below = (passage.quote(run) for run in (street, town))
        if _STREET.fullmatch(here) and _TOWN.fullmatch(below) and not _TOWN.fullmatch(here):
            if part == STREET:
                return _labelled(passage, street)
            return (
                _labelled(passage, lines[at - 1])
                if at and _is_name(passage, lines[at - 1])
                else None
            )
    return None


def _lines(passage: Passage) -> Sequence[Run]:
    first = passage.pages[:1]
    return [run for run in passage.lines[:_LINES] if passage.words[run.first].page in first]


def _is_name(passage: Passage, run: Run) -> bool:
    text = passage.quote(run)
    return sum(map(str.isalpha, text)) >= 2 and not _SITE.search(text)


def _labelled(passage: Passage, run: Run) -> Labelled:
    return Labelled(run=run, text=passage.quote(run), sure=_SURE)
