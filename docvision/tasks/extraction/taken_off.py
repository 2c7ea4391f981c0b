"""Amounts that a schema takes off are told without the minus that some papers print before them.

AHV 5.30 %     -339.20        what is taken off is 339.20, and the total 887.38
Total Abzüge   -887.38
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docvision.schemas.accept import Schema
from docvision.schemas.checks import SumCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Leaf, Listing
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.extraction.parted import amount_of


def without_minus(schema: Schema, found: FoundRecord) -> FoundRecord:
    """Return what was found with the lists that are taken off turned round, if all is negative.

    One negative amount among others is what is given back, and stays.
    """
    for total, listing in taken_off(schema):
        amount, records = amount_of(listing), found.lists.get(listing.key, ())
        if amount is None or not records:
            continue
        if not all(_is_negative(record.leaves.get(amount.key, Found())) for record in records):
            continue
        turned = tuple(
            replace(
                record, leaves={**record.leaves, amount.key: _turned(record.leaves[amount.key])}
            )
            for record in records
        )
        found = replace(found, lists={**found.lists, listing.key: turned})
        whole = found.leaves.get(total.key, Found())
        if _is_negative(whole):
            found = replace(found, leaves={**found.leaves, total.key: _turned(whole)})
    return found


def taken_off(schema: Schema) -> Iterator[tuple[Leaf, Listing]]:
    """Yield the totals that a sum of a schema takes away, each with the list that it is of."""
    sums = [check for check in schema.checks if isinstance(check, SumCheck)]
    away = {part.removeprefix("-") for one in sums for part in one.parts if part.startswith("-")}
    leaves = {pointer(leaf.path): leaf for leaf in schema.shape.leaves}
    for check in sums:
        at = str(check.equals[0])
        for listing in schema.shape.lists:
            if at in away & leaves.keys() and check.parts[0].startswith(pointer(listing.path)):
                yield leaves[at], listing


def _is_negative(one: Found) -> bool:
    return isinstance(one.value, int | float) and one.value < 0


def _turned(one: Found) -> Found:
    return replace(one, value=-one.value)
