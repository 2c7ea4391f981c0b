"""Values that tell by themselves what they are: the only date, the currency beside the amounts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from docvision.schemas.expand import simplify
from docvision.schemas.formats import FORMAT_CHECKS
from docvision.schemas.shape import Kind, Leaf
from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.extraction.contract_parts import IN_SENTENCES, contract_part
from docvision.tasks.extraction.identity_parts import STATE, TYPE, ZONE, identity_part
from docvision.tasks.extraction.label_places import TITLE, wordings_of
from docvision.tasks.extraction.letter_parts import DATE, SIGNATORY, SUBJECT, letter_part
from docvision.tasks.extraction.letterhead import (
    BANK,
    HOLDER,
    NAME,
    RECIPIENT,
    STREET,
    bank_name,
    letterhead,
)
from docvision.tasks.extraction.period_ends import period_end
from docvision.tasks.extraction.periods import END, START
from docvision.tasks.extraction.plausible import is_email, is_phone
from docvision.tasks.normalise import Conventions, normalise, to_currency
from docvision.tasks.passage import Passage, Run

TOLD_BESIDE = IN_SENTENCES | frozenset(ZONE)
"""Places that are told whether or not a label tells the field."""
_ONLY = 0.9
"""How sure a value is that is the only one of its kind."""
_MOSTLY = 0.8
"""Share of the currency signs that must name one currency."""
_CHECKED_WORDS = 9
"""Words of a number with check digits at most."""
_MONEY = re.compile(r"\d[\d.,'’ ]*[.,]\d{2}(?!\d)")
_UNDER = 3
"""Lines under a heading in two of which an amount stands."""
_FIRST = 0.7
"""How sure the first of several is."""
_PHONE = re.compile(
    r"(?<![\w/.-])(?:\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|0\d(?:[ .]\d{2}){4}|"
    r"\+\d{2} ?(?:\(0\) ?)?\d[\d /-]{6,13}\d|0\d{3,4} \d{3} \d{3,4}|9\d{2} \d{2} \d{2} \d{2,3})"
    r"(?![\w/-]|[.,]\d)"
)
"""As in the United States, France, abroad, Great Britain and Spain."""
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BARE_CURRENCY = re.compile(r"\(?(?:[A-Za-z]{3}|EURO|[^\w\s])\)?", re.IGNORECASE)

_DOLLARS = ("CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "BBD", "JMD", "TTD", "FJD")
"""Currencies whose sign is `$` too."""


def telling(
    passage: Passage, leaf: Leaf, leaves: Sequence[Leaf], conventions: Conventions
) -> Labelled | None:
    """Return the value of a leaf that has no label, where there can be no other."""
    if leaf.place in (NAME, STREET, RECIPIENT, HOLDER):
        labels = frozenset(wordings_of(leaves))
        to = frozenset(wordings_of(one for one in leaves if one.place == RECIPIENT))
        return letterhead(passage, leaf.place, labels, conventions, to)
    if leaf.place == BANK:
        return bank_name(passage)
    if leaf.place in (DATE, SUBJECT, SIGNATORY, TITLE):
        return letter_part(passage, leaf, leaves, conventions)
    if leaf.place in (START, END):
        return period_end(passage, leaf, conventions)
    if leaf.place in IN_SENTENCES:
        return contract_part(passage, leaf.place)
    if leaf.place in (TYPE, STATE, *ZONE):
        return identity_part(passage, leaf.place)
    return _by_its_looks(passage, leaf, leaves, conventions)


def _by_its_looks(
    passage: Passage, leaf: Leaf, leaves: Sequence[Leaf], conventions: Conventions
) -> Labelled | None:
    """Return the value of a leaf that is known by how it is written, or is alone of its kind."""
    if leaf.kind is Kind.CURRENCY:
        return _currency(passage)
    if is_email(leaf):
        return _email(passage)
    if is_phone(leaf):
        return _phone(passage)
    alone = sum(one.kind is leaf.kind for one in leaves) == 1
    if leaf.kind is Kind.DATE and alone:
        return _only(passage, leaf, runs_of(passage, leaf, conventions) or [], conventions)
    if leaf.kind is Kind.TIME and alone:
        runs = runs_of(passage, leaf, conventions) or []
        dated = [run for run in runs if _has_date(passage, run, conventions)]
        return _only(passage, leaf, dated or runs, conventions)
    return None


def has_check_digits(leaf: Leaf) -> bool:
    """Whether the values of a leaf prove themselves."""
    return str(simplify(leaf.node).get("format")) in ("iban", "vat-id")


def checked(passage: Passage, leaf: Leaf, conventions: Conventions) -> Labelled | None:
    """Return the only value in a passage whose check digits are right."""
    return _only(passage, leaf, list(_checked(passage, leaf, conventions)), conventions)


def _email(passage: Passage) -> Labelled | None:
    """Return the only e-mail address."""
    found = [
        (match[0], Run(first=at, last=at + 1))
        for at, word in enumerate(passage.words)
        if (match := _MAIL.search(word.text))
    ]
    if len({text.casefold() for text, _ in found}) != 1:
        return None
    text, run = found[0]
    return Labelled(run=run, text=text, sure=_ONLY)


def _phone(passage: Passage) -> Labelled | None:
    """Return the first number on a page that is written as telephone numbers are."""
    found = list(_PHONE.finditer(passage.flat))
    if not found:
        return None
    several = len({match[0] for match in found}) > 1
    return Labelled.at(passage, found[0].start(), found[0][0], _FIRST if several else _ONLY)


def _only(
    passage: Passage, leaf: Leaf, runs: Sequence[Run], conventions: Conventions
) -> Labelled | None:
    """Return the value of runs that all say the same (a time to the minute)."""
    values = {
        str(normalise(passage.quote(run), leaf.kind, conventions))[: _length(leaf)] for run in runs
    }
    if len(values) != 1:
        return None
    longest = max(runs, key=lambda run: len(passage.quote(run)))
    return Labelled(run=longest, text=passage.quote(longest), sure=_ONLY)


def _length(leaf: Leaf) -> int | None:
    return 5 if leaf.kind is Kind.TIME else None


def _has_date(passage: Passage, run: Run, conventions: Conventions) -> bool:
    """Whether a date stands on the line of a run."""
    line = passage.words[run.first].line
    return any(
        word.line == line and normalise(word.text, Kind.DATE, conventions) is not None
        for word in passage.words[max(0, run.first - 6) : run.last + 6]
    )


def _checked(passage: Passage, leaf: Leaf, conventions: Conventions) -> Iterator[Run]:
    """Yield runs whose check digits are right."""
    check = FORMAT_CHECKS[str(simplify(leaf.node)["format"])]
    for first in range(len(passage.words)):
        for last in range(first + 1, min(first + _CHECKED_WORDS, len(passage.words)) + 1):
            run = Run(first=first, last=last)
            if passage.words[first].line != passage.words[last - 1].line:
                break
            value = normalise(passage.quote(run), leaf.kind, conventions)
            if isinstance(value, str) and value[:2].isalpha() and len(value) >= 8:
                verdict = check(value)
                if verdict and verdict.passed:
                    yield run


def _currency(passage: Passage) -> Labelled | None:
    """Return the currency that stands beside amounts, where nearly all name the same."""
    found = [
        (code, Run(first=at, last=at + 1))
        for at, word in enumerate(passage.words)
        if (_is_beside_money(passage, at) or _is_over_money(passage, at))
        and (code := to_currency(word.text))
    ]
    if not found:
        return None
    if any(code == "USD" for code, _ in found) and (other := _other_dollars(passage)):
        return other
    (code, count), *_ = Counter(code for code, _ in found).most_common(1)
    if count < _MOSTLY * len(found):
        return None
    run = next(run for one, run in found if one == code)
    return Labelled(run=run, text=passage.quote(run), sure=_ONLY + 0.05 * (count > 1))


def _other_dollars(passage: Passage) -> Labelled | None:
    """Return the code of the dollars that a paper names, `(CAD)`, where their sign says `$` alone.

    None where it names those of the United States, or several.
    """
    codes = {
        word.text.strip("()[]:$*. "): Run(first=at, last=at + 1)
        for at, word in enumerate(passage.words)
    }
    named = [code for code in (*_DOLLARS, "USD", "US") if code in codes]
    if len(named) != 1 or named[0] not in _DOLLARS:
        return None
    run = codes[named[0]]
    return Labelled(run=run, text=named[0], sure=_ONLY)


def _is_beside_money(passage: Passage, at: int) -> bool:
    """Whether a word is an amount with its currency, or a currency before or behind an amount."""
    word = passage.words[at]
    if _MONEY.search(word.text):
        return True
    if not _BARE_CURRENCY.fullmatch(word.text):
        return False
    beside = passage.words[max(0, at - 1) : at + 2]
    return any(one.line == word.line and _MONEY.search(one.text) for one in beside)


def _is_over_money(passage: Passage, at: int) -> bool:
    """Whether a currency is the heading of a column of amounts."""
    word = passage.words[at]
    if not _BARE_CURRENCY.fullmatch(word.text):
        return False
    line = bisect_right(passage.lines, at, key=lambda run: run.first)
    below = [
        one for run in passage.lines[line : line + _UNDER] for one in range(run.first, run.last)
    ]
    under = [passage.words[one] for one in below]
    reach = word.bbox[2] - word.bbox[0]
    return (
        sum(
            bool(_MONEY.fullmatch(one.text))
            and one.page == word.page
            and abs(one.bbox[2] - word.bbox[2]) <= reach
            for one in under
        )
        >= 2
    )
