"""One document's words become one record: tables first, then questions over windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docvision.engines.base import Engine
from docvision.engines.profile import Reads
from docvision.results.model import Extraction, Page, ReviewReason, Usage
from docvision.schemas.accept import Schema
from docvision.schemas.shape import Leaf, Record
from docvision.tasks.base import Desk
from docvision.tasks.extraction.asking import Heard, Question, ask, questions
from docvision.tasks.extraction.calibration import Calibration, calibration_of
from docvision.tasks.extraction.data import build
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.extraction.judging import Judge
from docvision.tasks.extraction.review import outcomes_of, reasons, weighed
from docvision.tasks.extraction.windows import budget_of, windows
from docvision.tasks.normalise import Conventions, conventions_of
from docvision.tasks.options import Mode

_LATER = 0.97
"""What a place in the next window counts less than the same in this one."""


@dataclass(frozen=True, kw_only=True)
class Extractor:
    """Extracts a schema from documents with one model."""

    engine: Engine
    schema: Schema
    mode: Mode
    threshold: float | None
    max_tokens: int

    def extract(self, pages: Sequence[Page], desk: Desk) -> tuple[Extraction, Usage]:
        """Return what a document says, with evidence, and what asking cost.

        `pages` are all of its pages in order; `desk.page` gives them with their words.

        Raises:
            Cancelled: `desk.cancelled()` was true.
        """
        conventions = conventions_of(block.text for page in pages for block in page.blocks)
        found, spent = self._asked(pages, desk, conventions, self.schema.shape)
        data = build(self.schema, found)
        outcomes = outcomes_of(self.schema, data)
        data = weighed(data, outcomes)
        threshold = self._calibration.threshold if self.threshold is None else self.threshold
        extraction = Extraction(
            schema_name=self.schema.name,
            data=data.value,
            evidence=data.evidence,
            review=(*_unread(pages), *reasons(data, outcomes, threshold)),
        )
        return extraction, spent

    @property
    def _calibration(self) -> Calibration:
        return calibration_of(self.engine.profile.name)

    def _mode(self, leaf: Leaf) -> Mode:
        if leaf.verbatim is not None:
            return Mode.VERBATIM if leaf.verbatim else Mode.OFF
        if self.mode is not Mode.AUTO:
            return self.mode
        return Mode.PREFER if self.engine.profile.reads is Reads.PAGE else Mode.VERBATIM

    def _asked(
        self, pages: Sequence[Page], desk: Desk, conventions: Conventions, record: Record
    ) -> tuple[FoundRecord, Usage]:
        """Return what the model finds of a record in the pages' words."""
        leaves: dict[str, Found] = {}
        lists: dict[str, tuple[FoundRecord, ...]] = {}
        spent = Usage()
        for question in questions(record, self._mode):
            budget = budget_of(self.engine.profile, question.length)
            shown = list(windows(map(desk.page, pages), budget))
            heard, cost = ask(self.engine, question, shown, self.max_tokens, desk.cancelled)
            spent += cost
            some = self._believed(question, heard, conventions)
            leaves |= some.leaves
            lists |= some.lists
        return FoundRecord(leaves=leaves, lists=lists), spent

    def _believed(
        self, question: Question, heard: Sequence[Heard], conventions: Conventions
    ) -> FoundRecord:
        """Return what is believed of all windows together: the best value, all items in order."""
        found = [
            Judge(
                passage=one.passage, conventions=conventions, calibration=self._calibration
            ).record(question.record, one.reply, question.mode)
            for one in heard
        ]
        leaves = {
            leaf.key: _best([one.leaves[leaf.key] for one in found])
            for leaf in question.record.leaves
        }
        lists = {
            listing.key: tuple(item for one in found for item in one.lists[listing.key])
            for listing in question.record.lists
        }
        return FoundRecord(leaves=leaves, lists=lists)


def _best(found: Sequence[Found]) -> Found:
    """Return the likeliest value of those found in the windows, in order."""
    said = [
        (one.confidence * _LATER**at, one) for at, one in enumerate(found) if one.value is not None
    ]
    sound = [each for each in said if each[1].fault is None] or said
    if sound:
        return max(sound, key=lambda each: each[0])[1]
    faulty = [one for one in found if one.fault is not None]
    # Absent from the document is absent from every window.
    return faulty[0] if faulty else min(found, key=lambda one: one.confidence, default=Found())


def _unread(pages: Sequence[Page]) -> Iterator[ReviewReason]:
    gone = [page.number for page in pages if page.problem is not None]
    if gone:
        named = ", ".join(map(str, gone[:20])) + ("…" if len(gone) > 20 else "")
        yield ReviewReason(code="incomplete", message=f"Pages could not be read: {named}.")
    elif not any(page.blocks for page in pages):
        yield ReviewReason(code="incomplete", message="The document has no words.")
