"""What contracts say in sentences: which law governs them, how long they last, how they end.

This Agreement is governed by the laws of Scotland.        the law
It shall continue for eighteen months from that date.      the term
Die Kündigungsfrist beträgt sechs Monate.                  the period of notice
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.periods import NOTICE, PERIOD, TERM
from docvision.tasks.passage import Passage

LAW = "contract.law"
"""What a schema says of a leaf under `x-docvision-place`."""
IN_SENTENCES = frozenset((TERM, NOTICE, LAW))
"""Places in sentences."""

_SURE, _FIRST = 0.9, 0.7
"""How sure the only period of its kind is, and the first of several."""
_ENDING = re.compile(
    r"notice|notif|kündig|préavis|préalable|preaviso|antelación|preavviso|disdetta|opzeg",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"\b(?:term|continues?|duration|lasts?|period of|valid for|in force|laufzeit|mietzeit|dauert?|"
    r"\w*dauer|befristet|durée|conclue? pour|duración|plazo|vigencia|durata|looptijd|duur|"
    r"periode)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[^\W\d][.;])\s+(?=[^\W\d_]|§|\d+ ?\.)")
_LAWS = re.compile(
    r"\b[Gg]overned\b[^.;]{0,80}?\b(?:by|with|under) (?P<en>(?:the )?laws? (?:in force )?(?:of|in) "
    r"(?:the )?[A-Z][\w ]*|[A-Z][\w ]* law)\b"
    r"|\b(?:gilt|unterliegt|findet|gelten)\b(?: (?:ausschließlich|hierfür))*(?: das| dem)?"
    r" (?P<de>(?:\w+ )?Recht(?: (?:der|des|von) [\w ]+)?)"
    r"|\b(?:régie?s?|soumise?s?|gouvernée?s?) (?:par|à|au)(?: la| le)? "
    r"(?P<fr>(?:droit|lois?) [^\W\d_][\w ]*)"
    r"|\b(?:rige|regirá|regir|somete|sometido)\b[^.;]{0,20}? (?:por|a) "
    r"(?P<es>(?:la |las |el )?(?:ley(?:es)?|derecho|legislación) [^\W\d_][\w ]*)"
    r"|\b(?:regolat|disciplinat|soggett)[oaie] (?:d?all[ae]|d?al) "
    r"(?P<it>(?:legg[ei]|diritto|legislazione) [^\W\d_][\w ]*)"
    r"|\b(?:[Oo]p|beheerst)\b[^.;]{0,60}? (?P<nl>[A-Z]\w+ recht)\b"
)
_ASIDE = re.compile(
    r" (?:excluding|without|unter|mit|à l'exclusion|sans|con|sin|senza|met|"
    r"(?:and|und|et|y|e|en)(?! [A-ZÀ-Þ]))\b.*"
)


def contract_part(passage: Passage, place: str) -> Labelled | None:
    """Return what a sentence of a contract says of a leaf's place, if one does."""
    if place == LAW:
        return _law(passage)
    return _period(passage, ending=place == NOTICE)


def _law(passage: Passage) -> Labelled | None:
    match = _LAWS.search(passage.flat)
    if not match:
        return None
    name = str(match.lastgroup)
    text = _ASIDE.sub("", match[name]).strip()
    return Labelled.at(passage, match.start(name), text, _SURE)


def _period(passage: Passage, *, ending: bool) -> Labelled | None:
    """Return the first period of time in a sentence about how the contract ends, or lasts."""
    found = [
        (start + match.start(), match[0])
        for start, text in _sentences(passage)
        if (bool(_ENDING.search(text)) if ending else _is_about_term(text))
        for match in PERIOD.finditer(text)
    ]
    if not found:
        return None
    several = len({text.casefold() for _, text in found}) > 1
    start, text = found[0]
    return Labelled.at(passage, start, text, _FIRST if several else _SURE)


def _is_about_term(text: str) -> bool:
    return bool(_LASTING.search(text)) and not _ENDING.search(text)


def _sentences(passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a passage with the offsets in its flat text at which they begin."""
    start = 0
    for match in _SENTENCE.finditer(passage.flat):
        yield start, passage.flat[start : match.start()]
        start = match.end()
    yield start, passage.flat[start:]
