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
_ORDINALS = (
    ("primera", "primero", "primeira", "première", "premier", "prima", "primo", "first"),
    ("segunda", "segundo", "seconde", "deuxième", "seconda", "secondo", "second"),
    ("tercera", "tercero", "terceira", "troisième", "terza", "terzo", "third"),
    ("cuarta", "cuarto", "quarta", "quatrième", "quarto", "fourth"),
    ("quinta", "quinto", "cinquième", "fifth"),
    ("sexta", "sexto", "sixième", "sesta", "sesto", "sixth"),
    ("séptima", "séptimo", "sétima", "septième", "settima", "settimo", "seventh"),
    ("octava", "octavo", "oitava", "huitième", "ottava", "ottavo", "eighth"),
    ("novena", "noveno", "nona", "neuvième", "nono", "ninth"),
    ("décima", "décimo", "dixième", "decima", "decimo", "tenth"),
)
"""How clauses are counted in words, from one: `PRIMERA.- Objeto.`"""
_COUNTED = {word: at for at, words in enumerate(_ORDINALS, start=1) for word in words}
_CLAUSE = re.compile(
    r"(?P<number>§ ?\d+(?:[a-z](?![^\W\d_]))?"
    r"|(?:article|artikel|art\.?|clause|section|ziffer|artículo|articolo) \d+"
    rf"|(?:{'|'.join(_COUNTED)})(?=[.:]|\s[-–—])"
    r"|\d{1,2}(?:\.\d{1,2})?)[.):]?\s*(?:[-–—]\s*)?(?P<heading>[^\W\d_].*)",
    re.IGNORECASE,
)

_RUN_IN = re.compile(
    r"(?:(?:§ ?)?\d{1,2}(?:\.\d{1,2})?[.)]?|[A-ZÀ-Þ]{5,}\.? ?[-–—]) [A-ZÀ-Þ][^.;:]{2,60}\."
    r"(?= [A-ZÀ-Þ])"
)
"""A heading that the text of its clause follows on the line."""

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
    """Yield the numbers and headings of clauses, if two follow one another or one has parts."""
    found = [
        (match, line)
        for line in passage.lines
        if (match := _clause(passage.quote(line))) and _is_heading(match["heading"])
    ]
    numbers = [_counted(match["number"]) for match, _ in found]
    follow = any(0 < after - before <= 1 for before, after in pairwise(numbers))
    if not follow and not any(_has_parts(passage, number) for number in numbers):
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
            Labelled(
                run=_within(passage, split, line.last, match), text=match["heading"], sure=_SURE
            ),
        )


def _has_parts(passage: Passage, number: float) -> bool:
    """Whether lines begin with parts of a clause: `10.1` and `10.2` below `10. Equipment`."""
    part = re.compile(rf"{number:g}\.\d")
    return sum(bool(part.match(passage.words[line.first].text)) for line in passage.lines) > 1


def _counted(number: str) -> float:
    """Return the number of a clause: that of `Article 4` is 4, of `TERCERA` 3."""
    word = _COUNTED.get(number.casefold())
    return float(word or re.sub(r"[^\d.]", "", number).strip("."))


def _clause(text: str) -> re.Match[str] | None:
    """Return a line that is a heading, or that begins with one: `7. Termination. Either party`."""
    run_in = _RUN_IN.match(text)
    return _CLAUSE.fullmatch(run_in[0].rstrip(".")) if run_in else _CLAUSE.fullmatch(text)


def _within(passage: Passage, first: int, last: int, match: re.Match[str]) -> Run:
    """Return the words of a heading, without the text that follows on its line."""
    end = min(last, first + len(match["heading"].split()))
    return (
        Run(first=first, last=max(end, first + 1)) if first < last else Run(first=first, last=last)
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
