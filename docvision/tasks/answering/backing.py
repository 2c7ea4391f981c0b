"""What of a question stands around an answer, and on a page that seems not to have one.

A value is no answer because it looks like one: its label, its row, the heading of its column or its
sentence says what is asked for. Where none of them does, the answer is doubted, however sure its
finder is. So is a refusal where the page has the words, or where they cannot be known there: a
question may use words of one language that the lists do not have for a paper in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docvision.results.model import Evidence
from docvision.tasks.answering.asked import Asked
from docvision.tasks.answering.cells import Cell, cells_of
from docvision.tasks.answering.concepts import first_words, group, terms_in
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.kinds import looks_like
from docvision.tasks.answering.lexical import folded, words_of
from docvision.tasks.answering.sentences import Sentence, sentences
from docvision.tasks.answering.terms import WEAK, related
from docvision.tasks.answering.tongues import tongue_of
from docvision.tasks.passage import Passage, Placed

_SHOWN = frozenset(("email", "phone", "fax", "web", "iban", "bic", "town", "payment", "weekday"))
"""What shows by its looks that it is what is asked for."""
_OF_SHOWN = _SHOWN | {"address", "mobile", "accountnumber"}
"""What else names such a thing: an address is one of e-mail there."""
_PLAIN = 0.9
"""Share of a question from which a field is plainly what it asks for."""
_PART = 4
"""Letters of a word at least that is looked for at the end of another."""
_LEAST, _ON_PAGE = 0.6, 0.5
"""Share of a question that must stand around an answer, and that a page without one must lack."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page taken apart: its words, its values with their labels, its sentences."""

    passage: Passage
    cells: Sequence[Cell]
    sentences: Sequence[Sentence]


def sheet_of(passage: Passage) -> Sheet:
    """Return a page, taken apart."""
    return Sheet(passage=passage, cells=cells_of(passage), sentences=tuple(sentences(passage)))


def backing(asked: Asked, one: Finding, sheet: Sheet) -> float:
    """Return how much of a question stands around an answer, or in it (0-1).

    What is a field's by its label, or by its place, needs no other words; by its place only where
    they do not stand elsewhere on the page.
    """
    around = list(_around(one, sheet))
    share = _share(asked, {term for text in around for term in terms_in(text)})
    if share >= _LEAST or one.told < _PLAIN:
        return share
    labels = {" ".join(words_of(folded(label))) for label in one.labels}
    texts = [f" {' '.join(words_of(folded(text)))} " for text in around]
    if any(f" {label} " in text for label in labels for text in texts):
        return one.told
    says = any(_says_much(_needed(weights)) for weights in asked.own)
    elsewhere = says and _share(asked, set(terms_in(sheet.passage.flat))) >= _ON_PAGE
    return share if elsewhere else one.told


def is_backed(asked: Asked, one: Finding, sheet: Sheet) -> bool:
    """Whether enough of a question stands around an answer."""
    return backing(asked, one, sheet) >= _LEAST


def may_answer(asked: Asked, sheet: Sheet) -> bool:
    """Whether a page on which no answer was found may have one all the same."""
    shown = asked.wants & _SHOWN
    if shown and not any(looks_like(shown, cell.text) for cell in sheet.cells):
        return False
    if not any(map(_says_much, map(_needed, asked.own))) or _labelled(asked, sheet):
        return True
    there = set(terms_in(sheet.passage.flat))
    return _share(asked, there) >= _ON_PAGE or _may_hide(asked, sheet)


def _labelled(asked: Asked, sheet: Sheet) -> bool:
    """Whether a page has a label of what a question plainly asks for."""
    text = f" {' '.join(words_of(folded(sheet.passage.flat)))} "
    return any(
        f" {' '.join(words_of(folded(label)))} " in text
        for field in asked.fields
        if field.share >= _PLAIN
        for label in field.leaf.labels
    )


def _may_hide(asked: Asked, sheet: Sheet) -> bool:
    """Whether a page in another language may have what is asked for in words that no list has.

    The fields of papers are looked for by their labels in all languages, and are not there then.
    """
    if any(field.share >= _PLAIN for field in asked.fields):
        return False
    tongue = tongue_of(sheet.passage.flat)
    return not tongue or tongue != tongue_of(asked.question)


def _share(asked: Asked, there: set[str]) -> float:
    needed = [_needed(weights) for weights in asked.variants]
    return max((_known(weights, there) for weights in needed), default=1.0)


def _needed(weights: Mapping[str, float]) -> Mapping[str, float]:
    """Return the words that an answer must stand by: the strong ones, else all that say more."""
    shown = any(_SHOWN.intersection(first_words(term)) for term in weights)
    rest = {
        term: weight
        for term, weight in weights.items()
        if not _says_looks(term) and not (shown and _OF_SHOWN.intersection(first_words(term)))
    }
    strong = {term: weight for term, weight in rest.items() if weight > WEAK}
    return strong or {term: weight for term, weight in rest.items() if weight == WEAK}


def _says_much(weights: Mapping[str, float]) -> bool:
    """Whether one word of a question says much, or several say a little."""
    return len(weights) > 1 or any(weight > WEAK for weight in weights.values())


def _says_looks(term: str) -> bool:
    means = first_words(term)
    return bool(means) and group("looks").issuperset(means)


def _known(weights: Mapping[str, float], there: set[str]) -> float:
    known = sum(weight for term, weight in weights.items() if _is_there(term, there))
    return known / sum(weights.values()) if weights else 1.0


def _is_there(term: str, there: set[str]) -> bool:
    parts = [term, *(part for part in term.split("_") if len(part) >= _PART)]
    return any(
        related(part, one) or (len(part) >= _PART and one.endswith(part))
        for part in parts
        for one in there
    )


def _around(one: Finding, sheet: Sheet) -> Iterator[str]:
    """Yield the texts around an answer, and the answer."""
    yield one.text
    for cell in sheet.cells:
        if any(_is_in(word, one.evidence) for word in _words(sheet.passage, cell)):
            yield from (*cell.labels, cell.over, cell.row, cell.after, cell.top, cell.behind)
            yield cell.text
    for sentence in sheet.sentences:
        run = sentence.run
        if any(_is_in(word, one.evidence) for word in sentence.passage.words[run.first : run.last]):
            yield from (sentence.text, sentence.heading)


def _words(passage: Passage, cell: Cell) -> Sequence[Placed]:
    return passage.words[cell.run.first : cell.run.last]


def _is_in(word: Placed, evidence: Evidence) -> bool:
    """Whether a word, or a part of it, lies in the box of an answer."""
    box = evidence.bbox
    if box is None or word.page != evidence.page:
        return False
    middle = (word.bbox[1] + word.bbox[3]) / 2
    return word.bbox[0] < box[2] and box[0] < word.bbox[2] and box[1] <= middle <= box[3]
