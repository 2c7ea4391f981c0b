"""The machine-readable zone of a passport or an identity card, and what its check digits prove.

Source: ICAO Doc 9303, parts 3 to 6 (TD1, TD2, TD3). Readers drop some of the fillers (`<`) of a
line, so a zone is told by the fields that have a check digit, wherever they stand on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from docvision.tasks.passage import Passage, Run

_LEAST = 20
"""Letters of a line of the zone, at least, where readers have dropped fillers."""
_LINE = re.compile(r"[A-Z0-9<]+")
_NUMBER = r"(?P<number>[A-Z0-9<]{9})(?P<number_digit>\d)"
_DATES = r"(?P<birth>\d{6})(?P<birth_digit>\d)(?P<sex>[MFX<])(?P<expiry>\d{6})(?P<expiry_digit>\d)"
_PASSPORT = re.compile(rf"{_NUMBER}(?P<nation>[A-Z]{{3}}|[A-Z]<<){_DATES}")
"""The second line of two (TD2, TD3)."""
_CARD = re.compile(rf"{_DATES}(?P<nation>[A-Z]{{3}}|[A-Z]<<)")
"""The second line of three (TD1), whose number stands on the first."""
_CARD_NUMBER = re.compile(rf"[A-Z][A-Z<](?P<issuer>[A-Z]{{3}}|[A-Z]<<){_NUMBER}")
_NAMES = re.compile(r"(?P<surname>[A-Z]+(?:<[A-Z]+)*)<<(?P<given>[A-Z]+(?:<[A-Z]+)*)")
_WEIGHTS = (7, 3, 1)
_LETTERS = {"<": 0} | {mark: at for at, mark in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of the zone: its value, its words, and whether its check digit is right.

    `proven` is None for a field that has none.
    """

    value: str
    run: Run
    proven: bool | None = None


def zone_of(passage: Passage) -> Mapping[str, Field]:
    """Return the fields of the zone: number, birth, expiry, sex, nation, surname, given.

    Dates are ISO 8601. Nothing where the passage has no zone of which a check digit is right.
    """
    lines = list(_lines(passage))
    fields: dict[str, Field] = {}
    for at, (text, run) in enumerate(lines):
        match = _PASSPORT.match(text) or _CARD.match(text)
        if not match:
            continue
        fields |= _checked(match.groupdict(), run)
        for other, place in lines[max(0, at - 1) : at + 2]:
            if number := _CARD_NUMBER.match(other):
                fields |= _checked(number.groupdict(), place)
            if other != text and (names := _names(other)):
                fields |= {name: Field(value=value, run=place) for name, value in names.items()}
        break
    return fields if any(field.proven for field in fields.values()) else {}


def check_digit(text: str) -> int:
    """Return the check digit of a field of the zone (Doc 9303-3, 4.9)."""
    values = (_LETTERS[mark] for mark in text)
    return sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values)) % 10


def _lines(passage: Passage) -> Iterator[tuple[str, Run]]:
    """Yield the lines that may be the zone's, without the spaces that readers see in them."""
    for line in passage.lines:
        text = passage.quote(line).replace(" ", "").replace("«", "<<").replace("‹", "<")
        if len(text) >= _LEAST and "<" in text and _LINE.fullmatch(text):
            yield text, line


def _checked(found: Mapping[str, str | None], run: Run) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for name, text in found.items():
        if text is None or name.endswith("_digit") or name == "issuer":
            continue
        digit = found.get(f"{name}_digit")
        value = _date(text, past=name == "birth") if name in ("birth", "expiry") else text
        plain = (value or "").replace("<", "")
        if plain and plain != "X":
            proven = None if digit is None else check_digit(text) == int(digit)
            fields[name] = Field(value=plain, run=run, proven=proven)
    return fields


def _names(text: str) -> dict[str, str] | None:
    """Return the names of a line: behind type and issuer on a passport, by themselves on a card."""
    body = text[5:] if re.match(r"[PIACV][A-Z<][A-Z]{3}[A-Z]|[PIACV]<[A-Z]<<", text) else text
    match = _NAMES.match(body)
    return (
        {key: value.replace("<", " ") for key, value in match.groupdict().items()}
        if match
        else None
    )


def _date(digits: str, *, past: bool) -> str | None:
    """Return a date of the zone, whose year has two digits; a birth lies in the past."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    this = date.today()
    full = 2000 + year - (100 if past and 2000 + year > this.year else 0)
    try:
        return date(full, month, day).isoformat()
    except ValueError:
        return None
