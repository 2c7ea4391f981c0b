"""Opening hours, and the day on which a place is closed, as they are printed on slips."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docvision.tasks.answering.asked import Asked
from docvision.tasks.answering.concepts import first_words, terms_in
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.lexical import folded
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.segments import segments_in
from docvision.tasks.passage import Passage, Placed, Run

_SURE = 0.85
"""How sure hours are that stand behind their day, and a day beside the word `closed`."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"\d{1,2}(?:[:.h]\d{2}|h)?(?: ?(?:am|pm|uhr|h))?.{0,5}-.{0,2}\d", re.IGNORECASE)
_DASHES = str.maketrans("\u2013\u2014", "--")
_CLOCK = frozenset(("uhr", "h", "hrs", "uur"))


def opening_findings(asked: Asked, passage: Passage) -> Iterator[Finding]:
    """Yield the hours, or the day off, that a page tells."""
    day = next((at for at, name in enumerate(_DAYS) if name in _means(asked.question)), None)
    for line in passage.lines:
        if "weekday" in asked.wants:
            yield from _closed(passage, line)
        elif "hours" in asked.wants:
            for segment in _columns(passage, line):
                yield from _open(passage, segment, day)


def _columns(passage: Passage, line: Run) -> Iterator[Run]:
    """Yield the parts of a line that stand apart; hours go with the day that stands before them."""
    runs = [segment.run for segment in segments_in(passage, line)]
    at = 0
    while at < len(runs):
        goes_on = at + 1 < len(runs) and _is_day(passage, runs[at])
        last = runs[at + 1].last if goes_on else runs[at].last
        yield Run(first=runs[at].first, last=last)
        at += 2 if goes_on else 1


def _is_day(passage: Passage, run: Run) -> bool:
    return all(_span(word.text) or word.text in "&+-–" for word in _words(passage, run))


def _closed(passage: Passage, line: Run) -> Iterator[Finding]:
    """Yield the day of a line that says `closed`."""
    if "closed" in _means(passage.quote(line)):
        for at in range(line.first, line.last):
            word = folded(passage.words[at].text).strip(".,;:")
            if len(word) > 2 and _days(word):
                yield _finding(passage, Run(first=at, last=at + 1))
                return


def _open(passage: Passage, line: Run, day: int | None) -> Iterator[Finding]:
    """Yield the hours of a line: of the day that is asked for, else as they stand there."""
    if not _HOURS.search(passage.quote(line).translate(_DASHES)):
        return
    named = [at for at in range(line.first, line.last) if _span(passage.words[at].text)]
    if not named:
        return
    if day is None:
        yield _finding(passage, Run(first=named[0], last=line.last))
        return
    at = 0
    while at < len(named):
        end = at
        while end + 1 < len(named) and named[end + 1] <= named[end] + 2:
            end += 1
        days = _range([passage.words[one].text for one in range(named[at], named[end] + 1)])
        last = named[end + 1] if end + 1 < len(named) else line.last
        hours = Run(first=named[end] + 1, last=last)
        while last > hours.first and folded(passage.words[last - 1].text).strip(".") in _CLOCK:
            last -= 1
        if day in days and hours.first < last:
            yield _finding(passage, Run(first=hours.first, last=last))
        at = end + 1


def _range(words: Sequence[str]) -> set[int]:
    """Return the days that some words span: `Mo-Fr`, `Sat & Sun`."""
    text = " ".join(words).translate(_DASHES)
    days = [day for word in re.split(r"[\s/&+,-]+", text) for day in _days(folded(word).strip("."))]
    if len(days) == 2 and "-" in text:
        first, last = days
        return {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return set(days)


def _words(passage: Passage, run: Run) -> Sequence[Placed]:
    return passage.words[run.first : run.last]


def _span(word: str) -> set[int]:
    return _range([word]) if not any(map(str.isdigit, word)) else set()


def _days(word: str) -> list[int]:
    means = first_words(word)
    return [at for at, name in enumerate(_DAYS) if name in means]


def _means(text: str) -> set[str]:
    return {one for term in terms_in(text) for one in first_words(term)}


def _finding(passage: Passage, run: Run) -> Finding:
    evidence = evidence_of(passage, run, confidence=_SURE)
    return Finding(
        text=passage.quote(run).strip(" .,;"), evidence=evidence, sure=evidence.confidence
    )
