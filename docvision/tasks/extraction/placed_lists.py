"""Lists told by how they stand on a page: a form's fields with what was filled in, clauses.

Surname: Petersen          Applicant name      Taxpayer ID          § 1 Subject of the lease
First name: Wiebke         Darnell Hutchinson  88-4410273           2. Term
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from docvision.schemas.shape import Leaf, Listing
from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.contract_parties import parties
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.extraction.segments import Segment, is_over, segments_in
from docvision.tasks.normalise import Conventions
from docvision.tasks.passage import Passage, Run

FIELDS, CLAUSES, PARTIES = "form.fields", "contract.clauses", "contract.parties"
"""What a schema says of a list under `x-docvision-place`."""

_COLON, _SURE = 0.92, 0.88
"""How sure a value behind a colon is, and what only its place tells."""
_LABEL_WORDS, _HEADING_WORDS = 8, 8
"""Words of a label and of a heading at most."""
_CLAUSE = re.compile(
    r"(?P<number>§ ?\d+(?:[a-z](?![^\W\d_]))?"
    r"|(?:article|artikel|art\.?|clause|section|ziffer|artículo|articolo) \d+"
    r"|\d{1,2}(?:\.\d{1,2})?)[.):]?\s*(?P<heading>[^\W\d_].*)",
    re.IGNORECASE,
)

_Pair = tuple[Labelled, Labelled | None]


def placed_list(
    passages: Iterable[Passage], listing: Listing, conventions: Conventions
) -> tuple[FoundRecord, ...]:
    """Return the items of a list whose schema says how it stands on a page; none, maybe."""
    read, leaves = _READERS.get(listing.place), listing.item.leaves[:2]
    if read is None or len(leaves) < 2:
        return ()
    label, value = (leaf.key for leaf in leaves)
    found: list[FoundRecord] = []
    for passage in passages:
        found += (
            _record(passage, listing.item.leaves, {label: pair[0], value: pair[1]}, conventions)
            for pair in read(passage)
        )
        if found and listing.place == PARTIES:
            break  # They are named once; other pages say so again.
    return tuple(found)


def _record(
    passage: Passage,
    leaves: Sequence[Leaf],
    parts: Mapping[str, Labelled | None],
    conventions: Conventions,
) -> FoundRecord:
    found: dict[str, Found] = {}
    for leaf in leaves:
        part = parts.get(leaf.key)
        found[leaf.key] = (part and part.found(passage, leaf, conventions)) or Found()
    return FoundRecord(leaves=found)


def _fields(passage: Passage) -> Iterator[_Pair]:
    """Yield labels with the values behind their colons, or below them, line for line."""
    lines = [segments_in(passage, line) for line in passage.lines]
    at = 0
    while at < len(lines):
        with_colons = [pair for one in lines[at] if (pair := _behind_colon(passage, one))]
        if with_colons:
            yield from with_colons
        elif is_over(lines, at):
            for label, value in zip(lines[at], lines[at + 1], strict=True):
                yield _labelled(label), _labelled(value)
            at += 1
        at += 1


def _behind_colon(passage: Passage, segment: Segment) -> _Pair | None:
    words = passage.words
    first, last = segment.run.first, segment.run.last
    colon = next((at for at in range(first, last) if words[at].text.endswith(":")), None)
    if colon is None or colon + 1 >= last or colon - first >= _LABEL_WORDS:
        return None
    label, value = Run(first=first, last=colon + 1), Run(first=colon + 1, last=last)
    name = passage.quote(label).rstrip(" :")
    if not any(map(str.isalpha, name)):
        return None
    return (
        Labelled(run=label, text=name, sure=_COLON),
        Labelled(run=value, text=passage.quote(value), sure=_COLON),
    )


def _clauses(passage: Passage) -> Iterator[_Pair]:
    """Yield the numbers and headings of clauses, if there are two that follow one another."""
    found = [
        (match, line)
        for line in passage.lines
        if (match := _CLAUSE.fullmatch(passage.quote(line))) and _is_heading(match["heading"])
    ]
    numbers = [float(re.sub(r"[^\d.]", "", match["number"]).strip(".")) for match, _ in found]
    if not any(0 < after - before <= 1 for before, after in pairwise(numbers)):
        return
    for match, line in found:
        words = len(match["number"].split())
        glued = passage.quote(Run(first=line.first, last=line.first + words)) != match["number"]
        split = line.first + words - (glued and line.last - line.first == words)
        yield (
            Labelled(
                run=Run(first=line.first, last=max(split, line.first + 1)),
                text=re.sub("§ ?", "§ ", match["number"]),
                sure=_SURE,
            ),
            Labelled(run=Run(first=split, last=line.last), text=match["heading"], sure=_SURE),
        )


def _is_heading(text: str) -> bool:
    short = len(text.split()) <= _HEADING_WORDS
    return short and text[0].isupper() and text.rstrip()[-1] not in ".,;"


def _labelled(segment: Segment) -> Labelled:
    return Labelled(run=segment.run, text=segment.text, sure=_SURE)


_READERS: Mapping[str, Callable[[Passage], Iterator[_Pair]]] = {
    FIELDS: _fields,
    CLAUSES: _clauses,
    PARTIES: parties,
}
