"""Value F1 and grounding F1: each leaf of the expected JSON beside the one that was found.

Source: ExtractBench. Both sides are flattened to their leaves, the records of lists are paired by
the Hungarian method, and a leaf is right where both mean the same (see `values`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from scipy.optimize import linear_sum_assignment

from docvision.evaluation.cases import Place
from docvision.evaluation.ratio import Ratio
from docvision.evaluation.values import Meaning, accepted, meaning, same
from docvision.geometry import iou
from docvision.results.model import Evidence

IOU = 0.5
"""A box is right from this overlap on."""

_LIKENESS = 0.01
"""What the likeness of two records' texts counts beside one leaf that is right."""

ABSENT = None


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A leaf that was expected, found, or both; its pointers are None on the side without it.

    A null, an empty list and an empty object are the same: nothing.
    """

    expected_at: str | None
    found_at: str | None
    expected: Any = ABSENT
    found: Any = ABSENT

    @cached_property
    def right(self) -> bool:
        """Whether the value that was found is the one expected; an absent one is null."""
        return accepted(self.expected, self.found)


def pair(expected: Any, found: Any, at: str = "", found_at: str = "") -> Iterator[Leaf]:
    """Yield all leaves of two JSON values, paired."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in dict.fromkeys([*expected, *found]):
            step = "/" + key.replace("~", "~0").replace("/", "~1")
            if key not in expected:
                yield from _spurious(found[key], found_at + step)
            else:
                yield from pair(expected[key], found.get(key), at + step, found_at + step)
    elif isinstance(expected, list) and isinstance(found, list) and (expected or found):
        yield from _pair_lists(expected, found, at, found_at)
    elif _is_leaf(expected) and _is_leaf(found):
        yield Leaf(expected_at=at, found_at=found_at, expected=_bare(expected), found=_bare(found))
    else:
        if not _is_leaf(expected) or _bare(expected) is not None:
            yield from _missing(expected, at)
        yield from _spurious(found, found_at)


def align(expected: Sequence[Any], found: Sequence[Any]) -> list[tuple[int, int]]:
    """Return which records are the same, as pairs of positions, in the expected order.

    Equal records are paired in their order; the others by the Hungarian method, so that as many
    leaves as possible are right, and the likeness of the texts decides where that is a draw.
    """
    mine, theirs = [_record(one) for one in expected], [_record(one) for one in found]
    pairs = _equal(mine, theirs)
    left = sorted(set(range(len(mine))) - {first for first, _ in pairs})
    right = sorted(set(range(len(theirs))) - {second for _, second in pairs})
    if left and right:
        gains = np.array([[_gain(mine[row], theirs[column]) for column in right] for row in left])
        rows, columns = linear_sum_assignment(gains, maximize=True)
        pairs += [
            (left[row], right[column])
            for row, column in zip(rows, columns, strict=True)
            if gains[row, column] > 0
        ]
    return sorted(pairs)


def value_counts(leaves: Iterable[Leaf]) -> tuple[int, int, int]:
    """Return the leaves that are right, those expected, and those found.

    A null that should be one is right and counts on both sides. A null in place of a value is
    missing and no more; a wrong value counts against both sides.
    """
    right = expected = found = 0
    for leaf in leaves:
        right += leaf.right and leaf.expected_at is not None
        expected += leaf.expected_at is not None
        found += leaf.found is not None or (leaf.expected_at is not None and leaf.right)
    return right, expected, found


def value_f1(leaves: Sequence[Leaf]) -> Ratio:
    """Return F1 of values, correct nulls credited: 2·right / (expected + found)."""
    right, expected, found = value_counts(leaves)
    return Ratio(2 * right, expected + found)


def filled_f1(leaves: Sequence[Leaf]) -> Ratio:
    """Return F1 of values that are there: as `value_f1`, without the nulls that are right."""
    return value_f1([one for one in leaves if one.expected is not None or one.found is not None])


def record_counts(leaves: Sequence[Leaf]) -> tuple[int, int, int]:
    """Return the records of lists that are right in every leaf, those expected, those found."""
    mine: dict[str, list[Leaf]] = defaultdict(list)
    theirs: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        for at, side in ((leaf.expected_at, mine), (leaf.found_at, theirs)):
            if (record := _record_of(at)) is not None:
                side[record].append(leaf)
    right = sum(all(leaf.right for leaf in record) for record in mine.values())
    return right, len(mine), len(theirs)


def overlap(leaf: Leaf, places: Mapping[str, Place], evidence: Mapping[str, Evidence]) -> float:
    """Return the IoU of the box that was cited with the true one, 0 on another page."""
    place, cited = places.get(leaf.expected_at or ""), evidence.get(leaf.found_at or "")
    if place is None or cited is None or cited.bbox is None or cited.page != place.page:
        return 0.0
    return iou(cited.bbox, place.bbox) if place.bbox else 0.0


def grounding_f1(
    leaves: Iterable[Leaf],
    places: Mapping[str, Place],
    evidence: Mapping[str, Evidence],
    *,
    by_page: bool = False,
) -> Ratio:
    """Return F1 of values that are right and whose box overlaps the true one (IoU ≥ 0.5).

    With `by_page` the right page is enough. Only leaves whose place is known are expected; what
    was found in place of a null, or beyond the records expected, counts as found.
    Source: ExtractBench's grounding F1.
    """
    right = expected = found = 0
    for leaf in leaves:
        known = leaf.expected_at in places
        if not known and leaf.expected is not None:
            continue
        expected += known
        found += leaf.found is not None
        if known and leaf.found is not None and leaf.right:
            cited = evidence.get(leaf.found_at or "")
            on_page = cited is not None and cited.page == places[leaf.expected_at or ""].page
            right += on_page if by_page else overlap(leaf, places, evidence) >= IOU
    return Ratio(2 * right, expected + found)


def ignored(pointer: str | None, patterns: Iterable[str]) -> bool:
    """Return whether a pointer lies at or under one of the patterns; `*` stands for one step."""
    steps = (pointer or "").split("/")
    return any(
        len(steps) >= len(parts)
        and all(part in ("*", step) for part, step in zip(parts, steps, strict=False))
        for parts in (pattern.split("/") for pattern in patterns)
    )


def _pair_lists(
    expected: Sequence[Any], found: Sequence[Any], at: str, found_at: str
) -> Iterator[Leaf]:
    pairs = align(expected, found)
    for first, second in pairs:
        yield from pair(expected[first], found[second], f"{at}/{first}", f"{found_at}/{second}")
    for index in sorted(set(range(len(expected))) - {first for first, _ in pairs}):
        yield from _missing(expected[index], f"{at}/{index}")
    for index in sorted(set(range(len(found))) - {second for _, second in pairs}):
        yield from _spurious(found[index], f"{found_at}/{index}")


def _missing(value: Any, at: str) -> Iterator[Leaf]:
    return (
        Leaf(expected_at=path, found_at=None, expected=leaf) for path, leaf in flatten(value, at)
    )


def _spurious(value: Any, at: str) -> Iterator[Leaf]:
    return (
        Leaf(expected_at=None, found_at=path, found=leaf)
        for path, leaf in flatten(value, at)
        if leaf is not None
    )


def flatten(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each leaf of a JSON value with its JSON Pointer."""
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from flatten(one, at + "/" + key.replace("~", "~0").replace("/", "~1"))
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from flatten(one, f"{at}/{index}")
    else:
        yield at, _bare(value)


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, dict | list) or not value


def _bare(value: Any) -> Any:
    return None if isinstance(value, dict | list) else value


_Record = dict[str, Meaning]


def _record(value: Any) -> _Record:
    return {at: meaning(leaf) for at, leaf in flatten(value) if leaf is not None}


def _equal(mine: Sequence[_Record], theirs: Sequence[_Record]) -> list[tuple[int, int]]:
    """Return pairs of equal records; pairing these first never costs a better whole."""
    waiting: dict[frozenset[tuple[str, Meaning]], list[int]] = defaultdict(list)
    for position in reversed(range(len(theirs))):
        waiting[frozenset(theirs[position].items())].append(position)
    pairs = []
    for position, record in enumerate(mine):
        same_ones = waiting.get(frozenset(record.items()))
        if same_ones:
            pairs.append((position, same_ones.pop()))
    return pairs


def _gain(mine: _Record, theirs: _Record) -> float:
    right = sum(at in theirs and same(one, theirs[at]) for at, one in mine.items())
    texts = [" ".join(one.text or "" for one in record.values()) for record in (mine, theirs)]
    return right + _LIKENESS * fuzz.ratio(*texts) / 100


def _record_of(pointer: str | None) -> str | None:
    """Return the pointer of the outermost list record that a pointer lies in."""
    steps = (pointer or "").split("/")
    at = next((index for index, step in enumerate(steps) if step.isdigit()), None)
    return None if at is None else "/".join(steps[: at + 1])
