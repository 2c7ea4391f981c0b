"""Whether a text can be what its field is called: an e-mail has its sign, a number digits."""

from __future__ import annotations

import re
from itertools import pairwise

from docvision.schemas.expand import simplify
from docvision.schemas.formats import has_form
from docvision.schemas.shape import Kind, Leaf
from docvision.schemas.validity import is_valid
from docvision.tasks.evidence import words_of_key
from docvision.tasks.extraction.periods import NOTICE, PERIOD, TERM
from docvision.tasks.normalise import Conventions, folded, to_date

_NUMBERED = frozenset(("number", "no", "id", "iban", "code"))
_NUMBER = re.compile(
    r"(?:\w*(?:nummer|nr|numer|numero|nif|nipc|nip|cif|siren|siret|cvr|regon|pesel|vat id|tax id)"
    r"|partita iva|codice fiscale|steuer ?id|dic|ico)"
)
"""Words in the names of fields whose values have digits, and what such names end with abroad."""
_DATED = frozenset(("date", "day", "period", "reference", "delivery", "when", "time"))
"""Words in the names of texts that may be a date."""
_NAMES = frozenset(
    ("name", "signatory", "sender", "recipient", "holder", "bank", "nationality", "authority")
)
"""Words in the names of texts that are no sentences."""
_PHONES = frozenset(("phone", "telephone", "mobile", "fax", "tel"))
"""Words in the names of telephone numbers."""
_NAME_WORDS, _DATE_WORDS = 10, 3
"""Words of a name and of a date at most."""
_PERIOD_WORDS = 8
"""Words of a length of time at most, with what it is of: `thirty (30) days' written notice`."""
_NUMBER_WORDS = 9
"""Words of a number at most; an IBAN may be written in groups of four."""
_ENDED = re.compile(r"(?:[^\W\d_]{4,}|\d{6,})\.")
"""A word or a number that ends a sentence."""
_AMOUNT = re.compile(r"(?<!\S)\D?[\d.,]*\d[.,]\d{2}(?!\S)")


def name_of(leaf: Leaf) -> str:
    """Return the words of a field's own name."""
    return words_of_key(leaf.path[-1] if leaf.path else leaf.key)


def is_numbered(leaf: Leaf) -> bool:
    """Whether a field is a number or a code by its name."""
    name = name_of(leaf)
    words = folded(name).split()
    abroad = any(_NUMBER.fullmatch(one) for one in (*words, *map(" ".join, pairwise(words))))
    return abroad or bool(_NUMBERED & set(name.split()))


def is_phone(leaf: Leaf) -> bool:
    """Whether a field is a telephone number by its name."""
    return not _PHONES.isdisjoint(name_of(leaf).split())


def is_email(leaf: Leaf) -> bool:
    """Whether a field is an e-mail address by its name."""
    return not {"email", "mail"}.isdisjoint(name_of(leaf).split())


def looks_like(leaf: Leaf, text: str) -> bool:
    """Whether a text can be what a field's name says: a number has digits, an e-mail its sign."""
    named = set(name_of(leaf).split())
    if leaf.kind not in (Kind.TEXT, Kind.CODE):
        return True
    if is_email(leaf):
        return "@" in text
    digits = sum(map(str.isdigit, text))
    if text.count(")") > text.count("("):
        return False  # It is the end of something else.
    if leaf.kind is Kind.CODE and (_AMOUNT.search(text) or "%" in text):
        return False
    if named & _PHONES:
        return digits >= 5
    if is_numbered(leaf):
        return digits > 0 and not _is_remark(text)
    if "name" in named:
        return sum(map(str.isalpha, text)) > max(1, digits)
    return True


def _is_remark(text: str) -> bool:
    """Whether a text is what is said of something rather than its number: `Project: May 2026`."""
    words = text.split()
    ends = any(word[-1] in ":;" or _ENDED.fullmatch(word) for word in words[:-1])
    return ends or len(words) > _NUMBER_WORDS


def tells(leaf: Leaf, text: str, conventions: Conventions) -> bool:
    """Whether a text can be what its field is called though no label says so.

    A small model that is asked for a period, a name, a place says the nearest words rather than
    nothing: a date, half a sentence.
    """
    if not looks_like(leaf, text):
        return False
    if leaf.kind is not Kind.TEXT:
        return True
    if text.count("(") > text.count(")"):
        return False  # It breaks off within what stands in brackets.
    named = set(name_of(leaf).split())
    if leaf.place in (TERM, NOTICE):
        return PERIOD.search(text) is not None and len(text.split()) <= _PERIOD_WORDS
    if named & _NAMES and len(text.split()) > _NAME_WORDS:
        return False
    dated = bool(named & _DATED) or is_numbered(leaf)
    return dated or len(text.split()) > _DATE_WORDS or to_date(text, conventions) is None


def is_accepted(leaf: Leaf, value: object) -> bool:
    """Whether a leaf's schema takes a value, which has the form of the leaf's format."""
    return is_valid(leaf.node, value) and has_form(str(simplify(leaf.node).get("format")), value)
