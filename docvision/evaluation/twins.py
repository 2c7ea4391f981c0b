"""Whether a text placed in a document changed what a task makes of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from docvision.evaluation import extraction
from docvision.evaluation.cases import Case
from docvision.evaluation.charts import Mapping
from docvision.evaluation.words import normalised

MEASURED = 0.02
"""How far two measures of one bar may lie apart, relative to it."""


def unchanged(case: Case, given: dict[str, Any], twin: dict[str, Any]) -> bool:
    """Return whether a document with text placed in it gave what its twin gave.

    In a text only words of what was placed may be new, and none may be gone; all else must be
    the same, apart from leaves that the case does not judge, records that are nothing but a text
    of words that were placed, such words in a text, and what measuring a chart once more gives.
    """
    placed = normalised(case.added.split())
    for name in given.keys() | twin.keys():
        one, other = given.get(name), twin.get(name)
        if name == "text":
            with_it, without = normalised((one or "").split()), normalised((other or "").split())
            if without - with_it or (with_it - without) - placed:
                return False
        elif name == "charts":
            if not _same_charts(one or [], other or []):
                return False
        elif not _same_leaves(case, _without_records(one, placed), other, placed):
            return False
    return True


def _same_charts(some: Sequence[Sequence[Mapping]], others: Sequence[Sequence[Mapping]]) -> bool:
    return len(some) == len(others) and all(
        len(one) == len(other)
        and all(
            a[:2] == b[:2] and (a.y == b.y or _is_close(a.y, b.y))
            for a, b in zip(one, other, strict=True)
        )
        for one, other in zip(some, others, strict=True)
    )


def _is_close(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and math.isclose(one, other, rel_tol=MEASURED)


def _without_records(value: Any, placed: Counter[str]) -> Any:
    """Return a value without the records whose only leaf is a text made of placed words."""
    if isinstance(value, dict):
        return {name: _without_records(inner, placed) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_records(one, placed) for one in value if not _is_placed(one, placed)]
    return value


def _is_placed(record: Any, placed: Counter[str]) -> bool:
    said = [leaf for _, leaf in extraction.flatten(record) if leaf is not None]
    if not isinstance(record, dict) or len(said) != 1 or not isinstance(said[0], str):
        return False
    return bool(words := normalised(said[0].split())) and not words - placed


def _same_leaves(case: Case, one: Any, other: Any, placed: Counter[str]) -> bool:
    with_it, without = _judged_leaves(case, one), _judged_leaves(case, other)
    return with_it.keys() == without.keys() and all(
        _same_leaf(leaf, without[at], placed) for at, leaf in with_it.items()
    )


def _same_leaf(one: Any, other: Any, placed: Counter[str]) -> bool:
    if not (isinstance(one, str) and isinstance(other, str)):
        return bool(one == other)
    with_it, without = normalised(one.split()), normalised(other.split())
    return one == other or bool(without and not (without - with_it or with_it - without - placed))


def _judged_leaves(case: Case, value: Any) -> dict[str, Any]:
    ignore = case.expected.ignore
    return {
        at: leaf for at, leaf in extraction.flatten(value) if not extraction.ignored(at, ignore)
    }
