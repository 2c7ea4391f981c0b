"""The values inside some words that stand together, each with what stands before and behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docvision.tasks.answering.rates import rates
from docvision.tasks.answering.spans import iban_end
from docvision.tasks.passage import Passage, Run

LABEL = 6
"""Words at most of a label that stands above its value, or right before a figure."""
_GLUED = re.compile(r"([^\W\d_][^:=]*)[:=]([^:=].*)")
_FIGURE = re.compile(r"[-+(]?[$€£¥]?\d[\d.,'’:/%-]*\W?")
_CODE = re.compile(r"\(?(?=[^\d]*\d)[\w#*+./-]*[\dA-Z*#/+-]\)?[,;.]?")
_OF_DATE = frozenset(["vom", "du", "del", "dated", "of", "from", "van", "z", "dd", "de"])
"""What stands between a number and its date."""
_BREAKS = (",", ";", "·", "|", "•")
"""What ends the words that may belong to a figure behind them."""
_SHORT = 5
"""Letters up to which a word with a dot is shortened: `No.`."""
_JOINS = frozenset("/-")
"""What stands between the parts of a number."""
_NEAR = 4
"""Words right before a figure that may be its label, at most."""
_TIMES = re.compile(r"(\d{1,4})[xX×]")
"""How many of what follows."""
_LONG = re.compile(r"\d(?:\W?\d){3}")
"""Figures that are a value of their own."""


def parts_of(passage: Passage, run: Run) -> Iterator[tuple[Run, str, str, str]]:
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
            yield rest, passage.quote(rest), passage.quote(_label(passage, run.first, at + 1)), ""
    yield from _inner(passage, run)
    yield from _rated(passage, run)
    first = _figures(passage, run)
    label = passage.quote(Run(first=run.first, last=first or run.first))
    if (
        first is not None
        and run.first < first < min(run.last, run.first + LABEL + 1)
        and not _LONG.search(label)
    ):
        figures = Run(first=first, last=run.last)
        yield figures, passage.quote(figures), label, ""
    if (match := _TIMES.fullmatch(words[run.first].text)) and run.last - run.first > 1:
        things = passage.quote(Run(first=run.first + 1, last=run.last))
        yield Run(first=run.first, last=run.first + 1), match[1], "", things
    if _FIGURE.fullmatch(words[run.first].text) and run.last - run.first > 1:
        behind = Run(first=run.first + 1, last=run.last)
        yield (
            Run(first=run.first, last=run.first + 1),
            words[run.first].text,
            "",
            passage.quote(behind),
        )
    yield run, passage.quote(run), "", ""


def _inner(passage: Passage, run: Run) -> Iterator[tuple[Run, str, str, str]]:
    """Yield the figures inside a line of words, each with the words before it.

    So `Deposited to account 4471, branch 12` has two, and `A-118 of 3 May 2024` begins with one.
    """
    words, start, at = passage.words, run.first, run.first
    if (
        run.last - run.first > 1
        and _CODE.fullmatch(words[at].text)
        and (words[at + 1].text.casefold() in _OF_DATE)
    ):
        yield Run(first=at, last=at + 1), words[at].text, "", ""
    while at < run.last:
        if not _CODE.fullmatch(words[at].text):
            ends = words[at].text.endswith(_BREAKS) or (
                words[at].text.endswith(".") and len(words[at].text) > _SHORT
            )
            start = at + 1 if ends else start
            at += 1
            continue
        end = _figures_end(passage, at, run.last)
        label = passage.quote(Run(first=max(start, at - _NEAR), last=at)) if start < at else ""
        if has_letters(label):
            found = Run(first=at, last=end)
            yield found, passage.quote(found).rstrip(",;."), label, ""
        at = start = end


def _figures_end(passage: Passage, at: int, last: int) -> int:
    """Return where figures end that begin at a word: `05251 / 5099-0` are one number."""
    if (end := iban_end(passage, at, last)) > at:
        return end
    words, end = passage.words, at + 1
    while end < last and not words[end - 1].text.endswith(","):
        step = 2 if words[end].text in _JOINS and end + 1 < last else 1
        if not _CODE.fullmatch(words[end + step - 1].text):
            break
        end += step
    return end


def _rated(passage: Passage, run: Run) -> Iterator[tuple[Run, str, str, str]]:
    """Yield rates among words, each with those around it: `14 days 3 % discount`."""
    for rate in rates(passage, run):
        before = Run(first=max(run.first, rate.first - _NEAR), last=rate.first)
        behind = Run(first=rate.last, last=min(run.last, rate.last + 2))
        label = f"{passage.quote(before)} {passage.quote(behind)}"
        yield rate, passage.quote(rate).rstrip(",;."), label, ""


def _label(passage: Passage, first: int, end: int) -> Run:
    """Return the words of a label, without the value or the sentence before them."""
    for at in range(end - 2, first - 1, -1):
        text = passage.words[at].text
        if text.endswith((",", ";")) or (text.endswith(".") and len(text) > _SHORT):
            return Run(first=at + 1, last=end)
    return Run(first=first, last=end)


def _colon(passage: Passage, at: int, end: int) -> int:
    """Return where a value ends before the next label with a colon."""
    for colon in range(at + 1, end):
        if ":" in passage.words[colon].text and has_letters(passage.words[colon].text):
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


def has_letters(text: str) -> bool:
    """Whether a text has letters enough to be a word."""
    return sum(map(str.isalpha, text)) >= 2
