"""Where labels stand: `Due:` and `SUMME EUR`, at the beginning of a line or a column.

A label is what a schema says that a field goes by (`x-docvision-labels`), or the field's own name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz import fuzz, process

from docvision.schemas.shape import Leaf
from docvision.tasks.extraction.candidates import has_month
from docvision.tasks.extraction.plausible import name_of
from docvision.tasks.extraction.segments import PARTS
from docvision.tasks.normalise import folded, to_currency
from docvision.tasks.passage import Passage, Placed

TITLE = "heading.title"
"""What a schema says of a leaf under `x-docvision-place` whose value is the heading of a page."""
OTHER_ADDRESSES = frozenset(
    (
        "serviceaddress", "shipto", "deliverto", "deliveryaddress", "shippingaddress",
        "siteaddress", "lieferanschrift", "lieferadresse", "lieferungan", "adressedelivraison",
        "livrea", "livraison", "direcciondeentrega", "indirizzodiconsegna",
        "destinazione", "afleveradres", "leveringsadres", "adresdostawy", "moradadeentrega",
        "bezorgadres", "leveradres", "leveringsadresse", "luogodiconsegna", "lieudelivraison",
    )
)  # fmt: skip
"""Letters of labels over addresses that are neither the writer's nor of who is written to."""
_LONGEST = 5
"""Words of a label at most."""
_ALIKE = 88.0
"""Similarity (0-100) from which letters are a label that OCR misread; short ones must be exact."""
_FUZZY_FROM = 6
"""Letters of such a label at least."""
_WHEN_MADE = frozenset(("madeon", "enteredintoasof", "datedasof", "dated", "dateofagreement"))
"""Letters of labels of the day on which a contract is made, which may begin on another."""
_MADE = 0.05
"""What such a day loses beside one on which it begins."""
_DOUBT = 0.15
"""What a value loses whose label is short and has no colon, or is misread."""

_GLUED = re.compile(r"(?![^\W\d_]\.[^\W\d_])(?P<label>\D*[^\W\d_])[.:=]{1,2}(?P<value>[\w#+(].*)")
"""A label and its value in one word; `a.m.` is none."""
PERCENT = re.compile(r"\(?\d{1,2}(?:[.,]\d{1,2})?%\)?:?")
"""A rate, in a word of its own."""
_FIGURE = re.compile(r"\W?\d[\d.,'’]*[.,]\d{2}\W?")
_NUMBERED = re.compile(r"\d[a-z][.)]")
"""The label of a field of a form whose fields are numbered: `4c.`"""
_UMLAUT = re.compile(r"([aou])e(?![aeiou])")
_BEGUN = re.compile(r"\W?\d")
_BEFORE = frozenset(("incl", "inkl", "including", "zzgl", "plus", "davon", "excl", "enthaltene"))
"""Words before a label that belong to it."""


@dataclass(frozen=True, kw_only=True)
class LabelPlace:
    """A label: the words it takes up, and whose it is.

    Attributes:
        first: Its first word.
        last: Behind its last word.
        keys: The fields that go by it.
        glued: The value that stands in its last word, if one does.
        colon: Whether it ends with a colon.
        inline: Whether it is part of a sentence, its figure right behind it: `due by 3 May`.
        doubt: What its value loses of its sureness.
        qualifies: Whether it follows another label as if it were part of it: `Partita IVA cliente`.
    """

    first: int
    last: int
    keys: tuple[str, ...]
    glued: str = ""
    colon: bool = False
    inline: bool = False
    doubt: float = 0.0
    qualifies: bool = False


def label_places(passage: Passage, leaves: Sequence[Leaf]) -> list[LabelPlace]:
    """Return where the labels of fields stand in a passage, in order."""
    wordings = wordings_of(leaves)
    found: list[LabelPlace] = []
    for at in range(len(passage.words)):
        if (found and at < found[-1].last) or passage.words[at].text in PARTS:
            continue
        place = _place(passage, at, wordings)
        # Within a line a label has a colon, or follows another one, a figure or a dash; else it is
        # words of a sentence.
        chained = bool(found) and found[-1].last == at and not found[-1].glued
        chained = chained or (at > 0 and _parts(passage.words[at - 1].text))
        sure = place is not None and not place.doubt and (place.colon or chained)
        sure = sure or (place is not None and bool(_NUMBERED.fullmatch(passage.words[at].text)))
        if place and found and _is_prefix(passage, place, found[-1]):
            continue
        if place and (sure or _begins(passage, at)):
            qualifies = bool(found) and not found[-1].colon and not _begins(passage, at)
            found.append(replace(place, qualifies=chained and qualifies))
        elif place and _is_before_figure(passage, place):
            found.append(replace(place, inline=True))
    return found


def _parts(text: str) -> bool:
    """Whether a word ends what stands before a label: a sum, a dash."""
    return text in PARTS or bool(_FIGURE.fullmatch(text))


def _is_prefix(passage: Passage, place: LabelPlace, before: LabelPlace) -> bool:
    """Whether a label of the same field begins its value: `Your order  PO 7731`."""
    words, last = passage.words, place.last
    behind = place.first == before.last and words[place.first].line == words[before.first].line
    goes_on = last < len(words) and words[last].gap == " "
    bare = not (place.colon or place.glued or before.glued)
    return behind and bare and goes_on and not set(place.keys).isdisjoint(before.keys)


def wordings_of(leaves: Iterable[Leaf]) -> Mapping[str, Collection[str]]:
    """Return the letters of all that fields go by, with the keys of those fields in order."""
    wordings: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for leaf in leaves:
        # Below a signature `Title` is that of who signs.
        own = () if leaf.place == TITLE else _spellings(name_of(leaf))
        for wording in (*own, *leaf.labels):
            wordings[letters_of(wording)][leaf.key] = None
    return wordings


def _spellings(name: str) -> tuple[str, ...]:
    """Return a field's name, and as it is spelt with umlauts: `pruefkosten` is `Prüfkosten`."""
    return tuple(dict.fromkeys((name, _UMLAUT.sub(r"\1", name))))


def _place(
    passage: Passage, first: int, wordings: Mapping[str, Collection[str]]
) -> LabelPlace | None:
    """Return the longest label that begins at a word."""
    best: LabelPlace | None = None
    joined = ""
    for last in range(first + 1, min(first + _LONGEST, len(passage.words)) + 1):
        word = passage.words[last - 1]
        if last - 1 > first and (word.gap != " " or word.line != passage.words[first].line):
            break
        glued = _GLUED.fullmatch(word.text)
        joined += letters_of(glued["label"] if glued else word.text)
        colon = bool(glued) or word.text.endswith(":")
        known = _known(joined, wordings)
        if known and (known[1] or best is None):
            wording, exact = known
            best = LabelPlace(
                first=first,
                last=last,
                keys=tuple(wordings[wording]),
                glued=glued["value"] if glued else "",
                colon=colon or _is_colon(passage, last),
                doubt=_DOUBT * (not exact)
                + _DOUBT * (len(joined) <= 3 and not colon)
                + _MADE * (joined in _WHEN_MADE),
            )
        if colon:
            break
    return best


def _known(joined: str, wordings: Mapping[str, Collection[str]]) -> tuple[str, bool] | None:
    if joined in wordings and joined:
        return joined, True
    if len(joined) < _FUZZY_FROM:
        return None
    near = [one for one in wordings if abs(len(one) - len(joined)) <= 1]
    found = process.extractOne(joined, near, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return (found[0], False) if found else None


def _begins(passage: Passage, at: int) -> bool:
    """Whether a label may begin here: where a column begins, behind a colon, behind `incl.`"""
    word = passage.words[at]
    if word.gap != " " or word.text.endswith(":") or _GLUED.fullmatch(word.text):
        return True
    before = passage.words[at - 1].text
    behind = before.endswith(":") or letters_of(before) in _BEFORE
    if before == "%" and at > 1:
        return _begins(passage, at - 2)
    return behind or (bool(PERCENT.fullmatch(before)) and _begins(passage, at - 1))


def _is_before_figure(passage: Passage, place: LabelPlace) -> bool:
    """Whether a label of two words at least has a figure right behind it."""
    words = passage.words
    follows = place.last < len(words) and words[place.last].line == words[place.first].line
    long = place.last - place.first > 1 and not place.doubt and not place.glued
    if not (long and follows):
        return False
    at = behind_currency(words, place.last)
    return (at < len(words) and bool(_BEGUN.match(words[at].text))) or _is_month(words, place.last)


def behind_currency(words: Sequence[Placed], at: int) -> int:
    """Return where a figure may begin that has its currency before it: `GBP 6,420,000.00`."""
    named = at < len(words) and words[at].text.isalpha() and to_currency(words[at].text)
    return at + bool(named)


def _is_month(words: Sequence[Placed], at: int) -> bool:
    """Whether a date begins at a word with its month: `November 1, 2026`."""
    after = words[at + 1].text if at + 1 < len(words) else ""
    return words[at].text[:1].isupper() and has_month(words[at].text) and after[:1].isdigit()


def _is_colon(passage: Passage, at: int) -> bool:
    return at < len(passage.words) and passage.words[at].text == ":"


@cache
def letters_of(text: str) -> str:
    """Return the letters and digits of a text, without accents and upper case."""
    return "".join(mark for mark in folded(text) if mark.isalnum())
