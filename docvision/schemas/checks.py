"""Checks that belong to a schema: sums, products, balances, order of dates, check digits.

A schema says them under `x-docvision-checks`, with JSON Pointers in which `*` is every item:

    {"kind": "sum", "parts": ["/line_items/*/amount"],
     "equals": ["/subtotal", "/total", ["/total", "-/tax"]]}
    {"kind": "product", "each": "/line_items", "factors": ["quantity", "unit_price"],
     "equals": "amount"}
    {"kind": "running", "each": "/transactions", "balance": "balance",
     "moves": [["credit", "-debit"], ["amount"]],
     "opening": "/opening_balance", "closing": "/closing_balance"}
    {"kind": "order", "fields": ["/issue_date", "/due_date"]}
    {"kind": "between", "field": "/issue_date", "from": "1990-01-01", "to": "today+366"}

The formats `iban`, `bic`, `vat-id` and `currency` of a leaf are checks without being said. A check
whose values are not all there says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from docvision.schemas.pointer import find, pointer

TOLERANCE = 0.011
"""A sum may be off by a rounded cent."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a check came to, and the values (JSON Pointers) that it looked at."""

    passed: bool
    message: str
    fields: tuple[str, ...]


class _Check(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Terms = Annotated[tuple[str, ...], Field(min_length=1)]
"""Pointers to numbers that are added up; those with a minus before them are taken away."""


class SumCheck(_Check):
    """The parts add up to one of the totals, each a pointer or terms of its own."""

    kind: Literal["sum"]
    parts: Terms
    equals: tuple[str | Terms, ...] = Field(min_length=1)
    tolerance: float = TOLERANCE

    def outcomes(self, data: Any) -> Iterator[Outcome]:
        """Yield the outcome, if there is anything to add up."""
        parts = _terms(self.parts, data)
        totals = [total for one in self.equals if (total := self._total(one, data))]
        if parts is None or not totals:
            return
        added = sum(parts.values())
        fits = [one for one in totals if abs(sum(one.values()) - added) <= self.tolerance]
        said = sum(totals[0].values())
        named = (at for one in fits[:1] or totals for at in one)
        yield Outcome(
            passed=bool(fits),
            message=f"The parts add up to {added:.2f}, the total says {said:.2f}.",
            fields=tuple(dict.fromkeys((*parts, *named))),
        )

    def _total(self, said: str | Terms, data: Any) -> dict[str, float] | None:
        return _terms((said,) if isinstance(said, str) else said, data)


def _terms(said: Terms, data: Any) -> dict[str, float] | None:
    """Return the numbers that are added up, signed, by their pointers; None where one is missing.

    Of lists those are added up that are there; there must be some.
    """
    found: dict[str, float] = {}
    listed = False
    for term in said:
        sign = -1 if term.startswith("-") else 1
        there = {
            at: sign * value
            for at, value in find(data, term.removeprefix("-"))
            if _is_number(value)
        }
        if not there and "*" not in term:
            return None
        listed = listed or ("*" in term and bool(there))
        found |= there
    return found if listed or not any("*" in term for term in said) else None


class ProductCheck(_Check):
    """In each item the factors multiply to the result."""

    kind: Literal["product"]
    each: str
    factors: tuple[str, ...] = Field(min_length=2)
    equals: str
    tolerance: float = TOLERANCE

    def outcomes(self, data: Any) -> Iterator[Outcome]:
        """Yield an outcome for each item that has all values."""
        for at, item in find(data, f"{self.each}/*"):
            names = (*self.factors, self.equals)
            found = [item.get(name) if isinstance(item, dict) else None for name in names]
            values = [float(value) for value in found if _is_number(value)]
            if len(values) < len(names):
                continue
            *factors, result = values
            product = math.prod(factors)
            # A price is printed with two digits: what is lost there grows with the quantity.
            slack = max(self.tolerance, 0.0051 * max(map(abs, factors)))
            yield Outcome(
                passed=abs(product - result) <= slack,
                message=f"{' x '.join(names[:-1])} is {product:.2f}, {self.equals} {result:.2f}.",
                fields=tuple(at + pointer((name,)) for name in names),
            )


class _Step(NamedTuple):
    """An item with the balance after it and what has moved (None: unknown), and where they are."""

    balance: float | None
    moved: float | None
    fields: tuple[str, ...]


class RunningCheck(_Check):
    """Each item's balance is the one before it and what has moved since.

    The items stand oldest first or newest first, whichever fits more of them. Of `moves` the first
    counts of which an item has anything; what is taken away may be printed with a minus or without.
    """

    kind: Literal["running"]
    each: str
    balance: str
    moves: tuple[Terms, ...] = Field(min_length=1)
    opening: str | None = None
    closing: str | None = None
    tolerance: float = TOLERANCE

    def outcomes(self, data: Any) -> Iterator[Outcome]:
        """Yield an outcome for each item that follows another, and for both ends."""
        steps = self._steps(data)
        yield from self._between(steps)
        for end, due in self.ends(data).items():
            moved = steps[0].fields if end == self.opening else ()
            for at, said in find(data, end):
                if _is_number(said):
                    yield Outcome(
                        passed=abs(said - due) <= self.tolerance,
                        message=f"By the items this balance is {due:.2f}, here {said:.2f}.",
                        fields=(at, *moved),
                    )

    def ends(self, data: Any) -> dict[str, float]:
        """Return what the balances at both ends must be by the items, by their pointers.

        They tell it where every item follows from the one before it.
        """
        steps = self._steps(data)
        due: dict[str, float] = {}
        if len(steps) < 2 or not self._all_follow(steps):
            return due
        first, last = steps[0], steps[-1]
        if self.opening and first.balance is not None and first.moved is not None:
            due[self.opening] = first.balance - first.moved
        if self.closing and last.balance is not None:
            due[self.closing] = last.balance
        return due

    def carries(self, data: Any, balance: float) -> bool:
        """Return whether a balance is that of an item which another follows.

        Statements carry such balances from the end of one page to the head of the next.
        """
        steps = self._steps(data)[:-1]
        return any(
            step.balance is not None and abs(step.balance - balance) <= self.tolerance
            for step in steps
        )

    def _all_follow(self, steps: Sequence[_Step]) -> bool:
        outcomes = list(self._between(steps))
        return len(outcomes) == len(steps) - 1 and all(outcome.passed for outcome in outcomes)

    def _steps(self, data: Any) -> Sequence[_Step]:
        """Return the items, oldest first."""
        found = find(data, f"{self.each}/*")
        steps = [self._step(at, item) for at, item in found if isinstance(item, dict)]
        turned = steps[::-1]
        return max(steps, turned, key=lambda way: sum(one.passed for one in self._between(way)))

    def _step(self, at: str, item: Mapping[str, Any]) -> _Step:
        balance = item.get(self.balance)
        ways = (_moves(terms, item) for terms in self.moves)
        moves = next((way for way in ways if way), {})
        return _Step(
            balance=balance if _is_number(balance) else None,
            moved=sum(moves.values()) if moves else None,
            fields=tuple(at + pointer((name,)) for name in (*moves, self.balance)),
        )

    def _between(self, steps: Sequence[_Step]) -> Iterator[Outcome]:
        for before, step in pairwise(steps):
            if before.balance is None or step.balance is None or step.moved is None:
                continue
            due = before.balance + step.moved
            yield Outcome(
                passed=abs(due - step.balance) <= self.tolerance,
                message=f"The balance before and what moved come to {due:.2f}, "
                f"the balance says {step.balance:.2f}.",
                fields=step.fields,
            )


def _moves(terms: Terms, item: Mapping[str, Any]) -> dict[str, float]:
    """Return what an item has of these, signed, by their names."""
    moves: dict[str, float] = {}
    for term in terms:
        name = term.removeprefix("-")
        value = item.get(name)
        if _is_number(value):
            moves[name] = -abs(value) if name != term else value
    return moves


class OrderCheck(_Check):
    """Dates or numbers stand in ascending order."""

    kind: Literal["order"]
    fields: tuple[str, ...] = Field(min_length=2)

    def outcomes(self, data: Any) -> Iterator[Outcome]:
        """Yield the outcome, if two values at least are there."""
        found = [
            one for field in self.fields for one in find(data, field) if one[1] not in (None, "")
        ]
        kinds = {isinstance(value, str) for _, value in found}
        if len(found) < 2 or len(kinds) > 1 or not all(_is_orderable(value) for _, value in found):
            return
        values = [value for _, value in found]
        yield Outcome(
            passed=values == sorted(values),
            message="The values are not in the order in which they should be.",
            fields=tuple(at for at, _ in found),
        )


class BetweenCheck(_Check):
    """A date (or each of them) lies in a range; `today` may be said, with days added."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    kind: Literal["between"]
    field: str
    first: str = Field("1950-01-01", alias="from", pattern=r"^(\d{4}-\d\d-\d\d|today([+-]\d+)?)$")
    last: str = Field("today+366", alias="to", pattern=r"^(\d{4}-\d\d-\d\d|today([+-]\d+)?)$")

    def outcomes(self, data: Any) -> Iterator[Outcome]:
        """Yield an outcome for each date."""
        first, last = _day(self.first), _day(self.last)
        for at, value in find(data, self.field):
            if isinstance(value, str) and value:
                yield Outcome(
                    passed=first <= value[:10] <= last,
                    message=f"The date does not lie between {first} and {last}.",
                    fields=(at,),
                )


Check = SumCheck | ProductCheck | RunningCheck | OrderCheck | BetweenCheck

_CHECKS: TypeAdapter[tuple[Check, ...]] = TypeAdapter(
    tuple[Annotated[Check, Field(discriminator="kind")], ...]
)


def parse_checks(raw: Any) -> tuple[Check, ...]:
    """Return the checks that a schema says; raises pydantic's ValidationError."""
    return _CHECKS.validate_python(raw)


def run_checks(checks: Sequence[Check], data: Any) -> list[Outcome]:
    """Return what every check came to that could be made."""
    return [outcome for check in checks for outcome in check.outcomes(data)]


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_orderable(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)


def _day(said: str) -> str:
    if not said.startswith("today"):
        return said
    return (date.today() + timedelta(days=int(said.removeprefix("today") or 0))).isoformat()
