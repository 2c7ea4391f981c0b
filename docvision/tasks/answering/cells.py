"""Values of a page with the words that say what they are: beside them, over them, on their line.

Nothing is known of the labels here. A value answers a question whose words stand around it, the
more so the more of them do, and where its label says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docvision.tasks.answering.asked import Asked, is_weak, same_term
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.kinds import looks_like
from docvision.tasks.answering.lexical import folded, is_asking, is_wording, words_of
from docvision.tasks.evidence import evidence_of, narrowed
from docvision.tasks.extraction.segments import Segment, segments_in
from docvision.tasks.passage import Passage, Run

_SURE = 0.92
"""How sure a value is whose label is just what is asked for."""
_LEAST = 0.62
"""Share of a question's words that must stand around a value."""
_NAMED = 0.49
"""The same where the value's label says nothing else."""
_OVER, _ROW, _BEHIND = 0.97, 0.95, 0.9
"""What a word counts in the heading of a column, elsewhere on the line, right behind a figure."""
_OTHER = 0.45
"""What is lost where a label says nothing but other things."""
_ITEM = 0.15
"""The same where the label is what an item is called."""
_CLOSE, _ONE_OF = 0.06, 0.72
"""How near another value may come, and what is left where one does."""
_OPEN = 0.85
"""What a value is worth where a question does not tell what its answer looks like."""
_WEAK = 0.3
"""What a word of a label counts that says little."""
_LINES = 1.6
"""Heights of a line at most between a label and what stands below it."""
_PLAIN = 4
"""Lines without columns after which a table is over."""
_LABEL = 6
"""Words at most of a label that stands above its value, or right before a figure."""
_LONGEST = 14
"""Words of a value at most."""
_FIGURE = re.compile(r"[-+(]?[$€£¥]?\d[\d.,'’:/%-]*\W?")
_GLUED = re.compile(r"([^\W\d_][^:=]*)[:=]([^:=].*)")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value and the words around it.

    Attributes:
        run: Its words; `text` may be less than they are.
        labels: What stands beside it, and right above it.
        over: The heading of its column.
        row: The rest of its line, `first` its first column.
        behind: What follows a figure: `15` in `15 points`.
    """

    run: Run
    text: str
    labels: tuple[str, ...] = ()
    over: str = ""
    row: str = ""
    first: str = ""
    behind: str = ""


def cell_findings(asked: Asked, passage: Passage, cells: Sequence[Cell]) -> Iterator[Finding]:
    """Yield the values of one page that answer a question, the likeliest first."""
    scored = [(_score(asked, cell), cell) for cell in cells]
    kept = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])
    for at, (score, cell) in enumerate(kept):
        rivals = [
            other.text
            for other_score, other in kept[:at] + kept[at + 1 :]
            if other_score >= score - _CLOSE and other.text != cell.text
        ]
        sure = score * (_ONE_OF if rivals else 1.0)
        evidence = narrowed(evidence_of(passage, cell.run, confidence=sure), cell.text)
        yield Finding(text=cell.text, evidence=evidence, sure=evidence.confidence)


def cells_of(passage: Passage) -> list[Cell]:
    """Return the values of one page."""
    found: list[Cell] = []
    heads: Sequence[Segment] = ()
    before: Sequence[Segment] = ()
    named, plain = False, 0
    for line in passage.lines:
        segments = segments_in(passage, line)
        for at in range(len(segments)):
            found += _cells(passage, segments, at, heads, before)
        # Of lines of words one under another the first names the columns.
        if _is_heading(segments) and not named:
            heads = segments
        named = _is_heading(segments)
        plain = plain + 1 if len(segments) == 1 else 0
        if plain >= _PLAIN:
            heads = ()
        before = segments
    return found


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
    beside = segments[at - 1].text if at and _has_letters(segments[at - 1].text) else ""
    first = segments[0].text if at else ""
    for run, text, label, behind in _parts(passage, segment.run):
        around = (beside, "" if behind else " ".join(above))
        labels = (label,) if label else tuple(filter(None, around))
        if text and run.last - run.first <= _LONGEST:
            yield Cell(
                run=run, text=text, labels=labels, over=over, row=rest, first=first, behind=behind
            )


def _parts(passage: Passage, run: Run) -> Iterator[tuple[Run, str, str, str]]:
    """Yield the values in some words: where, what, what stands before and behind."""
    words = passage.words
    for at in range(run.first, run.last):
        text = words[at].text
        if match := _GLUED.fullmatch(text):
            label = " ".join((passage.quote(Run(first=run.first, last=at)), match[1]))
            yield Run(first=at, last=at + 1), match[2], label, ""
        elif text.endswith((":", "=")) and at + 1 < run.last:
            end = _colon(passage, at + 1, run.last)
            rest = Run(first=at + 1, last=end)
            yield rest, passage.quote(rest), passage.quote(Run(first=run.first, last=at + 1)), ""
    first = _figures(passage, run)
    if first is not None and run.first < first < min(run.last, run.first + _LABEL + 1):
        figures = Run(first=first, last=run.last)
        yield figures, passage.quote(figures), passage.quote(Run(first=run.first, last=first)), ""
    if _FIGURE.fullmatch(words[run.first].text) and run.last - run.first > 1:
        behind = Run(first=run.first + 1, last=run.last)
        yield (
            Run(first=run.first, last=run.first + 1),
            words[run.first].text,
            "",
            passage.quote(behind),
        )
    yield run, passage.quote(run), "", ""


def _colon(passage: Passage, at: int, end: int) -> int:
    """Return where a value ends before the next label with a colon."""
    for colon in range(at + 1, end):
        if ":" in passage.words[colon].text and _has_letters(passage.words[colon].text):
            return colon
    return end


def _figures(passage: Passage, run: Run) -> int | None:
    """Return the first of the words with digits that end some words."""
    first = None
    for at in range(run.last - 1, run.first - 1, -1):
        if not any(map(str.isdigit, passage.words[at].text)):
            if len(passage.words[at].text) == 1 and not passage.words[at].text.isalpha():
                continue
            break
        first = at
    return first


def _is_heading(segments: Sequence[Segment]) -> bool:
    """Whether a line names columns."""
    worded = [one for one in segments if not any(map(str.isdigit, one.text))]
    return len(segments) >= 2 and len(worded) >= 2 and len(worded) >= 0.7 * len(segments)


def _overlap(one: Segment, other: Segment) -> bool:
    return one.box[0] < other.box[2] and other.box[0] < one.box[2]


def _is_right_above(one: Segment, other: Segment) -> bool:
    """Whether words stand over others, no further away than lines of a paragraph."""
    if len(one.text.split()) > _LABEL or one.text.endswith("."):
        return False
    apart = other.box[1] - one.box[3]
    height = max(one.box[3] - one.box[1], other.box[3] - other.box[1])
    return _overlap(one, other) and _has_letters(one.text) and apart <= _LINES * height


def _has_letters(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 2


def _score(asked: Asked, cell: Cell) -> float:
    """Return how sure a value is what a question asks for; 0 where it is not."""
    if not looks_like(asked.wants, cell.text) or is_wording(cell.text) or asked.refuses(cell.text):
        return 0.0
    around = ((" ".join(cell.labels), 1.0), (cell.over, _OVER), (cell.row, _ROW))
    places = [
        (words_of(folded(text)), weight) for text, weight in (*around, (cell.behind, _BEHIND))
    ]
    if cell.behind and asked.wants and "count" not in asked.wants:
        return 0.0
    own = words_of(folded(cell.text))
    best = 0.0
    for weights in asked.variants:
        strong = [term for term, weight in weights.items() if weight > _WEAK]
        if any(same_term(term, word) for term in strong for word in own):
            continue
        share, cover = _share(weights, places), _cover(weights, cell)
        if share >= (_LEAST if cover < 1.0 else _NAMED):
            other = _ITEM if {"price", "count"} & asked.wants else _OTHER
            best = max(best, share * (1 - other * (1 - cover)))
    return _SURE * best * (1.0 if asked.wants else _OPEN)


def _share(weights: Mapping[str, float], places: Sequence[tuple[list[str], float]]) -> float:
    known = sum(
        weight
        * max(
            (rate for words, rate in places if any(same_term(term, one) for one in words)),
            default=0.0,
        )
        for term, weight in weights.items()
    )
    if all(weight <= _WEAK for weight in weights.values()):
        return known / sum(weights.values()) if weights else 0.0
    # Weak words help where they stand there, and are not missed where they do not.
    missed = sum(
        weight
        for term, weight in weights.items()
        if weight == 1.0 and not any(same_term(term, one) for words, _ in places for one in words)
    )
    return known / (known + missed) if known else 0.0


def _cover(weights: Mapping[str, float], cell: Cell) -> float:
    """Return the share of a value's label that a question explains."""
    labels = [*(cell.labels or (cell.behind,)), *([cell.first] if cell.over else [])]
    return max(_part_known(weights, label) for label in labels)


def _part_known(weights: Mapping[str, float], label: str) -> float:
    words = [word for word in words_of(folded(label)) if len(word) > 1 and not is_asking(word)]
    if not words:
        return 1.0
    counts = [len(word) * (_WEAK if is_weak(word) else 1.0) for word in words]
    known = sum(
        count
        for word, count in zip(words, counts, strict=True)
        if any(same_term(term, word) for term in weights)
    )
    return known / sum(counts)
