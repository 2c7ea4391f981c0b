"""Which list of a schema a heading names: `Deductions`, `II. DEDUCCIONES`, `Bezüge (EUR)`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from docvision.schemas.shape import Listing
from docvision.tasks.answering.terms import WEAK, alike, subject_terms
from docvision.tasks.evidence import words_of_key
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.extraction.sum_words import SUMMARY

_LONGEST = 6
"""Words of such a heading at most."""
_ALIKE, _LONG = 90.0, 7
"""Similarity (0-100) from which letters are a name that OCR misread, and letters of it at least."""
_NUMBERED = re.compile(r"^\W*(?:(?:[IVX]{1,4}|[A-Z]|\d{1,2})[.)]\s+)?")
_CURRENCY = re.compile(r"[\s(\[]+(?:in\s+)?(?:EUR|USD|GBP|CHF|PLN|SEK|€|£|\$|zł)\W*$")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, kw_only=True)
class ListNames:
    """What the lists of a record go by: their labels, their own names, what those mean.

    Attributes:
        others: The letters of what names no list: totals.
    """

    listings: Sequence[Listing]
    others: frozenset[str] = frozenset()

    def told(self, text: str) -> Listing | None:
        """Return the one list that a text names and says no more; None where none or several."""
        bare = _CURRENCY.sub("", _NUMBERED.sub("", " ".join(text.split())))
        letters = letters_of(bare)
        if not letters or _DIGIT.search(bare) or len(bare.split()) > _LONGEST:
            return None
        whole = letters_of(text)
        exact = [one for one, names in self._names if not names.isdisjoint((letters, whole))]
        if exact and (whole == letters or whole not in self.others):
            return exact[0] if len(exact) == 1 else None
        if whole in self.others or SUMMARY.search(bare):
            return None
        near = [one for one, names in self._names if _is_near(letters, names)] or [
            one for one in self.listings if not one.labels and _is_meant(one, bare)
        ]
        return near[0] if len(near) == 1 else None

    @cached_property
    def _names(self) -> list[tuple[Listing, frozenset[str]]]:
        return [
            (one, frozenset(letters_of(name) for name in (_name_of(one), *one.labels)))
            for one in self.listings
        ]


def _name_of(listing: Listing) -> str:
    return words_of_key(listing.path[-1] if listing.path else listing.key)


def _is_near(letters: str, names: frozenset[str]) -> bool:
    return len(letters) >= _LONG and any(fuzz.ratio(letters, one) >= _ALIKE for one in names)


def _is_meant(listing: Listing, text: str) -> bool:
    """Whether all that a list's name says is what a text says, in whatever language."""
    named, said = (
        [term for term, weight in subject_terms(one).items() if weight > WEAK]
        for one in (_name_of(listing), text)
    )
    return (
        bool(named)
        and len(named) == len(said)
        and all(any(alike(term, other) for other in said) for term in named)
    )
