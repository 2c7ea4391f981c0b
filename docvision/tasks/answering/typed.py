"""Values that show by themselves what they are: web addresses, towns, means of payment, titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from statistics import median

from docvision.results.model import BlockKind, Page
from docvision.tasks.answering.asked import Asked
from docvision.tasks.answering.concepts import first_words, terms_in
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.lexical import folded, kinds_of, lines_of, words_of
from docvision.tasks.answering.terms import known_among
from docvision.tasks.evidence import evidence_of
from docvision.tasks.extraction.segments import Segment, segments_in
from docvision.tasks.normalise import conventions_of, to_date
from docvision.tasks.passage import Passage, Placed, Run

_ONLY, _FIRST = 0.78, 0.62
"""How sure the only value of its kind on a page is, and the first of several."""
_TOLD = 0.65
"""How sure a means of payment is that a sentence names."""
_PAY, _NEAR = frozenset(("pay", "payment")), 4
"""What such a sentence says, and how many words before the means of payment at most."""
_BARE = 0.55
"""How sure what looks like a telephone number is, where no label says so."""
_HEADLINE, _BYLINE = 0.8, 0.6
"""How sure a headline is as a title, and a name below it as an author."""
_DIGITS = 15
"""Digits of a telephone number at most (ITU-T E.164)."""
_TALL = 1.15
"""Times the usual height of words from which a line is a headline."""
_HEAD = 0.5
"""Part of the first page that has the title."""
_SITE = re.compile(
    r"(?:https?://\S+|www\.[\w.-]+\S*|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|eu|de|at|ch|fr|es|it|nl|uk|"
    r"co\.uk|pl|be|pt|io|shop)(?:/\S*)?)[.,;]?",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+[.,;]?")
_TOWN = re.compile(
    r"(?:[A-Z]{1,2}-)?\d{4,5} [A-Z][^\W\d_]+.*|[A-Z][^\d@]+,? (?:[A-Z]{2} \d{5}(?:-\d{4})?"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})|\d{4} ?[A-Z]{2} [A-Z][^\W\d_]+.*"
)
_COURT = re.compile(
    r"(?:Amtsgericht|Handelsgericht|Landesgericht|Registergericht|Landgericht|Rechtbank"
    r"|Tribunale?(?: de| di)?) [A-Z][^\W\d_]+(?: [a-z]{2} [A-Z][^\W\d_]+)?"
)
_PHONE = re.compile(r"(?:\+\d{1,3}|\(?0)[\d /().-]{6,}\d")
_FAX = re.compile(r"fax", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:title|heading|headline|uberschrift|titel|titre|titulo|titolo)\b")
_AUTHOR = re.compile(
    r"\b(?:author|authors|autor|autorin|verfasser|auteur|autore|wrote|written by)\b"
)
_NAME = re.compile(r"(?:by |von |par |de )?[A-Z][^\W\d_]*\.?(?: [A-Z][^\W\d_]*\.?){1,3}")
_CARD = re.compile(r"card|karte|carte|tarjeta|carta")


def typed_findings(asked: Asked, page: Page, passage: Passage) -> Iterator[Finding]:
    """Yield the values of one page that look like what is asked for, and can be nothing else."""
    text = folded(asked.question)
    if "payment" in asked.wants:
        yield from _payments(passage, cards_only=bool(_CARD.search(text)))
    if "web" in asked.wants:
        yield from _alike(passage, _SITE, _ONLY, _FIRST)
    if "email" in asked.wants:
        yield from _alike(passage, _EMAIL, _ONLY, _FIRST, asked)
    if "town" in asked.wants and asked.is_of_the_whole_but("town"):
        yield from _alike(passage, _TOWN, _ONLY, _FIRST)
    if "phone" in asked.wants:
        yield from _phones(passage)
    if any("court" in first_words(term) for term in words_of(text)):
        yield from _courts(passage)
    if _TITLE.search(text) or _AUTHOR.search(text):
        yield from _headed(passage, page, of_author=bool(_AUTHOR.search(text)))


def _alike(
    passage: Passage,
    pattern: re.Pattern[str],
    only: float,
    first: float,
    asked: Asked | None = None,
) -> Iterator[Finding]:
    """Yield the first segment, or word, that a pattern describes.

    Of several it is the one that most words of a question stand beside, where one is given.
    """
    found = [
        run
        for segment in _segments(passage)
        for run in (segment.run, *(Run(first=at, last=at + 1)
                                   for at in range(segment.run.first, segment.run.last)))
        if pattern.fullmatch(passage.quote(run))
    ]  # fmt: skip
    if asked and len(found) > 1:
        known = [_beside(asked, passage, run) for run in found]
        found = [run for run, one in zip(found, known, strict=True) if one == max(known)]
    texts = {passage.quote(run) for run in found}
    if found:
        yield _finding(passage, found[0], only if len(texts) == 1 else first)


def _beside(asked: Asked, passage: Passage, run: Run) -> float:
    """Return how much of a question stands on the line of some words."""
    line = passage.words[run.first].line
    there = terms_in(" ".join(word.text for word in passage.words if word.line == line))
    own = asked.own[0] if asked.own else {}
    return sum(weight for term, weight in own.items() if known_among(term, there))


def _courts(passage: Passage) -> Iterator[Finding]:
    """Yield the first court that is named, alone or among other words."""
    for segment in _segments(passage):
        for at in range(segment.run.first, segment.run.last):
            if run := _longest(passage, at, segment.run.last, _COURT):
                yield _finding(passage, run, _ONLY)
                return


def _phones(passage: Passage) -> Iterator[Finding]:
    """Yield the first figures that are a telephone number's, alone or behind words that say so."""
    for segment in _segments(passage):
        at = segment.run.first
        while at < segment.run.last:
            run = _longest(passage, at, segment.run.last, _PHONE)
            if run is None:
                at += 1
                continue
            before = passage.quote(Run(first=segment.run.first, last=run.first))
            alone = run.first == segment.run.first
            if _may_be_phone(passage.quote(run)) and (alone or _says_phone(before)):
                yield _finding(passage, run, _BARE)
                return
            at = run.last


def _longest(passage: Passage, first: int, end: int, pattern: re.Pattern[str]) -> Run | None:
    """Return the longest run of words from one on that a pattern describes."""
    runs = (Run(first=first, last=last) for last in range(end, first, -1))
    return next((run for run in runs if pattern.fullmatch(passage.quote(run))), None)


def _may_be_phone(text: str) -> bool:
    return sum(map(str.isdigit, text)) <= _DIGITS and not to_date(text, conventions_of([text]))


def _says_phone(text: str) -> bool:
    """Whether words before figures say that they are a telephone's, and not a fax's."""
    words = words_of(folded(text))
    return "phone" in kinds_of(" ".join(words)) and not _FAX.search(text)


def _payments(passage: Passage, *, cards_only: bool) -> Iterator[Finding]:
    """Yield the words that say best what was paid with: those of most means, with an amount."""
    best: tuple[int, Run] | None = None
    for segment in _segments(passage):
        segment = _valued(passage, segment)
        words = [folded(word.text).strip(" .:,*") for word in _words(passage, segment.run)]
        means = [_means().get(word) for word in words]
        count = sum(one is not None for one in means)
        rest = [
            word
            for word, mean in zip(words, means, strict=True)
            if mean is None and sum(map(str.isalpha, word)) > 3
        ]
        if not count or rest or (cards_only and "card" not in means):
            continue
        last = max(at for at, one in enumerate(means) if one is not None)
        first = min(at for at, one in enumerate(means) if one is not None)
        run = Run(first=segment.run.first + first, last=segment.run.first + last + 1)
        if best is None or count > best[0]:
            best = (count, run)
    if best is not None:
        yield _finding(passage, best[1], _ONLY)
    else:
        yield from _told_payment(passage, cards_only=cards_only)


def _valued(passage: Passage, segment: Segment) -> Segment:
    """Return a segment without the label of its value: `Payment: credit card`."""
    words = _words(passage, segment.run)
    ends = [at for at, word in enumerate(words[:-1], start=1) if word.text.endswith(":")]
    if not ends:
        return segment
    return replace(segment, run=Run(first=segment.run.first + ends[-1], last=segment.run.last))


def _told_payment(passage: Passage, *, cards_only: bool) -> Iterator[Finding]:
    """Yield what a line of words says that it was paid with: `Paid by PayPal on 3 May`."""
    for line in passage.lines:
        words = _words(passage, line)
        texts = [folded(word.text).strip(" .:,*") for word in words]
        pays = [at for at, text in enumerate(texts) if _PAY & {*first_words(text)}]
        for at in range(line.first, line.last):
            mean = _means().get(texts[at - line.first])
            near = any(0 < at - line.first - pay <= _NEAR for pay in pays)
            if near and mean and (mean == "card" or not cards_only):
                yield _finding(passage, Run(first=at, last=at + 1), _TOLD)
                return


def _headed(passage: Passage, page: Page, *, of_author: bool) -> Iterator[Finding]:
    """Yield the headline of a first page, or the name that stands right below it."""
    lines = list(passage.lines)
    if page.number != 1 or len(lines) < 2:
        return
    heights = [median(word.bbox[3] - word.bbox[1] for word in _words(passage, line))
               for line in lines]  # fmt: skip
    tops = [passage.words[line.first].bbox[1] for line in lines]
    at = max(range(len(lines)), key=lambda one: heights[one] if tops[one] < _HEAD else 0.0)
    named = any(
        block.kind is BlockKind.HEADING and passage.quote(lines[at]) in " ".join(block.text.split())
        for block in page.blocks
    )
    if heights[at] < _TALL * median(heights) and not named:
        return
    if not of_author:
        yield _finding(passage, lines[at], _HEADLINE)
    elif at + 1 < len(lines) and _NAME.fullmatch(passage.quote(lines[at + 1])):
        yield _finding(passage, lines[at + 1], _BYLINE)


def _segments(passage: Passage) -> Iterator[Segment]:
    for line in passage.lines:
        yield from segments_in(passage, line)


def _words(passage: Passage, run: Run) -> Sequence[Placed]:
    return passage.words[run.first : run.last]


def _finding(passage: Passage, run: Run, sure: float) -> Finding:
    evidence = evidence_of(passage, run, confidence=sure)
    return Finding(
        text=passage.quote(run).rstrip(".,;"), evidence=evidence, sure=evidence.confidence
    )


@cache
def _means() -> Mapping[str, str]:
    """Return what one pays with, each word with its kind."""
    return {
        word: kind.strip()
        for kind, _, words in (line.partition("=") for line in lines_of("payment_means.txt"))
        for word in words.split()
    }
