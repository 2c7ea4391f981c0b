"""The sentences of running prose, each with the heading that it stands below, and short notes.

Prose is looked for column by column: the remark beside the totals of an invoice is no part of
their lines. A line of few words that no mark ends is a note: `Closed on Sundays`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from docvision.tasks.answering.lexical import folded, lines_of
from docvision.tasks.extraction.segments import Segment, segments_in
from docvision.tasks.extraction.windows import joined
from docvision.tasks.passage import Passage, Run

_WORDS = 4
"""Words of a sentence at least; what is shorter is a heading or a label."""
_FULL = 5
"""Words of a line of prose at least, in the mean."""
_HEADING = 8
"""Words of a heading at most."""
_SMALL = 0.4
"""Share of a sentence's words at least that begin in lower case."""
_ALIGNED = 0.02
"""Share of a page's width by which a line may begin beside the one above it."""
_LEADING, _WIDER = 2.6, 1.45
"""Heights of a line to the next one of a paragraph at most, and how much more than the last."""
_SHORT = 0.15
"""Share of a page's width by which a line ends before the next where a paragraph ends with it."""
_END = re.compile(r"\w{2}[\"')\]”’]*[.!?][\"')\]”’]*$")
_NUMBERED = re.compile(r"^\(?(?:\d{1,3}[.)]|\d{1,2}(?:\.\d{1,2})+[.)]?|[a-z][.)])$")
"""What a clause or a paragraph begins with."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence and the heading that it stands below, empty without one.

    `run` are its words in `passage`, its paragraph; `whole` says that it is a sentence, and no
    note.
    """

    passage: Passage
    run: Run
    heading: str
    whole: bool

    @property
    def text(self) -> str:
        """Its words."""
        return self.passage.quote(self.run)


def sentences(passage: Passage) -> Iterator[Sentence]:
    """Yield the sentences and notes of a passage, in order."""
    heading = ""
    for paragraph in (part for whole in _paragraphs(passage) for part in _apart(whole)):
        words = paragraph.words
        if len(paragraph.lines) == 1 and not _END.search(words[-1].text):
            yield Sentence(
                passage=paragraph, run=Run(first=0, last=len(words)), heading=heading, whole=False
            )
            heading = paragraph.flat if len(words) <= _HEADING else heading
            continue
        first, under = int(bool(_NUMBERED.match(words[0].text))), heading
        for end in range(first + 1, len(words) + 1):
            if end < len(words) and not _ends(paragraph, end):
                continue
            run = Run(first=first, last=end)
            if end - first < _WORDS and end < len(words) and first <= 1:
                under = heading = paragraph.quote(run)  # `4. Deposit. The tenant …`
            else:
                whole = _is_sentence(paragraph, run)
                yield Sentence(passage=paragraph, run=run, heading=under, whole=whole)
            first = end


def _apart(paragraph: Passage) -> Iterator[Passage]:
    """Yield the lines of what is no prose one by one: columns of tables, lines of an address."""
    lines = paragraph.lines
    if len(lines) > 1 and len(paragraph.words) < _FULL * len(lines):
        for line in lines:
            yield joined(paragraph.words[line.first : line.last])
    else:
        yield paragraph


def _ends(passage: Passage, end: int) -> bool:
    """Whether a sentence ends before a word: no shortened word does, nor what goes on small."""
    text, after = passage.words[end - 1].text, passage.words[end].text
    bare = folded(text).strip("\"'()[]“”„")
    return (
        bool(_END.search(text)) and not after[:1].islower() and bare.rstrip(".!?") not in _shorts()
    )


def _is_sentence(passage: Passage, run: Run) -> bool:
    """Whether words are a sentence of prose."""
    words = passage.words[run.first : run.last]
    small = sum(word.text[:1].islower() for word in words)
    ends = bool(_END.search(words[-1].text)) or words[-1].text.endswith(":")
    return len(words) >= _WORDS and ends and small >= _SMALL * len(words)


def _paragraphs(passage: Passage) -> Iterator[Passage]:
    """Yield lines that stand one below the other and go on, as passages, in order."""
    open_: list[list[Segment]] = []
    done: list[list[Segment]] = []
    for line in passage.lines:
        segments = segments_in(passage, line)
        going = []
        for segment in segments:
            chain = next((one for one in open_ if _goes_on(passage, one, segment)), None)
            if chain is None:
                chain = []
                done.append(chain)
            else:
                open_.remove(chain)
            chain.append(segment)
            going.append(chain)
        # A column goes on below a line that has but another column's words.
        open_ = [*going, *(one for one in open_ if one[-1].line >= segments[0].line - 1)]
    for chain in done:
        yield joined(
            [word for one in chain for word in passage.words[one.run.first : one.run.last]]
        )


def _goes_on(passage: Passage, chain: Sequence[Segment], below: Segment) -> bool:
    """Whether a line belongs to the paragraph above it."""
    over, words = chain[-1], passage.words
    last, first = words[over.run.last - 1], words[below.run.first]
    if last.page != first.page:
        return not _END.search(last.text) and first.text[:1].islower()
    if _NUMBERED.match(first.text) or abs(over.box[0] - below.box[0]) > _ALIGNED:
        return False
    height = max(over.box[3] - over.box[1], below.box[3] - below.box[1])
    pitch = below.box[1] - over.box[1]
    usual = over.box[1] - chain[-2].box[1] if len(chain) > 1 else _LEADING * height
    if pitch > min(_LEADING * height, _WIDER * usual):
        return False
    ended = over.box[2] < below.box[2] - _SHORT and first.text[:1].isupper()
    return not ended or last.text.endswith(",")


@cache
def _shorts() -> frozenset[str]:
    return frozenset(word for line in lines_of("short_words.txt") for word in line.split())
