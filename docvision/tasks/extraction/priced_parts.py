"""The parts of a priced line: what it is, how many, the price of one, and the amount."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from docvision.tasks.normalise import Conventions, folded, to_currency, to_number
from docvision.tasks.passage import Passage, Run

_MONEY = re.compile(
    r"[^\w\s]?\s?[-−–]?[^\w\s]?(?:[A-Z]{2,3})?\d[\d.,'’]*[.,]\d{2}-?(?:[^\w\s]?[A-Z]{0,2}|[^\w\s])"
    r"(?:/[^\W\d]{1,4}\.?)?"
)
_SHORT_MONEY = re.compile(r"-?\d{1,4}[.,]\d")
"""An amount of which OCR lost a digit: only where a column of its own begins."""
_COUNT = re.compile(r"(\d{1,4})(?:\s?[x×*])?|\d{1,3}[.,]\d{3}", re.IGNORECASE)
_SIGN = re.compile(r"[x×*@à]", re.IGNORECASE)
_UNIT = re.compile(r"pcs\.?|stk?\.?|stück|ea\.?|kg|g|l|lb|lbs|m|gal|szt\.?", re.IGNORECASE)
_SIGNED = re.compile(r"\A[x×*@](?=\D?\d[\d.,]*[.,]\d{2}$)", re.IGNORECASE)
"""A sign of multiplying that begins the price of one: `x2,49`."""
_EACH = re.compile(r"each|ea\.?|/ea|apiece|c/u|/st\.?|p\.? ?p\.?|la pièce|je", re.IGNORECASE)
"""What stands behind a price of one on a line of its own: `15.50 each`."""
_PER_UNIT = re.compile(r"[^\w\s]?\d{1,4}[.,]\d{2,3}(?:/[^\W\d]{1,4}\.?)?")
"""The price of a unit, often with a digit more than an amount has: `3.299/GAL`."""
_MEASURED = re.compile(r"\d{1,4}(?:[.,]\d{1,3})?")
_MEASURED_DECIMAL = re.compile(r"\d{1,3}[.,]\d{1,2}")
GLUED = re.compile(r"(?P<quantity>\d{1,4})[x×@*](?P<price>\d[\d.,]*[.,]\d{2})", re.IGNORECASE)
"""`1@83.19`: both factors in one word."""
_ARTICLE = re.compile(r"\d{6,14}")
"""The number of an article, as it stands before its name."""
_RATE = re.compile(r"\S*/\S*[^\W\d]\S*")
"""`EUR/kg` behind the price of one."""
_MARK = re.compile(r"[A-Z*×#%]{1,2}|\d{1,2}|[a-z]|[€$£¥]|EUR|USD|GBP|CHF|RM", re.IGNORECASE)
"""What may stand behind an amount: a currency, the letter or number of a rate of tax."""
_MOST_MARKS = 2
_CONTACT = re.compile(
    r"^\W*(tel|fax|phone|telefon|telefax|uid|ust-id\w*|vat (no|reg)|steuer-?nr)\b"
    r"|www\.|[^\W\d]@\S+\.[^\W\d]|https?:",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]{3,}")
_NEAR = Decimal("0.006")
"""An amount is a rounded product."""


@dataclass(frozen=True, kw_only=True)
class PricedLine:
    """Where the parts of an item stand in a passage, as runs of words.

    `words` is its line, `more` those of its neighbours that belong to it, `name_below` what of its
    name stands on lines below.
    """

    name: Run | None
    quantity: Run | None
    price: Run | None
    amount: Run | None
    words: Run
    more: tuple[Run, ...] = ()
    name_below: tuple[Run, ...] = ()

    @property
    def is_glued(self) -> bool:
        """Whether the quantity and the price of one are one word."""
        return self.quantity is not None and self.quantity == self.price

    @property
    def is_factors(self) -> bool:
        """Whether the line says only how many there are, and for how much each."""
        only = self.name is None and self.price is None
        return only and self.quantity is not None and self.amount is not None

    @property
    def is_each(self) -> bool:
        """Whether the line says only the price of one."""
        return self.price is not None and self.quantity is None and self.amount is None

    @property
    def is_rated(self) -> bool:
        """Whether the line says the price of a unit and the amount, but not of how much."""
        only = self.name is None and self.quantity is None
        return only and self.price is not None and self.amount is not None

    @property
    def is_name(self) -> bool:
        """Whether the line has a name and no amount."""
        return self.name is not None and self.amount is None


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text, without accents and upper case."""
    return frozenset(_WORDS.findall(folded(text)))


def parts_of(passage: Passage, line: Run, conventions: Conventions) -> PricedLine:
    """Return the parts of a line, those that it has."""
    words = [_SIGNED.sub("", word.text) for word in passage.words[line.first : line.last]]
    if alone := _alone(line, words):
        return alone
    end = _without_marks(passage, line, words)
    amount = price = quantity = None
    if end and _is_money(passage, line, words, end - 1):
        end -= 1
        amount = end
    if amount is not None:
        end, quantity, price = _factors(passage, line, words, amount, conventions)
    if quantity is not None and _leads(words, quantity, price, amount, conventions):
        end, quantity = quantity + 1, None
    start = 1 if end > 1 and _ARTICLE.fullmatch(words[0]) and words[1][0].isalnum() else 0
    if not start and quantity is None and end and _COUNT.fullmatch(words[0]):
        quantity, start = 0, 1
        while start < end and (_SIGN.fullmatch(words[start]) or _UNIT.fullmatch(words[start])):
            start += 1
    named = start < end and any(map(str.isalpha, "".join(words[start:end])))
    return PricedLine(
        name=_run(line, start, end) if named else None,
        quantity=_one(line, quantity),
        price=_one(line, price),
        amount=_one(line, amount),
        words=line,
    )


def _alone(line: Run, words: list[str]) -> PricedLine | None:
    """Return the parts of a line of factors alone: `11.482 GAL @ 3.299/GAL`, `15.50 each`."""
    if len(words) == 2 and _MONEY.fullmatch(words[0]) and _EACH.fullmatch(words[1]):
        return PricedLine(name=None, quantity=None, price=_one(line, 0), amount=None, words=line)
    if len(words) == 2 and _SIGN.fullmatch(words[0]) and _MONEY.fullmatch(words[1]):
        return PricedLine(name=None, quantity=None, price=_one(line, 1), amount=None, words=line)
    if len(words) > 2 and not any(map(str.isdigit, words[-1])):
        behind = _RATE.fullmatch(words[-1]) or to_currency(words[-1])
        words = words[:-1] if behind else words  # 38,42 l à 18,34 kr/l
    rest = [word for word in words if not (_SIGN.fullmatch(word) or _UNIT.fullmatch(word))]
    signed = len(words) > 2 and any(_SIGN.fullmatch(word) for word in words[1:-1])
    counted = signed and rest == [words[0], words[-1]] and _MEASURED.fullmatch(words[0])
    if not counted or not _PER_UNIT.fullmatch(words[-1]):
        return None
    last = len(words) - 1
    return PricedLine(
        name=None, quantity=_one(line, 0), price=None, amount=_one(line, last), words=line
    )


def amount_in(passage: Passage, run: Run | None, conventions: Conventions) -> Decimal | None:
    """Return the figure of a part, whatever letter or sign stands behind it."""
    if run is None:
        return None
    return _figure(passage.quote(run), conventions)


def multiplies(one: Decimal | None, other: Decimal | None, product: Decimal | None) -> bool:
    """Whether all three are there, and the third is the product of the others, rounded."""
    if one is None or other is None or product is None:
        return False
    return abs(one * other - product) <= _NEAR


def multiply(
    passage: Passage, item: PricedLine, factors: PricedLine, conventions: Conventions
) -> bool:
    """Whether the factors of one line multiply to the amount of another."""
    price = factors.price or (factors.amount if factors.is_factors else None)
    amount = amount_in(passage, item.amount, conventions)
    quantity = amount_in(passage, factors.quantity, conventions)
    each = amount_in(passage, price, conventions)
    return multiplies(quantity, each, None if amount is None else abs(amount))


def without_sign(text: str) -> str:
    """Return a figure without a sign of multiplying before or behind it: `2x`."""
    return _SIGNED.sub("", text).rstrip("x×*X")


def is_money(text: str) -> bool:
    """Whether a word is an amount with cents."""
    return bool(_MONEY.fullmatch(text))


def is_contact(text: str) -> bool:
    """Whether a line tells how to reach the seller, rather than of an item."""
    return bool(_CONTACT.search(text))


def _factors(
    passage: Passage, line: Run, words: list[str], amount: int, conventions: Conventions
) -> tuple[int, int | None, int | None]:
    """Return where the factors before an amount begin, the quantity and the price of one."""
    if amount and GLUED.fullmatch(words[amount - 1]):
        return amount - 1, amount - 1, amount - 1
    rated = amount
    if rated > 1 and _RATE.fullmatch(words[rated - 1]) and _MONEY.fullmatch(words[rated - 2]):
        rated -= 1
    end, price = rated, None
    before = words[rated - 1] if rated else ""
    apart = rated > 0 and (rated < amount or passage.words[line.first + rated - 1].gap != " ")
    if told := _counted(words, rated) or _rated(words, rated):
        return told
    signed = rated > 1 and bool(_SIGN.fullmatch(words[rated - 2]))
    if _MONEY.fullmatch(before) and (apart or signed or _behind_count(words, rated - 1)):
        end = price = rated - 1
    bare = _without_signs(words, end, units=price is not None or end < 3)
    if bare and _is_count(
        words[bare - 1], alone=bare == 1, priced=price is not None, signed=signed
    ):
        return bare - 1, bare - 1, price
    if price is not None and end:
        if _is_product(words[end - 1], words[price], words[amount], conventions):
            return end - 1, end - 1, price
        return (bare if signed else end), None, price
    if end > 2 and _COUNT.fullmatch(words[end - 1]) and _SIGN.fullmatch(words[end - 2]):
        return end - 2, end - 1, None
    if bare < end and bare and _MONEY.fullmatch(words[bare - 1]):
        # 0,59 x  2,36: the count was not read.
        return bare - 1, None, bare - 1
    return end, None, price


def _leads(
    words: list[str], count: int, price: int | None, amount: int | None, conventions: Conventions
) -> bool:
    """Whether the count before a name is the one that is priced, not that behind the name.

    `3 Radler 0,5 1  4,60  13,80`: what stands behind a measure is its unit, misread.
    """
    if not count or price is None or amount is None or not _COUNT.fullmatch(words[0]):
        return False
    first, behind = (
        _is_product(words[at], words[price], words[amount], conventions) for at in (0, count)
    )
    return first and (not behind or bool(_MEASURED_DECIMAL.fullmatch(words[count - 1])))


def _counted(words: list[str], end: int) -> tuple[int, int, int] | None:
    """Return the factors of `0,59 x 4` before an amount, with where they begin."""
    if end < 2 or not _COUNT.fullmatch(words[end - 1]):
        return None
    behind = _without_signs(words, end - 1, units=False)
    if behind < end - 1 and behind and _MONEY.fullmatch(words[behind - 1]):
        return behind - 1, end - 1, behind - 1
    return None


def _is_count(text: str, *, alone: bool, priced: bool, signed: bool) -> bool:
    """Whether a word before a price says how many there are, or how much: `0.5 m @ 14.60`."""
    if priced and signed and _MEASURED.fullmatch(text):
        return True
    return (priced or alone) and bool(_COUNT.fullmatch(text))


def _rated(words: list[str], end: int) -> tuple[int, None, int] | None:
    """Return the price of a unit behind its sign, with where that stands: `à € 1,985/L`."""
    at = end - 1
    if at < 1 or not (_PER_UNIT.fullmatch(words[at]) and "/" in words[at]):
        return None
    sign = at - 2 if at > 1 and to_currency(words[at - 1]) else at - 1
    return (sign, None, at) if _SIGN.fullmatch(words[sign]) else None


def _behind_count(words: list[str], at: int) -> bool:
    """Whether a count and a sign of multiplying stand before a price."""
    bare = _without_signs(words, at, units=True)
    return bare > 0 and bool(_COUNT.fullmatch(words[bare - 1]))


def _is_product(quantity: str, price: str, amount: str, conventions: Conventions) -> bool:
    return multiplies(*(_figure(text, conventions) for text in (quantity, price, amount)))


def _figure(text: str, conventions: Conventions) -> Decimal | None:
    return to_number(without_sign(text), conventions)


def _without_marks(passage: Passage, line: Run, words: list[str]) -> int:
    """Return the end of a line without what stands behind its amount."""
    for marks in range(_MOST_MARKS + 1):
        end = len(words) - marks
        if end > 0 and _is_money(passage, line, words, end - 1):
            if all(_MARK.fullmatch(word) or _RATE.fullmatch(word) for word in words[end:]):
                return end
            break
    return len(words)


def _is_money(passage: Passage, line: Run, words: list[str], at: int) -> bool:
    if _MONEY.fullmatch(words[at]):
        return True
    apart = at > 0 and passage.words[line.first + at].gap != " "
    return apart and bool(_SHORT_MONEY.fullmatch(words[at]))


def _without_signs(words: list[str], end: int, *, units: bool) -> int:
    """Return the end without signs of multiplying, and without units where those are none."""
    while end > 1 and (
        _SIGN.fullmatch(words[end - 1])
        or (units and _UNIT.fullmatch(words[end - 1]))
        or words[end - 1] == to_currency(words[end - 1])
    ):
        end -= 1
    return end


def _run(line: Run, start: int, end: int) -> Run:
    return Run(first=line.first + start, last=line.first + end)


def _one(line: Run, at: int | None) -> Run | None:
    return None if at is None else _run(line, at, at + 1)
