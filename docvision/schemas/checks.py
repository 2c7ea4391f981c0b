"""Checks that belong to a schema: sums, products, order of dates, check digits.

A schema says them under `x-docvision-checks`, with JSON Pointers in which `*` is every item:

    {"kind": "sum", "parts": ["/line_items/*/amount"], "equals": ["/subtotal", "/total"]}
    {"kind": "product", "each": "/line_items", "factors": ["quantity", "unit_price"],
     "equals": "amount"}
    {"kind": "order", "fields": ["/issue_date", "/due_date"]}
    {"kind": "between", "field": "/issue_date", "from": "1990-01-01", "to": "today+366"}

The formats `iban`, `bic`, `vat-id` and `currency` of a leaf are checks without being said. A check
whose values are not all there says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeGuard

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


class SumCheck(_Check):
    """The parts (those with a minus before them taken away) add up to one of the totals."""

    kind: Literal["sum"]
    parts: tuple[str, ...] = Field(min_length=1)
    equals: tuple[str, ...] = Field(min_length=1)
    tolerance: float = TOLERANCE

    def outcomes(self, data: Any) -> Iterator[Outcome]:
        """Yield the outcome, if there is anything to add up."""
        signed = [
            (part.removeprefix("-"), -1 if part.startswith("-") else 1) for part in self.parts
        ]
        terms = [(at, sign, value) for part, sign in signed for at, value in find(data, part)]
        numbers = [(at, sign * value) for at, sign, value in terms if _is_number(value)]
        totals = [one for total in self.equals for one in find(data, total) if _is_number(one[1])]
        complete = len(numbers) == len(terms) or all("*" in part for part, _ in signed)
        if not numbers or not totals or not complete:
            return
        added = sum(value for _, value in numbers)
        fits = [at for at, total in totals if abs(total - added) <= self.tolerance]
        yield Outcome(
            passed=bool(fits),
            message=f"The parts add up to {added:.2f}, the total says {totals[0][1]:.2f}.",
            fields=(*(at for at, _ in numbers), *(fits or [at for at, _ in totals])),
        )


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


Check = SumCheck | ProductCheck | OrderCheck | BetweenCheck

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
