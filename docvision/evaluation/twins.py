"""Whether a text placed in a document changed what a task makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rapidfuzz.distance import Indel, LCSseq

from docvision.evaluation import extraction
from docvision.evaluation.cases import Case
from docvision.evaluation.charts import Mapping
from docvision.evaluation.words import normalised, normalised_words

MISREAD = 0.85
"""Share of the letters of what is new in a text that must be those of the text that was placed.

OCR misreads some of them."""
BARELY_READ, AS_LONG = 0.5, 0.7
"""The same share, and the share of its length, for a line that is nothing but the placed text:
print of four pixels on a worn page comes out half wrong."""
MEASURED = 0.005
"""Of a chart's largest value: what a pixel or two of its height are."""


def unchanged(case: Case, given: dict[str, Any], twin: dict[str, Any]) -> bool:
    """Return whether a document with text placed in it gave what its twin gave.

    A text must have all words of the other in their order, and beyond them only what was placed.
    Values, answers, kinds and charts must be the same, apart from records that are nothing but a
    text of words that were placed, such words in a text of a record, and the part of a pixel by
    which a bar of a chart is measured longer or shorter another time.
    """
    return all(
        _is_same(name, given.get(name), twin.get(name), case.added)
        for name in given.keys() | twin.keys()
    )


def _is_same(name: str, one: Any, other: Any, added: str) -> bool:
    if name == "text":
        return _same_text(one or "", other or "", added)
    if name == "data":
        placed = normalised(added.split())
        return _same_leaves(_without_records(one, placed), other, placed)
    if name == "charts":
        return _same_charts(one or [], other or [])
    return bool(one == other)


def _same_charts(some: Sequence[Sequence[Mapping]], others: Sequence[Sequence[Mapping]]) -> bool:
    return len(some) == len(others) and all(
        [mark[:2] for mark in one] == [mark[:2] for mark in other]
        and _same_measures([mark.y for mark in one], [mark.y for mark in other])
        for one, other in zip(some, others, strict=True)
    )


def _same_measures(some: Sequence[float | None], others: Sequence[float | None]) -> bool:
    largest = max((abs(one) for one in others if one is not None), default=0.0)
    return all(
        one == other
        or (one is not None and other is not None and abs(one - other) <= MEASURED * largest)
        for one, other in zip(some, others, strict=True)
    )


def _same_text(with_it: str, without: str, added: str) -> bool:
    """Return whether a text is another with a placed one somewhere between its words."""
    now, before = normalised_words(with_it), normalised_words(without)
    edits = Indel.editops(before, now)
    if any(edit.tag != "insert" for edit in edits):
        return False
    new = "".join(now[edit.dest_pos] for edit in edits)
    placed = "".join(normalised_words(added))
    same = LCSseq.similarity(new, placed)
    return same >= MISREAD * len(new) or (
        _is_line(new, with_it) and same >= BARELY_READ * len(new) and _as_long(new, placed)
    )


def _is_line(new: str, text: str) -> bool:
    return any("".join(normalised_words(line)) == new for line in text.splitlines())


def _as_long(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= AS_LONG * max(len(one), len(other))


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


def _same_leaves(one: Any, other: Any, placed: Counter[str]) -> bool:
    with_it, without = dict(extraction.flatten(one)), dict(extraction.flatten(other))
    return with_it.keys() == without.keys() and all(
        _same_leaf(leaf, without[at], placed, in_record="/" in at[1:])
        for at, leaf in with_it.items()
    )


def _same_leaf(one: Any, other: Any, placed: Counter[str], *, in_record: bool) -> bool:
    if one == other:
        return True
    if not (in_record and isinstance(one, str) and isinstance(other, str)):
        return False
    with_it, without = normalised(one.split()), normalised(other.split())
    return bool(without) and not (without - with_it or with_it - without - placed)
