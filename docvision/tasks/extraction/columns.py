"""Which column of a table is which leaf of a list's items: asked once, then read from the cells.

The model is shown one row at a time, each cell behind its heading, and says the item's values in
the row's own words; where a value stands tells its column. Two or three rows vote. What a heading
says is a second opinion, and what a column holds has the last word: a date is never looked for in
a column of names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from rapidfuzz import fuzz, process

from docvision.results.tables import JoinedCell, JoinedTable
from docvision.schemas.shape import Kind, Leaf, Record
from docvision.tasks.evidence import words_of_key
from docvision.tasks.extraction.label_places import letters_of, wordings_of
from docvision.tasks.extraction.meant import meant_likeness
from docvision.tasks.extraction.plausible import name_of
from docvision.tasks.extraction.reply import Reply
from docvision.tasks.extraction.units import holds_units, is_unit, units_column
from docvision.tasks.normalise import Conventions, is_bare_day, normalise

SAMPLES = 3
"""Rows that are shown to the model."""

_FIRST = 4
"""Rows among which is a header that does not show itself as one."""
_ALIKE = 70.0
"""Similarity (0–100) from which a heading says what a leaf is called."""
_LONG, _MISREAD = 5, 80.0
"""Letters of a heading, and the similarity (0–100) from which it is a label that OCR misread."""
_HEADED = 0.85
"""How sure a column of units is."""
_MEANT = 0.8
"""What a heading in other words, or another language, counts that means what a leaf is."""
_READABLE = 0.6
"""Share of a column's cells that must be of a leaf's kind."""
_COUNTED = 3
"""Rows from which on a column may be seen to count them."""
_CODES = 0.8
"""Share of a column's cells that are codes, from which it is no column of names."""
PROVEN = 1.0
"""How sure columns are that arithmetic proves."""
_BY_CONTENT, _BY_PROOF = 0.5, 2.0
"""What it counts that the cells alone tell a column too."""
_ENOUGH = 0.4
"""Votes and likeness together from which a column is taken for a leaf's."""

_PARTS = re.compile(r"[\s./-]+")
_NUMBER = re.compile(r"(?:nummer|number|numero|num|no|nr)$")
_SHORT, _SHORTEST = 0.9, 3
"""What a heading counts that is a name made short, and letters of its first word at least."""
_CALLED = frozenset(("description", "name", "article"))
_NUMBERS = frozenset(("no", "nr", "number", "code", "id", "num", "n"))
"""Words in the names of leaves that say what something is called, and of those that number it."""

Row = tuple[JoinedCell | None, ...]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The column of each leaf (by key) that has one, and how sure that is (0–1).

    Of those in `units` a cell holds no more than the unit behind the figure: `9 tim`.
    """

    of: Mapping[str, int]
    sureness: Mapping[str, float]
    units: frozenset[str] = frozenset()


NO_COLUMNS = Columns(of={}, sureness={})


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The headings of a table and the rows below them."""

    header: Sequence[str]
    rows: Sequence[Row]


def with_header(table: JoinedTable, record: Record) -> Shown:
    """Return a table's headings and rows.

    Where the table shows no header, one of its first rows may be it: that in which two cells are
    what leaves are called.
    """
    if any(table.header):
        return Shown(header=table.header, rows=table.rows)
    names = wordings_of(record.leaves)
    for at, row in enumerate(table.rows[:_FIRST]):
        texts = [" ".join(cell.text.split()) if cell else "" for cell in row]
        if sum(letters_of(text) in names for text in texts if text) > 1:
            return Shown(header=texts, rows=table.rows[at + 1 :])
    return Shown(header=table.header, rows=table.rows)


def letters_in(rows: Sequence[Row], column: int) -> int:
    """Return how many letters the cells of a column have."""
    texts = (cell.text for row in rows if (cell := row[column]))
    return sum(sum(map(str.isalpha, text)) for text in texts)


def samples(table: Shown) -> list[Row]:
    """Return the rows that show most: the fullest, spread over the table."""
    rows = [row for row in table.rows if any(row)]
    fullest = max((_filled(row) for row in rows), default=0)
    full = [row for row in rows if _filled(row) >= fullest - 1]
    step = max(1, len(full) // SAMPLES)
    # Rows that differ in what they leave out (a debit here, a credit there) show more columns.
    return full[::step][:SAMPLES]


def row_text(header: Sequence[str], row: Row) -> str:
    """Return a row as the model is shown it: a line for each cell, behind its heading."""
    return "\n".join(
        f"{' '.join(heading.split()) or f'Column {at}'}: {' '.join(cell.text.split())}"
        for at, (heading, cell) in enumerate(zip(header, row, strict=True), start=1)
        if cell
    )


def columns_of(
    table: Shown,
    record: Record,
    replies: Sequence[tuple[Row, Reply]],
    conventions: Conventions,
    content: Columns,
) -> Columns:
    """Return the columns of a record's leaves, as far as replies and headings tell them.

    `content` are those that the cells alone tell; they count as one more opinion.
    """
    weight = _BY_PROOF if PROVEN in content.sureness.values() else _BY_CONTENT
    scores = {
        (leaf.key, column): score + weight * (content.of.get(leaf.key) == column)
        for leaf in record.leaves
        for column, score in _scores(table, leaf, replies, conventions)
    }
    of: dict[str, int] = {}
    sureness: dict[str, float] = {}
    for (key, column), score in sorted(scores.items(), key=lambda item: -item[1]):
        if key not in of and column not in of.values() and score >= _ENOUGH:
            of[key] = column
            sureness[key] = min(1.0, 0.5 + score / 3)
    return _with_units(table, record, Columns(of=of, sureness=sureness))


def _with_units(table: Shown, record: Record, columns: Columns) -> Columns:
    """Return columns with that of the units: one of their own, or that of the quantities."""
    leaf = next((one for one in record.leaves if is_unit(one)), None)
    if leaf is None:
        return columns
    others = {key: column for key, column in columns.of.items() if key != leaf.key}
    own = units_column(table.header, table.rows, others.values())
    counted = [column for column in others.values() if holds_units(table.rows, column)]
    if own is None and not counted:
        return columns
    column = counted[0] if own is None else own
    return Columns(
        of={**others, leaf.key: column},
        sureness={**columns.sureness, leaf.key: columns.sureness.get(leaf.key, _HEADED)},
        units=frozenset((leaf.key,)) if own is None else frozenset(),
    )


def _scores(
    table: Shown,
    leaf: Leaf,
    replies: Sequence[tuple[Row, Reply]],
    conventions: Conventions,
) -> Iterator[tuple[int, float]]:
    votes = _votes(leaf, replies)
    for column, heading in enumerate(table.header):
        if not _is_of_kind(table, column, leaf, conventions):
            continue
        yield column, votes[column] + _likeness(leaf, heading)


def _votes(leaf: Leaf, replies: Sequence[tuple[Row, Reply]]) -> Mapping[int, float]:
    """Return from 0 to 1 how far the replies put a leaf into each column.

    A row in which nothing was said of the leaf counts less: it may have nothing there.
    """
    votes: defaultdict[int, float] = defaultdict(float)
    said_in = 0
    for row, reply in replies:
        said = reply.fields.get(leaf.key)
        if said is None or not isinstance(said.value, str):
            continue
        said_in += 1
        holding = [
            (len(cell.text), column)
            for column, cell in enumerate(row)
            if cell and said.value in " ".join(cell.text.split())
        ]
        if holding:
            # The shortest cell that holds the words holds little else.
            votes[min(holding)[1]] += 0.5 + 0.5 * (said.odds if said.odds is not None else 0.5)
    share = (0.5 + 0.5 * said_in / max(1, len(replies))) / max(1, said_in)
    return defaultdict(float, {column: vote * share for column, vote in votes.items()})


def _likeness(leaf: Leaf, heading: str) -> float:
    """Return from 0 to 1.2 how much a heading says what a leaf is called."""
    said = words_of_key(heading).strip()
    if not said:
        return 0.0
    key = words_of_key(leaf.path[-1] if leaf.path else leaf.key)
    letters = letters_of(heading)
    labels = [letters_of(label) for label in leaf.labels]
    if said == key or letters in labels:
        return 1.2
    if len(letters) >= _LONG and _is_misread(letters, labels):
        return 1.0
    about = 0.8 * fuzz.token_set_ratio(said, leaf.about.lower()) if leaf.about else 0.0
    alike = max(fuzz.ratio(said, key), 0.9 * fuzz.token_set_ratio(said, key), about)
    if alike >= _ALIKE:
        return alike / 100
    if not leaf.labels and _is_short_for(heading, key):
        return _SHORT
    return 0.0 if leaf.labels else _MEANT * meant_likeness(leaf, heading)


def _is_short_for(heading: str, name: str) -> bool:
    """Whether a heading is a number's name made short: `Art.nr.` is `artikelnummer`."""
    said = [letters_of(part) for part in _PARTS.split(heading) if letters_of(part)]
    bare = _NUMBER.sub("", letters_of(name))
    if len(said) != 2 or said[1] not in _NUMBERS or bare == letters_of(name):
        return False
    return len(said[0]) >= _SHORTEST and bare.startswith(said[0])


def _is_misread(letters: str, labels: Sequence[str]) -> bool:
    return process.extractOne(letters, labels, scorer=fuzz.ratio, score_cutoff=_MISREAD) is not None


def _counts_rows(texts: Sequence[str]) -> bool:
    """Whether cells are positions: 1 2 3, or 10 20 30."""
    if len(texts) < _COUNTED or not all(text.rstrip(".").isdigit() for text in texts):
        return False
    numbers = [int(text.rstrip(".")) for text in texts]
    return numbers == [(at + 1) * numbers[0] for at in range(len(numbers))] and numbers[0] > 0


def _says_what(leaf: Leaf) -> bool:
    """Whether a leaf is what something is called, rather than its number."""
    words = set(name_of(leaf).split())
    return not _CALLED.isdisjoint(words) and _NUMBERS.isdisjoint(words)


def _are_codes(texts: Sequence[str]) -> bool:
    codes = [" " not in text and any(map(str.isdigit, text)) for text in texts]
    return sum(codes) >= _CODES * len(codes)


def _is_of_kind(table: Shown, column: int, leaf: Leaf, conventions: Conventions) -> bool:
    texts = [row[column].text for row in table.rows if row[column]][:60]  # type: ignore[union-attr]
    texts = [text for text in texts if any(map(str.isalnum, text))]
    if not texts:
        return False
    if leaf.kind is Kind.TEXT and _says_what(leaf) and _are_codes(texts):
        return False
    if leaf.kind in (Kind.TEXT, Kind.CODE, Kind.CHOICE, Kind.BOOLEAN):
        return True
    if conventions.year and len(texts) > 1 and all(map(is_bare_day, texts)):
        return leaf.kind in (Kind.DATE, Kind.DATE_TIME)
    shares = sum(text.rstrip().endswith("%") for text in texts)
    if shares * 2 > len(texts) and not _likeness(leaf, table.header[column]):
        return False
    if _counts_rows(texts) and not _likeness(leaf, table.header[column]):
        return False
    readable = [normalise(text, leaf.kind, conventions) is not None for text in texts]
    return mean(readable) >= _READABLE


def _filled(row: Row) -> int:
    return sum(cell is not None for cell in row)
