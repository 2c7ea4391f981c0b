"""The words of running prose that answer a question, where no value stands by a label.

A sentence is read under the heading that it stands below: what bears interest "if a sum is not
paid" answers a question about late payment where its clause is called so. How much of a question
a sentence explains is counted in its terms, rare ones for more (inverse document frequency). Of
its figures, dates or names that is the answer which stands nearest to the words that are asked for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.concepts import terms_in
from docvision.tasks.answering.lexical import folded, is_asking, words_of
from docvision.tasks.answering.sentences import Sentence, sentences
from docvision.tasks.answering.spans import has_finder, is_number, spans
from docvision.tasks.answering.terms import is_opposed, related
from docvision.tasks.answering.wants import noun_of
from docvision.tasks.passage import Passage, Run

LEAST = 0.5
"""Share of a question that a sentence must explain."""
_LEAST_TYPED = 0.38
"""The same where it has just what is asked for: a date, a sum, a quantity."""
_SURE, _CLOSE = 0.8, 0.6
"""How sure a sentence is that explains all of it, and what is left where another does as well."""
_HEADING = 0.5
"""What a term counts that only the heading has."""
_BOTH = 0.2
"""What a term counts more that the heading has too: its clause is about that."""
_OTHER = 0.7
"""What a sentence is worth that lacks the sum or the date that is asked for."""
_NOTE = 0.85
"""What a note is worth beside a sentence."""
_TERMS = 2
"""Terms of a question that it must hold at least: one word alone is in many sentences."""
_APART = 0.1
"""What the best sentence explains more than the next one, else they are close."""
_NO_PROSE = frozenset(("name", "code", "phone", "email", "fax", "web", "town"))
"""What a sentence as a whole never is."""
_ONE_WORD = 0.6
"""How sure the only figure of the only sentence is that has the one word that is asked for."""
_ONE_OF = 0.45
"""The same where it has several figures."""
_ALL = 0.65
"""How sure a sentence is at most that answers as a whole."""
_BEHIND = 2.0
"""How much further away a word counts behind what it may be said of than before it."""
_RIGHT_BEFORE = 3
"""Words right before a figure that say what it is, and must not say the opposite."""
_ABOUT = 0.8
"""How near another figure stands that is about as near."""
_RIVAL = 0.7
"""What is left where another figure of the sentence stands about as near."""


@dataclass(frozen=True, kw_only=True)
class Prose:
    """The words that answer a question, and how sure they are (0-1).

    `whole` says that they are a sentence, and no figure out of one.
    """

    passage: Passage
    run: Run
    whole: bool
    sure: float


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A sentence, the terms of a question that it and its heading hold, what of it they are."""

    sentence: Sentence
    own: frozenset[str]
    over: frozenset[str]
    share: float
    found: Sequence[Run]


def trace_of(question: str, passage: Passage) -> float:
    """Return how much of a question stands together somewhere, answer or not (0-1)."""
    told = _ranked(question, list(sentences(passage)))
    return min(1.0, told[0].share) if told else 0.0


def prose_answer(question: str, passage: Passage) -> Prose | None:
    """Return what prose says to a question: its one figure or date that is asked for, or all."""
    told = _ranked(question, list(sentences(passage)))
    if not told or told[0].share < (_LEAST_TYPED if told[0].found else LEAST):
        return None
    best, *others = told
    close = bool(others) and best.share - others[0].share < _APART
    sure = _SURE * math.sqrt(min(1.0, best.share)) * (_CLOSE if close else 1.0)
    if len(best.own | best.over) < _TERMS:
        # One word alone is in many sentences; with the one figure that is asked for it may do.
        if close or not best.found:
            return None
        sure = min(sure, _ONE_WORD if len(best.found) == 1 else _ONE_OF)
    if best.found:
        run, rival = _nearest(best, counted="count" in asked_of(question).wants)
        sure *= _RIVAL if rival else 1.0
        return Prose(passage=best.sentence.passage, run=run, whole=False, sure=sure)
    if not best.sentence.whole:
        return None
    if asked_of(question).wants & _NO_PROSE:
        sure *= _OTHER
    return Prose(
        passage=best.sentence.passage, run=best.sentence.run, whole=True, sure=min(sure, _ALL)
    )


def _ranked(question: str, found: Sequence[Sentence]) -> list[_Told]:
    """Return sentences by how much of a question they explain."""
    asked = asked_of(question).own[0] if asked_of(question).own else {}
    held = [_held(asked, one.text) for one in found]
    above = [_held(asked, one.heading) for one in found]
    counts = Counter(term for terms in held for term in terms)
    weights = {
        term: math.log(1 + len(found) / (0.5 + max(1, counts[term]))) * weight
        for term, weight in asked.items()
    }
    wants = asked_of(question).wants
    typed = has_finder(wants)
    noun = noun_of(folded(question))
    told = []
    for one, own, over in zip(found, held, above, strict=True):
        if not own | over:
            continue
        known = sum(
            weights[term] * (_HEADING if term not in own else 1 + _BOTH * (term in over))
            for term in own | over
        )
        there = [
            run
            for run in spans(wants, one.passage, one.run)
            if not _repeats(question, one.passage.quote(run))
            and not is_opposed(asked, one.passage.quote(_before(run, one.run)))
        ]
        if not wants and noun:
            there = list(_numbered(noun, one))
        share = known / sum(weights.values())
        share *= (1.0 if one.whole else _NOTE) * (_OTHER if typed and not there else 1.0)
        told.append(_Told(sentence=one, own=own, over=over, share=share, found=there))
    return sorted(told, key=lambda one: -one.share)


def _numbered(noun: str, one: Sentence) -> Iterator[Run]:
    """Yield the number of the thing that is asked for: `flat 12` where it is asked which flat."""
    words = one.passage.words
    for at in range(one.run.first, one.run.last - 1):
        number = words[at + 1].text.strip("().,;:")
        named = any(related(noun, term) for term in terms_in(words[at].text))
        if named and number.isalnum() and any(map(str.isdigit, number)):
            yield Run(first=at + 1, last=at + 2)


def _before(run: Run, within: Run) -> Run:
    """Return the few words right before some others."""
    return Run(first=max(within.first, run.first - _RIGHT_BEFORE), last=run.first)


def _repeats(question: str, text: str) -> bool:
    """Whether words say but what the question says."""
    asked = words_of(folded(question))
    return all(
        not is_number(word) and (is_asking(word) or any(related(word, one) for one in asked))
        for word in words_of(folded(text))
    )


def _nearest(told: _Told, *, counted: bool) -> tuple[Run, bool]:
    """Return the figure that stands nearest to the words asked for, and whether another is near."""
    passage, run = told.sentence.passage, told.sentence.run
    places = [
        (at, term)
        for at in range(run.first, run.last)
        for term in _held(told.own, passage.words[at].text)
    ]
    near = {
        one: _near(passage, one, _own(one, told.found, places), counted=counted)
        for one in told.found
    }
    best, *others = sorted(told.found, key=lambda one: -near[one])
    return best, bool(others) and near[others[0]] > _ABOUT * near[best]


def _own(
    one: Run, found: Sequence[Run], places: Sequence[tuple[int, str]]
) -> Sequence[tuple[int, str]]:
    """Return the words that may say what a figure is: none behind it that another one follows."""
    last = max(other.first for other in found)
    return [
        place for place in places if place[0] < one.first or place[0] > last or place[0] == one.last
    ]


def _near(passage: Passage, one: Run, places: Sequence[tuple[int, str]], *, counted: bool) -> float:
    """Return how near some words stand to those asked for; what stands before them counts more.

    What is counted stands right behind its number.
    """
    best: dict[str, float] = {}
    for at, term in places:
        between = Run(first=min(at, one.last), last=max(at, one.first))
        marks = sum(
            word.text.endswith((",", ";")) for word in passage.words[between.first : between.last]
        )
        away = one.first - at if at < one.first else max(0, at - one.last + 1) * _BEHIND
        away = 0 if counted and at == one.last else away
        best[term] = max(best.get(term, 0.0), 1 / (1 + max(0.0, away) + 2 * marks))
    return sum(best.values())


def _held(asked: Iterable[str], text: str) -> frozenset[str]:
    """Return the words of a question that a text has, in whatever language."""
    there = [term for term in terms_in(text) if not is_asking(term)]
    return frozenset(term for term in asked if any(related(term, one) for one in there))
