"""The addresses of a page: a name above a street above a town, in a block or on one line.

An address may stand on one line: `Holzwerk Tannert · Lindenstraße 18a · 99423 Weimar`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from docvision.geometry import union
from docvision.tasks.extraction.address_forms import (
    BANKS,
    CARE,
    FIRM,
    FORM,
    HOUSE,
    NAMED_STREET,
    NUMBERED_STREET,
    PLACE,
    POSTAL_CODE,
    ROOM,
    RUN_BY,
    TITLE,
    TOWN,
)
from docvision.tasks.extraction.label_places import OTHER_ADDRESSES, letters_of
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
from docvision.tasks.passage import Passage, Run

_PLACES = 2
"""A British postal code stands on a line of its own, below town and county."""
_FOOT = 0.8
"""Share of a page's height below which a firm says who it is."""
_LARGE, _HIGH = 1.3, 4.5
"""How much larger print is that tells a name, and heights of a line up to the lines below it."""
_MOST_LINES = 4
"""Lines above a street at most."""
_MOST_WORDS = 9
"""Words of a name at most."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """A name right above a street; `person` is who the block begins with, above the name even.

    `titled` says that a line above the name says how to address who is named.
    """

    name: Segment | None
    street: Segment | None
    person: Segment | None = None
    titled: bool = False


class AddressReader:
    """Tells names, streets and towns apart."""

    def __init__(self, passage: Passage, labels: Collection[str], conventions: Conventions) -> None:
        self.segments = segments_of(passage)
        self._passage = passage
        self._labels = labels
        self._conventions = conventions

    def addresses(self) -> Iterator[Address]:
        """Yield the addresses of the page, in order."""
        for segment in self.segments:
            address = self.in_line(segment) or self.in_block(segment)
            if address:
                yield address

    def imprint(self, senders: Sequence[Address]) -> Address | None:
        """Return the address of a firm at the foot of a page, where the first one names no firm.

        The first is then that of who is written to. The firm's street may stand beside its name.
        """
        named = [one for one in senders if one.name]
        if not named or FIRM.search(named[0].name.text if named[0].name else ""):
            return None
        foot = [one for one in senders if one.street and one.street.box[1] >= _FOOT]
        if foot and foot[0].name:
            return next((one for one in foot if one.name and FIRM.search(one.name.text)), None)
        firms = (
            one
            for one in self.segments
            if one.box[1] >= _FOOT and FIRM.search(one.text) and self._is_name(one.text)
        )
        firm = next((one for one in firms if not BANKS.search(one.text)), None)
        street = foot[0].street if foot else None
        return Address(name=firm, street=street) if firm and len(named) == 1 else None

    def in_line(self, here: Segment) -> Address | None:
        """Return the address that stands on one line, between commas or dots."""
        pieces = pieces_of(self._passage, here)
        texts = [piece.text for piece in pieces]
        # A comma may part a town from its state: Akron, OH 44308.
        towns = [
            place
            for place, text in enumerate(texts)
            if any(TOWN.fullmatch(one) for one in (text, ", ".join(texts[place : place + 2])))
        ]
        for town in towns:
            first, street = self._street_before(pieces[:town])
            if street is not None:
                over = list(above(self.segments, here, _HIGH))
                large = self._largest(over[:_MOST_LINES], _LARGE * _height(here))
                if first == 1 and large and not FIRM.search(texts[0]):
                    # The Old Maltings, Brook Lane: a house, and its street.
                    return Address(name=large, street=_joined(pieces[0], street))
                before = pieces[first - 1 :: -1] if first else list(above(self.segments, here))
                return Address(name=self._name(_with_form(before)), street=street)
        return None

    def _largest(self, over: Sequence[Segment], least: float) -> Segment | None:
        """Return the largest name of those printed so high at least (share of the page)."""
        named = (one for one in over if self._is_name(one.text) and _height(one) >= least)
        return max(named, key=_height, default=None)

    def _street_before(self, pieces: Sequence[Segment]) -> tuple[int, Segment | None]:
        """Return the street that ends the pieces before a town, and which of them begins it.

        A room may follow it, and a comma part its number: `Avda. de Aragón, 330`.
        """
        last = len(pieces) - 1
        if last > 0 and HOUSE.fullmatch(pieces[last].text):
            both = _joined(pieces[last - 1], pieces[last])
            return last - 1, both if NAMED_STREET.fullmatch(pieces[last - 1].text) else None
        if last > 0 and ROOM.match(pieces[last].text) and self._is_street(pieces[last - 1].text):
            last -= 1
        return last, pieces[last] if pieces and self._is_street(pieces[last].text) else None

    def in_block(self, here: Segment) -> Address | None:
        """Return the address that ends with a town at a segment."""
        if not TOWN.fullmatch(here.text):
            return None
        street = next(
            (one for one in self._over_code(here) if self._is_street(one.text)),
            None,
        )
        if street is None:
            return None
        return Address(
            name=self._name(list(above(self.segments, street))),
            street=street,
            person=self._person(street),
            titled=any(
                TITLE.fullmatch(one.text)
                for one in islice(above(self.segments, street, TIGHT), _MOST_LINES)
            ),
        )

    def _over_code(self, here: Segment) -> list[Segment]:
        """Return what may be the street above a town; town and county above a bare postal code."""
        over = list(islice(above(self.segments, here), 1 + _PLACES))
        if not POSTAL_CODE.fullmatch(here.text):
            return over[:1]
        places = next(
            (at for at, one in enumerate(over) if not PLACE.fullmatch(one.text)), len(over)
        )
        return over[: places + 1]

    def in_large(self, name: Segment | None, found: Sequence[Address]) -> Segment | None:
        """Return the name in large print above who writes, or above all addresses; else `name`.

        A branch, a trade or who runs the place may stand between a name and its street.
        """
        if name in self.segments and RUN_BY.match(name.text):
            shop = next(above(self.segments, name), None)
            return shop if shop and self._is_name(shop.text) else name
        if name is not None and (name not in self.segments or FIRM.search(name.text)):
            return name
        if name is not None:
            over = list(islice(above(self.segments, name, _HIGH), _MOST_LINES))
            if over and FIRM.search(over[0].text) and self._is_name(over[0].text):
                return over[0]
            least = _LARGE * _height(name)
        else:
            tops = [one.person or one.name or one.street for one in found]
            places = [self.segments.index(one) for one in tops if one in self.segments]
            over = self.segments[: min(places, default=0)]
            least = _LARGE * median([_height(one) for one in self.segments] or [0.0])
        return self._largest([one for one in over if one.text[-1] not in "?!"], least) or name

    def _is_street(self, text: str) -> bool:
        if to_date(text, self._conventions) is not None:
            return False
        # A flat or a floor may follow: Harbour Quay 9, flat 4A.
        return any(
            NUMBERED_STREET.fullmatch(one) or NAMED_STREET.fullmatch(one)
            for one in (text, text.partition(",")[0])
        )

    def _person(self, street: Segment) -> Segment | None:
        """Return the name at the top of the lines that stand close above a street."""
        person: Segment | None = None
        for one in islice(above(self.segments, street, TIGHT), _MOST_LINES):
            if CARE.match(one.text) or TITLE.fullmatch(one.text):
                continue
            if not self._is_name(one.text) or self.in_line(one):
                break
            person = one
        return person

    def _name(self, column: Sequence[Segment]) -> Segment | None:
        """Return the name right above a street, or before it."""
        over = [one for one in column[:2] if not CARE.match(one.text)]
        return next((one for one in over[:1] if self._is_name(one.text)), None)

    def _is_name(self, text: str) -> bool:
        letters = sum(map(str.isalpha, text))
        if letters < 2 or len(text.split()) > _MOST_WORDS or SITE.search(text):
            return False
        if text.endswith(":") or letters_of(text) in self._labels or TITLE.fullmatch(text):
            return False
        if CARE.match(text) or letters_of(text) in OTHER_ADDRESSES:
            return False
        if is_contact(text) or TOWN.fullmatch(text) or sum(map(str.isdigit, text)) > letters:
            return False
        return to_date(text, self._conventions) is None


def _joined(one: Segment, other: Segment) -> Segment:
    """Return two pieces of a line as one, with the comma between them."""
    run = Run(first=one.run.first, last=other.run.last)
    box = union((one.box, other.box))
    return Segment(run=run, text=f"{one.text}, {other.text}", line=one.line, box=box)


def _with_form(column: Sequence[Segment]) -> Sequence[Segment]:
    """Return pieces before a street with the firm's legal form in its name: `Brisa, S.A.U.`"""
    if len(column) > 1 and FORM.fullmatch(column[0].text) and column[0].line == column[1].line:
        return [_joined(column[1], column[0]), *column[2:]]
    return column


def _height(segment: Segment) -> float:
    return segment.box[3] - segment.box[1]
