"""Sentences on a form that say nothing of what is asked: a small model is not shown them.

A thank-you below an invoice leads a small model astray, and so does what somebody has placed there
for it to read. The values of a form stand beside labels, in tables and in its head; a sentence
with no number, no address of the net, no currency and no label in it holds none of them. Where much
of a page is sentences (a letter, a contract) they are what it is about, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docvision.geometry import union
from docvision.results.model import Block, Line, Page
from docvision.schemas.shape import Leaf
from docvision.tasks.extraction.label_places import label_places
from docvision.tasks.normalise import to_currency
from docvision.tasks.orders import runs_on
from docvision.tasks.passage import passage_of_text

_LEAST_WORDS = 5
"""Words of a sentence at least."""
_SMALL = 0.4
"""Share of its words that begin with a small letter, at least: nouns are large in German."""
_LINES_EACH = 3
"""Lines of other things for each paragraph, at least, on a page that is a form."""
_ENDED = re.compile(r"[.!?…]['\"”»)\]]*$")
_HOLDS = re.compile(r"\d|@|www\.|://")

Paragraph = tuple[int, tuple[Line, ...]]
"""The number of its block, and its lines."""


def without_asides(page: Page, leaves: Sequence[Leaf]) -> Page:
    """Return a page without its asides, if it is a form."""
    paragraphs = [one for at, block in enumerate(page.blocks) for one in _paragraphs(at, block)]
    prose = [one for one in paragraphs if _is_sentence(_text(one))]
    others = sum(len(block.lines) for block in page.blocks) - sum(len(lines) for _, lines in prose)
    asides = [one for one in prose if not _holds(_text(one), leaves)]
    if not asides or others < _LINES_EACH * len(prose):
        return page
    gone = {(at, id(line)) for at, lines in asides for line in lines}
    blocks = (
        _kept(block, [line for line in block.lines if (at, id(line)) not in gone])
        for at, block in enumerate(page.blocks)
    )
    return page.model_copy(update={"blocks": tuple(block for block in blocks if block.lines)})


def _paragraphs(at: int, block: Block) -> Iterator[Paragraph]:
    """Yield the lines of a block that go on from one to the next, together."""
    if block.table or not block.lines:
        return
    wide = max(line.bbox[2] - line.bbox[0] for line in block.lines)
    lines: list[Line] = [block.lines[0]]
    for line in block.lines[1:]:
        if not runs_on(lines[-1], line, wide):
            yield at, tuple(lines)
            lines = []
        lines.append(line)
    yield at, tuple(lines)


def _text(paragraph: Paragraph) -> str:
    return " ".join(line.text for line in paragraph[1])


def _is_sentence(text: str) -> bool:
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    small = sum(word.lstrip("'\"“„«([")[:1].islower() for word in words)
    return len(words) >= _LEAST_WORDS and small >= _SMALL * len(words) and bool(_ENDED.search(text))


def _holds(text: str, leaves: Sequence[Leaf]) -> bool:
    """Whether a value of a form may stand in a sentence."""
    if _HOLDS.search(text):
        return True
    if any(to_currency(word) and not word.islower() for word in text.split()):
        return True
    return bool(label_places(passage_of_text(text), leaves))


def _kept(block: Block, lines: Sequence[Line]) -> Block:
    if len(lines) == len(block.lines) or not lines:
        return block.model_copy(update={"lines": tuple(lines)})
    text = " ".join(line.text for line in lines)
    around = union(line.bbox for line in lines)
    return block.model_copy(update={"lines": tuple(lines), "text": text, "bbox": around})
