"""When two values mean the same: dates, amounts and white space in one form each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from docvision.evaluation.text import one_spaced

_DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y", "%d-%B-%Y", "%B %d %Y",
    "%b %d %Y", "%d %b, %Y", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%m-%y",
    "%d-%b-%y", "%d %b %y", "%d/%b/%Y",
)  # fmt: skip
_TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H:%M:%SZ")
_TWO_NUMBERS = re.compile(r"\d\D+\d")
_SPACED_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]{2}(?: [A-Z0-9]{1,4}){2,}")
"""An IBAN or a VAT number in groups, in which spaces say nothing."""
_CURRENCY = r"[^\W\d]{1,3}|[$€£¥₹₩₽₺฿₫₱₴₪]"
_AMOUNT = re.compile(
    rf"(?:{_CURRENCY}|)\s?(?P<sign>[-+]?)(?P<digits>\d[\d.,' ]*)(?:\s?(?:{_CURRENCY}|%)|)"
)
_GROUPED = re.compile(r"\d{1,3}([., '])\d{3}(?:\1\d{3})*")


class Meaning(NamedTuple):
    """All that a value can mean: its text, and the dates, times and numbers it can be read as.

    `exact` says that it is a number as such, and so equals any text that can be read as it.
    """

    text: str | None
    moments: frozenset[str] = frozenset()
    numbers: frozenset[Decimal] = frozenset()
    exact: bool = False


def meaning(value: Any) -> Meaning:
    """Return what a leaf of JSON can mean.

    03/04/2019 is two dates, and 1,234 two numbers: what is ambiguous equals either.
    """
    if value is None:
        return Meaning(None)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return Meaning(json.dumps(value, sort_keys=True))
    if isinstance(value, int | float):
        return Meaning(str(value), numbers=frozenset({Decimal(str(value))}), exact=True)
    text = one_spaced(value)
    if _SPACED_CODE.fullmatch(text):
        text = text.replace(" ", "")
    return Meaning(text.casefold(), _moments(text), _numbers(text))


def same(one: Meaning, other: Meaning) -> bool:
    """Return whether two values can mean the same.

    Digits alone (an invoice number) are text: 007 is not 7, unless the other is a number.
    """
    if one.text is None or other.text is None:
        return one.text is other.text
    if one.text == other.text or one.moments & other.moments:
        return True
    plain = one.text.isdigit() or other.text.isdigit()
    if plain and not (one.exact or other.exact):
        return False
    return bool(one.numbers & other.numbers)


def accepted(expected: Any, found: Any) -> bool:
    """Return whether a leaf that was found is the one expected, after normalisation."""
    return same(meaning(expected), meaning(found))


@lru_cache(maxsize=100_000)
def _moments(text: str) -> frozenset[str]:
    if not 4 <= len(text) <= 20 or not _TWO_NUMBERS.search(text):
        return frozenset()
    return frozenset({*_parsed(text, _DATES, "%Y-%m-%d"), *_parsed(text, _TIMES, "%H:%M:%S")})


def _parsed(text: str, styles: Iterable[str], normal: str) -> Iterator[str]:
    for style in styles:
        try:
            yield datetime.strptime(text, style).strftime(normal)
        except ValueError:
            continue


def _numbers(text: str) -> frozenset[Decimal]:
    match = _AMOUNT.fullmatch(text)
    if not match:
        return frozenset()
    digits = match["digits"].strip(" .,'")
    minus = -1 if match["sign"] == "-" else 1
    return frozenset(minus * one for one in _readings(digits))


def _readings(digits: str) -> set[Decimal]:
    """Return 1,234.50 as one number, and 1,234 as two."""
    found = set()
    if _GROUPED.fullmatch(digits):
        found.add(Decimal(re.sub(r"\D", "", digits)))
    whole, mark, rest = _last_mark(digits)
    if mark and rest.isdigit() and (whole.isdigit() or _GROUPED.fullmatch(whole)):
        found.add(Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{rest}"))
    if digits.isdigit():
        found.add(Decimal(digits))
    return found


def _last_mark(digits: str) -> tuple[str, str, str]:
    """Return what stands before the last point or comma, that mark, and what follows."""
    at = max(digits.rfind("."), digits.rfind(","))
    return (digits[:at], digits[at], digits[at + 1 :]) if at >= 0 else (digits, "", "")
