"""The balances at both ends of a list of movements, where the list itself tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from docvision.results.model import Page
from docvision.schemas.accept import Schema
from docvision.schemas.checks import RunningCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Leaf
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.extraction.data import build
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.normalise import Conventions, normalise
from docvision.tasks.passage import passage_of

_SURE = 0.9
"""How sure a balance is that all movements lead to and that the document shows."""
_PAGES = 3
"""Pages at either end on which it is looked for."""


def with_balances(
    schema: Schema,
    found: FoundRecord,
    pages: Sequence[Page],
    page_with_words: Callable[[Page], Page],
    conventions: Conventions,
    threshold: float,
) -> FoundRecord:
    """Return what was found with the balances that the movements tell, where they were in doubt.

    A balance that is sure stays, even where the movements come to another: that is for a person.
    Unless it is one that is carried from page to page.
    """
    data = build(schema, found).value
    leaves: dict[str, Found] = {}
    for check in schema.checks:
        if not isinstance(check, RunningCheck):
            continue
        due = check.ends(data)
        for leaf in schema.shape.leaves:
            at, one = pointer(leaf.path), found.leaves.get(leaf.key)
            if at in due and one and _in_doubt(one, check, data, threshold):
                near_end = reversed(pages) if at == check.closing else pages
                shown = map(page_with_words, list(near_end)[:_PAGES])
                leaves |= _stands(leaf, due[at], check.tolerance, shown, conventions)
    return replace(found, leaves={**found.leaves, **leaves})


def _in_doubt(one: Found, check: RunningCheck, data: Any, threshold: float) -> bool:
    if one.value is None or one.confidence < threshold:
        return True
    return isinstance(one.value, int | float) and check.carries(data, one.value)


def _stands(
    leaf: Leaf, due: float, tolerance: float, pages: Iterable[Page], conventions: Conventions
) -> Mapping[str, Found]:
    """Return a balance with the place where a page shows it, nothing where none does."""
    for page in pages:
        passage = passage_of([page])
        for run in runs_of(passage, leaf, conventions) or ():
            value = normalise(passage.quote(run), leaf.kind, conventions)
            if isinstance(value, int | float) and abs(value - due) <= tolerance:
                evidence = evidence_of(passage, run, confidence=_SURE)
                found = Found(value=value, evidence=evidence, confidence=evidence.confidence)
                return {leaf.key: found}
    return {}
