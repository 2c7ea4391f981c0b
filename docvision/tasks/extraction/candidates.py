"""Which words of a window can be a number, a date, a currency at all.

A leaf that is to be a date is offered the window's dates and null, nothing else: then a small
model has to choose, not to search, and what it chooses can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel.dates import get_month_names

from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.normalise import LANGUAGES, Conventions, folded, normalise, to_currency
from docvision.tasks.passage import Passage, Run

MOST = 400
"""Candidates of one kind in a window; where there are more, any words may be said."""

_LONGEST = {Kind.DATE: 5, Kind.DATE_TIME: 7, Kind.TIME: 2, Kind.CURRENCY: 1}
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_IBAN_WORDS = 9
_HEAD, _FULL = re.compile(r"\D?\d{1,3}"), re.compile(r"\d{3}")
_GROUP = re.compile(r"\d{3}(?:[.,]\d{1,2})?\D{0,4}")
"""What a number begins with that is written in groups, and what follows."""
_NARROW = 1.2
"""Widths of a digit that groups stand apart at most."""
_YEAR = re.compile(r"(?:19|20)\d\d\W?")
_HALF = re.compile(r"[ap]\.?m\.?", re.IGNORECASE)
_EDGES = "()[]{}<>:;,.*#=|\"'"


def candidates(passage: Passage, leaf: Leaf, conventions: Conventions) -> list[str] | None:
    """Return what a leaf may be copied as from a window; None where any words will do."""
    runs = runs_of(passage, leaf, conventions)
    if runs is None:
        return None
    number = leaf.kind in (Kind.NUMBER, Kind.INTEGER)
    found: dict[str, None] = {}
    for run in runs:
        quote = passage.quote(run)
        for text in dict.fromkeys((quote, quote.strip(_EDGES))):
            if normalise(text, leaf.kind, conventions) is None:
                continue
            found[text] = None
            if number:
                found |= dict.fromkeys(_with_currency(passage, run.first, text))
    return list(found) if len(found) <= MOST else None


def runs_of(passage: Passage, leaf: Leaf, conventions: Conventions) -> list[Run] | None:
    """Return where numbers, dates or codes stand that a leaf may be; None for any other leaf."""
    if leaf.kind in (Kind.NUMBER, Kind.INTEGER):
        return list(_numbers(passage, leaf.kind, conventions))
    if leaf.kind in _LONGEST:
        return sorted(_shortest(passage, leaf.kind, conventions), key=lambda run: run.first)
    if leaf.node.get("format") == "iban":
        return list(_ibans(passage))
    return None


def _numbers(passage: Passage, kind: Kind, conventions: Conventions) -> Iterator[Run]:
    last = 0
    for at, word in enumerate(passage.words):
        if at < last or not any(map(str.isdigit, word.text)) or _is_dated(passage, at):
            continue
        last = _end_of_groups(passage, at)
        whole = passage.quote(Run(first=at, last=last))
        if any(
            normalise(text, kind, conventions) is not None for text in (whole, whole.strip(_EDGES))
        ):
            yield Run(first=at, last=last)


def _end_of_groups(passage: Passage, at: int) -> int:
    """Return where a number ends that is written in groups: `1 630,20` is two words."""
    words, end = passage.words, at + 1
    while end < len(words) and _GROUP.fullmatch(words[end].text) and words[end].gap == " ":
        before = words[end - 1]
        # A lone 1 is narrow.
        digit = max((one.bbox[2] - one.bbox[0]) / len(one.text) for one in (before, words[end]))
        head = _HEAD if end == at + 1 else _FULL
        apart = words[end].bbox[0] - before.bbox[2]
        if not head.fullmatch(before.text) or apart > _NARROW * digit:
            break
        end += 1
    more = end > at + 1
    # Whole numbers beside one another may be two; decimals close a number.
    return end if more and not words[end - 1].text.strip(_EDGES).isdigit() else at + 1


def _is_dated(passage: Passage, at: int) -> bool:
    """Whether a word is the day or the year of a date whose month is a word beside it."""
    near = passage.words[max(0, at - 2) : at + 2]
    line = passage.words[at].line
    digits = passage.words[at].text.strip(_EDGES)
    beside = any(has_month(word.text) for word in near if word.line == line)
    return beside and digits.isdecimal() and len(digits) in (1, 2, 4)


def _with_currency(passage: Passage, at: int, text: str) -> Iterator[str]:
    words = passage.words
    if at and words[at - 1].line == words[at].line and to_currency(words[at - 1].text):
        yield f"{words[at - 1].text} {text}"
    after = words[at + 1] if at + 1 < len(words) else None
    if after and after.line == words[at].line and to_currency(after.text):
        yield f"{text} {after.text}"


def _shortest(passage: Passage, kind: Kind, conventions: Conventions) -> Iterator[Run]:
    """Yield runs on one line that are of a kind, those that hold no shorter one."""
    taken: set[int] = set()
    for length in range(1, _LONGEST[kind] + 1):
        for first in range(len(passage.words) - length + 1):
            last = first + length
            if not _is_together(passage, kind, first, last):
                continue
            if taken.intersection(range(first, last)):
                continue
            text = passage.quote(Run(first=first, last=last))
            if _may_be(kind, text) and normalise(text, kind, conventions) is not None:
                last += kind in (Kind.TIME, Kind.DATE_TIME) and _is_half_of_day(passage, last)
                taken.update(range(first, last))
                yield Run(first=first, last=last)


def _is_together(passage: Passage, kind: Kind, first: int, last: int) -> bool:
    """Whether words stand on one line, or are a date whose year begins the next one."""
    words = passage.words[first:last]
    *_, before, year = (words[0], *words)
    if words[0].line == year.line:
        return True
    wraps = kind is Kind.DATE and words[0].line == before.line == year.line - 1
    dated = wraps and year.page == before.page and bool(_YEAR.fullmatch(year.text))
    return dated and has_month(before.text)


def _is_half_of_day(passage: Passage, at: int) -> bool:
    """Whether `AM` or `PM` stands behind a time: without it 5:16 PM is another."""
    words = passage.words
    follows = at < len(words) and words[at].line == words[at - 1].line
    return follows and bool(_HALF.fullmatch(words[at].text))


def _ibans(passage: Passage) -> Iterator[Run]:
    for first in range(len(passage.words)):
        for last in range(first + 1, min(first + _IBAN_WORDS, len(passage.words)) + 1):
            run = Run(first=first, last=last)
            if _IBAN.fullmatch(passage.quote(run).replace(" ", "").upper()):
                yield run


def _may_be(kind: Kind, text: str) -> bool:
    """Whether it is worth asking what a text is: reading names of months takes its time."""
    if kind is Kind.CURRENCY:
        return len(text) <= 12
    if not any(map(str.isdigit, text)):
        return False
    if kind is Kind.DATE and not _begins_date(text.split()[0]):
        return False
    return kind is Kind.TIME or has_month(text) or not any(map(str.isalpha, text))


def _begins_date(word: str) -> bool:
    """Whether a date may begin with a word: `to 30 April` is the end of a period."""
    return any(map(str.isdigit, word)) or has_month(word)


def has_month(text: str) -> bool:
    """Whether a text has the name of a month, or its first letters."""
    return any(word[:4] in _months() for word in re.findall(r"[^\W\d_]{3,}", folded(text)))


@cache
def _months() -> frozenset[str]:
    """Return the first three and four letters of the months' names."""
    names = [
        folded(name).rstrip(".")
        for code in LANGUAGES
        for width in ("wide", "abbreviated")
        for name in get_month_names(width, locale=code).values()
    ]
    return frozenset(name[:length] for name in names for length in (3, 4))
