"""The evidence for a value: where in a document its words stand.

`cite(passage, quote)` finds the words of a value and gives their page, box and confidence. Where
they stand more than once, the place nearest to a label of the value is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from rapidfuzz import fuzz

from docvision.geometry import union
from docvision.results.model import Evidence
from docvision.tasks.passage import Passage, Placed, Run

_BESIDE = 8
"""Words to the left on the same line that may be a value's label."""
_ABOVE = 2
"""Lines above that may hold a value's label."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def cite(
    passage: Passage,
    quote: str,
    *,
    label: str = "",
    after: int = 0,
    confidence: float = 1.0,
) -> Evidence | None:
    """Return the evidence for words that a passage holds, None where it does not hold them.

    Args:
        passage: The document's words.
        quote: The words of the value, as they stand.
        label: What the value is called (a key, a question); of several places the one that is
            nearest to such a label is taken, else the first.
        after: Only places from this word of the passage on, if there are any.
        confidence: The chance that the value is right, if its words are; that of the words, as
            their reader has it, is multiplied in.
    """
    run = find_run(passage, quote, label=label, after=after)
    return None if run is None else evidence_of(passage, run, confidence=confidence)


def find_run(passage: Passage, quote: str, *, label: str = "", after: int = 0) -> Run | None:
    """Return the place of a quote that `cite` tells of."""
    found = list(passage.runs(quote)) or list(passage.runs(quote, folded=True))
    later = [run for run in found if run.first >= after] or found
    if not later:
        return None
    if len(later) == 1 or not label:
        return later[0]
    wanted = words_of_key(label)
    # max takes the first of equals, which is the first on the page.
    return max(later, key=lambda run: nearness(passage, run, wanted))


def evidence_of(
    passage: Passage, run: Run, *, confidence: float = 1.0, verified: bool = True
) -> Evidence:
    """Return the evidence that a run of words is; see `cite` for the confidence."""
    words = passage.words[run.first : run.last]
    boxes = tuple(
        union(word.bbox for word in line)
        for _, line in groupby(words, key=lambda word: (word.page, word.line))
    )
    first = words[0]
    here = [word for word in words if word.page == first.page]
    # One word that is misread makes all of it wrong.
    read = min(word.confidence for word in words)
    return Evidence(
        page=first.page,
        bbox=union(word.bbox for word in here),
        boxes=boxes if len(boxes) > 1 else (),
        quote=passage.quote(run),
        source=first.source,
        confidence=min(1.0, confidence * read),
        verified=verified,
        time=first.time,
    )


def narrowed(evidence: Evidence, text: str) -> Evidence:
    """Return the evidence for a part of its one word, its box cut as the letters share it."""
    start = (evidence.quote or "").find(text)
    if evidence.bbox is None or start < 0 or not evidence.quote:
        return evidence
    x0, y0, x1, y1 = evidence.bbox
    letter = (x1 - x0) / len(evidence.quote)
    box = (x0 + letter * start, y0, x0 + letter * (start + len(text)), y1)
    return evidence.model_copy(update={"bbox": box, "quote": text})


def words_of_key(key: str) -> str:
    """Return a key in words: `dueDate` and `due_date` are both `due date`."""
    return _CAMEL.sub(" ", key).replace("_", " ").replace("-", " ").lower()


def nearness(passage: Passage, run: Run, label: str) -> float:
    """Return how much what stands beside or above a run is like a label in lower case (0-100)."""
    contexts = [text for text in (_beside(passage, run), *_above(passage, run)) if text]
    return max((fuzz.token_set_ratio(label, text.lower()) for text in contexts), default=0.0)


def _beside(passage: Passage, run: Run) -> str:
    first = passage.words[run.first]
    before = passage.words[max(0, run.first - _BESIDE) : run.first]
    return " ".join(word.text for word in before if word.line == first.line)


def _above(passage: Passage, run: Run) -> Iterator[str]:
    """Yield what stands over a run in each of the lines above."""
    first, last = passage.words[run.first], passage.words[run.last - 1]
    left, right = first.bbox[0], max(first.bbox[2], last.bbox[2])
    for line in range(first.line - 1, first.line - 1 - _ABOVE, -1):
        over = [
            word.text
            for word in _of_line(passage, run.first, line)
            if word.page == first.page and word.bbox[0] < right and word.bbox[2] > left
        ]
        yield " ".join(over)


def _of_line(passage: Passage, before: int, line: int) -> Sequence[Placed]:
    at = before
    while at > 0 and passage.words[at - 1].line > line:
        at -= 1
    start = at
    while start > 0 and passage.words[start - 1].line == line:
        start -= 1
    return passage.words[start:at]


def joined(one: Evidence, other: Evidence) -> Evidence:
    """Return where a text stands that goes on elsewhere."""
    assert one.bbox is not None
    assert other.bbox is not None
    boxes = (*(one.boxes or (one.bbox,)), other.bbox)
    return one.model_copy(
        update={
            "quote": f"{one.quote} {other.quote}",
            "boxes": boxes,
            "bbox": union((one.bbox, other.bbox)) if one.page == other.page else one.bbox,
            "confidence": min(one.confidence, other.confidence),
        }
    )
