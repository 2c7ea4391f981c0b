"""Figures by the unit that a question counts in: `How many litres`, `Wie viele Stunden`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from docvision.tasks.answering.asked import Asked
from docvision.tasks.answering.concepts import first_words, terms_in
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.lexical import folded, lines_of
from docvision.tasks.answering.spans import is_number
from docvision.tasks.answering.terms import WEAK, related
from docvision.tasks.evidence import evidence_of
from docvision.tasks.passage import Passage, Run

_SURE = 0.85
"""How sure a figure is with its unit on the line of all that is asked for besides."""
_ABOVE = 0.9
"""What a word counts on the line above, as the name of a thing above its quantity."""
_ONLY, _ONE_OF = 0.9, 0.6
"""What is left where nothing else says which figure is meant: of the only one, of several."""
_NUMBER = re.compile(r"\d[\d.,' ]*")
_GLUED = re.compile(r"(\d[\d.,']*)([^\W\d_][^\W_]{0,11})\W*")


def unit_findings(asked: Asked, passage: Passage) -> Iterator[Finding]:
    """Yield the figures of a page that have the unit which a question counts in."""
    own = asked.own[0] if asked.own else {}
    units = {term: _unit(term) for term in terms_in(asked.question)}
    forms = frozenset[str]().union(*units.values())
    if not forms and "count" in asked.wants:
        yield from _counted(passage, [term for term, weight in own.items() if weight > WEAK])
    if not forms or not {"count", "measure"} & asked.wants:
        return
    rest = [term for term, weight in own.items() if weight > WEAK and not units.get(term)]
    found = [(run, _share(passage, run, rest)) for run in _measured(passage, forms)]
    most = max((share for _, share in found), default=0.0)
    best = [run for run, share in found if share == most]
    texts = {passage.quote(run) for run in best}
    for run in best:
        known = _ONLY if not rest else most or _ONE_OF
        sure = _SURE * known * (1.0 if len(texts) == 1 else _ONE_OF)
        if most or not rest or len(texts) == 1:
            evidence = evidence_of(passage, run, confidence=sure)
            yield Finding(text=passage.quote(run), evidence=evidence, sure=evidence.confidence)


def _counted(passage: Passage, terms: Sequence[str]) -> Iterator[Finding]:
    """Yield the one number that stands right before what is counted: `two fitters`."""
    words = passage.words
    found = [
        at
        for at in range(len(words) - 1)
        if terms
        and words[at + 1].gap == " "
        and is_number(folded(words[at].text))
        and related(terms[0], folded(words[at + 1].text).strip(".,;:()"))
    ]
    if len({folded(words[at].text) for at in found}) == 1:
        run = Run(first=found[0], last=found[0] + 1)
        evidence = evidence_of(passage, run, confidence=_SURE)
        yield Finding(text=passage.quote(run), evidence=evidence, sure=evidence.confidence)


def _unit(term: str) -> frozenset[str]:
    """Return the forms of the unit that a word of a question is; none where it is no unit."""
    units = _units()
    named = next((forms for forms in units.values() if term in forms and len(term) > 2), None)
    return named or frozenset[str]().union(*(units.get(one, ()) for one in first_words(term)))


def _measured(passage: Passage, forms: frozenset[str]) -> Iterator[Run]:
    """Yield figures with one of some units behind them, alone or in one word."""
    words = passage.words
    for at, word in enumerate(words):
        text = folded(word.text).strip("().,;:")
        if (match := _GLUED.fullmatch(text)) and match[2] in forms:
            yield Run(first=at, last=at + 1)
        elif (
            at
            and text in forms
            and words[at - 1].line == word.line
            and _NUMBER.fullmatch(words[at - 1].text.strip("()"))
        ):
            yield Run(first=at - 1, last=at + 1)


def _share(passage: Passage, run: Run, terms: list[str]) -> float:
    """Return how much of some words stands on the line of a figure, or on the one above."""
    line = passage.words[run.first].line
    here, above = (
        terms_in(" ".join(word.text for word in passage.words if word.line == one))
        for one in (line, line - 1)
    )
    known = [
        1.0
        if any(related(term, one) for one in here)
        else _ABOVE * any(related(term, one) for one in above)
        for term in terms
    ]
    return sum(known) / len(known) if known else 0.0


@cache
def _units() -> Mapping[str, frozenset[str]]:
    parts = (line.partition("=") for line in lines_of("unit_words.txt"))
    return {name.strip(): frozenset(forms.split()) for name, _, forms in parts}
