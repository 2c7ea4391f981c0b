"""Labels of fields that nobody listed, told by what they mean: `net_pay` and `Líquido a receber`.

A user's own field has no labels but its name. In papers of other languages, and where the paper
has another word for it, its label is that which means the same: all that the field is called
stands in the label in one language or another, or all of the label is said by the field's
description.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docvision.schemas.shape import Leaf
from docvision.tasks.answering.terms import WEAK, alike, subject_terms
from docvision.tasks.extraction.label_places import LabelPlace
from docvision.tasks.extraction.plausible import name_of
from docvision.tasks.extraction.segments import segments_in
from docvision.tasks.passage import Passage, Run

_LONGEST = 6
"""Words of a label at most."""
_LEAST = 0.6
"""How much a label must mean what a field is."""
_NAMED, _SAID = 0.6, 0.4
"""What it counts that a label holds all of a field's name, and that the field says all of it."""
_EACH = 2
"""Labels of one field at most."""
_DOUBT = 0.15
"""What a value loses whose label is told by its meaning, even where that is the same."""


@dataclass(frozen=True, kw_only=True)
class _Meaning:
    """The words of a field's name and of its description, with what each counts."""

    key: str
    name: Mapping[str, float]
    about: Mapping[str, float]

    def likeness(self, label: Mapping[str, float]) -> float:
        """Return how much a label means this field (0-1)."""
        named = _share(self.name, label)
        if not any(weight > WEAK and _among(term, label) for term, weight in self.name.items()):
            named = 0.0
        said = _share(label, {**self.about, **self.name})
        if named == 0.0:
            # The description alone tells where it says all of the label, and that something rare.
            own = any(weight > WEAK for weight in label.values())
            return _LEAST if said == 1.0 and own else 0.0
        return _NAMED * named + _SAID * said


def meant_likeness(leaf: Leaf, heading: str) -> float:
    """Return how much a heading means what a leaf is called or described as (0-1).

    Over a column a common word is enough: `Eenheid` is `unit`, and `Artikel` is `article_no`.
    """
    named, said = (_bare(subject_terms(text)) for text in (name_of(leaf), heading))
    if named and said and _share(named, said) == _share(said, named) == 1.0:
        return 1.0
    likeness = _meaning(leaf).likeness(subject_terms(heading))
    return likeness if likeness >= _LEAST else 0.0


def _bare(terms: Mapping[str, float]) -> Mapping[str, float]:
    """Return terms without that for a number, if there are others."""
    rest = {term: weight for term, weight in terms.items() if not alike(term, "number")}
    return rest or terms


def _meaning(leaf: Leaf) -> _Meaning:
    return _Meaning(
        key=leaf.key, name=subject_terms(name_of(leaf)), about=subject_terms(leaf.about)
    )


def meant_places(
    passage: Passage, leaves: Sequence[Leaf], known: Sequence[LabelPlace]
) -> Iterator[LabelPlace]:
    """Yield the labels of fields that have none of their own, each for the field it means most.

    `known` are the labels that were found by their words; what they take up is no other label.
    """
    found = {key for place in known for key in place.keys}
    meanings = [
        _meaning(leaf)
        for leaf in leaves
        if not leaf.labels and not leaf.place and leaf.key not in found
    ]
    if not meanings:
        return
    taken = {at for place in known for at in range(place.first, place.last)}
    ranked = sorted(
        (-likeness, run.first, run.last, colon, one.key)
        for run, colon in _labels(passage)
        if taken.isdisjoint(range(run.first, run.last))
        for label in [subject_terms(passage.quote(run))]
        for one in meanings
        if (likeness := one.likeness(label)) >= _LEAST
    )
    given: Counter[str] = Counter()
    used: set[int] = set()
    for unlikeness, first, last, colon, key in ranked:
        if given[key] < _EACH and first not in used:
            given[key] += 1
            used.add(first)
            doubt = _DOUBT + (1 + unlikeness) / 2
            yield LabelPlace(first=first, last=last, keys=(key,), colon=colon, doubt=doubt)


def _labels(passage: Passage) -> Iterator[tuple[Run, bool]]:
    """Yield what may be labels: few words in a column, with a colon or another column behind."""
    for line in passage.lines:
        segments = segments_in(passage, line)
        for segment in segments:
            run = segment.run
            colon = next(
                (
                    at
                    for at in range(run.first, min(run.last, run.first + _LONGEST))
                    if passage.words[at].text.endswith(":")
                ),
                None,
            )
            last = run.last if colon is None else colon + 1
            text = passage.quote(Run(first=run.first, last=last))
            told = colon is not None or len(segments) > 1
            if told and last - run.first <= _LONGEST and any(map(str.isalpha, text)):
                yield Run(first=run.first, last=last), colon is not None


def _share(terms: Mapping[str, float], others: Mapping[str, float]) -> float:
    """Return how much of some terms stands among others, in whatever language."""
    whole = sum(terms.values())
    held = sum(weight for term, weight in terms.items() if _among(term, others))
    return held / whole if whole else 0.0


def _among(term: str, others: Mapping[str, float]) -> bool:
    return any(alike(term, other) for other in others)
