"""Answers found without a model: what stands beside or below a label that a question names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docvision.tasks.answering.lexical import (
    asked_words,
    folded,
    is_wording,
    label_terms,
    wordings_of,
)
from docvision.tasks.passage import Passage, Run

_EDGES = re.compile(r"^\W+|\W+$")
_REST_OF_LABEL = re.compile(r":$|^[^\W\d_A-Z]+\.$")
"""`date.` behind `Bill` is no value: both are one label, whose value stands elsewhere."""
_LABEL = re.compile(r"^\W*[^\W\d_][^:]*?\s?[:\-\u2013=]$")
"""Words that end as a label does."""
_FAR = 3.0
"""Heights of a label below which what stands there is no value of its."""
_MOST_WORDS = 12
"""Words of a value at most."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A value beside a label, and whether that is the very words that are asked for."""

    run: Run
    own: bool


def labelled(passage: Passage, question: str) -> Iterator[Labelled]:
    """Yield the values of labels in a passage that a question names, the likeliest first.

    A label is the words that are asked for, or another wording of them, longer ones first. Its
    value is what follows on the line up to the next column, else what stands below.
    """
    own = asked_words(question)
    asked = frozenset(map(_bare, question.split()))
    others = sorted(wordings_of(question), key=len, reverse=True)
    words = [_bare(word.text) for word in passage.words]
    seen: set[Run] = set()
    for wording in dict.fromkeys([own, *others]):
        label = [bare for word in wording.split() if (bare := _bare(word))]
        for run in _values(passage, words, label, asked):
            if run not in seen:
                seen.add(run)
                yield Labelled(run=run, own=wording == own)


def _values(
    passage: Passage, words: Sequence[str], label: Sequence[str], asked: frozenset[str]
) -> Iterator[Run]:
    """Yield the values of one label; words of the question that follow it belong to it."""
    if not label:
        return
    for at in range(len(words) - len(label) + 1):
        end = at + len(label)
        if words[at:end] == label and _begins(passage, at) and not _in_prose(passage, end):
            while end < len(words) and words[end] in asked and passage.words[end].gap == " ":
                end += 1
            for run in _places(passage, at, end):
                if not _REST_OF_LABEL.search(passage.quote(run)):
                    yield run


def _in_prose(passage: Passage, end: int) -> bool:
    """Whether what looks like a label are words of a sentence: `Supplier, provided that`."""
    label, after = passage.words[end - 1], passage.words[end : end + 1]
    follows = bool(after) and after[0].line == label.line and after[0].gap == " "
    return follows and (
        label.text.endswith((",", ";"))
        or (label.text[-1:].isalpha() and after[0].text[:1].islower() and after[0].text.isalpha())
    )


def _places(passage: Passage, first: int, last: int) -> Iterator[Run]:
    """Yield what follows a label; what stands below it too, where that is another column."""
    beside = _beside(passage, last)
    if beside:
        yield beside
    if beside is None or passage.words[beside.first].gap != " ":
        below = _below(passage, first, last)
        if below:
            yield below


def other_label(passage: Passage, run: Run, question: str) -> bool:
    """Whether a run stands beside a label that neither is nor holds what a question asks for."""
    words = passage.words
    at = run.first
    while at and words[at - 1].line == words[run.first].line and words[at].gap == " ":
        at -= 1
    if at == run.first and at and words[at - 1].line == words[at].line:
        end = at  # It begins a column: the column before may be its label.
        at -= 1
        while at and words[at].gap == " ":
            at -= 1
    else:
        end = run.first
    text = " ".join(word.text for word in words[at:end])
    if not _LABEL.search(text) and not is_wording(text):
        return False
    said = set(label_terms(text))
    asked = [asked_words(question), *wordings_of(question)]
    return not any(set(label_terms(wording)) <= said for wording in asked)


def _begins(passage: Passage, at: int) -> bool:
    """Whether a label can begin here: at the start of a line or of a column."""
    return passage.words[at].gap != " "


def _beside(passage: Passage, at: int) -> Run | None:
    """Return what follows a label on its line, up to the next column."""
    words = passage.words
    line = words[at - 1].line
    while at < len(words) and words[at].line == line and not _bare(words[at].text):
        at += 1
    end = at
    while end < len(words) and words[end].line == line and (end == at or words[end].gap == " "):
        end += 1
    return Run(first=at, last=end) if at < end <= at + _MOST_WORDS else None


def _below(passage: Passage, first: int, last: int) -> Run | None:
    """Return what stands under a label on the next line."""
    label = passage.words[first:last]
    left, right = label[0].bbox[0], label[-1].bbox[2]
    height = label[0].bbox[3] - label[0].bbox[1]
    under = [
        at
        for at in range(last, len(passage.words))
        if passage.words[at].line == label[0].line + 1
        and passage.words[at].bbox[1] - label[0].bbox[3] <= _FAR * height
        and passage.words[at].bbox[0] < right
        and passage.words[at].bbox[2] > left
    ]
    if not under:
        return None
    start = end = under[0]
    while end + 1 < len(passage.words) and passage.words[end + 1].gap == " ":
        end += 1
    return Run(first=start, last=end + 1) if end - start < _MOST_WORDS else None


def _bare(word: str) -> str:
    return _EDGES.sub("", folded(word))
