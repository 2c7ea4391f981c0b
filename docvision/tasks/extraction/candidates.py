"""Which words of a window can be a number, a date, a currency at all.

A leaf that is to be a date is offered the window's dates and null, nothing else: then a small
model has to choose, not to search, and what it chooses can be read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from babel.dates import get_month_names

from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.normalise import LANGUAGES, Conventions, normalise, to_currency
from docvision.tasks.passage import Passage, Run

MOST = 400
"""Candidates of one kind in a window; where there are more, any words may be said."""

_LONGEST = {Kind.DATE: 4, Kind.DATE_TIME: 6, Kind.TIME: 2, Kind.CURRENCY: 1}
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_IBAN_WORDS = 9
_EDGES = "()[]{}<>:;,.*#=|\"'"


def candidates(passage: Passage, leaf: Leaf, conventions: Conventions) -> list[str] | None:
    """Return what a leaf may be copied as from a window; None where any words will do."""
    if leaf.kind in (Kind.NUMBER, Kind.INTEGER):
        found = list(_numbers(passage, leaf.kind, conventions))
    elif leaf.kind in _LONGEST:
        found = list(_shortest(passage, leaf.kind, conventions))
    elif leaf.node.get("format") == "iban":
        found = list(_ibans(passage))
    else:
        return None
    unique = list(dict.fromkeys(found))
    return unique if len(unique) <= MOST else None


def _numbers(passage: Passage, kind: Kind, conventions: Conventions) -> Iterator[str]:
    """Yield numbers, each bare and with the currency beside it, as it may be copied either way."""
    for at, word in enumerate(passage.words):
        if not any(map(str.isdigit, word.text)) or _is_dated(passage, at):
            continue
        for text in dict.fromkeys((word.text, word.text.strip(_EDGES))):
            if normalise(text, kind, conventions) is not None:
                yield text
                yield from _with_currency(passage, at, text)


def _is_dated(passage: Passage, at: int) -> bool:
    """Whether a word is the day or the year of a date whose month is a word beside it."""
    near = passage.words[max(0, at - 2) : at + 2]
    line = passage.words[at].line
    digits = passage.words[at].text.strip(_EDGES)
    beside = any(_has_month(word.text) for word in near if word.line == line)
    return beside and digits.isdecimal() and len(digits) in (1, 2, 4)


def _with_currency(passage: Passage, at: int, text: str) -> Iterator[str]:
    words = passage.words
    if at and words[at - 1].line == words[at].line and to_currency(words[at - 1].text):
        yield f"{words[at - 1].text} {text}"
    after = words[at + 1] if at + 1 < len(words) else None
    if after and after.line == words[at].line and to_currency(after.text):
        yield f"{text} {after.text}"


def _shortest(passage: Passage, kind: Kind, conventions: Conventions) -> Iterator[str]:
    """Yield runs on one line that are of a kind, those that hold no shorter one."""
    taken: set[int] = set()
    for length in range(1, _LONGEST[kind] + 1):
        for first in range(len(passage.words) - length + 1):
            last = first + length
            if passage.words[first].line != passage.words[last - 1].line:
                continue
            if taken.intersection(range(first, last)):
                continue
            text = passage.quote(Run(first=first, last=last))
            if _may_be(kind, text) and normalise(text, kind, conventions) is not None:
                taken.update(range(first, last))
                yield from dict.fromkeys((text, text.strip(_EDGES)))


def _ibans(passage: Passage) -> Iterator[str]:
    for first in range(len(passage.words)):
        for last in range(first + 1, min(first + _IBAN_WORDS, len(passage.words)) + 1):
            text = passage.quote(Run(first=first, last=last))
            if _IBAN.fullmatch(text.replace(" ", "").upper()):
                yield text


def _may_be(kind: Kind, text: str) -> bool:
    """Whether it is worth asking what a text is: reading names of months takes its time."""
    if kind is Kind.CURRENCY:
        return len(text) <= 12
    if not any(map(str.isdigit, text)):
        return False
    return kind is Kind.TIME or _has_month(text) or not any(map(str.isalpha, text))


def _has_month(text: str) -> bool:
    return any(word[:3] in _months() for word in re.findall(r"[^\W\d_]{3,}", _bare(text)))


@cache
def _months() -> frozenset[str]:
    names = [name for code in LANGUAGES for name in get_month_names("wide", locale=code).values()]
    return frozenset(_bare(name)[:3] for name in names)


def _bare(text: str) -> str:
    """Return a text in lower case without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in parts if not unicodedata.combining(mark))
