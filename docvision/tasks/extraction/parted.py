"""Lists that share a table, each with its own rows: earnings and deductions of a payslip.

Earnings  Amount  Deductions  Amount      Item    Paid    Deducted      Item
Salary  2,650.00  Income tax  339.20      Salary  2,650.00              Earnings
Bonus     118.75  Pension     132.50      Pension           132.50      Salary      2,650.00
                                                                        Deductions
                                                                        Pension       132.50

They stand side by side, or have a column of amounts each, or one stands below the other, parted by
headings or by the totals that end them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from docvision.results.tables import JoinedCell
from docvision.schemas.accept import Schema
from docvision.schemas.checks import SumCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Kind, Leaf, Listing
from docvision.tasks.extraction.columns import Columns, Row, Shown
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.extraction.list_names import ListNames
from docvision.tasks.extraction.plausible import name_of
from docvision.tasks.extraction.rows import looks_like_figure

_FIRST = 3
"""Rows among which is the header of a table that does not show itself as one."""
_WORDY = 0.5
"""Share of a column's cells that are words, from which it holds names."""
_TELLING = 8
"""Letters of a label from which more may follow: `Net à payer avant impôt`."""
_TOTAL = re.compile(
    r"\b(?:sub[- ]?|sous-)?(?:tot(?:al\w*|ais|aux|aal)|summe|summa|suma|gesamt\w*|razem|sum)\b",
    re.IGNORECASE,
)
_TOTAL_WORDS = 5
"""Words of a total's name at most. What is a balance elsewhere may be an item of a payslip."""
_BY_NAME, _ALONE = 0.95, 0.85
"""How sure a column is that a list's name stands over, and one that alone can be a leaf's."""
_AMOUNTS = frozenset(
    (
        "amount", "betrag", "montant", "importe", "importo", "bedrag", "kwota", "valor", "value",
        "total", "sum", "belopp",
    )
)  # fmt: skip
"""Words in the names of sums."""

Above = Callable[[float, float], str]
"""What is written right above a table between two places across the page."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The rows of a table that are one list's, under their headings.

    Attributes:
        amount: The column of the list's amounts, where it is told by the list's name.
    """

    listing: Listing
    shown: Shown
    amount: int | None = None


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What rows that end lists go by: the letters of their labels.

    Attributes:
        of: For each list (by key) those of what its amounts add up to.
        every: Those of all figures that something adds up to.
    """

    of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    every: frozenset[str] = frozenset()

    def is_one(self, row: Row) -> bool:
        """Whether a row tells a total of any kind."""
        return self.names(row) or _is_total(row)

    def names(self, row: Row) -> bool:
        """Whether a row names what a sum of the schema comes to."""
        return _names(row, self.every)

    def ends(self, listing: Listing, row: Row) -> bool:
        """Whether a row tells what a list adds up to."""
        return _names(row, self.of.get(listing.key, frozenset()))


def totals_of(schema: Schema) -> Totals:
    """Return what the totals of a schema's lists go by, as its sums tell."""
    leaves = {pointer(leaf.path): leaf for leaf in schema.shape.leaves}
    of: dict[str, frozenset[str]] = {}
    every: frozenset[str] = frozenset()
    for check in schema.checks:
        if not isinstance(check, SumCheck):
            continue
        total = leaves.get(str(check.equals[0]))
        if total is None:
            continue
        names = frozenset(letters_of(name) for name in (name_of(total), *total.labels))
        every |= names
        for listing in schema.shape.lists:
            if check.parts[0].startswith(f"{pointer(listing.path)}/*/"):
                of[listing.key] = names
    return Totals(of=of, every=every)


def amount_of(listing: Listing) -> Leaf | None:
    """Return the leaf of a list's items that is their amount: by its name, or the only number."""
    numbers = [leaf for leaf in listing.item.leaves if leaf.kind is Kind.NUMBER]
    named = [leaf for leaf in numbers if not _AMOUNTS.isdisjoint(name_of(leaf).split())]
    return (named or numbers)[-1] if len(numbers) == 1 or named else None


def with_told(columns: Columns, part: Part) -> Columns:
    """Return the columns of a part with those that nothing but the part itself tells.

    The column of amounts by the list's name, and what alone is left: the one column of words for
    the first text, the one column of figures for the amount.
    """
    of, sure = dict(columns.of), dict(columns.sureness)
    amount = amount_of(part.listing)
    if amount and part.amount is not None:
        of = {key: column for key, column in of.items() if column != part.amount}
        of[amount.key], sure[amount.key] = part.amount, _BY_NAME
    rows = part.shown.rows
    filled = [column for column in range(len(part.shown.header)) if _is_filled(rows, column)]
    text = next((leaf for leaf in part.listing.item.leaves if leaf.kind is Kind.TEXT), None)
    words = [column for column in filled if _is_wordy(rows, column)]
    figures = [column for column in filled if column not in words]
    for leaf, alone in ((text, words), (amount, figures)):
        left = [column for column in alone if column not in of.values()]
        only = alone if len(alone) == 1 else left
        if leaf and leaf.key not in of and len(only) == 1:
            of = {key: column for key, column in of.items() if column != only[0]}
            of[leaf.key], sure[leaf.key] = only[0], _ALONE
    return Columns(of=of, sureness={key: sure[key] for key in of})


@dataclass(frozen=True, kw_only=True)
class Parter:
    """Parts tables among the lists of a schema."""

    names: ListNames
    totals: Totals

    def parts(self, shown: Shown, above: Above, spans: Sequence[tuple[float, float]]) -> list[Part]:
        """Return the parts of a table that are told to be a list's, in order.

        Args:
            shown: The table's headings, if it shows any, and its rows.
            above: What is written over it.
            spans: From where to where each column goes across the page.
        """
        shown = self._with_header(shown)
        named = {
            column: listing
            for column, text in enumerate(shown.header)
            if (listing := self.names.told(text))
        }
        columns = [column for column in named if _is_filled(shown.rows, column)]
        if len({named[column].key for column in columns}) > 1:
            wordy = [_is_wordy(shown.rows, column) for column in columns]
            if all(wordy):
                return self._halves(shown, columns, [named[column] for column in columns])
            if not any(wordy):
                first_of = {named[column].key: column for column in reversed(columns)}
                amounts = {column: named[column] for column in sorted(first_of.values())}
                return list(self._by_amounts(shown, amounts))
        if second := _repeated(shown):
            ranges = [(0, second), (second, len(shown.header))]
            told = [self.names.told(above(*_across(spans, *one))) for one in ranges]
            if told[0] and told[1] and told[0] != told[1]:
                return self._halves(shown, [0, second], [told[0], told[1]])
        first = self.names.told(above(*_across(spans, 0, len(spans)))) if spans else None
        of_header = {listing.key: listing for listing in named.values()}
        if len(of_header) == 1:
            (first,) = of_header.values()
        return list(self._below(shown, first))

    def _with_header(self, shown: Shown) -> Shown:
        """Return a table with a header that names lists, which one of the first rows may be."""
        if any(shown.header):
            return shown
        for at, row in enumerate(shown.rows[:_FIRST]):
            texts = _texts(row)
            if len({one.key for text in texts if (one := self.names.told(text))}) > 1:
                return Shown(header=texts, rows=shown.rows[at + 1 :])
        return shown

    def _halves(
        self, shown: Shown, columns: Sequence[int], listings: Sequence[Listing]
    ) -> list[Part]:
        """Return the parts that stand side by side, each from its column to the next."""
        edges = [0, *columns[1:], len(shown.header)]
        parts = []
        for listing, (first, last) in zip(listings, pairwise(edges), strict=True):
            kept = range(first, last)
            header = [text if at in kept else "" for at, text in enumerate(shown.header)]
            rows = [row for one in shown.rows if any(row := _only(one, kept))]
            rows = [*takewhile(lambda row: not self.totals.names(row), rows)]
            rows = [row for row in rows if not _is_total(row)]
            parts.append(Part(listing=listing, shown=Shown(header=header, rows=rows)))
        return parts

    def _by_amounts(self, shown: Shown, amounts: Mapping[int, Listing]) -> Iterator[Part]:
        """Yield the parts that are told by which column of amounts a row fills."""
        rows: dict[str, list[Row]] = {listing.key: [] for listing in amounts.values()}
        last: list[Row] | None = None
        for row in shown.rows:
            filled = [column for column in amounts if row[column]]
            if self.totals.is_one(row) and len(filled) == len(amounts):
                break
            if self.totals.is_one(row) or len(filled) > 1:
                last = None
            elif filled:
                last = rows[amounts[filled[0]].key]
                last.append(row)
            elif last is not None and not any(cell and _is_figure(cell) for cell in row):
                last.append(row)
        for column, listing in amounts.items():
            others = amounts.keys() - {column}
            header = ["" if at in others else text for at, text in enumerate(shown.header)]
            shown_rows = [_without(row, others) for row in rows[listing.key]]
            yield Part(listing=listing, shown=Shown(header=header, rows=shown_rows), amount=column)

    def _below(self, shown: Shown, first: Listing | None) -> Iterator[Part]:
        """Yield the parts that stand one below the other, under headings or above their totals."""
        before = [*takewhile(lambda row: self._heading(row) is None, shown.rows)]
        by_totals = first is None and len(before) == len(shown.rows)
        sections = [_Section(listing=first or self._first_ended(before), header=shown.header)]
        for row in shown.rows:
            here = sections[-1]
            heading = self._heading(row)
            if heading is not None:
                texts = _texts(row)
                header = texts if sum(map(bool, texts)) > 1 else here.header
                sections.append(_Section(listing=heading, header=header))
            elif self.totals.is_one(row):
                after = self._after(here.listing, row) if by_totals else None
                sections.append(_Section(listing=after, header=here.header))
            else:
                here.rows.append(row)
        for one in sections:
            if one.listing is not None and one.rows:
                yield Part(listing=one.listing, shown=Shown(header=one.header, rows=one.rows))

    def _heading(self, row: Row) -> Listing | None:
        """Return the list that a row without figures names in one of its cells."""
        cells = [cell for cell in row if cell]
        if not cells or any(map(_is_figure, cells)):
            return None
        told = {one.key: one for cell in cells if (one := self.names.told(cell.text))}
        return next(iter(told.values())) if len(told) == 1 else None

    def _first_ended(self, rows: Sequence[Row]) -> Listing | None:
        """Return the list whose total comes first, if it has a twin that may follow."""
        for row in rows:
            for listing in self.names.listings:
                if self.totals.ends(listing, row):
                    return listing if self._twins(listing) else None
        return None

    def _after(self, listing: Listing | None, row: Row) -> Listing | None:
        """Return the list that follows the total of one, where there is but one other."""
        if listing is None or not self.totals.ends(listing, row):
            return None
        twins = self._twins(listing)
        behind = self.names.listings.index(listing) < self.names.listings.index(twins[0])
        return twins[0] if len(twins) == 1 and behind else None

    def _twins(self, listing: Listing) -> list[Listing]:
        return [one for one in self.names.listings if one != listing and one.key in self.totals.of]


@dataclass(kw_only=True)
class _Section:
    """Rows below one another that are of one list, or of none."""

    listing: Listing | None
    header: Sequence[str]
    rows: list[Row] = field(default_factory=list)


def _texts(row: Row) -> list[str]:
    return [" ".join(cell.text.split()) if cell else "" for cell in row]


def _words(row: Row) -> str:
    """Return the first text of a row that has letters."""
    return next((cell.text for cell in row if cell and any(map(str.isalpha, cell.text))), "")


def _names(row: Row, labels: Collection[str]) -> bool:
    """Whether the words of a row are one of some labels, or go on with a long one."""
    letters = letters_of(_words(row))
    return letters in labels or any(
        letters.startswith(label) for label in labels if len(label) >= _TELLING
    )


def _is_total(row: Row) -> bool:
    words = _words(row)
    return len(words.split()) <= _TOTAL_WORDS and _TOTAL.search(words) is not None


def _is_figure(cell: JoinedCell) -> bool:
    return looks_like_figure(cell.text) and any(map(str.isdigit, cell.text))


def _is_filled(rows: Sequence[Row], column: int) -> bool:
    return any(row[column] for row in rows)


def _is_wordy(rows: Sequence[Row], column: int) -> bool:
    cells = [cell for row in rows if (cell := row[column])]
    return sum(not _is_figure(cell) for cell in cells) > _WORDY * len(cells)


def _repeated(shown: Shown) -> int:
    """Return the column at which headings begin again, over names in both halves; 0 for none."""
    texts = [letters_of(text) for text in shown.header]
    for column in range(1, len(texts)):
        before = texts.index(texts[column]) if texts[column] else column
        both = (before, column)
        if before < column and all(_is_wordy(shown.rows, one) for one in both):
            return column
    return 0


def _across(spans: Sequence[tuple[float, float]], first: int, last: int) -> tuple[float, float]:
    some = spans[first:last]
    return min(one[0] for one in some), max(one[1] for one in some)


def _only(row: Row, columns: Container[int]) -> Row:
    return tuple(cell if at in columns else None for at, cell in enumerate(row))


def _without(row: Row, columns: Container[int]) -> Row:
    return tuple(None if at in columns else cell for at, cell in enumerate(row))
