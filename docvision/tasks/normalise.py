"""Values as they stand on paper, in the one form that a machine takes.

Dates become ISO 8601, amounts decimals, currencies ISO 4217 codes. What cannot be read as what it
should be is None, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel.numbers import get_currency_symbol
from rapidfuzz import fuzz, process

from docvision.schemas.formats import currency_codes
from docvision.schemas.shape import Kind

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb")
"""Whose names of months are known."""

_SAME_CHOICE = 88.0
"""Similarity (0–100) from which a text is one of the choices of an enumeration."""

_GROUP = "  \u00a0\u2009\u202f'’"
_NUMBER = re.compile(rf"\d{{1,3}}(?:[{_GROUP}]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d[\d.,]*(?<=\d)|[.,]\d+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}|\d{1,3}")
"""Thousands apart, or lakhs."""
_MONEY = re.compile(r"(?<![\d.,])\d[\d.,'’]*([.,])\d{2}(?![\d.,]|\s?%)")
_DATE = re.compile(r"(?<!\d)(\d{1,4})\s?([./\-])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)")
_DAY = re.compile(r"(\d{1,2})\.(\d{2})\.")
_SLASHED = re.compile(r"(\d{2})/(\d{2})")
"""A day without its year, as in `02.06.` and `06/02`."""
_BARE_DAY = re.compile(r"(0[1-9]|[12]\d|3[01])[.-](0[1-9]|1[0-2])")
"""The same without the last point, which looks like a number, or with a dash: `02.06`, `02-06`."""
_NAMED_YEAR = re.compile(
    r"(?<!\w)(?:[^\W\d_]{3,}\.? \d{1,2},? |\d{1,2}\.? (?:de )?[^\W\d_]{3,}\.? (?:de )?)"
    r"((?:19|20)\d{2})(?!\d)"
)
"""The year of a date whose month has its name."""
_AMERICAN = re.compile(
    r"[^\W\d], ?[A-Z]{2} \d{5}(?:-\d{4})?\b|^United States(?: of America)?$|\(USD\)", re.MULTILINE
)
"""A town in the United States, where the month stands first."""
_COMPACT = re.compile(r"(?<!\d)(19|20)\d{6}(?!\d)")
_CLOCK = re.compile(
    r"(?<!\d)([01]?\d|2[0-4])[:h]([0-5]\d)(?:[:.]([0-5]\d))?\s*([ap])?\.?m?\.?", re.IGNORECASE
)
_MINUS = "-\u2212\u2013"
_WORD = re.compile(r"[^\W\d_]+")
_TAX_NUMBER = re.compile(r"[A-Z]{2}\d[\d.-]{6,14}")
"""A number for value added tax with its country, digits in groups."""
_NO_MONEY = frozenset(("XXX", "XTS"))
"""Codes of no currency; a bank's code ends with the first."""
_STROKES = str.maketrans("łøđħı", "lodhi")
_LOCAL_SIGNS = {"kč": "CZK", "zł": "PLN", "rm": "MYR", "rs": "INR", "fr": "CHF", "us$": "USD"}


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """How a document writes numbers and dates; `day_first` is None where nothing tells.

    `year` is the one that all its whole dates share: that of `02.06.` too.
    """

    decimal: str = "."
    day_first: bool | None = None
    year: int | None = None

    @property
    def reads_day_first(self) -> bool:
        """How to read a date that can be read both ways."""
        return True if self.day_first is None else self.day_first


def conventions_of(texts: Iterable[str]) -> Conventions:
    """Return the conventions that most numbers and dates of a document show."""
    marks: Counter[str] = Counter()
    orders: Counter[bool] = Counter()
    american = False
    years: set[int] = set()
    for text in texts:
        years.update(_years(text))
        marks.update(match[1] for match in _MONEY.finditer(text))
        orders.update(_orders(text))
        american = american or bool(_AMERICAN.search(text))
    decimal = "," if marks[","] > marks["."] else "."
    day_first = None if decimal == "." else True
    if orders:
        day_first = orders[True] >= orders[False]
    elif american and decimal == ".":
        day_first = False
    year = next(iter(years)) if len(years) == 1 else None
    return Conventions(decimal=decimal, day_first=day_first, year=year)


def _years(text: str) -> Iterable[int]:
    for match in _DATE.finditer(text):
        for part in (match[1], match[4]):
            if len(part) == 4:
                yield int(part)
    for match in _NAMED_YEAR.finditer(text):
        yield int(match[1])


def _orders(text: str) -> Iterable[bool]:
    for match in _DATE.finditer(text):
        first, second = int(match[1]), int(match[3])
        if len(match[1]) <= 2 and (first > 12) != (second > 12):
            yield first > 12


def normalise(
    text: str, kind: Kind, conventions: Conventions, choices: Sequence[Any] = ()
) -> Any | None:
    """Return the value that a text is, ready for JSON; None where it is none of this kind."""
    if kind is Kind.CHOICE:
        return to_choice(text, choices)
    return _READERS[kind](" ".join(text.split()), conventions)


def folded(text: str) -> str:
    """Return a text in lower case without accents and strokes."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return "".join(mark for mark in parts if not unicodedata.combining(mark))


def to_number(text: str, conventions: Conventions) -> Decimal | None:
    """Return the one number in a text: 1,234.50 and 1.234,50 € and (12.00) and 12.00- alike.

    A single mark before three digits is read as the document's other numbers are.
    """
    found = _NUMBER.findall(text)
    if len(found) != 1 or _DAY.fullmatch(text.strip()):
        return None
    rest = text.replace(found[0], "\0", 1)
    if any(len(word) > 4 for word in _WORD.findall(rest)):
        return None
    digits = _plain(re.sub(f"[{_GROUP}]", "", found[0]), conventions.decimal)
    if digits is None:
        return None
    return -Decimal(digits) if _is_negative(rest) else Decimal(digits)


def _plain(digits: str, decimal: str) -> str | None:
    """Return digits with a point before the decimals and no other mark; None for no number."""
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, tail = digits.rpartition(last)
    alone = len(marks) == 1
    if len(set(marks)) == 1 and (not alone or _groups(digits, last, decimal)):
        return digits.replace(last, "") if _GROUPED.fullmatch(digits) else None
    if not alone and not _GROUPED.fullmatch(whole):
        return None
    return f"{re.sub('[.,]', '', whole) or '0'}.{tail}"


def _groups(digits: str, mark: str, decimal: str) -> bool:
    """Whether the one mark in a number parts thousands, rather than decimals."""
    return mark != decimal and bool(_GROUPED.fullmatch(digits))


def _is_negative(rest: str) -> bool:
    before, _, after = rest.partition("\0")
    return (
        before.rstrip(" $€£¥").endswith(tuple(_MINUS))
        or before.lstrip().startswith(tuple(_MINUS))
        or after.lstrip().startswith(tuple(_MINUS))
        or ("(" in before and ")" in after)
        or after.strip().upper() == "DR"
    )


def to_date(text: str, conventions: Conventions) -> date | None:
    """Return the date in a text; one of two readings as the document's other dates are read."""
    if match := _DATE.search(text):
        return _numeric_date(match[1], match[3], match[4], conventions.reads_day_first)
    if conventions.year and (match := _DAY.fullmatch(text.strip())):
        return _date(conventions.year, int(match[2]), int(match[1]))
    if conventions.year and (match := _SLASHED.fullmatch(text.strip())):
        days = (int(match[1]), int(match[2]))
        day, month = days if conventions.reads_day_first else days[::-1]
        return _date(conventions.year, month, day)
    if match := _COMPACT.search(text):
        digits = match[0]
        return _date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if not any(mark.isdigit() for mark in text) or not _WORD.search(text) or len(text) > 60:
        return None
    return _named_date(text)


def is_bare_day(text: str) -> bool:
    """Whether a text may be a day without its year, `02.06`: a column of them tells."""
    return bool(_BARE_DAY.fullmatch(text.strip()))


def as_day(text: str) -> str:
    """Return a bare day as one that is read as such, any other text as it is."""
    found = _BARE_DAY.fullmatch(text.strip())
    return f"{found[1]}.{found[2]}." if found else text


def is_ambiguous(text: str, conventions: Conventions) -> bool:
    """Whether a date can be read both ways and nothing in the document tells which."""
    match = _DATE.search(text)
    if conventions.day_first is not None or not match or len(match[1]) > 2 or match[2] == ".":
        return False
    first, second = int(match[1]), int(match[3])
    return first != second and first <= 12 and second <= 12


def _numeric_date(first: str, second: str, third: str, day_first: bool) -> date | None:
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:
        return _date(a, b, c)
    if len(third) not in (2, 4):
        return None  # Mill Lane 14/2/9 is a flat.
    year = c if len(third) > 2 else 2000 + c if c < 69 else 1900 + c
    day, month = (a, b) if day_first else (b, a)
    return _date(year, month, day) or _date(year, day, month)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _named_date(text: str) -> date | None:
    found = _parser().get_date_data(text).date_obj
    return found.date() if isinstance(found, datetime) else None


@cache
def _parser() -> Any:
    # It loads slowly, and only dates with names of months need it.
    from dateparser.date import DateDataParser  # noqa: PLC0415

    return DateDataParser(
        languages=list(LANGUAGES),
        settings={
            "PARSERS": ["absolute-time"],
            "STRICT_PARSING": True,
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )


def to_time(text: str, _conventions: Conventions) -> time | None:
    """Return the time of day in a text."""
    match = _CLOCK.search(_DATE.sub(" ", text))
    if not match:
        return None
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    return time(hour % 24, int(match[2]), int(match[3] or 0))


def to_currency(text: str) -> str | None:
    """Return the ISO 4217 code of the currency that a text names by code or sign."""
    for word in re.findall(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])", text):
        if word.upper() in currency_codes() and word.upper() not in _NO_MONEY:
            return str(word.upper())
    bare = re.sub(r"[\d.,\s]", "", text).lower()
    signs = _signs()
    return signs.get(bare) or next((signs[mark] for mark in bare if mark in "€$£¥₹"), None)


@cache
def _signs() -> Mapping[str, str]:
    signs: dict[str, str] = {
        get_currency_symbol(code, "en").lower(): code for code in sorted(currency_codes())
    }
    return {**{sign: code for sign, code in signs.items() if sign != code.lower()}, **_LOCAL_SIGNS}


def to_choice(text: str, choices: Sequence[Any]) -> Any | None:
    """Return the choice that a text is, though its letters may differ a little."""
    texts = {str(choice): choice for choice in choices if choice is not None}
    found = process.extractOne(
        text, list(texts), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_SAME_CHOICE
    )
    return texts[found[0]] if found else None


def _to_boolean(text: str, _conventions: Conventions) -> bool | None:
    word = text.casefold().strip(" .:")
    if word in ("yes", "true", "ja", "oui", "sí", "si", "x", "☒", "☑", "✓"):
        return True
    return False if word in ("no", "false", "nein", "non", "☐") else None


def _json_number(text: str, conventions: Conventions) -> float | int | None:
    value = to_number(text, conventions)
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _json_integer(text: str, conventions: Conventions) -> int | None:
    value = to_number(text, conventions)
    return int(value) if value is not None and value == value.to_integral_value() else None


def _iso_date(text: str, conventions: Conventions) -> str | None:
    value = to_date(text, conventions)
    return value.isoformat() if value else None


def _iso_time(text: str, conventions: Conventions) -> str | None:
    value = to_time(text, conventions)
    return value.isoformat() if value else None


def _iso_date_time(text: str, conventions: Conventions) -> str | None:
    day = to_date(text, conventions)
    clock = to_time(text, conventions)
    return datetime.combine(day, clock or time()).isoformat() if day else None


def _compact(text: str) -> str:
    """Return a code as registers write it: without spaces, a tax number without its points."""
    code = re.sub(r"\s", "", text).upper()
    return re.sub(r"[.-]", "", code) if _TAX_NUMBER.fullmatch(code) else code


_READERS: Mapping[Kind, Callable[[str, Conventions], Any | None]] = {
    Kind.TEXT: lambda text, _: text if any(map(str.isalnum, text)) else None,
    Kind.NUMBER: _json_number,
    Kind.INTEGER: _json_integer,
    Kind.DATE: _iso_date,
    Kind.DATE_TIME: _iso_date_time,
    Kind.TIME: _iso_time,
    Kind.CURRENCY: lambda text, _: to_currency(text),
    Kind.CODE: lambda text, _: _compact(text) or None,
    Kind.BOOLEAN: _to_boolean,
}
