"""Scores: value F1 for extraction, character error rate for regions."""

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rapidfuzz.distance import Levenshtein

Leaves = dict[tuple[str | int, ...], str | None]

_DATES = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%Y",
    "%b %d, %Y", "%d/%m/%y", "%d %b %Y",
)  # fmt: skip


def flatten(value: Any, path: tuple[str | int, ...] = ()) -> Leaves:
    """Return every leaf of a JSON value by its path; list items in their order."""
    if isinstance(value, dict):
        return {k: v for key, one in value.items() for k, v in flatten(one, (*path, key)).items()}
    if isinstance(value, list):
        pairs = (flatten(one, (*path, index)) for index, one in enumerate(value))
        return {k: v for pair in pairs for k, v in pair.items()}
    return {path: None if value is None else str(value)}


def normalise(value: str | None) -> str | None:
    """Return a value with dates, amounts and white space in one form each."""
    if value is None:
        return None
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    for style in _DATES:
        try:
            return datetime.strptime(text, style).date().isoformat()
        except ValueError:
            continue
    return _amount(text) or text.casefold()


def _amount(text: str) -> str | None:
    """Return 1,234.50 and 1.234,50 € both as 1234.50, or nothing for no amount."""
    match = re.fullmatch(r"[^\d\w]{0,2}\s?(\d[\d.,]*[.,]\d\d)(\s?\D{1,3})?", text)
    if not match:
        return None
    digits = re.sub(r"[.,]", "", match[1])
    return f"{digits[:-2]}.{digits[-2:]}"


Counts = tuple[int, int, int]


def value_counts(gold: str, said: str) -> dict[str, Counts]:
    """Return (leaves right, leaves in the gold answer, leaves said) of fields and of items.

    A leaf is right where path and normalised value agree; a null that should be one is right.
    Items are leaves inside lists, compared in their order. A broken answer said nothing.
    """
    wanted = flatten(json.loads(gold))
    try:
        found = flatten(json.loads(said))
    except json.JSONDecodeError:
        found = {}
    return {
        "fields": _count(wanted, found, listed=False),
        "items": _count(wanted, found, listed=True),
    }


def _count(wanted: Leaves, found: Leaves, *, listed: bool) -> Counts:
    mine = {path: one for path, one in wanted.items() if (len(path) > 1) == listed}
    theirs = {path: one for path, one in found.items() if (len(path) > 1) == listed}
    right = sum(
        path in theirs and normalise(theirs[path]) == normalise(value)
        for path, value in mine.items()
    )
    return right, len(mine), len(theirs)


def f1(counts: Sequence[Counts]) -> float:
    """Return the micro F1 of some counts."""
    right, wanted, found = (sum(column) for column in zip(*counts, strict=True))
    return float(2 * right / max(1, wanted + found))


def character_errors(gold: str, said: str) -> tuple[int, int]:
    """Return (edits, characters of the gold text); white space in runs counts as one space."""
    wanted, found = " ".join(gold.split()), " ".join(said.split())
    return int(Levenshtein.distance(wanted, found)), len(wanted)
