"""Figures that the items of a list prove: what they add up to, and what one of them is.

Salary       2,650.00   35,280.00     the total of this month, not that of the year beside it
Bonus          118.75    1,837.50
Gross pay    2,768.75   37,117.50
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from docvision.geometry import Box, middle_in
from docvision.results.model import Page
from docvision.schemas.accept import Schema
from docvision.schemas.checks import TOLERANCE, SumCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Kind, Leaf, Listing
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.candidates import runs_of
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.extraction.label_places import label_places, letters_of
from docvision.tasks.extraction.parted import amount_of
from docvision.tasks.extraction.plausible import name_of
from docvision.tasks.extraction.sums import values_of
from docvision.tasks.extraction.taken_off import taken_off
from docvision.tasks.normalise import Conventions, normalise
from docvision.tasks.passage import Passage, Run, passage_of

ITEM = "item."
"""What a schema says of a figure that is the amount of one item of a list, with the list's name."""
_SURE = 0.9
"""How sure a printed figure is that all items add up to."""
_PAGES = 3
"""Pages on which it is looked for."""


@dataclass(frozen=True, kw_only=True)
class _Printed:
    """A figure where it stands."""

    passage: Passage
    run: Run
    value: float
    labelled: bool

    @property
    def box(self) -> Box:
        return self.passage.words[self.run.first].bbox

    @property
    def page(self) -> int:
        return self.passage.words[self.run.first].page

    def found(self) -> Found:
        evidence = evidence_of(self.passage, self.run, confidence=_SURE)
        return Found(value=self.value, evidence=evidence, confidence=evidence.confidence)


def with_proven(
    schema: Schema,
    found: FoundRecord,
    pages: Sequence[Page],
    page_with_words: Callable[[Page], Page],
    conventions: Conventions,
    threshold: float,
) -> FoundRecord:
    """Return what was found with the totals that lists add up to, and what items say themselves.

    A total must be printed, and be no item. One that was found and is sure stays, unless the other
    stands on its very line: then it was taken from the wrong column.
    """
    found = _with_items(schema, found, threshold)
    leaves = {pointer(leaf.path): leaf for leaf in schema.shape.leaves}
    passages: list[Passage] = []
    proven: dict[str, float] = {}
    away = {leaf.key for leaf, _ in taken_off(schema)}
    for check in schema.checks:
        at = str(check.equals[0]) if isinstance(check, SumCheck) else ""
        if not isinstance(check, SumCheck) or not _is_only(check, at) or at not in leaves:
            continue
        dues = list(_dues(check, at, schema, found, proven))
        before = found.leaves.get(leaves[at].key, Found())
        if not dues:
            continue
        passages = passages or [passage_of([page_with_words(page)]) for page in pages[:_PAGES]]
        figures = _figures(passages, leaves[at], conventions, leaves[at].key in away)
        told = _told(_fitting(figures, dues, found), before, dues, threshold)
        if told is not None:
            proven[at] = told.value
            found = replace(found, leaves={**found.leaves, leaves[at].key: told})
    return found


def _is_only(check: SumCheck, at: str) -> bool:
    """Whether a sum can come to nothing else but one figure, or that and others together."""
    return all(one == at or (not isinstance(one, str) and at in one) for one in check.equals)


def _dues(
    check: SumCheck, at: str, schema: Schema, found: FoundRecord, proven: Mapping[str, float]
) -> Iterator[float]:
    """Yield what a figure must be for a sum to come out: alone, and beside others it may need."""
    added = _added(check, schema, found, proven)
    if added is None:
        return
    values = {pointer(leaf.path): found.leaves.get(leaf.key) for leaf in schema.shape.leaves}
    for said in check.equals:
        others = [values.get(one) for one in said if one != at] if not isinstance(said, str) else []
        known = [one.value for one in others if one and isinstance(one.value, int | float)]
        if len(known) == len(others):
            yield added - sum(known)


def _fitting(
    figures: Iterable[_Printed], dues: Sequence[float], found: FoundRecord
) -> list[_Printed]:
    """Return the figures that a sum may come to, without those of the items themselves."""
    items = list(_boxes(found))
    return [
        one
        for one in figures
        if any(_is(one.value, due) for due in dues)
        and not any(page == one.page and middle_in(one.box, box) for page, box in items)
    ]


def _is(value: object, due: float) -> bool:
    return isinstance(value, int | float) and abs(value - due) <= TOLERANCE


def _added(
    check: SumCheck, schema: Schema, found: FoundRecord, proven: Mapping[str, float]
) -> float | None:
    """Return what a list's amounts add up to, or totals that were proven so; None in doubt."""
    added = Decimal(0)
    for part in check.parts:
        at = part.removeprefix("-")
        place, star, name = at.partition("/*/")
        if star:
            listing = next((one for one in schema.shape.lists if pointer(one.path) == place), None)
            records = found.lists.get(listing.key, ()) if listing else ()
            amounts = values_of(records, name)
            if not amounts or len(amounts) < len(records):
                return None
            value = sum(amounts, Decimal(0))
        elif at in proven:
            value = Decimal(str(proven[at]))
        else:
            return None
        added += -value if part.startswith("-") else value
    return float(added)


def _told(
    printed: Sequence[_Printed], before: Found, dues: Sequence[float], threshold: float
) -> Found | None:
    """Return the figure that a sum comes to, if one alone is printed and may be what was found."""
    if any(_is(before.value, due) for due in dues):
        return before
    beside = [one for one in printed if _on_one_line(one, before)]
    if before.value is not None and before.confidence >= threshold and not beside:
        return None
    best = beside or sorted(printed, key=lambda one: not one.labelled)
    alone = len({round(one.value, 2) for one in best}) == 1
    return best[0].found() if alone else None


def _on_one_line(one: _Printed, other: Found) -> bool:
    at = other.evidence
    if at is None or at.bbox is None or at.page != one.page:
        return False
    return at.bbox[1] < (one.box[1] + one.box[3]) / 2 < at.bbox[3]


def _figures(
    passages: Sequence[Passage], leaf: Leaf, conventions: Conventions, away: bool
) -> Iterator[_Printed]:
    """Yield the figures of passages; of what is taken off without the minus before it."""
    for passage in passages:
        labels = label_places(passage, [leaf])
        lines = {(passage.words[one.first].page, passage.words[one.first].line) for one in labels}
        for run in runs_of(passage, leaf, conventions) or ():
            value = normalise(passage.quote(run), leaf.kind, conventions)
            if isinstance(value, int | float):
                word = passage.words[run.first]
                yield _Printed(
                    passage=passage,
                    run=run,
                    value=abs(float(value)) if away else float(value),
                    labelled=(word.page, word.line) in lines,
                )


def _boxes(found: FoundRecord) -> Iterator[tuple[int, Box]]:
    """Yield where the items of all lists stand."""
    for records in found.lists.values():
        for record in records:
            for one in record.leaves.values():
                if one.evidence is not None and one.evidence.bbox is not None:
                    yield one.evidence.page or 0, one.evidence.bbox


def _with_items(schema: Schema, found: FoundRecord, threshold: float) -> FoundRecord:
    """Return what was found with the figures that are items of a list: the tax that is taken off.

    A figure of which the schema says that it is an item's is that of the item that goes by its
    labels; any other only where it is in doubt, and lists were parted.
    """
    leaves = dict(found.leaves)
    parted = sum(map(bool, found.lists.values())) > 1
    for leaf in schema.shape.leaves:
        before = leaves.get(leaf.key, Found())
        named = leaf.place.removeprefix(ITEM) if leaf.place.startswith(ITEM) else ""
        doubt = parted and (before.value is None or before.confidence < threshold)
        if leaf.kind is not Kind.NUMBER or not (named or doubt):
            continue
        told = [
            amount
            for listing in schema.shape.lists
            if named in ("", listing.key)
            for amount in _items_called(leaf, listing, found)
        ]
        if len(told) == 1:
            leaves[leaf.key] = told[0]
    return replace(found, leaves=leaves)


def _items_called(leaf: Leaf, listing: Listing, found: FoundRecord) -> list[Found]:
    """Return the amounts of the items of a list that a leaf's labels name."""
    text = next((one for one in listing.item.leaves if one.kind is Kind.TEXT), None)
    amount = amount_of(listing)
    if text is None or amount is None:
        return []
    labels = {letters_of(label) for label in (name_of(leaf), *leaf.labels)}
    return [
        record.leaves[amount.key]
        for record in found.lists.get(listing.key, ())
        if letters_of(str(record.leaves.get(text.key, Found()).value or "")) in labels
        and record.leaves.get(amount.key, Found()).value is not None
    ]
