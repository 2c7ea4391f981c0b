"""What a task found beyond the text, as titled tables that every renderer can draw."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docvision.results.model import (
    Answer,
    Correction,
    DocumentResult,
    Evidence,
    Extraction,
    ReviewReason,
)
from docvision.results.render.body import clock, one_line

NOT_SAID = "(not in the document)"
"""Shown in place of an answer where the document gives none."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A titled table of texts; `notes` marks one that tells about the others, not of data."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: bool = False


def sheets_of(document: DocumentResult) -> list[Sheet]:
    """Return what was found in a document beyond its text; nothing where only text was read."""
    return [*_kind(document), *_answers(document.answers), *_of(document.extraction)]


def _kind(document: DocumentResult) -> Iterator[Sheet]:
    """Yield the kind of a document; one of no known kind is shown by its text."""
    found = document.classification
    if found and found.kind != "other":
        rows = ((found.kind, f"{found.confidence:.2f}"),)
        yield Sheet(title="Kind", head=("Kind", "Confidence"), rows=rows)


def _answers(answers: Sequence[Answer]) -> Iterator[Sheet]:
    if not answers:
        return
    rows = tuple(
        (
            one_line(answer.question),
            NOT_SAID if answer.answer is None else one_line(answer.answer),
            *_told(answer.citations[0] if answer.citations else None),
        )
        for answer in answers
    )
    yield Sheet(title="Answers", head=("Question", "Answer", *_TOLD), rows=rows)
    reasons = [reason for answer in answers for reason in answer.review]
    if reasons:
        yield review_sheet(tuple(dict.fromkeys(reasons)))


def _of(extraction: Extraction | None) -> Iterator[Sheet]:
    if extraction:
        yield from _extraction(extraction)


def _extraction(extraction: Extraction) -> Iterator[Sheet]:
    fields = [
        (name, value, extraction.evidence.get(at))
        for at, name, value in _values(extraction.data, "", "")
    ]
    if fields:
        rows = tuple((name, shown(value), *_told(evidence)) for name, value, evidence in fields)
        yield Sheet(title="Fields", head=("Field", "Value", *_TOLD), rows=rows)
    for name, items in _lists(extraction.data, ""):
        yield _listing(name, items)
    if extraction.corrections:
        yield _corrections(extraction.corrections)
    if extraction.review:
        yield review_sheet(extraction.review)


def _corrections(corrections: Mapping[str, Correction]) -> Sheet:
    """Return what people settled, as a table."""
    words = {"accept": "accepted", "correct": "corrected", "absent": "not there"}
    rows = tuple(
        (pointer, words[one.action], shown(one.before), one.by or "", f"{one.at:%Y-%m-%d %H:%M}")
        for pointer, one in corrections.items()
    )
    head = ("Field", "What", "Before", "By", "When")
    return Sheet(title="Checked by people", head=head, rows=rows, notes=True)


def review_sheet(reasons: Sequence[ReviewReason]) -> Sheet:
    """Return the reasons for a person to look, as a table."""
    rows = tuple(
        (reason.code, one_line(reason.message), ", ".join(reason.fields)) for reason in reasons
    )
    return Sheet(title="To review", head=("Reason", "What", "Fields"), rows=rows, notes=True)


_TOLD = ("Page", "Confidence", "Words")


def _told(evidence: Evidence | None) -> tuple[str, str, str]:
    if evidence is None:
        return ("", "", "")
    place = str(evidence.page or "") if evidence.time is None else clock(evidence.time)
    words = one_line(evidence.quote or "")
    return (place, f"{evidence.confidence:.2f}", words if evidence.verified else f"({words}?)")


def _values(value: Any, at: str, name: str) -> Iterator[tuple[str, str, Any]]:
    """Yield (pointer, name, value) of all values that stand in no list."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _values(inner, f"{at}/{step}", f"{name}.{key}" if name else str(key))
    elif not isinstance(value, list):
        yield at, name or "value", value


def _lists(value: Any, name: str) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lists(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and value:
        yield name or "items", value


def _listing(name: str, items: Sequence[Any]) -> Sheet:
    flat = [{key: shown(inner) for _, key, inner in _leaves(item)} for item in items]
    head = tuple(dict.fromkeys(key for row in flat for key in row))
    rows = tuple(tuple(row.get(key, "") for key in head) for row in flat)
    return Sheet(title=name, head=head, rows=rows)


def _leaves(item: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield the values of an item; a list within it is one value, as JSON."""
    yield from _values(item, "", "")
    for name, items in _lists(item, ""):
        yield "", name, json.dumps(items, ensure_ascii=False)


def shown(value: Any) -> str:
    """Return a value as it is written in a table; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return one_line(value)
    return json.dumps(value, ensure_ascii=False)
