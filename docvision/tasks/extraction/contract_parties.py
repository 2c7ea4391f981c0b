"""Who agrees, as contracts say it: `between X (the "Client") and Y (the "Consultant")`.

zwischen X, Kaistraße 4, 23552 Lübeck – nachfolgend „Vermieterin“ – und Y – nachfolgend „Mieterin“
Landlord: X
Tenant: Y
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.passage import Passage

Party = tuple[Labelled, Labelled | None]
"""A name, and what the party is called in the contract."""

_SURE, _LIKELY = 0.9, 0.75
"""How sure a name is with its role behind it, and one without."""
_HEAD = 2500
"""Characters of a contract among which its parties are named."""
_MOST_WORDS = 12
"""Words of a name at most."""

_ARTICLE = r"(?:(?:the|die|der|das|den|les?|la|el|los|las|il|lo|de|het) |l['’])?"
_CALLED = (
    r"(?:hereinafter|hereafter|herein|referred to as|known as|nachfolgend|nachstehend|im folgenden|"
    r"ci-après|dénommée?|désignée?|en adelante|en lo sucesivo|denominad[oa]|di seguito|hierna|"
    r"te noemen|genoemd)[\s:,]*"
)
_OPEN, _SHUT = "\"“”„«‘'»", "\"“”»«’'"
_ROLE = re.compile(
    rf"[(,–—-]\s*(?:(?:{_CALLED})+|jointly |together )?{_ARTICLE}"
    rf"[{_OPEN}]\s*{_ARTICLE}(?P<quoted>[^\W\d][^{_OPEN}{_SHUT}()]{{1,40}}?)\s*[{_SHUT}]"
    rf"|[(,–—-]\s*(?:{_CALLED})+{_ARTICLE}(?P<plain>[^\W\d][\w-]{{2,30}})"
    rf"(?= genannt|\)|,|[{_SHUT}]| [–—-])"
    rf"|\({_ARTICLE}(?P<bare>[^\W\d][^()\"“„«]{{2,30}})\)",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"\b(?:by and between|between|zwischen|entre(?: les soussignés| los abajo firmantes)?|tussen|"
    r"tra|fra|parties)\b(?: (?:the parties|der|dem))?:?",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"agreement|contract|lease|entered|vertrag|contrat|bail\b|convention|acuerdo|accordo|overeenkomst",
    re.IGNORECASE,
)
_NEAR = 200
"""Characters before `between` among which it says that something is agreed."""
_JOINED = re.compile(
    r"(?:[\s,;.:)\]–—\"”“'»«-]|(?:genannt|genoemd)\b|(?P<and>(?:and|und|sowie|et|y|ed?|en)\s|"
    r"\(?(?:\d\)|\d\.|[a-z]\)|[iv]+\))\s)|(?:la société|der|die|de|la)\s)+",
    re.IGNORECASE,
)
_AND = re.compile(r"\s(?:and|und|sowie|et|y|ed?|en)\s", re.IGNORECASE)
_CUT = re.compile(
    r"\s[–—-]\s|\s?\(|;|,(?!\s?(?:inc|llc|ltd|l\.?l\.?c|corp|co|s\.?a|s\.?l|s\.?r\.?l|b\.?v|n\.?v|"
    r"gmbh|plc|llp|lp)\b)"
    r"|\s(?:a|an|with|having|of(?= \d)|whose|residing|incorporated|registered|mit|dont|con|"
    r"domiciliée?|gevestigd|wohnhaft|geschäftsansässig|vertreten|represented|représentée?|"
    r"representad[oa]|rappresentat[oa]|vertegenwoordigd)\s.*",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(r"\.(?=\s|$)(?<!\b[A-Z]\.)(?<!Dr\.)(?<!Mr\.)(?<!Ms\.)(?<!St\.)")


def parties(passage: Passage) -> Iterator[Party]:
    """Yield the parties of a contract, those with their roles before any others."""
    found = list(_with_roles(passage)) or list(_labelled(passage)) or list(_joined(passage))
    if len(found) > 1:
        yield from found


def _with_roles(passage: Passage) -> Iterator[Party]:
    """Yield the names behind which it says what they are called, up to what is no party."""
    text = passage.flat[:_HEAD]
    roles = [one for one in _ROLE.finditer(text) if not one["bare"] or _is_role(one["bare"])]
    intros = list(_INTRO.finditer(text, 0, roles[0].start())) if roles else []
    start = intros[-1].end() if intros else None
    for at, match in enumerate(roles):
        if start is None or (at and not _goes_on(text, start)):
            return
        name = _name(passage, start, match.start())
        start = match.end()
        kind = str(match.lastgroup)
        if name:
            yield name, Labelled.at(passage, match.start(kind), match[kind], _SURE)


def _goes_on(text: str, start: int) -> bool:
    """Whether another party is named at a place: behind `and` or a number."""
    joined = _JOINED.match(text, start)
    return joined is not None and joined["and"] is not None


def _is_role(text: str) -> bool:
    """Whether a party is usually called so: by the whole text, or by its last word."""
    words = [letters_of(word) for word in (text, *re.findall(r"[^\W\d]+", text)[-1:])]
    return not _roles().isdisjoint(words)


@cache
def _roles() -> frozenset[str]:
    text = (resources.files("docvision.tasks.extraction") / "party_roles.txt").read_text("utf-8")
    return frozenset(letters_of(line) for line in text.splitlines() if not line.startswith("#"))


def _labelled(passage: Passage) -> Iterator[Party]:
    """Yield what stands behind the usual names of parties and a colon, line for line."""
    for line in passage.lines:
        text = passage.quote(line)
        role, colon, name = text.partition(":")
        # The tenant (Mieter): Anna Beispiel
        if not colon or not name.strip() or not _is_role(role):
            continue
        start = passage.words[line.first].start
        found = _name(passage, start + len(role) + 1, start + len(text))
        if found:
            yield found, Labelled.at(passage, start, role.strip(), _SURE)


def _joined(passage: Passage) -> Iterator[Party]:
    """Yield the two names of `between X and Y`, in a sentence of its own."""
    text = passage.flat[:_HEAD]
    intro = _INTRO.search(text)
    if intro and not _AGREED.search(text, max(0, intro.start() - _NEAR), intro.start()):
        return
    joint = _AND.search(text, intro.end()) if intro else None
    end = _END.search(text, joint.end()) if joint else None
    if intro and joint and end:
        for name in (
            _name(passage, intro.end(), joint.start(), _LIKELY),
            _name(passage, joint.end(), end.start(), _LIKELY),
        ):
            if name:
                yield name, None


def _name(passage: Passage, start: int, end: int, sure: float = _SURE) -> Labelled | None:
    """Return the name at the beginning of a stretch of the passage's flat text."""
    text = passage.flat[start:end]
    joined = _JOINED.match(text)
    start += joined.end() if joined else 0
    name = _CUT.split(passage.flat[start:end], maxsplit=1)[0].rstrip(" ,;:–—-")
    if not 0 < len(name.split()) <= _MOST_WORDS or not name[0].isupper():
        return None
    return Labelled.at(passage, start, name, sure)
