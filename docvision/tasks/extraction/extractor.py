"""One document's words become one record: tables first, then questions over windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from docvision.engines.base import Engine
from docvision.engines.profile import Reads
from docvision.results.model import Extraction, Page, ReviewReason, Usage
from docvision.schemas.accept import Schema
from docvision.schemas.checks import Outcome, ProductCheck
from docvision.schemas.shape import Leaf, Listing, Record, leaves_of
from docvision.tasks.base import Desk
from docvision.tasks.extraction.asides import without_asides
from docvision.tasks.extraction.asking import Question, ask, questions, without_lists
from docvision.tasks.extraction.balances import with_balances
from docvision.tasks.extraction.calibration import Calibration, calibration_of
from docvision.tasks.extraction.contract_parts import IN_SENTENCES
from docvision.tasks.extraction.data import Data, build
from docvision.tasks.extraction.found import Found, FoundRecord
from docvision.tasks.extraction.judging import Judge
from docvision.tasks.extraction.label_places import PERCENT
from docvision.tasks.extraction.likened import Likened, likened
from docvision.tasks.extraction.opinions import Opinions
from docvision.tasks.extraction.placed_lists import placed_list
from docvision.tasks.extraction.priced import PricedLines, priced_lines
from docvision.tasks.extraction.proven import with_proven
from docvision.tasks.extraction.reconcile import reconciled
from docvision.tasks.extraction.review import gaps_of, outcomes_of, reasons, weighed
from docvision.tasks.extraction.still_due import with_still_due
from docvision.tasks.extraction.sums import adds_up, figures_in, values_of
from docvision.tasks.extraction.tables import FromTables, outside, read_tables
from docvision.tasks.extraction.taken_off import without_minus
from docvision.tasks.extraction.totals import with_parts_of_total
from docvision.tasks.extraction.unlabelled import product_of
from docvision.tasks.extraction.windows import budget_of, page_budget_of, windows
from docvision.tasks.normalise import Conventions, conventions_of
from docvision.tasks.options import Mode
from docvision.tasks.passage import Passage, passage_of

_LATER = 0.97
_LATEST = 10
"""What a place in the next window counts less than the same in this one, and for how many: on the
last page of a long contract stands what is nowhere else.
"""


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
        like = self._likened(pages, desk)
        asking = replace(self, schema=like.schema) if like else self
        data, spent = asking._read(pages, desk, conventions)
        outcomes: Sequence[Outcome] = outcomes_of(asking.schema, data)
        data = weighed(data, outcomes)
        gaps: Sequence[str] = tuple(gaps_of(asking.schema.checks, data.value))
        if like:
            own = like.returned(data, outcomes, gaps, conventions)
            data, outcomes, gaps = own.data, own.outcomes, own.gaps
        extraction = Extraction(
            schema_name=self.schema.name,
            data=data.value,
            evidence=data.evidence,
            review=(*_unread(pages), *reasons(data, outcomes, gaps, self._threshold)),
        )
        return extraction, spent

    def _read(
        self, pages: Sequence[Page], desk: Desk, conventions: Conventions
    ) -> tuple[Data, Usage]:
        """Return what the pages say, not yet weighed by the checks of the schema."""
        tables = self._listed(pages, desk, conventions)
        rest = without_lists(self.schema.shape, tables.lists)
        found = FoundRecord(lists=tables.lists)
        spent = tables.usage
        for question in questions(rest, self._mode, conventions):
            profile, asked = self.engine.profile, question.length
            shown = windows(
                self._shown(question, map(desk.page, pages)),
                budget_of(profile, asked),
                outside(tables.places),
                page_budget_of(profile, asked),
            )
            head = passage_of(list(self._shown(question, map(desk.page, pages[:1]))))
            some, cost = self._asked(question, shown, head, desk.cancelled)
            found = found.with_all(some)
            spent += cost
        sure = self._threshold
        found = with_balances(self.schema, found, pages, desk.page, conventions, sure)
        found = without_minus(self.schema, found)
        found = with_proven(self.schema, found, pages, desk.page, conventions, sure)
        found = reconciled(self.schema, found)
        found = with_parts_of_total(self.schema, found, pages, desk.page, conventions, sure)
        found = with_still_due(self.schema, found, pages, desk.page, conventions)
        return build(self.schema, found), spent

    def _likened(self, pages: Sequence[Page], desk: Desk) -> Likened | None:
        """Return the built-in schema to extract in place of a user's, to a small model.

        A large one is asked what the user asks, and nothing besides.
        """
        leaves = [leaf for _, leaf in leaves_of(self.schema.shape)]
        if not pages or any(self._mode(leaf) is not Mode.VERBATIM for leaf in leaves):
            return None
        return likened(self.schema, desk.page(pages[0]))

    def _shown(self, question: Question, pages: Iterable[Page]) -> Iterator[Page]:
        """Yield the pages as a question is put to them."""
        copied = question.mode is Mode.VERBATIM and self.engine.profile.reads is not Reads.PAGE
        leaves = [*question.record.leaves, *_items_leaves(question.record)]
        copied = copied and not any(leaf.place in IN_SENTENCES for leaf in leaves)
        for page in pages:
            yield without_asides(page, leaves) if copied else page

    def _listed(self, pages: Sequence[Page], desk: Desk, conventions: Conventions) -> FromTables:
        """Return the lists that stand in tables or in priced lines."""
        priced = self._priced()
        schema = self.schema

        def read(left_out: Container[str]) -> FromTables:
            return read_tables(
                pages,
                schema,
                self.engine,
                conventions,
                desk.page,
                desk.cancelled,
                labelled_only=priced,
                left_out=left_out,
            )

        placed = self._placed()
        wanted = pages if priced or placed else ()
        passages = [passage_of([desk.page(page)]) for page in wanted]
        tables = read(())
        better: dict[str, PricedLines] = {}
        for key, (listing, product) in priced.items():
            leaves = schema.shape.leaves
            lines = priced_lines(passages, listing, product, leaves, conventions)
            if _is_better(lines, tables.lists.get(key, ()), product, passages, conventions):
                better[key] = lines
        if any(key in tables.lists for key in better):
            again = read(better)
            tables = replace(again, usage=tables.usage + again.usage)
        for key, lines in better.items():
            tables = tables.with_list(key, lines.records, lines.places)
        for listing in placed:
            if some := placed_list(passages, listing, conventions):
                tables = tables.with_list(listing.key, some, ())
        return tables

    @property
    def _threshold(self) -> float:
        return self._calibration.threshold if self.threshold is None else self.threshold

    @property
    def _calibration(self) -> Calibration:
        return calibration_of(self.engine.profile.name)

    def _mode(self, leaf: Leaf) -> Mode:
        if leaf.verbatim is not None:
            return Mode.VERBATIM if leaf.verbatim else Mode.OFF
        if self.mode is not Mode.AUTO:
            return self.mode
        return Mode.PREFER if self.engine.profile.reads is Reads.PAGE else Mode.VERBATIM

    def _placed(self) -> list[Listing]:
        """Return the lists that are told by how they stand on a page, to a small model."""
        return [
            listing
            for listing in self.schema.shape.lists
            if listing.place
            and all(self._mode(leaf) is Mode.VERBATIM for leaf in listing.item.leaves)
        ]

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
        self,
        question: Question,
        shown: Iterable[Passage],
        head: Passage,
        cancelled: Callable[[], bool],
    ) -> tuple[FoundRecord, Usage]:
        """Return what is believed of all windows together: the best value, all items in order.

        `head` is the first page, whole.
        """
        found: list[FoundRecord] = []
        spent = Usage()
        for heard in ask(self.engine, question, shown, self.max_tokens, cancelled):
            judge = Judge(
                passage=heard.passage,
                conventions=question.conventions,
                calibration=self._calibration,
            )
            said = judge.record(question.record, heard.reply, question.mode)
            found.append(self._settled(question, heard.passage, head, said))
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

    def _settled(
        self, question: Question, passage: Passage, head: Passage, said: FoundRecord
    ) -> FoundRecord:
        """Return what was said, beside what labels in the document say."""
        if question.mode is Mode.OFF or not question.record.leaves:
            return said
        opinions = Opinions(
            passage=passage,
            head=head,
            conventions=question.conventions,
            replaces=question.mode is Mode.VERBATIM,
        )
        return opinions.settled(question.record, said)


def _is_better(
    lines: PricedLines,
    rows: Sequence[FoundRecord],
    product: ProductCheck,
    passages: Sequence[Passage],
    conventions: Conventions,
) -> bool:
    """Whether priced lines are a better reading of a list than a table's rows.

    They are where there are no rows, and where they alone add up, or show how many of each, or the
    rows are those of a table of taxes, which adds up to the same total.
    """
    if not lines.records or not rows:
        return bool(lines.records)
    amounts = values_of(rows, product.equals)
    figures = figures_in((word for one in passages for word in one.words), conventions)
    # The amounts themselves stand there too, and prove nothing.
    rest = frozenset(figures - Counter(amounts))
    adds_up_too = len(amounts) == len(rows) and adds_up(amounts, rest)
    counts = [len(values_of(some, product.factors[0])) for some in (lines.records, rows)]
    if counts[0] > counts[1] and Counter(values_of(lines.records, product.equals)) == Counter(
        amounts
    ):
        return True
    return lines.adds_up and (not adds_up_too or counts[0] > counts[1] or _are_rates(rows))


def _are_rates(rows: Sequence[FoundRecord]) -> bool:
    """Return whether every row is named by a rate: `C 7.00%`."""
    texts = (
        [one.value for one in row.leaves.values() if isinstance(one.value, str)] for row in rows
    )
    return all(
        any(PERCENT.fullmatch(word) for text in said for word in text.split()) for said in texts
    )


def _items_leaves(record: Record) -> Iterator[Leaf]:
    for listing in record.lists:
        yield from listing.item.leaves


def _best(found: Sequence[Found]) -> Found:
    """Return the likeliest value of those found in the windows, in order."""
    said = [
        (one.confidence * _LATER ** min(at, _LATEST), one)
        for at, one in enumerate(found)
        if one.value is not None
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
