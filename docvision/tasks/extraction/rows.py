"""The rows of a table as records: which are records, which totals, which go on with the last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from docvision.tasks.normalise import Conventions, is_ambiguous, normalise

_ALWAYS = 0.8
"""A column that is filled in so many of the rows is filled in every record."""

SUMMARY = re.compile(
    r"\b(sub[- ]?total|total|totals|sum|balance (brought|carried) (forward|down)|"
    r"(brought|carried) forward|(opening|closing|starting|ending|previous|new) balance|"
    r"zwischensumme|gesamt|gesamtbetrag|summe|übertrag|anfangssaldo|endsaldo|saldovortrag|"
    r"sous-total|somme|report|solde|totale|subtotale|riporto|saldo|subtotaal|totaal)\b",
    re.IGNORECASE,
)


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


def records_of(
    rows: Sequence[Row], record: Record, columns: Columns, conventions: Conventions, see: See
) -> TableRecords:
    """Return the records of a table's rows in order; totals and empty rows are none.

    A row that only goes on with the text of the one above it is joined to it.
    """
    leaves = [leaf for leaf in record.leaves if leaf.key in columns.of]
    reader = _Reader(leaves=leaves, columns=columns, conventions=conventions, see=see)
    judged = _RowJudge(rows, columns)
    found: list[dict[str, Found]] = []
    places: list[tuple[int, Box]] = []
    for row in rows:
        if judged.is_record(row):
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

    def __init__(self, rows: Sequence[Row], columns: Columns) -> None:
        self._mapped = list(columns.of.values())
        body = [row for row in rows if self._filled(row) and not is_summary(row)]
        # A row with one cell may only go on with the text above, and tells nothing of the usual.
        body = [row for row in body if self._filled(row) > 1] or body
        count = max(1, len(body))
        self._always = [
            column
            for column in self._mapped
            if sum(row[column] is not None for row in body) >= _ALWAYS * count
        ]
        self._usual = median([self._filled(row) for row in body]) if body else 0

    def is_record(self, row: Row) -> bool:
        there = self._filled(row)
        has = sum(row[column] is not None for column in self._always)
        if not there or has * 2 < len(self._always):
            return False
        if is_summary(row) and (has < len(self._always) or there < self._usual):
            return False
        return has == len(self._always) or there * 2 > self._usual

    def goes_on(self, row: Row) -> bool:
        """Whether a row has words only, in fewer columns than a record."""
        cells = [cell for cell in row if cell]
        words = bool(cells) and not any(_looks_like_figure(cell.text) for cell in cells)
        return words and len(cells) == 1 and not is_summary(row)

    def _filled(self, row: Row) -> int:
        return sum(row[column] is not None for column in self._mapped)


def is_summary(row: Row) -> bool:
    """Whether a row tells of a sum or a balance over other rows."""
    texts = [cell.text for cell in row if cell and any(map(str.isalpha, cell.text))]
    return any(SUMMARY.search(text) and len(text.split()) <= 5 for text in texts[:2])


def _looks_like_figure(text: str) -> bool:
    return sum(map(str.isdigit, text)) * 2 >= sum(map(str.isalnum, text))


@dataclass(frozen=True, kw_only=True)
class _Reader:
    leaves: Sequence[Leaf]
    columns: Columns
    conventions: Conventions
    see: See

    def read(self, row: Row) -> dict[str, Found]:
        return {leaf.key: self._found(leaf, row[self.columns.of[leaf.key]]) for leaf in self.leaves}

    def _found(self, leaf: Leaf, cell: JoinedCell | None) -> Found:
        sureness = self.columns.sureness[leaf.key]
        if cell is None or not any(map(str.isalnum, cell.text)):
            return Found(confidence=sureness)
        text = " ".join(cell.text.split())
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
        value = normalise(text, leaf.kind, self.conventions, leaf.choices)
        if value is None or not is_valid(leaf.node, value):
            return Found(evidence=evidence, confidence=evidence.confidence, fault=Fault.UNREADABLE)
        return Found(value=value, evidence=evidence, confidence=evidence.confidence)


def _longer(
    before: Mapping[str, Found], more: Mapping[str, Found], leaves: Sequence[Leaf]
) -> dict[str, Found]:
    """Return a record with the words of the row below added to its texts."""
    longer = dict(before)
    for leaf in leaves:
        one, other = before[leaf.key], more[leaf.key]
        if leaf.kind is Kind.TEXT and other.value is not None and one.evidence and other.evidence:
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
