"""Who writes and to whom, as a page says it: a name above a street above a town.

The first address of a page is that of who writes; another one is that of who is written to.
An address may stand on one line: `Holzwerk Tannert · Lindenstraße 18a · 99423 Weimar`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.extraction.priced_parts import is_contact
from docvision.tasks.extraction.segments import (
    SITE,
    TIGHT,
    Segment,
    above,
    pieces_of,
    segments_of,
)
from docvision.tasks.normalise import Conventions, to_date
from docvision.tasks.passage import Passage

NAME, STREET, RECIPIENT = "letterhead.name", "letterhead.street", "letterhead.recipient"
BANK = "letterhead.bank"
"""What a schema says of a leaf under `x-docvision-place`."""

_SURE = 0.8
_WAYS = (
    r"road|street|st|lane|avenue|ave|rd|ln|drive|dr|close|square|terrace|place|court|way|parkway|"
    r"pkwy|boulevard|blvd|quay|row|rue|quai|allée|chemin|route|cours|impasse|calle|c/|avda|plaza|"
    r"paseo|via|viale|piazza|corso|\w*(?:straße|strasse|str|weg|allee|platz|gasse|damm|ufer|"
    r"straat|laan|plein|kade|gracht|singel|gade|vej|gatan|vägen|gate|veien)|"
    r"crescent|grove|gardens|mews|highway|hwy|circle|bd|"
    r"ul\.|al\.|os\.|pl\.|rua|avenida|av\.|travessa|praça|largo|estrada|rambla|ronda|camino|ctra|"
    r"carrer|polígono|vicolo|strada|piazzale"
)
_NUMBERED_STREET = re.compile(
    r"[^\d;:@]{3,} \d{1,5}(?:\s?[-/]\s?\d{1,4})?\s?[a-z]?|\d{1,5}[a-z]?,? [^\W\d][^@:]{2,}"
)
_NAMED_STREET = re.compile(rf"(?:.*\s)?(?:{_WAYS})\.?(?:\s.*)?", re.IGNORECASE)
_TOWN = re.compile(
    r"(?:[A-Z]{1,3}-)?\d{4,6},? ?(?:[A-Z]{2} )?[^\W\d].*"
    r"|(?:[A-Z]{1,2}-)?(?:\d{2}-\d{3}|\d{4}-\d{3}|\d{3} \d{2}) [^\W\d].*"
    r"|[^\W\d].*\b[A-Z]{2},? \d{5}(?:-\d{4})?"
    r"|(?:[^\W\d].*)?\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?:\..*)?"
)
_TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|dr|herrn?|frau|firma|monsieur|madame|m|mme|sr|sra|spett\.?le|spettabile|dhr|"
    r"mevr|aan)\.?",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"(?:mr|mrs|ms|miss|herrn?|frau|monsieur|madame|mme|mlle|sr|sra|sig|sig\.ra|dhr|de heer|"
    r"mevr|mevrouw|pan|pani|exm[oa]\.? sr\.?ª?|don|doña)\b\.? \S",
    re.IGNORECASE,
)
"""How a person is addressed who is written to."""
_BANKS = re.compile(
    r".*(?:\bbank|bank\b|sparkasse|banque|crédit|caisse d'épargne|\bbanco\b|\bcaja\b|\bbanca\b|"
    r"cassa di risparmio|building society|credit union|kreditanstalt).*",
    re.IGNORECASE,
)
_HEAD = 12
"""Segments of a page's head."""
_CARE = re.compile(r"(?:attn|att|t\.?\s?a\.?\s?v|z\.?\s?hd|c/o|à l'attention)\b", re.IGNORECASE)
_FIRM = re.compile(
    r"(?:gmbh|mbh|\b(?:ag|kg|ohg|e\.k|ug|ltd|limited|plc|llc|inc|corp|co|s\.?a\.?r?\.?l|s\.?a\.?s?|"
    r"s\.?l\.?u?|s\.?p\.?a|s\.?r\.?l|s\.?n\.?c|lda|b\.?v|n\.?v|sp\. z o\.? ?o|ab|a/s|aps))\W*$",
    re.IGNORECASE,
)
"""How the name of a firm ends."""
_LARGE, _HIGH = 1.3, 4.5
"""How much larger print is that tells a name, and heights of a line up to the lines below it."""
_MOST_LINES = 4
"""Lines above a street at most."""
_LABEL_WORDS = 3
"""Words of a label before a name at most."""
_BANK_WORDS = 5
"""Words of a bank's name at most."""
_MOST_WORDS = 9
"""Words of a name at most."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A name right above a street; `person` is who the block begins with, above the name even."""

    name: Segment | None
    street: Segment | None
    person: Segment | None = None


def letterhead(
    passage: Passage,
    part: str,
    labels: Collection[str],
    conventions: Conventions,
    to: Collection[str] = (),
) -> Labelled | None:
    """Return the name or the street of who writes, or the name of who is written to.

    `labels` are the letters of the wordings that label a field: none of them is a name. `to` are
    those of them that label who is written to.
    """
    found = list(addresses(passage, labels, conventions))
    if part == RECIPIENT:
        return _labelled(_recipient(found))
    # A bill may begin with the address of who is to pay.
    segments = segments_of(passage)
    senders = [one for one in found if not (_addressed(one) or _is_labelled(one, segments, to))]
    named = next((one for one in senders if one.name), None)
    if part == NAME:
        reader = _Reader(passage, labels, conventions)
        return _labelled(reader.in_large(named.name if named else None, found))
    return _labelled((named or senders[0]).street if senders else None)


def bank_name(passage: Passage) -> Labelled | None:
    """Return the first name at the head of a page that is a bank's."""
    head = segments_of(passage)[:_HEAD]
    named = (one for one in head if _BANKS.fullmatch(one.text) and ":" not in one.text)
    return _labelled(next((one for one in named if len(one.text.split()) <= _BANK_WORDS), None))


def addresses(
    passage: Passage, labels: Collection[str], conventions: Conventions
) -> Iterator[Address]:
    """Yield the addresses of the first page of a passage, in order."""
    reader = _Reader(passage, labels, conventions)
    for segment in reader.segments:
        address = reader.in_line(segment) or reader.in_block(segment)
        if address:
            yield address


class _Reader:
    """Tells names, streets and towns apart."""

    def __init__(self, passage: Passage, labels: Collection[str], conventions: Conventions) -> None:
        self.segments = segments_of(passage)
        self._passage = passage
        self._labels = labels
        self._conventions = conventions

    def in_line(self, here: Segment) -> Address | None:
        """Return the address that stands on one line, between commas or dots."""
        pieces = pieces_of(self._passage, here)
        texts = [piece.text for piece in pieces]
        # A comma may part a town from its state: Akron, OH 44308.
        towns = [
            place
            for place, text in enumerate(texts)
            if any(_TOWN.fullmatch(one) for one in (text, ", ".join(texts[place : place + 2])))
        ]
        for town in towns:
            if town and self._is_street(pieces[town - 1].text):
                before = pieces[town - 2 :: -1] if town > 1 else list(above(self.segments, here))
                return Address(name=self._name(before), street=pieces[town - 1])
        return None

    def in_block(self, here: Segment) -> Address | None:
        """Return the address that ends with a town at a segment."""
        if not _TOWN.fullmatch(here.text):
            return None
        street = next(above(self.segments, here), None)
        if street is None or not self._is_street(street.text):
            return None
        return Address(
            name=self._name(list(above(self.segments, street))),
            street=street,
            person=self._person(street),
        )

    def in_large(self, name: Segment | None, found: Sequence[Address]) -> Segment | None:
        """Return the name in large print above who writes, or above all addresses; else `name`.

        A branch, a trade or who runs the place may stand between a name and its street.
        """
        if name is not None and (name not in self.segments or _FIRM.search(name.text)):
            return name
        if name is not None:
            over = list(islice(above(self.segments, name, _HIGH), _MOST_LINES))
            least = _LARGE * _height(name)
        else:
            tops = [one.person or one.name or one.street for one in found]
            places = [self.segments.index(one) for one in tops if one in self.segments]
            over = self.segments[: min(places, default=0)]
            least = _LARGE * median([_height(one) for one in self.segments] or [0.0])
        named = (one for one in over if self._is_name(one.text) and one.text[-1] not in "?!")
        large = [one for one in named if _height(one) >= least]
        return max(large, key=_height, default=name)

    def _is_street(self, text: str) -> bool:
        if to_date(text, self._conventions) is not None:
            return False
        # A flat or a floor may follow: Harbour Quay 9, flat 4A.
        return any(
            _NUMBERED_STREET.fullmatch(one) or _NAMED_STREET.fullmatch(one)
            for one in (text, text.partition(",")[0])
        )

    def _person(self, street: Segment) -> Segment | None:
        """Return the name at the top of the lines that stand close above a street."""
        person: Segment | None = None
        for one in islice(above(self.segments, street, TIGHT), _MOST_LINES):
            if _CARE.match(one.text) or _TITLE.fullmatch(one.text):
                continue
            if not self._is_name(one.text) or self.in_line(one):
                break
            person = one
        return person

    def _name(self, column: Sequence[Segment]) -> Segment | None:
        """Return the name right above a street, or before it."""
        return next((one for one in column[:1] if self._is_name(one.text)), None)

    def _is_name(self, text: str) -> bool:
        letters = sum(map(str.isalpha, text))
        if letters < 2 or len(text.split()) > _MOST_WORDS or SITE.search(text):
            return False
        if text.endswith(":") or letters_of(text) in self._labels or _TITLE.fullmatch(text):
            return False
        if is_contact(text) or _TOWN.fullmatch(text) or sum(map(str.isdigit, text)) > letters:
            return False
        return to_date(text, self._conventions) is None


def _recipient(found: Sequence[Address]) -> Segment | None:
    """Return who stands in the first address that is not that of who writes."""
    addressed = next((one for one in map(_addressed, found) if one), None)
    if addressed:
        return addressed
    first = _letters(found[0].street) if found else ""
    others = (one for one in found if _letters(one.street) != first)
    return next((one.person for one in others if one.person), None)


def _addressed(address: Address) -> Segment | None:
    """Return the name of an address that is addressed as a person who is written to."""
    names = (address.person, address.name)
    return next((one for one in names if one and _ADDRESSED.match(one.text)), None)


def _is_labelled(address: Address, segments: Sequence[Segment], labels: Collection[str]) -> bool:
    """Whether one of some labels begins an address, or stands above it."""
    top = address.person or address.name or address.street
    if top is None:
        return False
    words = top.text.split()
    begins = (letters_of(" ".join(words[:count])) for count in range(1, _LABEL_WORDS + 1))
    over = next(above(segments, top), None) if top in segments else None
    return any(one in labels for one in begins) or _letters(over) in labels


def _height(segment: Segment) -> float:
    return segment.box[3] - segment.box[1]


def _letters(segment: Segment | None) -> str:
    return letters_of(segment.text) if segment else ""


def _labelled(segment: Segment | None) -> Labelled | None:
    return Labelled(run=segment.run, text=segment.text, sure=_SURE) if segment else None
