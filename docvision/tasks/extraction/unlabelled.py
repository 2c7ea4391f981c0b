"""Tables without headings, such as a receipt's items, by what their columns hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from docvision.schemas.checks import Check, ProductCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Kind, Listing
from docvision.tasks.extraction.candidates import has_month
from docvision.tasks.extraction.columns import Columns, Row, letters_in
from docvision.tasks.extraction.sum_words import tells_of_sums
from docvision.tasks.normalise import Conventions, to_number

_FILLED = 0.5
"""Share of the rows in which a column of figures has one."""
_HOLDS = 0.6
"""Share of the rows in which the product must be right to tell the columns."""
_SURE, _GUESSED = 0.85, 0.6
"""How sure a column is that a product tells, and one that only its place tells."""


Numbers = Mapping[int, Sequence[float | None]]
"""The figures of each column that holds some, row by row."""


def product_of(listing: Listing, checks: Sequence[Check]) -> ProductCheck | None:
    """Return the check that says what multiplies to what in a list's items, if there is one."""
    place = pointer(listing.path)
    products = (check for check in checks if isinstance(check, ProductCheck))
    return next((check for check in products if check.each == place), None)


def rows_before_sums(rows: Sequence[Row]) -> list[Row]:
    """Return the rows above the first that tells of sums, taxes or payment."""
    found: list[Row] = []
    for row in rows:
        if any(cell and tells_of_sums(cell.text) for cell in row):
            break
        found.append(row)
    return found


def columns_by_content(
    rows: Sequence[Row], listing: Listing, checks: Sequence[Check], conventions: Conventions
) -> Columns:
    """Return the columns of a list's leaves as far as the cells alone tell them; none, maybe.

    Only a list of which a check of the schema says what multiplies to what is looked for. The
    column with most letters is its first text. Of the figures those are taken that multiply in
    most rows; without such, the last is the result, and whole numbers before it a first factor.
    """
    texts = [leaf.key for leaf in listing.item.leaves if leaf.kind is Kind.TEXT]
    product = product_of(listing, checks)
    keys = {leaf.path[-1]: leaf.key for leaf in listing.item.leaves if len(leaf.path) == 1}
    if product is None or not texts or not rows or product.equals not in keys:
        return Columns(of={}, sureness={})
    name = max(range(len(rows[0])), key=lambda column: letters_in(rows, column))
    numbers = _numbers(rows, name, conventions)
    if not numbers:
        return Columns(of={}, sureness={})
    named, sure = _figures(numbers, product)
    of = {texts[0]: name} | {keys[said]: at for said, at in named.items() if said in keys}
    return Columns(of=of, sureness=dict.fromkeys(of, sure))


def _figures(numbers: Numbers, product: ProductCheck) -> tuple[dict[str, int], float]:
    """Return the columns of a product's factors and result, and how sure they are."""
    first, second = product.factors[:2]
    for a, b, result in permutations(sorted(numbers), 3):
        if a < b and _multiplies(numbers[a], numbers[b], numbers[result]):
            whole = _are_whole(numbers[a]) or not _are_whole(numbers[b])
            factors = (a, b) if whole else (b, a)
            return {first: factors[0], second: factors[1], product.equals: result}, _SURE
    *before, last = sorted(numbers)
    named = {product.equals: last}
    if before:
        named[first if _are_whole(numbers[before[0]]) else second] = before[0]
    return named, _GUESSED


def _multiplies(
    a: Sequence[float | None], b: Sequence[float | None], result: Sequence[float | None]
) -> bool:
    full = [
        (one, other, product)
        for one, other, product in zip(a, b, result, strict=True)
        if one is not None and other is not None and product is not None
    ]
    right = sum(abs(one * other - product) < 0.011 for one, other, product in full)
    return len(full) > 1 and right >= _HOLDS * len(full)


def _numbers(rows: Sequence[Row], name: int, conventions: Conventions) -> Numbers:
    found: dict[int, list[float | None]] = {}
    for column in range(len(rows[0])):
        values = [_number(row, column, conventions) for row in rows]
        there = sum(value is not None for value in values)
        if column != name and there and there >= _FILLED * len(rows):
            found[column] = values
    return found


def _number(row: Row, column: int, conventions: Conventions) -> float | None:
    text = " ".join(cell.text.split()) if (cell := row[column]) else ""
    # 03 Jun is a day.
    value = None if has_month(text) else to_number(text, conventions)
    return None if value is None else float(value)


def _are_whole(values: Sequence[float | None]) -> bool:
    return all(value is None or value == int(value) for value in values)
