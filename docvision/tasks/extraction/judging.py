"""From what the model said to what is believed: found among the words, normalised, weighed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from docvision.results.model import Evidence
from docvision.schemas.shape import Kind, Leaf, Listing, Record
from docvision.tasks.evidence import evidence_of, find_run
from docvision.tasks.extraction.calibration import Calibration
from docvision.tasks.extraction.found import Fault, Found, FoundRecord
from docvision.tasks.extraction.plausible import is_accepted
from docvision.tasks.extraction.reply import Reply, Said
from docvision.tasks.normalise import Conventions, is_ambiguous, normalise
from docvision.tasks.options import Mode
from docvision.tasks.passage import Passage, Run

AMBIGUOUS = 0.6
"""What is left of the confidence in a date that can be read both ways."""
_NEAR = 85.0
"""Similarity (0–100) from which words are shown as what a value may have been read from."""
_LISTED = 0.9
"""What is left of the confidence in an item that a small model lists, which it does worst."""
_LONGEST = 6
"""Words of a number or a date at most."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Weighs what was said in one window of a document."""

    passage: Passage
    conventions: Conventions
    calibration: Calibration

    def leaf(self, leaf: Leaf, said: Said | None, mode: Mode, after: int = 0) -> Found:
        """Return what is believed of a leaf; `after`: see `evidence.cite`."""
        if said is None:
            return Found()
        chance = self.calibration.chance(said.odds)
        if said.value is None:
            return Found(confidence=chance)
        if isinstance(said.value, bool):
            return self._judged(leaf, said.value, chance, mode)
        text = str(said.value)
        value = normalise(text, leaf.kind, self.conventions, leaf.choices)
        run = None if mode is Mode.OFF else self._run(leaf, text, value, after)
        if run is None:
            return self._judged(leaf, value, chance, mode)
        if is_ambiguous(text, self.conventions) and leaf.kind in (Kind.DATE, Kind.DATE_TIME):
            chance *= AMBIGUOUS
        evidence = evidence_of(self.passage, run, confidence=chance)
        return self._believed(leaf, value, evidence)

    def record(self, record: Record, reply: Reply, mode: Mode, after: int = 0) -> FoundRecord:
        """Return what is believed of a record's leaves and lists."""
        leaves = {
            leaf.key: self.leaf(leaf, reply.fields.get(leaf.key), mode, after)
            for leaf in record.leaves
        }
        lists = {
            listing.key: tuple(self.items(listing, reply, mode, after)) for listing in record.lists
        }
        return FoundRecord(leaves=leaves, lists=lists)

    def items(
        self, listing: Listing, reply: Reply, mode: Mode, after: int = 0
    ) -> Iterator[FoundRecord]:
        """Yield the items of a list that say anything; each stands after the one before it.

        A copied item whose words all stand before is the same item once more, and left out.
        """
        for item in reply.lists.get(listing.key, ()):
            found = self._listed(self.record(listing.item, item, mode, after), mode)
            runs = list(self._runs(listing.item, item, after))
            later = [run.first for run in runs if run.first >= after]
            if mode is Mode.VERBATIM and runs and not later:
                continue
            after = min(later, default=after - 1) + 1
            if found.says_anything:
                yield found

    def _listed(self, found: FoundRecord, mode: Mode) -> FoundRecord:
        if mode is not Mode.VERBATIM:
            return found
        leaves = {key: one.weaker(_LISTED) for key, one in found.leaves.items()}
        return replace(found, leaves=leaves)

    def _runs(self, record: Record, reply: Reply, after: int) -> Iterator[Run]:
        for leaf in record.leaves:
            said = reply.fields.get(leaf.key)
            if said is None or not isinstance(said.value, str):
                continue
            run = find_run(self.passage, said.value, label="", after=after)
            if run is not None:
                yield run

    def _run(self, leaf: Leaf, text: str, value: object, after: int) -> Run | None:
        label = "" if after else f"{leaf.key} {leaf.about}"
        run = find_run(self.passage, text, label=label, after=after)
        if run is not None or leaf.kind in (Kind.TEXT, Kind.CHOICE) or value is None:
            return run
        return self._same_value(leaf, value)

    def _same_value(self, leaf: Leaf, value: object) -> Run | None:
        """Return words that are written otherwise and mean the same number, date or code."""
        for first in range(len(self.passage.words)):
            for last in range(first + 1, min(first + _LONGEST, len(self.passage.words)) + 1):
                run = Run(first=first, last=last)
                if normalise(self.passage.quote(run), leaf.kind, self.conventions) == value:
                    return run
        return None

    def _judged(self, leaf: Leaf, value: object, chance: float, mode: Mode) -> Found:
        """Return a value that no words stand for."""
        near = None if mode is Mode.OFF else self._near(str(value), chance)
        evidence = near or Evidence(confidence=chance, verified=False)
        fault = None if mode is Mode.OFF else Fault.UNVERIFIED
        return self._believed(leaf, value, evidence, fault)

    def _near(self, text: str, chance: float) -> Evidence | None:
        """Return the words that are most like a value, for a person to compare."""
        place = fuzz.partial_ratio_alignment(text, self.passage.flat, score_cutoff=_NEAR)
        if place is None or place.dest_end <= place.dest_start:
            return None
        run = self.passage.run_at(place.dest_start, place.dest_end)
        return evidence_of(self.passage, run, confidence=chance, verified=False)

    def _believed(
        self, leaf: Leaf, value: object, evidence: Evidence, fault: Fault | None = None
    ) -> Found:
        if value is None or not is_accepted(leaf, value):
            return Found(evidence=evidence, confidence=evidence.confidence, fault=Fault.UNREADABLE)
        return Found(value=value, evidence=evidence, confidence=evidence.confidence, fault=fault)
