"""Two readings of one field: what the model said, and what stands beside the field's label.

Where both say the same it is hardly wrong. Where only one says something it stands alone. Where
they differ, the label is believed in a value that is copied, and a person is asked to look; the
other stays at hand, should the checks of the schema speak for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from docvision.geometry import middle_in
from docvision.schemas.shape import Kind, Leaf, Record
from docvision.tasks.evidence import words_of_key
from docvision.tasks.extraction.beside import Labelled
from docvision.tasks.extraction.contract_parts import IN_SENTENCES
from docvision.tasks.extraction.found import Fault, Found, FoundRecord
from docvision.tasks.extraction.judging import AMBIGUOUS
from docvision.tasks.extraction.label_places import letters_of
from docvision.tasks.extraction.labels import Labels, labels_in
from docvision.tasks.extraction.letter_parts import DATE
from docvision.tasks.extraction.letterhead import ADDRESSES, NAME, RECIPIENT, firm_below
from docvision.tasks.extraction.plausible import tells
from docvision.tasks.extraction.telling import (
    TOLD_BESIDE,
    checked,
    has_check_digits,
    telling,
)
from docvision.tasks.normalise import Conventions, folded, is_ambiguous
from docvision.tasks.passage import Passage, Run

_LABEL_ALONE = 0.9
"""What is left of the confidence in a label's value where the model said there is none."""
_CERTAIN = 0.9
"""From this confidence on what the model says against a label is heard.

Less sure ones were wrong on 130 papers of 140 where a label said another.
"""
_DISPUTED = 0.6
"""What is left where the model is certain of another."""
_OVERRULED = 0.4
"""What is left then of the confidence in what the model said."""
_ELSEWHERE = 0.4
"""What is left of the confidence in what stands beside the label of another field."""
_UNLABELLED, _UNTOLD = 0.6, 0.95
"""What is left of it where a field has labels or a place, and none of them tells it.

The second is for fields whose values often stand alone.
"""
_SEEN_ALONE = frozenset(("address", "phone", "email", "telephone"))
"""Names of fields whose values often stand without a label."""


@dataclass(frozen=True, kw_only=True)
class Opinions:
    """Settles what the model said of a record with what labels say, in one window.

    Attributes:
        passage: The window.
        head: The first page, whole: who writes may stand at its foot.
        replaces: Whether labels overrule the model; where it reads better they only support it.
    """

    passage: Passage
    head: Passage
    conventions: Conventions
    replaces: bool

    def settled(self, record: Record, found: FoundRecord) -> FoundRecord:
        """Return what is believed of a record's leaves."""
        labels = labels_in(self.passage, record.leaves, self.conventions)
        beside = {leaf.key: self._found(leaf, record.leaves, labels) for leaf in record.leaves}
        leaves = {
            leaf.key: self._settled(leaf, beside[leaf.key], found.leaves[leaf.key], labels)
            for leaf in record.leaves
        }
        leaves |= self._without_sender(record.leaves, beside, found, leaves, labels)
        told = frozenset(key for key, some in beside.items() if some)
        return replace(found, leaves=_without_twins(record.leaves, leaves, told))

    def _without_sender(
        self,
        leaves: Sequence[Leaf],
        beside: Mapping[str, Sequence[Found]],
        found: FoundRecord,
        settled: Mapping[str, Found],
        labels: Labels,
    ) -> dict[str, Found]:
        """Return who is written to where that came out as who writes: `Pay to: Fernhill Ltd`."""
        sender = next((settled[leaf.key].value for leaf in leaves if leaf.place == NAME), None)
        again: dict[str, Found] = {}
        for leaf in leaves:
            if leaf.place != RECIPIENT or sender is None or not self.replaces:
                continue
            if _is_alike(settled[leaf.key].value, sender):
                others = [one for one in beside[leaf.key] if not _is_alike(one.value, sender)]
                said = found.leaves[leaf.key]
                unsaid = Found(confidence=said.confidence)
                said = unsaid if _is_alike(said.value, sender) else said
                again[leaf.key] = self._settled(leaf, others, said, labels)
        return again

    def _settled(self, leaf: Leaf, beside: Sequence[Found], said: Found, labels: Labels) -> Found:
        said = self._cut(leaf, said, labels)
        proven = self._proven(leaf)
        if proven and (rivals := [one for one in beside if _is_rival(one, proven)]):
            others = (*rivals[1:], proven.weaker(_OVERRULED))
            return replace(rivals[0].weaker(_DISPUTED), others=others)
        if proven:
            beside = [proven]
        agreed = next((one for one in beside if _same(leaf, one, said)), None)
        if agreed:
            supported = _supported(agreed if self.replaces else said, said, agreed)
            # The model may have said one of several that the same label names.
            others = tuple(one for one in beside if one is not agreed)
            return replace(self._as_read(supported), others=others)
        if not self.replaces or said.fault is Fault.UNVERIFIED:
            return said
        if proven:
            return proven
        if beside:
            return _chosen(beside, said)
        if said.value is None:
            missing = leaf.key in labels.seen and said.fault is None
            return replace(said, fault=Fault.MISSING) if missing else said
        return self._alone(leaf, said, labels)

    def _as_read(self, found: Found) -> Found:
        """Return a value as sure as its least sure word lets it be, which both have copied."""
        cited = found.evidence
        if cited is None or cited.bbox is None:
            return found
        boxes = cited.boxes or (cited.bbox,)
        least = min(
            (
                word.confidence
                for word in self.passage.words
                if word.page == cited.page and any(middle_in(word.bbox, box) for box in boxes)
            ),
            default=1.0,
        )
        return found.weaker(least)

    def _found(self, leaf: Leaf, leaves: Sequence[Leaf], labels: Labels) -> list[Found]:
        """Return the values that stand beside the labels of a leaf, or tell what they are.

        Some are told all the same where labels say something. Where one of these is the heading
        of sentences, what they say is in one of them.
        """
        beside = labels.of(leaf.key)
        if leaf.place == RECIPIENT:
            beside = [self._of_firm(one) for one in beside]
        if beside and leaf.place not in TOLD_BESIDE:
            return self._all_read(leaf, beside)
        if leaf.place in ADDRESSES and self.passage.pages[:1] == self.head.pages[:1]:
            told = telling(self.head, leaf, leaves, self.conventions)
            found = told.found(self.head, leaf, self.conventions) if told else None
            return [found] if found else []
        # The date of a letter stands at its head.
        headless = leaf.place == DATE and self.passage.words[:1] != self.head.words[:1]
        told = None if headless else telling(self.passage, leaf, leaves, self.conventions)
        found = self._read(leaf, told) if told else None
        if told is None or found is None:
            return self._all_read(leaf, beside)
        others = self._all_read(leaf, [one for one in beside if not _holds(one.run, told.run)])
        same = next((one for one in others if _is_alike(one.value, found.value)), None)
        if same:
            return [_supported(same, found, same), *(one for one in others if one is not same)]
        return sorted([found, *others], key=lambda one: -one.confidence)

    def _of_firm(self, one: Labelled) -> Labelled:
        """Return the firm that a bill is sent to, where the label names a person at it."""
        firm = firm_below(self.passage, one.run)
        return replace(one, run=firm, text=self.passage.quote(firm)) if firm else one

    def _all_read(self, leaf: Leaf, some: Sequence[Labelled]) -> list[Found]:
        return [found for one in some if (found := self._read(leaf, one))]

    def _proven(self, leaf: Leaf) -> Found | None:
        """Return the only value whose check digits are right, if it is one that has them."""
        one = checked(self.passage, leaf, self.conventions) if has_check_digits(leaf) else None
        return self._read(leaf, one) if one else None

    def _read(self, leaf: Leaf, one: Labelled) -> Found | None:
        if leaf.kind in (Kind.DATE, Kind.DATE_TIME) and is_ambiguous(one.text, self.conventions):
            one = replace(one, sure=one.sure * AMBIGUOUS)
        return one.found(self.passage, leaf, self.conventions)

    def _cut(self, leaf: Leaf, said: Found, labels: Labels) -> Found:
        """Return a text without the label of another field that follows it on the line.

        What is or begins with the label of another field is none of its values.
        """
        quote = said.evidence.quote if said.evidence else None
        if leaf.kind is not Kind.TEXT or not quote or not self.replaces:
            return said
        if letters_of(quote) in labels.wordings or labels.names_other(leaf.key, quote):
            return replace(said, value=None, fault=Fault.UNREADABLE)
        for run in self.passage.runs(quote):
            ends = [start for start in labels.starts if run.first < start < run.last]
            if ends:
                shorter = Run(first=run.first, last=ends[0])
                one = Labelled(run=shorter, text=self.passage.quote(shorter), sure=said.confidence)
                return self._read(leaf, one) or said
        return said

    def _alone(self, leaf: Leaf, said: Found, labels: Labels) -> Found:
        """Return what only the model says, weaker where it is what another label names."""
        quote = said.evidence.quote if said.evidence else None
        stands = list(self.passage.runs(quote)) if quote else []
        elsewhere = bool(stands) and all(labels.others(leaf.key, run) for run in stands)
        if not tells(leaf, str(said.value), self.conventions):
            return replace(said, value=None, fault=Fault.UNREADABLE)
        if elsewhere:
            return said.weaker(_ELSEWHERE)
        named = set(words_of_key(leaf.key).split())
        told = bool(leaf.labels or leaf.place)
        if leaf.place in IN_SENTENCES:
            return said.weaker(_ELSEWHERE)  # No sentence of the window says it.
        if not told or leaf.key in labels.seen:
            return said
        return said.weaker(_UNTOLD if named & _SEEN_ALONE else _UNLABELLED)


def _is_rival(one: Found, proven: Found) -> bool:
    """Whether a label names another value of the form of one that proves itself.

    The one that does may then be somebody else's.
    """
    value = str(one.value)
    # Words may follow it on its line.
    return value[:2].isalpha() and not value.startswith(str(proven.value))


def _is_alike(one: object, other: object) -> bool:
    """Whether two values are the same but for accents, upper and lower case."""
    return one == other or folded(str(one)) == folded(str(other))


def _holds(one: Run, other: Run) -> bool:
    return one.first <= other.first and other.last <= one.last


def _without_twins(
    leaves: Sequence[Leaf], found: dict[str, Found], told: Container[str]
) -> dict[str, Found]:
    """Return what was found, weaker where two fields have the same words: one is wrong.

    It is that of which no label tells, where one tells the other (`told`): a date of issue is not
    the day by which to pay as well.
    """
    places = {
        leaf.key: (one.evidence.page, one.evidence.bbox)
        for leaf in leaves
        if leaf.kind in (Kind.TEXT, Kind.CODE, Kind.DATE)
        and (one := found[leaf.key]).value is not None
        and one.evidence is not None
        and one.evidence.bbox is not None
    }
    times = Counter(places.values())
    twins = {key for key, place in places.items() if times[place] > 1}
    dates = {leaf.key for leaf in leaves if leaf.kind is Kind.DATE}
    sure = {places[key] for key in twins if key in told}
    gone = {key for key in twins & dates if key not in told and places[key] in sure}
    return {
        key: Found(confidence=_DISPUTED) if key in gone
        else one.weaker(_DISPUTED) if key in twins and places[key] not in {places[k] for k in gone}
        else one
        for key, one in found.items()
    }  # fmt: skip


def _chosen(beside: Sequence[Found], said: Found) -> Found:
    """Return the surest value beside a label, and the others besides."""
    unheard = said.value is None or said.confidence < _CERTAIN
    best, *rest = (one.weaker(_LABEL_ALONE if unheard else _DISPUTED) for one in beside)
    others = rest if said.value is None else [*rest, said.weaker(_OVERRULED)]
    return replace(best, others=tuple(others))


def _supported(found: Found, said: Found, label: Found) -> Found:
    """Return a value on which two readers agree: it is wrong only if both are."""
    assert found.evidence is not None
    read = max(found.confidence, said.confidence, label.confidence)
    sure = max(read, 1 - (1 - said.confidence) * (1 - label.confidence))
    evidence = found.evidence.model_copy(update={"confidence": sure})
    return replace(found, evidence=evidence, confidence=sure, fault=None)


def _same(leaf: Leaf, one: Found, said: Found) -> bool:
    """Whether two readings are the same value, or a text and its beginning."""
    if said.value is None or said.evidence is None or not said.evidence.verified:
        return False
    if one.value == said.value:
        return True
    if leaf.kind is not Kind.TEXT:
        return False
    short, long = sorted((str(one.value).casefold(), str(said.value).casefold()), key=len)
    return long.startswith(short) or long.endswith(short)
