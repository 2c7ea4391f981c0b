"""Values of a page with the words that say what they are: beside them, over them, on their line.

Nothing is known of the labels here. A value answers a question whose words stand around it, the
more so the more of them do, and where its label says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from docvision.tasks.answering.amid import among, with_unit
from docvision.tasks.answering.asked import LATER, Asked
from docvision.tasks.answering.concepts import first_words, group, terms_in
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.kinds import looks_like
from docvision.tasks.answering.lexical import folded, is_asking, is_wording, words_of
from docvision.tasks.answering.parts import LABEL, has_letters, parts_of
from docvision.tasks.answering.terms import (
    WEAK,
    is_opposed,
    is_weak,
    known_among,
    part_meant,
    related,
    same_term,
)
from docvision.tasks.evidence import evidence_of, narrowed
from docvision.tasks.extraction.segments import Segment, segments_in
from docvision.tasks.passage import Passage, Run

_SURE = 0.92
"""How sure a value is whose label is just what is asked for."""
_LEAST = 0.62
"""Share of a question's words that must stand around a value."""
_NAMED = 0.49
"""The same where the value's label says nothing else."""
_TOP = 0.85
_OVER, _ROW, _BEHIND = 0.97, 0.95, 0.9
"""What a word counts in the heading of a column, elsewhere on the line, right behind a figure, and
at the top of a block of lines."""
_IN_BLOCKS = frozenset(("address", "place", "town"))
"""What stands in blocks of lines below a heading."""
_OTHER = 0.45
"""What is lost where a label says nothing but other things."""
_ITEM = 0.15
"""The same where the label is what an item is called."""
_CLOSE, _ONE_OF = 0.06, 0.72
"""How near another value may come, and what is left where one does."""
_COLUMNS = ("unit", "count", "rate", "price")
_ELSEWHERE, _NO_RATE = 0.8, 0.5
"""What a value of a table is worth in a column of something else, and a rate without a `%`."""
_ALIKE = 0.9
"""What a word counts that but begins as another does: `plowing` and `plowed`."""
_WHOSE = 0.7
"""What a word counts that says whose a thing is, where the paper says that somewhere."""
_OPEN, _MANNER = 0.85, 0.7
"""What a value is worth where a question does not tell what its answer looks like, and where it
asks in what way."""
_HOW = re.compile(r"\W*(?:how|wie|comment|c[oó]mo|come|hoe|jak|hur|como)\b", re.IGNORECASE)
_ALIGNED, _BLOCK = 0.012, 2.4
"""How far lines of a block begin from one another, and heights of a line from one to the next."""
_LINES = 1.6
"""Heights of a line at most between a label and what stands below it."""
_PLAIN = 4
"""Lines without columns after which a table is over."""
_LONGEST = 14
"""Words of a value at most."""
_CENTS = re.compile(r"[.,]\d{2}$")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value and the words around it.

    Attributes:
        run: Its words; `text` may be less than they are.
        labels: What stands beside it, and right above it.
        over: The heading of its column.
        row: What stands before it on its line, or on the row of a table that it goes on.
        first: The first column of its line.
        after: What stands behind it on its line.
        top: What its block of lines begins with, as the heading of an address.
        behind: What follows a figure: `15` in `15 points`.
    """

    run: Run
    text: str
    labels: tuple[str, ...] = ()
    over: str = ""
    row: str = ""
    after: str = ""
    top: str = ""
    first: str = ""
    behind: str = ""


def cell_findings(asked: Asked, passage: Passage, cells: Sequence[Cell]) -> Iterator[Finding]:
    """Yield the values of one page that answer a question, the likeliest first."""
    there = set(terms_in(passage.flat))
    variants = [
        {
            # What says only whose it is should stand beside it where it stands there at all.
            term: _WHOSE if weight == LATER and known_among(term, there) else weight
            for term, weight in weights.items()
        }
        for weights in asked.variants
    ]
    scored = [
        (_score(asked, variants, cell) * among(asked, passage, cell.run, cell.text), cell)
        for cell in cells
    ]
    kept = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])
    for at, (score, cell) in enumerate(kept):
        rivals = [
            other.text
            for other_score, other in kept[:at] + kept[at + 1 :]
            if other_score >= score - _CLOSE and other.text != cell.text
        ]
        sure = score * (_ONE_OF if rivals else 1.0)
        is_measure = "measure" in asked.wants
        run, text = with_unit(passage, cell.run, cell.text) if is_measure else (cell.run, cell.text)
        evidence = narrowed(evidence_of(passage, run, confidence=sure), text)
        yield Finding(text=text, evidence=evidence, sure=evidence.confidence)


def cells_of(passage: Passage) -> list[Cell]:
    """Return the values of one page."""
    found: list[Cell] = []
    heads: Sequence[Segment] = ()
    before: Sequence[Segment] = ()
    named, plain, row = False, 0, ""
    columns: list[list[Segment]] = []
    for line in passage.lines:
        segments = segments_in(passage, line)
        columns = _columns(columns, segments)
        for at in range(len(segments)):
            top = next(one[0].text for one in columns if one[-1] is segments[at])
            cells = _cells(passage, segments, at, heads, before)
            found += (
                replace(
                    cell,
                    row=cell.row or (row if len(segments) == 1 else ""),
                    top=top if top != segments[at].text and len(top.split()) <= LABEL else "",
                )
                for cell in cells
            )
        if len(segments) > 2 and not _is_heading(segments):
            row = " ".join(one.text for one in segments)
        elif plain:
            row = ""
        found += _signed(before, segments)
        # Of lines of words one under another the first names the columns.
        if _is_heading(segments) and not named:
            heads = segments
        named = _is_heading(segments)
        plain = plain + 1 if len(segments) == 1 else 0
        if plain >= _PLAIN:
            heads = ()
        before = segments
    return found


def _columns(columns: Sequence[list[Segment]], segments: Sequence[Segment]) -> list[list[Segment]]:
    """Return the blocks of lines, one below the other, that the segments of a line go on."""
    going = []
    for segment in segments:
        over = next((one for one in columns if _is_below(one[-1], segment)), [])
        going.append([*over, segment])
    # A block goes on below a line of another column.
    near = [one for one in columns if one[-1].line >= segments[0].line - 1]
    return [*going, *(one for one in near if all(one[-1] not in two for two in going))]


def _is_below(one: Segment, other: Segment) -> bool:
    """Whether a line begins where the one above it does, and close below it."""
    height = max(one.box[3] - one.box[1], other.box[3] - other.box[1])
    close = 0 < other.box[1] - one.box[1] <= _BLOCK * height
    return abs(one.box[0] - other.box[0]) <= _ALIGNED and close


def _cells(
    passage: Passage,
    segments: Sequence[Segment],
    at: int,
    heads: Sequence[Segment],
    before: Sequence[Segment],
) -> Iterator[Cell]:
    """Yield the values of a segment: all of it, what follows a label, its figures."""
    segment = segments[at]
    rest = " ".join(one.text for one in segments[:at])
    after = " ".join(one.text for one in segments[at + 1 :])
    if any(one.text.endswith(":") for one in segments[at + 1 :]):
        after = ""  # Labels of what follows, and no row of a table.
    columns = heads if len(segments) > 1 else ()
    over = " ".join(one.text for one in columns if _overlap(one, segment))
    above = [one.text for one in before if _is_right_above(one, segment)]
    if len(before) > 1 and not _is_heading(before):
        above = []  # What stands above has a value on its own line.
    if len(before) == 1 and len(segments) > 1 and above:
        # A label that stands alone is that of the whole line below it.
        if at == 0:
            line = Run(first=segments[0].run.first, last=segments[-1].run.last)
            yield Cell(run=line, text=passage.quote(line), labels=(above[0],))
        above = []
    beside = segments[at - 1].text if at and has_letters(segments[at - 1].text) else ""
    first = segments[0].text if at else ""
    for run, text, label, behind in parts_of(passage, segment.run):
        around = (beside, "" if behind else " ".join(above))
        labels = (label,) if label else tuple(filter(None, around))
        if text and run.last - run.first <= _LONGEST:
            yield Cell(
                run=run,
                text=text,
                labels=labels,
                over=over,
                row=rest,
                after=after if over else "",
                first=first,
                behind=behind,
            )


def _signed(names: Sequence[Segment], below: Sequence[Segment]) -> Iterator[Cell]:
    """Yield what stands above the words that say who it is, as a name above a line to sign on."""
    for label in below:
        signed = [term for term in terms_in(label.text) if group("signed") & {*first_words(term)}]
        over = [one for one in names if _overlap(one, label)]
        if len(over) == 1 and signed and len(label.text.split()) <= LABEL:
            yield Cell(run=over[0].run, text=over[0].text, labels=tuple(signed))


def _is_heading(segments: Sequence[Segment]) -> bool:
    """Whether a line names columns."""
    worded = [one for one in segments if not any(map(str.isdigit, one.text))]
    return len(segments) >= 2 and len(worded) >= 2 and len(worded) >= 0.7 * len(segments)


def _overlap(one: Segment, other: Segment) -> bool:
    return one.box[0] < other.box[2] and other.box[0] < one.box[2]


def _is_right_above(one: Segment, other: Segment) -> bool:
    """Whether words stand over others, no further away than lines of a paragraph."""
    if len(one.text.split()) > LABEL or one.text.endswith("."):
        return False
    apart = other.box[1] - one.box[3]
    height = max(one.box[3] - one.box[1], other.box[3] - other.box[1])
    return _overlap(one, other) and has_letters(one.text) and apart <= _LINES * height


def _score(asked: Asked, variants: Sequence[Mapping[str, float]], cell: Cell) -> float:
    """Return how sure a value is what a question asks for; 0 where it is not."""
    if not looks_like(asked.wants, cell.text) or is_wording(cell.text) or asked.refuses(cell.text):
        return 0.0
    around = (
        (" ".join(cell.labels), 1.0),
        (cell.over, _OVER),
        (cell.row, _ROW),
        (cell.behind, _BEHIND),
        (cell.after, _BEHIND),
        (cell.top if asked.wants & _IN_BLOCKS else "", _TOP),
    )
    places = [(terms_in(text), weight) for text, weight in around]
    if cell.behind and asked.wants and "count" not in asked.wants:
        return 0.0
    own = words_of(folded(cell.text))
    best = 0.0
    for weights in variants:
        if is_opposed(weights, " ".join(cell.labels) or cell.behind):
            continue
        strong = [term for term, weight in weights.items() if weight > WEAK]
        if any(same_term(term, word) for term in strong for word in own):
            continue
        share, cover = _share(weights, places), _cover(weights, cell)
        if share >= (_LEAST if cover < 1.0 else _NAMED):
            other = _ITEM if {"price", "count"} & asked.wants else _OTHER
            best = max(best, share * (1 - other * (1 - cover)))
    rate = 1.0 if asked.wants else _MANNER if _HOW.match(asked.question) else _OPEN
    return _SURE * best * rate * _column(asked, cell)


def _column(asked: Asked, cell: Cell) -> float:
    """Return how far a value stands in a column of what is wanted: prices, quantities, rates."""
    means = {one for term in terms_in(cell.over) for one in first_words(term)}
    wanted = next((group(f"in_{want}") for want in _COLUMNS if want in asked.wants), None)
    if not means and "count" in asked.wants and _CENTS.search(cell.text):
        return _ELSEWHERE
    if {"count", "code", "date"} & asked.wants and means & group("in_sum"):
        return _NO_RATE
    if "rate" in asked.wants and "%" not in cell.text and not means & group("in_rate"):
        return _NO_RATE
    return 1.0 if wanted is None or not means or means & wanted else _ELSEWHERE


def _share(weights: Mapping[str, float], places: Sequence[tuple[list[str], float]]) -> float:
    known = sum(
        weight
        * max(
            (rate * _held(term, words) for words, rate in places),
            default=0.0,
        )
        for term, weight in weights.items()
    )
    if all(weight <= WEAK for weight in weights.values()):
        return known / sum(weights.values()) if weights else 0.0
    # Weak words help where they stand there, and are not missed where they do not.
    missed = sum(
        weight
        for term, weight in weights.items()
        if weight >= _WHOSE and not any(_held(term, words) for words, _ in places)
    )
    return known / (known + missed) if known else 0.0


def _held(term: str, words: Sequence[str]) -> float:
    """Return whether a word stands among others (0-1): less sure where one but begins alike."""
    if known_among(term, words):
        return 1.0
    return _ALIKE * any(related(term, one) for one in words)


def _cover(weights: Mapping[str, float], cell: Cell) -> float:
    """Return the share of a value's label that a question explains."""
    labels = [*(cell.labels or (cell.behind,)), *([cell.first] if cell.over else [])]
    return max(_part_known(weights, label) for label in labels)


def _part_known(weights: Mapping[str, float], label: str) -> float:
    words = [word for word in terms_in(label) if len(word) > 1 and not is_asking(word)]
    if not words:
        return 1.0
    counts = [len(word) * (WEAK if is_weak(word) else 1.0) for word in words]
    known = sum(
        count * part_meant(word, weights) for word, count in zip(words, counts, strict=True)
    )
    return known / sum(counts)
