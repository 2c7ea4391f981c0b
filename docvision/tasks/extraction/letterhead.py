"""Who writes and to whom, as the addresses of a page say it.

The first address of a page is that of who writes; another one is that of who is written to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from docvision.tasks.extraction.address_forms import ADDRESSED, BANKS, BRANCH, FIRM, MARKS
from docvision.tasks.extraction.addresses import Address, AddressReader
from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.extraction.segments import TIGHT, Segment, above, segments_of
from docvision.tasks.normalise import Conventions
from docvision.tasks.passage import Passage, Run

NAME, STREET, RECIPIENT = "letterhead.name", "letterhead.street", "letterhead.recipient"
BANK, HOLDER = "letterhead.bank", "letterhead.holder"
ADDRESSES = frozenset((NAME, STREET, RECIPIENT, BANK, HOLDER))
"""What a schema says of a leaf under `x-docvision-place`."""

_SURE = 0.8
_HEAD = 12
"""Segments of a page's head."""
_LABEL_WORDS = 3
"""Words of a label before a name at most."""
_BANK_WORDS = 5
"""Words of a bank's name at most."""


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
    reader = AddressReader(passage, labels, conventions)
    found = list(reader.addresses())
    if part == RECIPIENT:
        # Where a firm says at the foot who it is, the first address is whom it writes to.
        told = reader.imprint(found)
        first = next((one.name for one in found if one.name), None) if told else None
        return _labelled(first or _recipient(found))
    if part == HOLDER:
        return _labelled(_holder(found))
    # A bill may begin with the address of who is to pay.
    senders = [
        one for one in found if not (_addressed(one) or _is_labelled(one, reader.segments, to))
    ]
    named = reader.imprint(senders) or next((one for one in senders if one.name), None)
    if part == NAME:
        # A street without a name may stand beside one in large print.
        bare = named is not None and senders[0].name is None
        large = reader.in_large(None, found) if bare else None
        return _labelled(large or reader.in_large(named.name if named else None, found))
    return _labelled((named or senders[0]).street if senders else None)


def bank_name(passage: Passage) -> Labelled | None:
    """Return the first name at the head of a page that is a bank's."""
    head = segments_of(passage)[:_HEAD]
    named = (one for one in head if BANKS.fullmatch(one.text) and ":" not in one.text)
    return _labelled(next((one for one in named if len(one.text.split()) <= _BANK_WORDS), None))


def firm_below(passage: Passage, run: Run) -> Run | None:
    """Return the name of a firm right below another name: `Jonah Fairweather / Copper Press LLC`.

    None where the name is a firm's itself, or no firm stands there.
    """
    segments = segments_of(passage)
    named = next((one for one in segments if one.run == run), None)
    if named is None or FIRM.search(named.text):
        return None
    below = (one for one in segments if one.line > named.line and ":" not in one.text)
    firms = (one for one in below if FIRM.search(one.text))
    return next(
        (one.run for one in firms if next(above(segments, one, TIGHT), None) == named), None
    )


def _recipient(found: Sequence[Address]) -> Segment | None:
    """Return who stands in the first address that is not that of who writes."""
    addressed = next((one for one in map(_addressed, found) if one), None)
    if addressed:
        return addressed
    first = _letters(found[0].street) if found else ""
    others = (one for one in found if _letters(one.street) != first)
    return next((one.person for one in others if one.person), None)


def _holder(found: Sequence[Address]) -> Segment | None:
    """Return who a bank writes to: the first in an address that is not a bank's or a branch's."""
    names = (name for one in found for name in (_addressed(one), one.person, one.name))
    others = (one for one in names if one and not BANKS.fullmatch(one.text))
    return next((one for one in others if not BRANCH.match(one.text)), None)


def _addressed(address: Address) -> Segment | None:
    """Return who an address begins with that is addressed to a person.

    A firm may stand above the person: `Halden Maritime AG / Herrn Max Meier`.
    """
    names = [one for one in (address.person, address.name) if one]
    addressed = address.titled or any(ADDRESSED.match(one.text) for one in names)
    return names[0] if names and addressed else None


def _is_labelled(address: Address, segments: Sequence[Segment], labels: Collection[str]) -> bool:
    """Whether one of some labels begins an address, or stands above it."""
    top = address.person or address.name or address.street
    if top is None:
        return False
    words = top.text.split()
    begins = (letters_of(" ".join(words[:count])) for count in range(1, _LABEL_WORDS + 1))
    over = next(above(segments, top), None) if top in segments else None
    return any(one in labels for one in begins) or _letters(over) in labels


def _letters(segment: Segment | None) -> str:
    return letters_of(segment.text) if segment else ""


def _labelled(segment: Segment | None) -> Labelled | None:
    if segment is None:
        return None
    return Labelled(run=segment.run, text=MARKS.sub("", segment.text), sure=_SURE)
