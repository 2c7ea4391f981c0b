"""The rows of a table as records: which are records, which totals, which go on with the last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import takewhile
from statistics import median

from docvision.geometry import Box, middle_in, union
from docvision.results.model import Evidence, Source, Word
from docvision.results.tables import JoinedCell
from docvision.schemas.shape import Kind, Leaf, Record
from docvision.schemas.validity import is_valid
from docvision.tasks.evidence import joined
from docvision.tasks.extraction.columns import Columns, Row
from docvision.tasks.extraction.found import Fault, Found, FoundRecord
from docvision.tasks.extraction.judging import AMBIGUOUS
from docvision.tasks.extraction.sum_words import BALANCE, SUMMARY, tells_of_sums
from docvision.tasks.extraction.units import unit_of, without_unit
from docvision.tasks.normalise import Conventions, as_day, is_ambiguous, normalise, to_number

_ALWAYS = 0.8
"""A column that is filled in so many of the rows is filled in every record."""

_AWAY = frozenset(("af", "dr", "d", "debit", "s", "soll", "-", "−", "out", "debet", "dare", "debe"))
_SIGNS = _AWAY | frozenset(
    ("bij", "cr", "c", "credit", "h", "haben", "+", "in", "kredit", "avere", "haber")
)
"""What says of sums in a column beside theirs that they are taken away, or which way they go."""
_LUMP = 2
"""Cells of such a row at least: what it is and what it comes to."""
_SUMMARY = 5
"""Words of such a text at most; of one that begins so, twice as many."""
_ARTICLE = re.compile(
    r"\s+(?:(?:vs|ns|your|our|ihre?|unsere?|votre|notre|su|uw)\.? )?"
    r"(?:(?:artikel-?nr|art\.? ?-?nr|art\. ?no|article no|item (?:no|code)|product code|sku|réf|"
    r"artikelnummer|ean|gtin|upc|mpn|s/n|serial no)\.?:? *"
    r"|(?:cód(?:igo)?|codice(?: articolo)?|code|ref(?:erenc\w+)?|référence)\.?: *)\S*\d\S*",
    re.IGNORECASE,
)
"""The number of an article below its name: `Article no. BP-2010`."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The words of a cell: their box, how sure their reader is of them, and who that is."""

    bbox: Box
    confidence: float
    source: Source


See = Callable[[JoinedCell], Seen]


@dataclass(frozen=True, kw_only=True)
class TableRecords:
    """The records of a table, and the places (page, box) that they take up."""

    records: tuple[FoundRecord, ...]
    places: tuple[tuple[int, Box], ...]


def sign_column(rows: Sequence[Row], columns: Columns) -> int | None:
    """Return the column that says which way each sum goes, `Bij` or `Af`, if there is one."""
    count = max(map(len, rows), default=0)
    for column in range(count):
        said = [_letters(row[column]) for row in rows if row[column]]
        ways = [word for word in said if word in _SIGNS]
        told = len(ways) >= max(2, _ALWAYS * len(said)) and len(set(said)) > 1
        if told and column not in columns.of.values():
            return column
    return None


def records_of(
    rows: Sequence[Row],
    record: Record,
    columns: Columns,
    conventions: Conventions,
    see: See,
    signed: Mapping[str, int] | None = None,
) -> TableRecords:
    """Return the records of a table's rows in order; totals and empty rows are none.

    A row that only goes on with the text of the one above it is joined to it. `signed` are the
    leaves (by key) whose sums are taken away where a column beside says so.
    """
    leaves = [leaf for leaf in record.leaves if leaf.key in columns.of]
    reader = _Reader(
        leaves=leaves, columns=columns, conventions=conventions, see=see, signed=signed or {}
    )
    judged = _RowJudge(rows, columns, conventions)
    found: list[dict[str, Found]] = []
    places: list[tuple[int, Box]] = []
    summed = False
    for row in rows:
        summed = summed or is_summary(row)
        if judged.is_record(row, below_sums=summed):
            found.append(reader.read(row))
        elif found and judged.goes_on(row):
            found[-1] = _longer(found[-1], reader.read(row), leaves)
        else:
            continue
        places += _places(row)
    records = tuple(FoundRecord(leaves=one) for one in found)
    return TableRecords(records=records, places=tuple(places))


class _RowJudge:
    """Tells records from what else stands in a table."""

    def __init__(self, rows: Sequence[Row], columns: Columns, conventions: Conventions) -> None:
        self._conventions = conventions
        self._mapped = list(columns.of.values())
        self._rows = rows
        above = list(takewhile(lambda row: not _tells_of_sums(row), rows))
        body = above if len(above) > 1 else [row for row in rows if not is_summary(row)]
        # A row with one cell may only go on with the text above, and tells nothing of the usual.
        body = [row for row in body if self._filled(row) > 1] or body
        count = max(1, len(body))
        self._always = [
            column
            for column in self._mapped
            if sum(row[column] is not None for row in body) >= _ALWAYS * count
        ]
        self._usual = median([self._filled(row) for row in body]) if body else 0
        self._first = next(
            (
                column
                for column in range(max(map(len, body), default=0))
                if sum(row[column] is not None for row in body) >= _ALWAYS * count
            ),
            None,
        )

        self._figures = [column for column in self._mapped if _are_figures(body, column)]

    def is_record(self, row: Row, *, below_sums: bool = False) -> bool:
        """Whether a row is one; below sums it is only where it is whole."""
        if any(cell and BALANCE.match(cell.text) for cell in row) or self._is_label(row):
            return False
        there = self._filled(row)
        has = sum(row[column] is not None for column in self._always)
        if not there or has * 2 < len(self._always):
            return False
        if is_summary(row) and (has < len(self._always) or there < self._usual):
            return False
        whole = has == len(self._always)
        return whole or (not below_sums and (there * 2 > self._usual or self._is_lump(row)))

    def _is_label(self, row: Row) -> bool:
        """Whether words stand among the columns of figures, and none where rows begin."""
        if self._first is None or row[self._first]:
            return False
        cells = [cell for column in self._figures if (cell := row[column])]
        return any(not any(map(str.isdigit, cell.text)) for cell in cells)

    def _is_lump(self, row: Row) -> bool:
        """Whether a row begins as all do and ends with a sum that is not that of those above it.

        A surcharge among items that are counted and priced: no heading above them, and no total.
        One that has only a name and a sum has whole rows below it.
        """
        first, last = self._first, max(self._mapped)
        amount = self._number(row, last)
        cells = [cell for cell in row if cell]
        if first is None or first == last or row[first] is None or amount is None:
            return False
        if len(cells) < _LUMP or all(looks_like_figure(cell.text) for cell in cells):
            return False
        at = next(place for place, one in enumerate(self._rows) if one is row)
        whole = (all(one[column] for column in self._always) for one in self._rows[at + 1 :])
        if len(cells) == _LUMP and not any(whole):
            return False
        above = [self._number(one, last) or Decimal(0) for one in self._rows[:at]]
        return all(sum(above[start:]) != amount for start in range(len(above) - 1))

    def _number(self, row: Row, column: int) -> Decimal | None:
        cell = row[column]
        return to_number(" ".join(cell.text.split()), self._conventions) if cell else None

    def goes_on(self, row: Row) -> bool:
        """Whether a row has words only, in fewer columns than a record."""
        cells = [cell for cell in row if cell]
        words = bool(cells) and not any(looks_like_figure(cell.text) for cell in cells)
        return words and len(cells) == 1 and not is_summary(row)

    def _filled(self, row: Row) -> int:
        return sum(row[column] is not None for column in self._mapped)


def _tells_of_sums(row: Row) -> bool:
    return is_summary(row) or any(cell and tells_of_sums(cell.text) for cell in row)


def _are_figures(rows: Sequence[Row], column: int) -> bool:
    texts = [cell.text for row in rows if (cell := row[column])]
    return sum(map(looks_like_figure, texts)) >= _ALWAYS * max(1, len(texts))


def is_summary(row: Row) -> bool:
    """Whether a row tells of a sum or a balance over other rows."""
    texts = [cell.text for cell in row if cell and any(map(str.isalpha, cell.text))]
    return any(
        (SUMMARY.search(text) and len(text.split()) <= _SUMMARY)
        or (SUMMARY.match(text) and len(text.split()) <= 2 * _SUMMARY)
        for text in texts[:2]
    )


def looks_like_figure(text: str) -> bool:
    """Whether a text is digits for the greater part."""
    return sum(map(str.isdigit, text)) * 2 >= sum(map(str.isalnum, text))


@dataclass(frozen=True, kw_only=True)
class _Reader:
    leaves: Sequence[Leaf]
    columns: Columns
    conventions: Conventions
    see: See
    signed: Mapping[str, int]

    def read(self, row: Row) -> dict[str, Found]:
        found = {
            leaf.key: self._found(leaf, row[self.columns.of[leaf.key]]) for leaf in self.leaves
        }
        for key, column in self.signed.items():
            way = row[column]
            if way is not None and _letters(way) in _AWAY:
                found[key] = self._away(found[key], way)
        return found

    def _said(self, leaf: Leaf, text: str) -> str:
        """Return what of a cell's text is a leaf's."""
        if leaf.key in self.columns.units:
            return unit_of(text) or ""
        if leaf.kind is Kind.TEXT:
            return without_article(text) or text
        if leaf.kind in (Kind.NUMBER, Kind.INTEGER) and to_number(text, self.conventions) is None:
            return without_unit(text)
        return text

    def _away(self, found: Found, way: JoinedCell) -> Found:
        """Return a sum that goes out, with the word that says so."""
        if found.evidence is None or not isinstance(found.value, int | float) or found.value < 0:
            return found
        place, quote = self.see(way).bbox, " ".join(way.text.split())
        said = found.evidence.model_copy(update={"bbox": place, "quote": quote})
        return replace(found, value=-found.value, evidence=joined(found.evidence, said))

    def _found(self, leaf: Leaf, cell: JoinedCell | None) -> Found:
        sureness = self.columns.sureness[leaf.key]
        if cell is None or not any(map(str.isalnum, cell.text)):
            return Found(confidence=sureness)
        text = " ".join(cell.text.split())
        text = self._said(leaf, text)
        seen = self.see(cell)
        if leaf.kind in (Kind.DATE, Kind.DATE_TIME) and is_ambiguous(text, self.conventions):
            sureness *= AMBIGUOUS
        evidence = Evidence(
            page=cell.page,
            bbox=seen.bbox,
            quote=text,
            source=seen.source,
            confidence=min(1.0, sureness * seen.confidence),
            verified=True,
        )
        if leaf.kind is Kind.DATE:
            text = as_day(text)
        value = normalise(text, leaf.kind, self.conventions, leaf.choices)
        if value is None or not is_valid(leaf.node, value):
            return Found(evidence=evidence, confidence=evidence.confidence, fault=Fault.UNREADABLE)
        return Found(value=value, evidence=evidence, confidence=evidence.confidence)


def _letters(cell: JoinedCell | None) -> str:
    """Return what a cell says in lower case, without points."""
    text = cell.text.casefold() if cell else ""
    return "".join(mark for mark in text if mark.isalnum() or mark in "+-−")


def without_article(text: str) -> str:
    """Return a name without the number of the article that ends it; empty where that is all."""
    found = list(_ARTICLE.finditer(text))
    return text[: found[-1].start()] if found and found[-1].end() == len(text) else text


def _longer(
    before: Mapping[str, Found], more: Mapping[str, Found], leaves: Sequence[Leaf]
) -> dict[str, Found]:
    """Return a record with the words of the row below added to its texts."""
    longer = dict(before)
    for leaf in leaves:
        one, other = before[leaf.key], more[leaf.key]
        if leaf.kind is not Kind.TEXT or not without_article(f" {other.value}"):
            continue
        if other.value is not None and one.evidence and other.evidence:
            longer[leaf.key] = replace(
                one,
                value=f"{one.value} {other.value}",
                evidence=joined(one.evidence, other.evidence),
            )
    return longer


def _places(row: Row) -> Iterator[tuple[int, Box]]:
    for cell in row:
        if cell:
            yield cell.page, cell.bbox


def seen_in(cell: JoinedCell, words: Sequence[tuple[Word, Source]], confidence: float) -> Seen:
    """Return what stands in a cell, given the words of its page."""
    inside = [one for one in words if middle_in(one[0].bbox, cell.bbox)]
    text = "".join(cell.text.split())
    if not inside or sorted("".join(word.text for word, _ in inside)) != sorted(text):
        source = inside[0][1] if inside else Source.TEXT_LAYER
        return Seen(bbox=cell.bbox, confidence=confidence, source=source)
    sure = sum(word.confidence for word, _ in inside) / len(inside)
    return Seen(bbox=union(word.bbox for word, _ in inside), confidence=sure, source=inside[0][1])
