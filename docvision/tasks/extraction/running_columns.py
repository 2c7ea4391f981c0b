"""The columns of a list of movements, where a running balance proves which is which.

Date         Text            Amount     Balance
04.05.2026   Rent         -6,840.00   11,602.60
05.05.2026   Bookshop       -128.50   11,474.10

Whatever the headings say, and in whatever language: each balance is the one before and what moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, permutations

from docvision.schemas.checks import Check, RunningCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Kind, Listing
from docvision.tasks.extraction.columns import NO_COLUMNS, PROVEN, Columns, Row, letters_in
from docvision.tasks.normalise import Conventions, as_day, to_date, to_number

_STEPS = 3
"""Steps from balance to balance that prove columns, at least."""
_HOLDS = 0.8
"""Share of the steps that must be right."""
_CENT = Decimal("0.005")

Figures = Sequence[Decimal | None]


def columns_by_balance(
    rows: Sequence[Row], listing: Listing, checks: Sequence[Check], conventions: Conventions
) -> Columns:
    """Return the columns that a list's running balance proves; none where it proves nothing.

    Those of the days and the words come with them: the first of days, and that with most letters.
    """
    at = pointer(listing.path)
    check = next((one for one in checks if isinstance(one, RunningCheck) and one.each == at), None)
    if check is None or len(rows) <= _STEPS:
        return NO_COLUMNS
    count = max(map(len, rows))
    figures = {column: _figures(rows, column, conventions) for column in range(count)}
    named = next(_proofs({key: some for key, some in figures.items() if any(some)}, check), None)
    if named is None:
        return NO_COLUMNS
    keys = {leaf.path[-1]: leaf for leaf in listing.item.leaves if len(leaf.path) == 1}
    of = {keys[name].key: column for name, column in named.items() if name in keys}
    left = [column for column in range(count) if column not in named.values()]
    days = next((one for one in left if _are_days(rows, one, conventions)), None)
    words = max(left, key=lambda one: letters_in(rows, one), default=None)
    for kind, column in ((Kind.DATE, days), (Kind.TEXT, words)):
        leaf = next((one for one in listing.item.leaves if one.kind is kind), None)
        if leaf is not None and column is not None and column not in of.values():
            of[leaf.key] = column
    return Columns(of=of, sureness=dict.fromkeys(of, PROVEN))


def _proofs(figures: Mapping[int, Figures], check: RunningCheck) -> Iterator[Mapping[str, int]]:
    """Yield the columns, by the names of their leaves, to which a balance adds up."""
    for terms in check.moves:
        for *columns, balance in permutations(figures, len(terms) + 1):
            moves = list(zip(terms, columns, strict=True))
            signed = [(figures[column], -1 if term[0] == "-" else 1) for term, column in moves]
            backwards = [(some[::-1], sign) for some, sign in signed]
            forth, back = figures[balance], figures[balance][::-1]
            if _adds_up(signed, forth) or _adds_up(backwards, back):
                yield {
                    **{term.lstrip("-"): column for term, column in moves},
                    check.balance: balance,
                }


def _adds_up(moves: Sequence[tuple[Figures, int]], balances: Figures) -> bool:
    """Whether balances follow from what moved, the oldest first; each column has some of it."""
    steps: list[tuple[Decimal, Decimal]] = []
    used: set[int] = set()
    rows = [at for at, balance in enumerate(balances) if balance is not None]
    for before, here in pairwise(rows):
        there = [
            (place, sign * abs(value) if len(moves) > 1 else value)
            for place, (values, sign) in enumerate(moves)
            if (value := values[here]) is not None
        ]
        if there:
            used |= {place for place, _ in there}
            gone = (balances[here] or Decimal()) - (balances[before] or Decimal())
            steps.append((gone, sum((value for _, value in there), Decimal())))
    right = sum(abs(gone - moved) <= _CENT for gone, moved in steps)
    return len(steps) >= _STEPS and right >= _HOLDS * len(steps) and len(used) == len(moves)


def _figures(rows: Sequence[Row], column: int, conventions: Conventions) -> Figures:
    texts = (_text(row, column) for row in rows)
    return [
        None if to_date(text, conventions) is not None else to_number(text, conventions)
        for text in texts
    ]


def _are_days(rows: Sequence[Row], column: int, conventions: Conventions) -> bool:
    texts = [text for row in rows if (text := _text(row, column))]
    days = sum(to_date(as_day(text), conventions) is not None for text in texts)
    return len(texts) >= _STEPS and days >= _HOLDS * len(texts)


def _text(row: Row, column: int) -> str:
    cell = row[column]
    return " ".join(cell.text.split()) if cell else ""
