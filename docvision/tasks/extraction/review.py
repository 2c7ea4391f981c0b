"""Why a person should look at what was extracted."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from typing import Any

from docvision.results.model import ReviewReason
from docvision.schemas.accept import Schema
from docvision.schemas.checks import (
    Check,
    Outcome,
    ProductCheck,
    RunningCheck,
    SumCheck,
    run_checks,
)
from docvision.schemas.expand import simplify
from docvision.schemas.formats import FORMAT_CHECKS
from docvision.schemas.pointer import find, pointer
from docvision.schemas.shape import leaves_of
from docvision.tasks.extraction.data import Data
from docvision.tasks.extraction.found import Fault, Found

_DOUBTED = 0.5
"""What is left of the confidence in a value after a check that it failed."""
_BACKED = 0.5
"""What is left of the doubt about a value after a check that it passed."""


def outcomes_of(schema: Schema, data: Data) -> list[Outcome]:
    """Return what the schema's checks came to, those of formats among them.

    A sum that does not come out is put down to the figures that no other sum, product or running
    balance confirms, if there are any.
    """
    figures = SumCheck | ProductCheck | RunningCheck
    adding = [check for check in schema.checks if isinstance(check, figures)]
    others = [check for check in schema.checks if check not in adding]
    added = run_checks(adding, data.value)
    sound = {at for outcome in added if outcome.passed for at in outcome.fields}
    narrowed = [outcome if outcome.passed else _narrowed(outcome, sound) for outcome in added]
    return [*narrowed, *run_checks(others, data.value), *_formats(schema, data)]


def _narrowed(outcome: Outcome, sound: Container[str]) -> Outcome:
    suspects = tuple(at for at in outcome.fields if at not in sound)
    return replace(outcome, fields=suspects or outcome.fields)


def weighed(data: Data, outcomes: Sequence[Outcome]) -> Data:
    """Return the data with the confidence of checked values lowered or raised."""
    found = dict(data.found)
    for outcome in outcomes:
        for at in outcome.fields:
            if at in found and found[at].evidence is not None:
                found[at] = _weighed(found[at], outcome.passed)
    return replace(data, found=found)


def reasons(
    data: Data, outcomes: Sequence[Outcome], gaps: Sequence[str], threshold: float
) -> Iterator[ReviewReason]:
    """Yield the reasons, gravest first; each names its fields.

    `gaps` are the places of figures that were not read beside others that were (`gaps_of`).
    """
    by_fault = {
        fault: tuple(at for at, one in data.found.items() if one.fault is fault) for fault in Fault
    }
    if fields := by_fault[Fault.UNVERIFIED]:
        yield ReviewReason(
            code="unverified",
            message="These values stand nowhere among the document's words.",
            fields=fields,
        )
    if fields := by_fault[Fault.UNREADABLE]:
        yield ReviewReason(
            code="unreadable",
            message="The words found for these are not what the schema asks for.",
            fields=fields,
        )
    if fields := by_fault[Fault.MISSING]:
        yield ReviewReason(
            code="incomplete",
            message="The labels of these stand in the document, but no value was found beside.",
            fields=fields,
        )
    for outcome in outcomes:
        if not outcome.passed:
            yield ReviewReason(code="check_failed", message=outcome.message, fields=outcome.fields)
    if fields := tuple(gaps):
        yield ReviewReason(
            code="incomplete",
            message="The figures beside these stand there, but these were not read.",
            fields=fields,
        )
    if data.filled:
        yield ReviewReason(
            code="incomplete",
            message="The document does not give these, and the schema does not take null: the "
            "smallest value that it takes stands there.",
            fields=data.filled,
        )
    if data.refused:
        yield ReviewReason(
            code="invalid",
            message="The schema did not take what was found for these.",
            fields=data.refused,
        )
    unsure = tuple(
        at for at, one in data.found.items() if one.fault is None and one.confidence < threshold
    )
    if unsure:
        yield ReviewReason(
            code="uncertain", message="The model or the readers are unsure of these.", fields=unsure
        )


def gaps_of(checks: Sequence[Check], data: Any) -> Iterator[str]:
    """Yield what is missing of items whose other figures of a product are there.

    What no item of the list has is a column that the document does not have.
    """
    for check in checks:
        if not isinstance(check, ProductCheck):
            continue
        names = (*check.factors, check.equals)
        items = [(at, item) for at, item in find(data, f"{check.each}/*") if isinstance(item, dict)]
        usual = [name for name in names if any(item.get(name) is not None for _, item in items)]
        for at, item in items:
            empty = [name for name in names if name in item and item[name] is None]
            if len(empty) == 1 and empty[0] in (*usual, names[0]):
                yield at + pointer((empty[0],))


def _formats(schema: Schema, data: Data) -> Iterator[Outcome]:
    for place, leaf in leaves_of(schema.shape):
        check = FORMAT_CHECKS.get(str(simplify(leaf.node).get("format")))
        if check is None:
            continue
        for at, value in find(data.value, place):
            if isinstance(value, str) and value and (verdict := check(value)):
                yield Outcome(passed=verdict.passed, message=verdict.message, fields=(at,))


def _weighed(found: Found, passed: bool) -> Found:
    assert found.evidence is not None
    doubt = 1 - found.confidence
    sure = 1 - doubt * _BACKED if passed else found.confidence * _DOUBTED
    evidence = found.evidence.model_copy(update={"confidence": sure})
    return replace(found, confidence=sure, evidence=evidence)
