"""One document's words become one record: tables first, then questions over windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from docvision.engines.base import Engine
from docvision.engines.profile import Reads
from docvision.results.model import Extraction, Page, ReviewReason, Usage
from docvision.schemas.accept import Schema
from docvision.schemas.checks import ProductCheck
from docvision.schemas.shape import Leaf, Listing
from docvision.tasks.base import Desk
from docvision.tasks.extraction.asking import Question, ask, questions, without_lists
from docvision.tasks.extraction.calibration import Calibration, calibration_of
from docvision.tasks.extraction.data import build
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.extraction.judging import Judge
from docvision.tasks.extraction.priced import priced_lines
from docvision.tasks.extraction.review import outcomes_of, reasons, weighed
from docvision.tasks.extraction.tables import FromTables, outside, read_tables
from docvision.tasks.extraction.unlabelled import product_of
from docvision.tasks.extraction.windows import budget_of, page_budget_of, windows
from docvision.tasks.normalise import Conventions, conventions_of
from docvision.tasks.options import Mode
from docvision.tasks.passage import Passage, passage_of

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
        priced = self._priced()
        tables = read_tables(
            pages, self.schema, self.engine, conventions, desk.page, desk.cancelled, priced
        )
        for key in priced.keys() - tables.lists.keys():
            tables = _with_lines(tables, priced[key], pages, desk, conventions)
        rest = without_lists(self.schema.shape, tables.lists)
        found = FoundRecord(lists=tables.lists)
        spent = tables.usage
        for question in questions(rest, self._mode, conventions):
            profile, asked = self.engine.profile, question.length
            shown = windows(
                map(desk.page, pages),
                budget_of(profile, asked),
                outside(tables.places),
                page_budget_of(profile, asked),
            )
            some, cost = self._asked(question, shown, desk.cancelled)
            found = found.with_all(some)
            spent += cost
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

    def _priced(self) -> dict[str, tuple[Listing, ProductCheck]]:
        """Return the lists, by their keys, that a receipt may show as priced lines.

        Only what a small model would have to copy: a large one reads lines better than rules do.
        """
        return {
            listing.key: (listing, product)
            for listing in self.schema.shape.lists
            if (product := product_of(listing, self.schema.checks))
            and all(self._mode(leaf) is Mode.VERBATIM for leaf in listing.item.leaves)
        }

    def _asked(
        self, question: Question, shown: Iterable[Passage], cancelled: Callable[[], bool]
    ) -> tuple[FoundRecord, Usage]:
        """Return what is believed of all windows together: the best value, all items in order."""
        found: list[FoundRecord] = []
        spent = Usage()
        for heard in ask(self.engine, question, shown, self.max_tokens, cancelled):
            judge = Judge(
                passage=heard.passage,
                conventions=question.conventions,
                calibration=self._calibration,
            )
            found.append(judge.record(question.record, heard.reply, question.mode))
            spent += heard.usage
        leaves = {
            leaf.key: _best([one.leaves[leaf.key] for one in found])
            for leaf in question.record.leaves
        }
        lists = {
            listing.key: tuple(item for one in found for item in one.lists[listing.key])
            for listing in question.record.lists
        }
        return FoundRecord(leaves=leaves, lists=lists), spent


def _with_lines(
    tables: FromTables,
    priced: tuple[Listing, ProductCheck],
    pages: Sequence[Page],
    desk: Desk,
    conventions: Conventions,
) -> FromTables:
    """Return what tables say, with a list besides that stands in priced lines, if it does."""
    listing, product = priced
    keep = outside(tables.places)
    passages = (passage_of([desk.page(page)], keep) for page in pages)
    lines = priced_lines(passages, listing, product, conventions)
    if not lines.records:
        return tables
    return tables.with_list(listing.key, lines.records, lines.places)


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
