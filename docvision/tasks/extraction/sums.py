"""Whether amounts add up to what a document says: a total, or a total less its tax."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from docvision.tasks.extraction.found import FoundRecord
from docvision.tasks.normalise import Conventions, to_number
from docvision.tasks.passage import Placed

_BEGUN, _THOUSANDS = re.compile(r"[^\w\s]?\d{1,3}"), re.compile(r"\d{3}(?:[.,]\d{2})?")
"""What a number begins and goes on with whose thousands stand apart."""
_LARGEST_TAX = Decimal("0.35")
"""Of a total."""


def figures_in(words: Iterable[Placed], conventions: Conventions) -> Counter[Decimal]:
    """Return the numbers among words, each as often as it stands there.

    Where thousands stand apart, `4 782,00`, the whole is one more number.
    """
    found: Counter[Decimal] = Counter()
    begun: list[Placed] = []
    for word in words:
        apart = not begun or word.gap != " " or word.line != begun[-1].line
        goes_on = not apart and _THOUSANDS.fullmatch(word.text) is not None
        begun = [*begun, word] if goes_on else [word] if _BEGUN.fullmatch(word.text) else []
        texts = [word.text, *(["".join(one.text for one in begun)] if goes_on else [])]
        for text in texts:
            number = to_number(text, conventions) if any(map(str.isdigit, text)) else None
            if number is not None:
                found[number] += 1
    return found


def values_of(records: Iterable[FoundRecord], key: str) -> list[Decimal]:
    """Return the numbers that were found for a leaf (by key) of records."""
    found = (record.leaves[key].value for record in records if key in record.leaves)
    return [Decimal(str(value)) for value in found if isinstance(value, int | float)]


def adds_up(amounts: Sequence[Decimal], figures: Collection[Decimal]) -> bool:
    """Whether amounts add up to one of the figures, or to one less another that is a tax."""
    added = sum(amounts, Decimal(0))
    if not amounts or not added:
        return False
    if added in figures:
        return True
    return any(
        total - added in figures and 0 < total - added <= _LARGEST_TAX * total for total in figures
    )
