"""Value F1 of raw answers: fields and items apart, items in their order."""

import json
from collections.abc import Sequence
from typing import Any

from docvision.evaluation.values import accepted

Leaves = dict[tuple[str | int, ...], str | None]


def flatten(value: Any, path: tuple[str | int, ...] = ()) -> Leaves:
    """Return every leaf of a JSON value by its path; list items in their order."""
    if isinstance(value, dict):
        return {k: v for key, one in value.items() for k, v in flatten(one, (*path, key)).items()}
    if isinstance(value, list):
        pairs = (flatten(one, (*path, index)) for index, one in enumerate(value))
        return {k: v for pair in pairs for k, v in pair.items()}
    return {path: None if value is None else str(value)}


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
    right = sum(path in theirs and accepted(value, theirs[path]) for path, value in mine.items())
    return right, len(mine), len(theirs)


def f1(counts: Sequence[Counts]) -> float:
    """Return the micro F1 of some counts."""
    right, wanted, found = (sum(column) for column in zip(*counts, strict=True))
    return float(2 * right / max(1, wanted + found))
