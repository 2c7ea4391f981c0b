"""The records that priced lines are: each part in the leaf that it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from docvision.schemas.checks import ProductCheck
from docvision.schemas.shape import Kind, Leaf, Listing
from docvision.schemas.validity import is_valid
from docvision.tasks.evidence import evidence_of, joined, narrowed
from docvision.tasks.extraction.found import Fault, Found, FoundRecord
from docvision.tasks.extraction.headings import Headings
from docvision.tasks.extraction.priced_parts import (
    GLUED,
    PricedLine,
    is_money,
    multiply,
    without_sign,
)
from docvision.tasks.extraction.rows import without_article
from docvision.tasks.normalise import Conventions, normalise
from docvision.tasks.passage import Passage, Run

_COUNTED = re.compile(r"\S{1,2} ?[xX×*] |[Il|!\]] ")
"""A name that begins so has swallowed a quantity that was not read: `I x Tea`, `I Tea`."""
_ADDS_UP, _BACKED, _ALONE = 0.95, 0.9, 0.75
"""How sure lines are whose amounts add up to a sum, those that multiply out, and others."""


def name_leaf(listing: Listing) -> Leaf | None:
    """Return the leaf that says what an item is: the first text."""
    return next((leaf for leaf in listing.item.leaves if leaf.kind is Kind.TEXT), None)


@dataclass(frozen=True, kw_only=True)
class PricedColumns:
    """The columns that headings over the lines name, if there are any.

    Attributes:
        passage: The words.
        headings: The line of headings.
        name: The key of the leaf that says what an item is.
        quantity: That of how many there are.
        price: That of the price of one.
    """

    passage: Passage
    headings: Headings | None
    name: str
    quantity: str
    price: str

    def put(self, parts: PricedLine) -> PricedLine:
        """Return a line below the headings with its name and quantity from their columns."""
        first = self.passage.words[parts.words.first]
        heads = self.headings
        if heads is None or (first.page, first.line) <= (heads.page, heads.line):
            return parts
        if parts.name and self._counts_in_names(heads, parts):
            return parts
        columns = heads.parts(self.passage, parts.words)
        name = columns.get(self.name, parts.name) if parts.name else None
        counted = columns.get(self.quantity)
        if counted and not any(map(str.isdigit, self.passage.quote(counted))):
            # A unit stands there: the quantity is that of the factors.
            counted = parts.quantity
        quantity = replace(counted, last=counted.first + 1) if counted else parts.quantity
        if quantity and not counted and heads.key_of(self.passage, quantity.first) is None:
            # What stands in a column of its own is a position, or a day.
            quantity = None
        price = self._price(heads, parts)
        return replace(
            parts, name=_without(_without(name, quantity), price), quantity=quantity, price=price
        )

    def goes_on(self, parts: PricedLine) -> bool:
        """Whether a line has nothing but words in the names' column: the end of a long name."""
        if self.headings is None or parts.name is None or parts.name != parts.words:
            return False
        ends = (parts.name.first, parts.name.last - 1)
        return all(self.headings.key_of(self.passage, at) == self.name for at in ends)

    def _price(self, heads: Headings, parts: PricedLine) -> Run | None:
        """Return the price of one from its column, if that has a heading."""
        if parts.amount is None or all(key != self.price for _, key in heads.columns):
            return parts.price
        if parts.is_glued:
            return parts.price
        words = range(parts.words.first, parts.amount.first)
        inside = [at for at in words if heads.key_of(self.passage, at) == self.price]
        figures = [at for at in inside if is_money(self.passage.words[at].text)]
        return Run(first=figures[-1], last=figures[-1] + 1) if figures else None

    def _counts_in_names(self, heads: Headings, parts: PricedLine) -> bool:
        """Whether the count before a name stands in the names' column, having none of its own."""
        if parts.quantity is None or any(key == self.quantity for _, key in heads.columns):
            return False
        return heads.key_of(self.passage, parts.quantity.first) == self.name


def _without(name: Run | None, figure: Run | None) -> Run | None:
    """Return a name without a figure that begins or ends it, having a column of its own."""
    if name is None or figure is None:
        return name
    if name.first == figure.first < figure.last < name.last:
        return replace(name, first=figure.last)
    if name.first < figure.first < figure.last == name.last:
        return replace(name, last=figure.first)
    return name


@dataclass(frozen=True, kw_only=True)
class PricedWriter:
    """Writes the records of the lines of one passage."""

    passage: Passage
    listing: Listing
    product: ProductCheck
    conventions: Conventions
    adds_up: bool

    def record(self, line: PricedLine) -> FoundRecord:
        """Return the record that a line is."""
        first, second = self.product.factors[:2]
        by_name = {first: line.quantity, second: line.price, self.product.equals: line.amount}
        name = name_leaf(self.listing)
        sure = self._sure(line)
        leaves: dict[str, Found] = {}
        for leaf in self.listing.item.leaves:
            run = line.name if leaf is name else by_name.get("/".join(leaf.path))
            if run is None:
                leaves[leaf.key] = Found(confidence=sure)
                continue
            quote = self.passage.quote(run)
            misread = leaf is name and _COUNTED.match(quote)
            evidence = evidence_of(self.passage, run, confidence=_ALONE if misread else sure)
            glued = GLUED.fullmatch(quote) if line.is_glued and run == line.price else None
            if glued:
                quote = glued["quantity" if leaf.path[-1] == first else "price"]
                evidence = narrowed(evidence, quote)
            elif leaf.kind is not Kind.TEXT:
                quote = without_sign(quote)
            value = normalise(quote, leaf.kind, self.conventions, leaf.choices)
            sound = value is not None and is_valid(leaf.node, value)
            found = Found(
                value=value if sound else None,
                evidence=evidence,
                confidence=evidence.confidence,
                fault=None if sound else Fault.UNREADABLE,
            )
            leaves[leaf.key] = self._whole(found, line) if leaf is name else found
        return FoundRecord(leaves=leaves)

    def _whole(self, found: Found, line: PricedLine) -> Found:
        """Return a name with what stands of it on the lines below."""
        for run in line.name_below:
            if not without_article(f" {self.passage.quote(run)}"):
                continue
            below = evidence_of(self.passage, run, confidence=found.confidence)
            assert found.evidence is not None
            found = replace(
                found,
                value=f"{found.value} {below.quote}",
                evidence=joined(found.evidence, below),
                confidence=min(found.confidence, below.confidence),
            )
        return found

    def _sure(self, line: PricedLine) -> float:
        if self.adds_up:
            return _ADDS_UP
        return _BACKED if multiply(self.passage, line, line, self.conventions) else _ALONE
