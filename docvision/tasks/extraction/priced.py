"""Priced lines: the items of a receipt that stand in lines rather than in a table.

    3 x Coffee beans        26.13        Rye bread                 Rye bread     2   4.20   8.40
                                         2 x 4.20         8.40

A line has words and ends with an amount; before it may stand a quantity and the price of one, or
they stand on a line of their own below. The lines end where sums, taxes and payment begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from docvision.geometry import Box, union
from docvision.schemas.checks import ProductCheck
from docvision.schemas.shape import Kind, Listing
from docvision.schemas.validity import is_valid
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.found import Fault, Found, FoundRecord
from docvision.tasks.extraction.unlabelled import tells_of_sums
from docvision.tasks.normalise import Conventions, normalise, to_date, to_number
from docvision.tasks.passage import Passage, Run

_MONEY = re.compile(r"[^\w\s]?\s?-?\d[\d.,'’]*[.,]\d{2}-?[^\w\s]?")
_COUNT = re.compile(r"(\d{1,4})(?:\s?[x×*])?|\d{1,3}[.,]\d{3}", re.IGNORECASE)
_TIMES = re.compile(r"[x×*@à]|pcs\.?|st[kü]?\.?|ea\.?", re.IGNORECASE)
_SIGN = re.compile(r"[A-Z]|[€$£¥]|EUR|USD|GBP|CHF|RM", re.IGNORECASE)
"""What may stand behind an amount: a currency, a letter for the rate of tax."""
_ADDS_UP, _ALONE = 0.9, 0.6
"""How sure the lines are whose amounts add up to a sum below them, and others."""


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """Where the parts of an item stand in a passage, as runs of words."""

    name: Run | None
    quantity: Run | None
    price: Run | None
    amount: Run | None
    words: Run


@dataclass(frozen=True, kw_only=True)
class PricedLines:
    """The records of the lines, and the places (page, box) that they take up."""

    records: tuple[FoundRecord, ...] = ()
    places: tuple[tuple[int, Box], ...] = ()


def priced_lines(
    passages: Iterable[Passage], listing: Listing, product: ProductCheck, conventions: Conventions
) -> PricedLines:
    """Return the items of a list of which `product` says what multiplies to what."""
    records: list[FoundRecord] = []
    places: list[tuple[int, Box]] = []
    for passage in passages:
        lines = list(_items(passage, conventions))
        sure = _ADDS_UP if _adds_up(passage, lines, conventions) else _ALONE
        writer = _Writer(
            passage=passage, listing=listing, product=product, conventions=conventions, sure=sure
        )
        records += [writer.record(line) for line in lines]
        places += [place for line in lines for place in _places(passage, line.words)]
    return PricedLines(records=tuple(records), places=tuple(places))


def _items(passage: Passage, conventions: Conventions) -> Iterator[PricedLine]:
    before: PricedLine | None = None
    begun = False
    for line in _lines(passage):
        text = passage.quote(line)
        if tells_of_sums(text):
            if begun:
                break
            before = None
            continue
        parts = None if to_date(text, conventions) else _parts(passage, line)
        if parts is None:
            before = None
        elif parts.name is None and before is not None:
            before = _with_below(before, parts)
            if before.amount is not None:
                yield before
                begun, before = True, None
        elif parts.name is not None:
            if before is not None and before.amount is not None:
                yield before
                begun = True
            before = parts
    if before is not None and before.amount is not None:
        yield before


def _lines(passage: Passage) -> Iterator[Run]:
    numbered = groupby(enumerate(passage.words), key=lambda one: (one[1].page, one[1].line))
    for _, line in numbered:
        found = [at for at, _ in line]
        yield Run(first=found[0], last=found[-1] + 1)


def _parts(passage: Passage, line: Run) -> PricedLine | None:
    """Return the parts of a line; None where it cannot be an item or a part of one."""
    words = [word.text for word in passage.words[line.first : line.last]]
    end = len(words)
    if end > 1 and _SIGN.fullmatch(words[end - 1]) and _MONEY.fullmatch(words[end - 2]):
        end -= 1
    start = 0
    amount = price = quantity = None
    if end and _MONEY.fullmatch(words[end - 1]):
        end -= 1
        amount = end
    if amount is not None and end and _MONEY.fullmatch(words[end - 1]):
        end -= 1
        price = end
    while end > 1 and _TIMES.fullmatch(words[end - 1]):
        end -= 1
    if (price is not None or end == 1) and end and _COUNT.fullmatch(words[end - 1]):
        end -= 1
        quantity = end
    elif end and _COUNT.fullmatch(words[0]):
        quantity, start = 0, 1
        while start < end and _TIMES.fullmatch(words[start]):
            start += 1
    named = start < end and any(map(str.isalpha, "".join(words[start:end])))
    if not named and amount is None:
        return None
    return PricedLine(
        name=_run(line, start, end) if named else None,
        quantity=_one(line, quantity),
        price=_one(line, price),
        amount=_one(line, amount),
        words=line,
    )


def _with_below(item: PricedLine, below: PricedLine) -> PricedLine:
    """Return an item with the figures of the line below its name.

    Where the item has its amount already, one figure below is the price of one.
    """
    price, amount = below.price, item.amount or below.amount
    if item.amount is not None and price is None:
        price = below.amount
    return replace(
        item,
        quantity=item.quantity or below.quantity,
        price=item.price or price,
        amount=amount,
        words=Run(first=item.words.first, last=below.words.last),
    )


def _run(line: Run, start: int, end: int) -> Run:
    return Run(first=line.first + start, last=line.first + end)


def _one(line: Run, at: int | None) -> Run | None:
    return None if at is None else _run(line, at, at + 1)


def _adds_up(passage: Passage, lines: Sequence[PricedLine], conventions: Conventions) -> bool:
    """Whether the amounts add up to a figure that stands below them."""
    if not lines:
        return False
    amounts = [to_number(passage.quote(line.amount), conventions) for line in lines if line.amount]
    added = sum(value for value in amounts if value is not None)
    below = passage.words[lines[-1].words.last :]
    return any(to_number(word.text, conventions) == added for word in below)


def _places(passage: Passage, run: Run) -> Iterator[tuple[int, Box]]:
    words = passage.words[run.first : run.last]
    for (page, _), line in groupby(words, key=lambda word: (word.page, word.line)):
        yield page, union(word.bbox for word in line)


@dataclass(frozen=True, kw_only=True)
class _Writer:
    passage: Passage
    listing: Listing
    product: ProductCheck
    conventions: Conventions
    sure: float

    def record(self, line: PricedLine) -> FoundRecord:
        first, second = self.product.factors[:2]
        by_name = {first: line.quantity, second: line.price, self.product.equals: line.amount}
        texts = [leaf for leaf in self.listing.item.leaves if leaf.kind is Kind.TEXT]
        leaves: dict[str, Found] = {}
        for leaf in self.listing.item.leaves:
            run = line.name if texts and leaf is texts[0] else by_name.get("/".join(leaf.path))
            if run is None:
                leaves[leaf.key] = Found(confidence=self.sure)
                continue
            evidence = evidence_of(self.passage, run, confidence=self.sure)
            quote = re.sub(r"(?<=\d)\s?[x×*]$", "", self.passage.quote(run), flags=re.IGNORECASE)
            value = normalise(quote, leaf.kind, self.conventions, leaf.choices)
            sound = value is not None and is_valid(leaf.node, value)
            leaves[leaf.key] = Found(
                value=value if sound else None,
                evidence=evidence,
                confidence=evidence.confidence,
                fault=None if sound else Fault.UNREADABLE,
            )
        return FoundRecord(leaves=leaves)
