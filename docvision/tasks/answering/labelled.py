"""Answers found without a model: what stands beside or below a label that a question names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docvision.tasks.answering.lexical import asked_words, folded, wordings_of
from docvision.tasks.passage import Passage, Run

_EDGES = re.compile(r"^\W+|\W+$")
_REST_OF_LABEL = re.compile(r":$|^[^\W\d_A-Z]+\.$")
"""`date.` behind `Bill` is no value: both are one label, whose value stands elsewhere."""
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
        if words[at:end] == label and _begins(passage, at):
            while end < len(words) and words[end] in asked and passage.words[end].gap == " ":
                end += 1
            run = _beside(passage, end) or _below(passage, at, end)
            if run and not _REST_OF_LABEL.search(passage.quote(run)):
                yield run


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
    under = [
        at
        for at in range(last, len(passage.words))
        if passage.words[at].line == label[0].line + 1
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
