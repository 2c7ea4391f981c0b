"""What a question asks for, where it is a field that the built-in schemas know.

Then it is found as `extract` finds it: beside one of its labels, or, on a page of that kind, by
its place: who sends an invoice stands above the street, the time of a receipt is its only time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from docvision.schemas.library import NAMES, get_schema
from docvision.schemas.shape import Leaf
from docvision.tasks.answering.lexical import folded, label_terms
from docvision.tasks.answering.terms import OF_SELLER, WEAK, is_of_buyer, is_weak
from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.labels import labels_in
from docvision.tasks.extraction.telling import checked, has_check_digits, telling
from docvision.tasks.extraction.windows import joined
from docvision.tasks.normalise import Conventions
from docvision.tasks.passage import Passage, Run
from docvision.tasks.sorting.cues import kinds_of, odds_by_cues

_LEAST = 0.5
"""Share of a question that a field must explain: `number` alone is no field."""
_FOREIGN = 0.6
"""What a field is worth on a page of a kind that has no such field: an order's due date is the day
of its delivery, an invoice's is not."""
_SHORTEST = 3
"""Letters of a wording at least: `al` and `du` are words of any question."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a built-in schema, with the others beside it there.

    `share` is how much of a question its wording explains (0-1).
    """

    kind: str
    leaf: Leaf
    leaves: Sequence[Leaf]
    share: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Told:
    """A value that the rules of `extract` find for a question.

    `text` may be less than the words of `run`, as in `Date:3.5.2024`; `sure` is the chance that
    it is the field's value, by how much of the question the field's wording explains (0-1);
    `placed` says that it was found by its place and not by a label.
    """

    run: Run
    text: str
    sure: float
    placed: bool


class FieldReader:
    """Finds fields that questions ask for, in the windows of one document."""

    def __init__(self, conventions: Conventions) -> None:
        self._conventions = conventions
        self._kinds: dict[int, str] = {}

    def told(self, question: str, window: Passage) -> list[Told]:
        """Return the values that a window tells for a question, the surest first."""
        fields = fields_asked(question)
        best: dict[Run, Told] = {}
        kinds = {field.kind for field in fields}
        for start, page in _pages(window) if fields else ():
            for field in fields:
                for one, placed in self._values(field, page):
                    run = Run(first=one.run.first + start, last=one.run.last + start)
                    sure = one.sure * field.share * (1.0 if self._kind(page) in kinds else _FOREIGN)
                    if run not in best or best[run].sure < sure:
                        best[run] = Told(run=run, text=one.text, sure=sure, placed=placed)
        return sorted(best.values(), key=lambda one: -one.sure)

    def _values(self, field: Field, page: Passage) -> Iterator[tuple[Labelled, bool]]:
        """Yield the values of a field on a page, and whether their place alone tells them."""
        labels = labels_in(page, field.leaves, self._conventions)
        beside = [
            one
            for one in labels.of(field.leaf.key)
            if one.found(page, field.leaf, self._conventions)
        ]
        yield from ((one, False) for one in beside)
        if not beside and self._kind(page) == field.kind:
            alone = telling(page, field.leaf, field.leaves, self._conventions)
            proven = has_check_digits(field.leaf) and checked(page, field.leaf, self._conventions)
            yield from ((one, True) for one in (alone, proven or None) if one)

    def _kind(self, page: Passage) -> str:
        """Return the built-in kind that a page is most like."""
        number = page.words[0].page
        if number not in self._kinds:
            odds = odds_by_cues(page, kinds_of(NAMES))
            self._kinds[number] = max(NAMES, key=lambda name: odds[name])
        return self._kinds[number]


@cache
def fields_asked(question: str) -> tuple[Field, ...]:
    """Return the fields of which a question holds the longest wording, if it holds any."""
    terms = list(label_terms(question))
    asked = f" {' '.join(terms)} "
    plain = f" {' '.join(folded(question).strip(' ?.!').split())} "
    fits = [(max((_fit(one, asked, plain) for one in words), default=0), field, words)
            for field, words in _fields()]  # fmt: skip
    most = max(fit for fit, _, _ in fits)
    fields = (
        replace(field, share=_share(terms, words))
        for fit, field, words in fits
        if fit == most > 0 and not (field.leaf.key in OF_SELLER and is_of_buyer(question))
    )
    return tuple(field for field in fields if field.share >= _LEAST)


def _share(terms: Sequence[str], wordings: Sequence[tuple[str, str]]) -> float:
    """Return the share of a question's letters that the wordings of a field explain."""
    known = {term for _, text in wordings for term in label_terms(text)}
    counts = {term: len(term) * (WEAK if is_weak(term) else 1.0) for term in terms}
    return sum(counts[term] for term in counts if term in known) / max(0.1, sum(counts.values()))


def _fit(wording: tuple[str, str], asked: str, plain: str) -> int:
    """Return how many letters of a question a wording explains: its terms, or the whole of it."""
    terms, text = wording
    return len(terms) if f" {terms} " in asked else len(text) if f" {text} " in plain else 0


@cache
def _fields() -> tuple[tuple[Field, tuple[tuple[str, str], ...]], ...]:
    """Return every field with its wordings, each as terms and as text."""
    fields = (
        Field(kind=name, leaf=leaf, leaves=get_schema(name).shape.leaves)
        for name in NAMES
        for leaf in get_schema(name).shape.leaves
    )
    return tuple((field, tuple(_wordings(field.leaf))) for field in fields)


def _wordings(leaf: Leaf) -> Iterator[tuple[str, str]]:
    for wording in (leaf.key.replace("_", " "), leaf.about, *leaf.labels):
        terms = " ".join(label_terms(wording))
        # A description's words say something only together: "whose account it is".
        own = terms if wording != leaf.about and len(terms) >= _SHORTEST else "\0"
        yield own, folded(wording)


def _pages(window: Passage) -> Iterator[tuple[int, Passage]]:
    """Yield the pages of a window, each with the number of its first word in the window."""
    starts = [
        at
        for at, word in enumerate(window.words)
        if not at or word.page != window.words[at - 1].page
    ]
    for start, end in zip(starts, [*starts[1:], len(window.words)], strict=True):
        yield start, joined(window.words[start:end])
