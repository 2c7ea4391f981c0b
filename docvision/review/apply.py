"""A result as people have corrected it: pure functions from what was read and what was decided."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from docvision.errors import InvalidRequest
from docvision.results.model import (
    Answer,
    Chart,
    Correction,
    DocumentResult,
    Evidence,
    Extraction,
    Result,
    ReviewReason,
)
from docvision.review.model import Action, Part, Settled
from docvision.schemas.pointer import steps_of


def apply(result: Result, settled: Iterable[Settled]) -> Result:
    """Return the result with all decisions applied, in the order in which they were made.

    The corrected values stand in the data, `corrections` says which they are and what stood there
    before, and what was settled is no reason for review any more.

    Raises:
        InvalidRequest: A decision points at nothing.
    """
    for one in settled:
        if one.document >= len(result.documents):
            raise InvalidRequest(f"The result has no document {one.document}.", field="document")
        documents = list(result.documents)
        documents[one.document] = _apply_to(documents[one.document], one)
        result = result.model_copy(update={"documents": tuple(documents)})
    return result


def value_at(result: Result, document: int, part: Part, pointer: str) -> Any:
    """Return what stands at a place; raises InvalidRequest where there is no such place."""
    if document >= len(result.documents):
        raise InvalidRequest(f"The result has no document {document}.", field="document")
    found = result.documents[document]
    if part is Part.EXTRACTION:
        if found.extraction is None:
            raise InvalidRequest("The document has no extracted fields.", field="document")
        return _value(found.extraction.data, pointer)
    holders: Sequence[Answer | Chart] = found.answers if part is Part.ANSWERS else found.charts
    holder = holders[_index(pointer, len(holders))]
    return holder.answer if isinstance(holder, Answer) else None


def _apply_to(document: DocumentResult, one: Settled) -> DocumentResult:
    if one.part is Part.EXTRACTION:
        if document.extraction is None:
            raise InvalidRequest("The document has no extracted fields.", field="document")
        return document.model_copy(update={"extraction": _extraction(document.extraction, one)})
    holders: Sequence[Answer | Chart] = (
        document.answers if one.part is Part.ANSWERS else document.charts
    )
    at = _index(one.pointer, len(holders))
    changed: dict[str, Any] = {"review": (), "correction": _correction(one)}
    if one.part is Part.ANSWERS and one.action is not Action.ACCEPT:
        changed["answer"] = one.value if one.action is Action.CORRECT else None
        changed["confidence"] = 1.0
    new = [*holders[:at], holders[at].model_copy(update=changed), *holders[at + 1 :]]
    return document.model_copy(update={one.part.value: tuple(new)})


def _extraction(extraction: Extraction, one: Settled) -> Extraction:
    changed: dict[str, Any] = {"review": _without(extraction.review, one.pointer)}
    if one.pointer:
        _check_place(extraction.data, one)
        changed["corrections"] = extraction.corrections | {one.pointer: _correction(one)}
        changed["evidence"] = _evidence(extraction.evidence, one)
        if isinstance(one.value, list):
            changed |= _forgotten(extraction, one)
        if one.action is not Action.ACCEPT:
            changed["data"] = _with(extraction.data, one.pointer, one.value)
    return extraction.model_copy(update=changed)


def _forgotten(extraction: Extraction, one: Settled) -> dict[str, Any]:
    """Return what is left of what was known about the rows of a list that was written anew."""

    def stays(pointer: str) -> bool:
        return not f"{pointer}/".startswith(f"{one.pointer}/")

    known = {pointer: found for pointer, found in extraction.evidence.items() if stays(pointer)}
    made = {pointer: done for pointer, done in extraction.corrections.items() if stays(pointer)}
    reasons = (
        (reason, tuple(field for field in reason.fields if stays(field)))
        for reason in extraction.review
    )
    return {
        "evidence": known,
        "corrections": made | {one.pointer: _correction(one)},
        "review": tuple(
            reason.model_copy(update={"fields": left})
            for reason, left in reasons
            if left or not reason.fields
        ),
    }


def _correction(one: Settled) -> Correction:
    return Correction(action=one.action.value, before=one.before, by=one.by, at=one.at)


def _without(reasons: Sequence[ReviewReason], pointer: str) -> tuple[ReviewReason, ...]:
    """Return what is left to be looked at once a field (or, by "", the whole) was."""
    if not pointer:
        return tuple(reason for reason in reasons if reason.fields)
    left = (
        reason.model_copy(update={"fields": tuple(one for one in reason.fields if one != pointer)})
        if pointer in reason.fields
        else reason
        for reason in reasons
    )
    return tuple(
        reason for reason, was in zip(left, reasons, strict=True) if reason.fields or not was.fields
    )


def _evidence(evidence: dict[str, Evidence], one: Settled) -> dict[str, Evidence]:
    """Return the evidence with a person's word for a value: there is no doubt about it left."""
    kept = {pointer: known for pointer, known in evidence.items() if pointer != one.pointer}
    if one.action is Action.ABSENT or (one.action is Action.CORRECT and one.value is None):
        return kept
    known = evidence.get(one.pointer)
    if one.action is Action.ACCEPT:
        if known is None:
            return kept
        return kept | {one.pointer: known.model_copy(update={"confidence": 1.0})}
    if one.words is None:
        return kept | {one.pointer: Evidence(confidence=1.0, verified=False)}
    boxes = one.words.boxes
    around = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    return kept | {
        one.pointer: Evidence(
            page=one.words.page,
            bbox=around,
            boxes=boxes,
            quote=one.words.quote,
            confidence=1.0,
            verified=False,
        )
    }


def _check_place(data: Any, one: Settled) -> None:
    """Refuse to put a value where a list or a record stands; a list can be written anew."""
    value = _value(data, one.pointer)
    if isinstance(value, list) and isinstance(one.value, list):
        return
    if one.action is not Action.ACCEPT and isinstance(value, dict | list) and value:
        raise InvalidRequest(f"{one.pointer} is no single value.", field="pointer")


def _value(data: Any, pointer: str) -> Any:
    """Return what stands at a pointer; None for "", the whole."""
    if not pointer:
        return None
    value = data
    for step in _steps(pointer):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise InvalidRequest(f"The data have no field {pointer}.", field="pointer")
    return value


def _with(data: Any, pointer: str, value: Any) -> Any:
    """Return a copy of the data in which the value at a pointer is another."""
    *way, last = _steps(pointer)
    new = copy.deepcopy(data)
    place = new
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return new


def _steps(pointer: str) -> tuple[str, ...]:
    try:
        return steps_of(pointer)
    except ValueError as error:
        raise InvalidRequest(str(error), field="pointer") from error


def _index(pointer: str, count: int) -> int:
    step = pointer.removeprefix("/")
    if not step.isdecimal() or int(step) >= count:
        raise InvalidRequest(f"The document has nothing at {pointer}.", field="pointer")
    return int(step)
