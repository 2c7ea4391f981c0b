"""Values that stand beside their labels, found without a model: `Due: 3 May`, `SUMME EUR 20,08`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from docvision.schemas.shape import Leaf
from docvision.tasks.extraction.beside import BELOW, BesideReader, Labelled
from docvision.tasks.extraction.label_places import label_places, letters_of, wordings_of
from docvision.tasks.extraction.meant import meant_places
from docvision.tasks.normalise import Conventions
from docvision.tasks.passage import Passage, Run


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The labels of a record's fields in a passage, and the values that stand beside them.

    Attributes:
        values: For each field (by key) the values beside its labels, the surest first.
        seen: The keys of the fields of which a label stands in the passage.
        starts: The words at which labels begin.
        wordings: The letters of all labels, with the fields that go by them.
    """

    values: Mapping[str, Sequence[Labelled]]
    seen: frozenset[str]
    starts: Sequence[int] = ()
    wordings: Mapping[str, Container[str]] = field(default_factory=dict)

    def of(self, key: str) -> Sequence[Labelled]:
        """Return the values of a field."""
        return self.values.get(key, ())

    def names_other(self, key: str, text: str) -> bool:
        """Whether a text begins with the label of another field and a colon."""
        before, colon, _ = text.partition(":")
        named = self.wordings.get(letters_of(before)) if colon else None
        return named is not None and key not in named

    def others(self, key: str, run: Run) -> bool:
        """Whether a run is what stands beside the label of another field, and not of this."""
        mine = any(_overlap(one.run, run) for one in self.of(key))
        return not mine and any(
            one.run == run and one.sure >= BELOW
            for other, found in self.values.items()
            if other != key
            for one in found
        )


def labels_in(passage: Passage, leaves: Sequence[Leaf], conventions: Conventions) -> Labels:
    """Return the labels of fields in a passage with what stands beside them."""
    known = label_places(passage, leaves)
    places = sorted((*known, *meant_places(passage, leaves, known)), key=lambda one: one.first)
    found: defaultdict[str, list[Labelled]] = defaultdict(list)
    for leaf in leaves:
        reader = BesideReader(passage, leaf, places, conventions)
        for place in places:
            if leaf.key in place.keys and (value := reader.value(place)):
                found[leaf.key].append(value)
    return Labels(
        values={key: sorted(some, key=lambda one: -one.sure) for key, some in found.items()},
        seen=frozenset(key for place in places for key in place.keys),
        starts=[place.first for place in places],
        wordings=wordings_of(leaves),
    )


def _overlap(one: Run, other: Run) -> bool:
    return one.first < other.last and other.first < one.last
