"""Priced lines: the items of a receipt that stand in lines rather than in a table.

    3 x Coffee beans        26.13        Rye bread                 Rye bread     2   4.20   8.40
                                         2 x 4.20         8.40     Kiwi gold  0,59 x 4   2,36 A

A line has words and ends with an amount; before it may stand a quantity and the price of one, or
they stand on a line of their own, below or above: that to which they multiply. The lines end where
sums, taxes and payment begin.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from docvision.geometry import Box, union
from docvision.schemas.checks import ProductCheck
from docvision.schemas.shape import Kind, Leaf, Listing
from docvision.tasks.extraction.around import ALIGNED
from docvision.tasks.extraction.found import FoundRecord
from docvision.tasks.extraction.headings import headings_in
from docvision.tasks.extraction.labels import labels_in
from docvision.tasks.extraction.priced_parts import (
    PricedLine,
    amount_in,
    is_contact,
    multiply,
    parts_of,
    words_in,
)
from docvision.tasks.extraction.priced_records import PricedColumns, PricedWriter, name_leaf
from docvision.tasks.extraction.sum_words import is_label, tells_of_sums
from docvision.tasks.extraction.sums import adds_up, figures_in
from docvision.tasks.normalise import Conventions, to_date
from docvision.tasks.passage import Passage, Run

_CLOSE = 0.8
"""Heights of a line between a name and what goes on with it, at most."""
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, kw_only=True)
class PricedLines:
    """The records of the lines, the places (page, box) that they take up, and if they add up."""

    records: tuple[FoundRecord, ...] = ()
    places: tuple[tuple[int, Box], ...] = ()
    adds_up: bool = False


def priced_lines(
    passages: Iterable[Passage],
    listing: Listing,
    product: ProductCheck,
    leaves: Sequence[Leaf],
    conventions: Conventions,
) -> PricedLines:
    """Return the items of a list of which `product` says what multiplies to what.

    They end where one of the figures among `leaves` stands beside its label: those are sums.
    """
    figures = [leaf for leaf in leaves if leaf.kind is Kind.NUMBER]
    dates = [leaf for leaf in leaves if leaf.kind is Kind.DATE]
    headings = frozenset(
        word for leaf in listing.item.leaves for label in leaf.labels for word in words_in(label)
    )
    name = name_leaf(listing)
    records: list[FoundRecord] = []
    places: list[tuple[int, Box]] = []
    fits: list[bool] = []
    for passage in passages:
        sums = _labelled_lines(passage, figures, conventions)
        dated = _labelled_lines(passage, dates, conventions)
        columns = PricedColumns(
            passage=passage,
            headings=headings_in(passage, listing.item.leaves),
            name=name.key if name else "",
            quantity=_key(listing, product.factors[0]),
            price=_key(listing, product.factors[1]),
        )
        parts = list(_priced(passage, sums, dated, headings, columns, conventions))
        items = list(_items(passage, parts, columns, conventions))
        lines = _without_sums(passage, items, conventions)
        if not lines:
            continue
        fits.append(_add_up(passage, lines, conventions))
        writer = PricedWriter(
            passage=passage,
            listing=listing,
            product=product,
            conventions=conventions,
            adds_up=fits[-1],
        )
        records += [writer.record(line) for line in lines]
        places += [place for line in lines for place in _places(passage, line)]
    return PricedLines(
        records=tuple(records), places=tuple(places), adds_up=bool(fits) and all(fits)
    )


def _labelled_lines(
    passage: Passage, leaves: Sequence[Leaf], conventions: Conventions
) -> frozenset[int]:
    """Return the numbers of the lines on which a value of some leaves stands beside its label."""
    labels = labels_in(passage, leaves, conventions)
    return frozenset(
        passage.words[one.run.first].line
        for leaf in leaves
        for one in labels.of(leaf.key)
        if one.beside
    )


def _key(listing: Listing, name: str) -> str:
    """Return the key of the leaf of a list's items that a check names."""
    return next((one.key for one in listing.item.leaves if "/".join(one.path) == name), name)


def _items(
    passage: Passage,
    lines: Sequence[PricedLine],
    columns: PricedColumns,
    conventions: Conventions,
) -> Iterator[PricedLine]:
    """Yield the items: factors and names on lines of their own are put to the amount near by."""
    left = _with_names_below(passage, _with_factors(passage, lines, conventions), columns)
    above = _names_above(passage, left)
    named: set[int] = set()
    for at, line in enumerate(left):
        whole: PricedLine | None = line if line.name is not None else None
        other = at - 1 if above else at + 1
        if line.amount is not None and line.name is None and 0 <= other < len(left):
            near = left[other]
            if near.is_name and other not in named and _is_next(passage, line, near):
                named.add(other)
                whole = replace(line, name=near.name, more=(*line.more, near.words))
        if whole is not None and whole.amount is not None:
            yield whole


def _with_names_below(
    passage: Passage, lines: Sequence[PricedLine], columns: PricedColumns
) -> list[PricedLine]:
    """Return the lines with the ends of long names put to the lines above that they belong to.

    A name over a line that has none is that one's.
    """
    left: list[PricedLine] = []
    for at, line in enumerate(lines):
        before = left[-1] if left else None
        nameless = at + 1 < len(lines) and lines[at + 1].name is None
        if (
            before is not None
            and before.name is not None
            and before.amount is not None
            and not nameless
            and (columns.goes_on(line) or _runs_on(passage, before, line))
            and _is_next(passage, before, line)
        ):
            left[-1] = replace(
                before,
                more=(*before.more, line.words),
                name_below=(*before.name_below, line.words),
            )
        else:
            left.append(line)
    return left


def _runs_on(passage: Passage, item: PricedLine, line: PricedLine) -> bool:
    """Whether a line goes on with a name above it: small letters below large ones, close by."""
    if item.name is None or line.name is None or line.name != line.words:
        return False
    begun, goes_on = passage.words[item.name.first], passage.words[line.name.first]
    height = begun.bbox[3] - begun.bbox[1]
    near = goes_on.bbox[1] - begun.bbox[3] <= _CLOSE * height
    aligned = abs(goes_on.bbox[0] - begun.bbox[0]) <= ALIGNED
    return near and aligned and begun.text[0].isupper() and goes_on.text[0].islower()


def _with_factors(
    passage: Passage, lines: Sequence[PricedLine], conventions: Conventions
) -> list[PricedLine]:
    """Return the lines with those of factors put to the amount to which they multiply."""
    left = list(lines)
    for line in [one for one in lines if one.is_each]:
        at = left.index(line)
        item = left[at - 1] if at else line
        if item.quantity and not item.price and _is_next(passage, item, line):
            priced = replace(item, price=line.price, more=(*item.more, line.words))
            if multiply(passage, item, priced, conventions):
                left[at - 1 : at + 1] = [priced]
    for line in [one for one in left if one.is_rated]:
        at = left.index(line)
        measured = left[at - 1] if at else line
        if not _is_next(passage, measured, line) or not multiply(
            passage, line, replace(line, quantity=measured.amount), conventions
        ):
            continue
        # Euro95 E10 / Pump 5  38.20 L / at 1.985/L  75.83
        named = at > 1 and left[at - 2].is_name and _is_next(passage, left[at - 2], measured)
        left[at - 1 : at + 1] = [
            replace(
                line,
                name=None if named else measured.name,
                quantity=measured.amount,
                more=(*line.more, measured.words),
            )
        ]
    for line in [one for one in left if one.is_factors]:
        at = left.index(line)
        for other in (at - 1, at + 1):
            if not 0 <= other < len(left) or left[other].price or left[other].amount is None:
                continue
            item = left[other]
            if _is_next(passage, item, line) and multiply(passage, item, line, conventions):
                left[other] = replace(
                    item, quantity=line.quantity, price=line.amount, more=(*item.more, line.words)
                )
                del left[at]
                break
    return left


def _names_above(passage: Passage, lines: Sequence[PricedLine]) -> bool:
    """Whether figures without a name have it above them, as the first of them has.

    A code and a price without a quantity begin an item: its name follows.
    """
    nameless = [
        (above, line)
        for above, line in pairwise(lines)
        if line.name is None and line.amount is not None
    ]
    if not nameless:
        return False
    # Of one a quantity may be misread.
    counted = sum(line.quantity is not None for _, line in nameless) * 2 >= len(nameless)
    above, first = nameless[0]
    return counted and above.is_name and _is_next(passage, first, above)


def _is_next(passage: Passage, one: PricedLine, other: PricedLine) -> bool:
    """Whether two lines follow one another, those that belong to them counted."""
    here = [passage.words[run.first].line for run in (one.words, *one.more)]
    there = passage.words[other.words.first].line
    return min(here) - 1 == there or max(here) + 1 == there


def _priced(
    passage: Passage,
    sums: Container[int],
    dated: Container[int],
    headings: Set[str],
    columns: PricedColumns,
    conventions: Conventions,
) -> Iterator[PricedLine]:
    """Yield the lines that are items or parts of one, up to the sums below them."""
    begun = False
    for line in passage.lines:
        text = passage.quote(line)
        if tells_of_sums(text) or passage.words[line.first].line in sums:
            if begun:
                break
            continue
        if passage.words[line.first].line in dated or is_contact(text):
            continue
        if _is_heading(text, headings) or _is_dated(text, conventions):
            continue
        parts = columns.put(parts_of(passage, line, conventions))
        begun = begun or parts.amount is not None
        yield parts


def _is_heading(text: str, headings: Set[str]) -> bool:
    """Whether a line names columns: two words of their labels, and no figure."""
    return len(headings & words_in(text)) > 1 and not any(map(str.isdigit, text))


def _is_dated(text: str, conventions: Conventions) -> bool:
    """Whether a line holds a date in figures; MARS 1,89 is no day of March."""
    return any(map(str.isdigit, text)) and to_date(_LETTERS.sub(" ", text), conventions) is not None


def _without_sums(
    passage: Passage, lines: list[PricedLine], conventions: Conventions
) -> list[PricedLine]:
    """Return the lines without a last one that only says what those before come to."""
    amounts = [amount_in(passage, line.amount, conventions) or 0 for line in lines]
    for at in range(1, len(lines)):
        name = lines[at].name
        labelled = name is not None and is_label(passage.quote(name))
        if sum(amounts[:at]) == amounts[at] and (at > 1 or labelled):
            return lines[:at]
    return lines


def _add_up(passage: Passage, lines: Sequence[PricedLine], conventions: Conventions) -> bool:
    """Whether the amounts add up to figures that stand beside the items."""
    amounts = [amount_in(passage, line.amount, conventions) for line in lines]
    own = {at for line in lines for run in (line.words, *line.more) for at in _range(run)}
    rest = [word for at, word in enumerate(passage.words) if at not in own]
    return adds_up([one for one in amounts if one is not None], figures_in(rest, conventions))


def _range(run: Run) -> range:
    return range(run.first, run.last)


def _places(passage: Passage, line: PricedLine) -> Iterator[tuple[int, Box]]:
    for run in (line.words, *line.more):
        words = passage.words[run.first : run.last]
        yield words[0].page, union(word.bbox for word in words)
