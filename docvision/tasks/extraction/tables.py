"""Lists of records that stand in tables: columns mapped once, rows read from the cells.

So neither cost nor errors grow with the rows, and every value has the box of its cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from docvision.engines.base import Engine
from docvision.geometry import Box, middle_in
from docvision.results.model import Page, Source, Usage, Word
from docvision.results.tables import JoinedCell, JoinedTable, joined_tables
from docvision.schemas.accept import Schema
from docvision.schemas.checks import Check, RunningCheck
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Kind, Listing, Record
from docvision.tasks.extraction.asking import Question, ask
from docvision.tasks.extraction.columns import (
    NO_COLUMNS,
    Columns,
    Row,
    Shown,
    columns_of,
    row_text,
    samples,
    with_header,
)
from docvision.tasks.extraction.found import FoundRecord
from docvision.tasks.extraction.laid_out import LaidOut, laid_out, lined_up
from docvision.tasks.extraction.list_names import ListNames
from docvision.tasks.extraction.parted import Parter, Totals, totals_of, with_told
from docvision.tasks.extraction.reply import Reply
from docvision.tasks.extraction.rows import Seen, records_of, seen_in, sign_column
from docvision.tasks.extraction.running_columns import columns_by_balance
from docvision.tasks.extraction.tax_tables import is_of_taxes, tells_taxes
from docvision.tasks.extraction.unlabelled import columns_by_content, rows_before_sums
from docvision.tasks.normalise import Conventions
from docvision.tasks.options import Mode
from docvision.tasks.passage import passage_of, passage_of_text

_LEAST_ROWS = 2
"""Rows above the sums of a table that tell what its columns hold, at least."""
_LEAST_LEAVES = 2
"""A table is a list's only if so many of its columns are leaves of the list's items."""

Places = Mapping[int, Sequence[Box]]
"""Boxes by page number."""


@dataclass(frozen=True, kw_only=True)
class FromTables:
    """What the tables of a document say.

    Attributes:
        lists: The records of each list (by key) that stands in tables.
        places: What of each page (by number) was read here, and need not be shown any more.
        usage: What asking cost.
    """

    lists: Mapping[str, tuple[FoundRecord, ...]] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)

    def with_list(
        self, key: str, records: tuple[FoundRecord, ...], places: Sequence[tuple[int, Box]]
    ) -> FromTables:
        """Return the same with one list more, and the places that it takes up."""
        taken = {page: list(boxes) for page, boxes in self.places.items()}
        for page, box in places:
            taken.setdefault(page, []).append(box)
        return replace(self, lists={**self.lists, key: records}, places=taken)


def read_tables(
    pages: Sequence[Page],
    schema: Schema,
    engine: Engine,
    conventions: Conventions,
    page_with_words: Callable[[Page], Page],
    cancelled: Callable[[], bool],
    labelled_only: Container[str] = (),
    left_out: Container[str] = (),
) -> FromTables:
    """Return the records of those lists of a schema that stand in tables of the document.

    For the lists (by key) in `labelled_only` tables without headings are left alone; those in
    `left_out` are not looked for.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    lists: defaultdict[str, list[FoundRecord]] = defaultdict(list)
    places: defaultdict[int, list[Box]] = defaultdict(list)
    usage = Usage()
    mapper = _Mapper(
        engine=engine,
        conventions=conventions,
        checks=schema.checks,
        cancelled=cancelled,
        labelled_only=labelled_only,
    )
    see = _Sight(pages, page_with_words)
    candidates = [
        one
        for one in schema.shape.lists
        if len(one.item.leaves) >= _LEAST_LEAVES and one.key not in left_out
    ]
    tables = joined_tables(pages)
    parted, spent = mapper.parted(tables, candidates, totals_of(schema), pages, page_with_words)
    usage += spent
    shared = [table for table, _ in parted]
    told = {mapped.listing.key for _, mapped in parted}
    found: list[tuple[JoinedTable | None, _Mapped]] = []
    untold = [one for one in candidates if one.key not in told]
    for alone in tables:
        if any(alone is one for one in shared):
            continue
        taxes = is_of_taxes(alone)
        fit = [one for one in untold if not taxes or tells_taxes(one)]
        mapped, spent = mapper.best(alone, fit)
        usage += spent
        if mapped is not None:
            found.append((alone, mapped))
    for table, mapped in (*parted, *_of_one_sort(found)):
        signed = _signed(mapped, schema.checks)
        read = records_of(
            mapped.rows, mapped.listing.item, mapped.columns, conventions, see, signed
        )
        lists[mapped.listing.key] += read.records
        headers = _headers(table, pages) if table else ()
        for page, box in (*read.places, *headers):
            places[page].append(box)
    return FromTables(
        lists={key: tuple(found) for key, found in lists.items() if found},
        places=places,
        usage=usage,
    )


def _signed(mapped: _Mapped, checks: Sequence[Check]) -> Mapping[str, int]:
    """Return the leaf (by key) that moves a balance either way, and the column that says which."""
    names = {
        terms[0]
        for check in checks
        if isinstance(check, RunningCheck) and check.each == pointer(mapped.listing.path)
        for terms in check.moves
        if len(terms) == 1
    }
    keys = [one.key for one in mapped.listing.item.leaves if "/".join(one.path) in names]
    column = sign_column(mapped.rows, mapped.columns) if keys else None
    return {key: column for key in keys if column is not None and key in mapped.columns.of}


def _of_one_sort(
    found: Sequence[tuple[JoinedTable | None, _Mapped]],
) -> Iterator[tuple[JoinedTable | None, _Mapped]]:
    """Yield the tables without those that lack the days which another of the same list tells.

    Above a list of movements stands a table of their sums: so many, so much.
    """
    dated = {mapped.listing.key for _, mapped in found if mapped.is_dated}
    for table, mapped in found:
        if mapped.is_dated or mapped.listing.key not in dated:
            yield table, mapped


@dataclass(frozen=True, kw_only=True)
class _Mapped:
    """A list, the columns of its items' leaves, and the rows in which they may stand."""

    listing: Listing
    columns: Columns
    rows: Sequence[Row]

    @property
    def is_dated(self) -> bool:
        """Whether a column holds the day of each item."""
        leaves = self.listing.item.leaves
        return any(leaf.kind is Kind.DATE and leaf.key in self.columns.of for leaf in leaves)


@dataclass(frozen=True, kw_only=True)
class _Mapper:
    engine: Engine
    conventions: Conventions
    checks: Sequence[Check]
    labelled_only: Container[str]
    cancelled: Callable[[], bool]

    def best(self, table: JoinedTable, listings: Sequence[Listing]) -> tuple[_Mapped | None, Usage]:
        """Return the list whose items fill most of a table's columns, if any do."""
        usage = Usage()
        found: list[_Mapped] = []
        for listing in listings if table.rows else ():
            shown = with_header(table, listing.item)
            items = rows_before_sums(shown.rows)
            proven = columns_by_balance(shown.rows, listing, self.checks, self.conventions)
            content = (
                proven
                if proven.of
                else columns_by_content(items, listing, self.checks, self.conventions)
            )
            if any(shown.header):
                replies, spent = self._replies(shown, listing.item)
                usage += spent
                rows: Sequence[Row] = shown.rows
                listed = replace(shown, rows=items) if len(items) >= _LEAST_ROWS else shown
                columns = columns_of(listed, listing.item, replies, self.conventions, content)
            elif listing.key in self.labelled_only:
                continue
            else:
                rows, columns = (shown.rows if proven.of else items), content
            if len(columns.of) >= _LEAST_LEAVES:
                found.append(_Mapped(listing=listing, columns=columns, rows=rows))
        best = max(found, key=lambda one: sum(one.columns.sureness.values()), default=None)
        return best, usage

    def parted(
        self,
        tables: Sequence[JoinedTable],
        listings: Sequence[Listing],
        totals: Totals,
        pages: Sequence[Page],
        page_with_words: Callable[[Page], Page],
    ) -> tuple[list[tuple[JoinedTable | None, _Mapped]], Usage]:
        """Return what of tables is told to be one list's or another's, where there are several.

        Where no table shows two of them, the lines below a line that names two are one.
        """
        found: list[tuple[JoinedTable | None, _Mapped]] = []
        usage = Usage()
        if len(listings) < 2:
            return found, usage
        names = ListNames(listings=listings, others=totals.every)
        parter = Parter(names=names, totals=totals)
        for table in tables:
            first = pages[table.blocks[0][0]]
            laid = laid_out(table, page_with_words(first))
            mapped, spent = self._parts_of(parter, laid)
            found += [(table, one) for one in mapped]
            usage += spent
        if len({one.listing.key for _, one in found}) > 1:
            return found, usage
        for page in pages:
            lined = lined_up(passage_of([page_with_words(page)]), names)
            mapped, spent = self._parts_of(parter, lined) if lined else ([], Usage())
            usage += spent
            if len({one.listing.key for one in mapped}) > 1:
                return [(None, one) for one in mapped], usage
        return found, usage

    def _parts_of(self, parter: Parter, laid: LaidOut) -> tuple[list[_Mapped], Usage]:
        usage = Usage()
        found: list[_Mapped] = []
        for part in parter.parts(laid.shown, laid.above, laid.spans):
            item = part.listing.item
            replies, spent = self._replies(part.shown, item)
            usage += spent
            columns = columns_of(part.shown, item, replies, self.conventions, NO_COLUMNS)
            columns = with_told(columns, part)
            if len(columns.of) >= _LEAST_LEAVES:
                found.append(_Mapped(listing=part.listing, columns=columns, rows=part.shown.rows))
        return found, usage

    def _replies(self, table: Shown, record: Record) -> tuple[list[tuple[Row, Reply]], Usage]:
        rows = samples(table)
        question = Question(
            record=Record(leaves=record.leaves), mode=Mode.VERBATIM, conventions=self.conventions
        )
        shown = [passage_of_text(row_text(table.header, row)) for row in rows]
        heard = list(ask(self.engine, question, shown, _ROW_TOKENS, self.cancelled))
        usage = sum((one.usage for one in heard), Usage())
        return list(zip(rows, (one.reply for one in heard), strict=True)), usage


_ROW_TOKENS = 512
"""Of the answer about one row at most."""


class _Sight:
    """Tells of a cell's words; keeps the words of one page at a time."""

    def __init__(self, pages: Sequence[Page], page_with_words: Callable[[Page], Page]) -> None:
        self._pages = {page.number: page for page in pages}
        self._open = page_with_words
        self._number = 0
        self._words: list[tuple[Word, Source]] = []
        self._confidence = 1.0

    def __call__(self, cell: JoinedCell) -> Seen:
        if cell.page != self._number:
            self._number = cell.page
            page = self._open(self._pages[cell.page])
            tables = [block for block in page.blocks if block.table]
            self._words = [
                (word, block.source)
                for block in tables
                for line in block.lines
                for word in line.words
            ]
            self._confidence = min((block.confidence for block in tables), default=1.0)
        return seen_in(cell, self._words, self._confidence)


def _headers(table: JoinedTable, pages: Sequence[Page]) -> Iterator[tuple[int, Box]]:
    """Yield where the headings of a table stand, those repeated on later pages too."""
    for at, number in table.blocks:
        part = pages[at].blocks[number].table
        assert part is not None
        for cell in part.cells:
            if cell.row < part.header_rows:
                yield pages[at].number, cell.bbox


def outside(places: Places) -> Callable[[Page, Word], bool]:
    """Return whether a word of a page stands outside of what was read from tables."""

    def keep(page: Page, word: Word) -> bool:
        return not any(middle_in(word.bbox, box) for box in places.get(page.number, ()))

    return keep
