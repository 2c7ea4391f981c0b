"""The sentence of running prose that a question is about, where no value stands by a label.

A sentence is read under the heading that it stands below: what bears interest "if a sum is not
paid" answers a question about late payment where its clause is called so. How much of a question
a sentence explains is counted in its terms, rare ones for more (inverse document frequency).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docvision.tasks.answering.kinds import asked_kinds
from docvision.tasks.answering.lexical import asked_terms, terms_of
from docvision.tasks.normalise import conventions_of, to_currency, to_date
from docvision.tasks.passage import Passage, Run

LEAST = 0.5
"""Share of a question that a sentence must explain."""
_SURE, _CLOSE = 0.8, 0.45
"""How sure the sentence is that explains all of it, and where another explains about as much."""
_HEADING = 0.5
"""What a term counts that only the heading has."""
_OTHER = 0.7
"""What a sentence is worth that lacks the sum or the date that is asked for."""
_TERMS = 2
"""Terms of a question that it must hold at least: one word alone is in many sentences."""
_WORDS = 4
"""Words of a sentence at least; what is shorter is a heading or a label."""
_SMALL = 0.4
"""Share of a sentence's words at least that begin in lower case."""
_APART = 0.1
"""What the best sentence explains more than the next one, else they are close."""
_END = re.compile(r"\w{2}[\"')\]”’]*[.!?][\"')\]”’]*$")
_SUM = re.compile(r"\W?\d[\d.,'’]*\W?")
_CENTS = re.compile(r"\d[.,]\d{2}\W?$")
_NUMBERED = re.compile(r"^\(?(?:\d{1,3}(?:\.\d{1,3})*[.)]?|[a-z][.)])$")
"""What a clause or a paragraph begins with."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence, and the heading that it stands below, empty without one."""

    run: Run
    heading: str


@dataclass(frozen=True, kw_only=True)
class Prose:
    """The words that answer a question, and how sure they are (0-1)."""

    run: Run
    sure: float


def prose_answer(question: str, passage: Passage) -> Prose | None:
    """Return what prose says to a question: its one figure or date that is asked for, or all."""
    asked = set(asked_terms(question))
    found = list(sentences(passage))
    held = [asked.intersection(terms_of(passage.quote(one.run))) for one in found]
    above = [asked.intersection(terms_of(one.heading)) for one in found]
    counts = Counter(term for terms in held for term in terms)
    weights = {term: math.log(1 + len(found) / (0.5 + max(1, counts[term]))) for term in asked}
    whole, find = sum(weights.values()), _finder(question)
    shares = [
        sum(weights[term] * (1.0 if term in own else _HEADING) for term in own | over)
        / whole
        * (_OTHER if find and not any(find(passage, one.run)) else 1.0)
        if own | over
        else 0.0
        for one, own, over in zip(found, held, above, strict=True)
    ]
    ranked = sorted(range(len(found)), key=lambda at: -shares[at])
    if not ranked or shares[ranked[0]] < LEAST:
        return None
    best, *others = ranked
    if len(held[best] | above[best]) < _TERMS:
        return None
    close = bool(others) and shares[best] - shares[others[0]] < _APART
    sure = shares[best] * (_CLOSE if close else _SURE)
    run = found[best].run
    figures = list(find(passage, run)) if find else []
    return Prose(run=figures[0] if len(figures) == 1 else run, sure=sure)


def sentences(passage: Passage) -> Iterator[Sentence]:
    """Yield the sentences of a passage in order; a heading is a line of its own above them."""
    heading = ""
    for lines in _paragraphs(passage):
        first, last = lines[0].first, lines[-1].last
        if len(lines) == 1 and not _END.search(passage.words[last - 1].text):
            heading = passage.quote(lines[0])
            continue
        first += bool(_NUMBERED.match(passage.words[first].text))
        for end in range(first + 1, last + 1):
            if end == last or _END.search(passage.words[end - 1].text):
                if _is_sentence(passage, first, end):
                    yield Sentence(run=Run(first=first, last=end), heading=heading)
                first = end


def _is_sentence(passage: Passage, first: int, end: int) -> bool:
    """Whether words are a sentence of prose: it ends as one, and no columns part it."""
    words = passage.words[first:end]
    small = sum(word.text[:1].islower() for word in words)
    return (
        len(words) >= _WORDS
        and bool(_END.search(words[-1].text))
        and small >= _SMALL * len(words)
        and all(word.gap in (" ", "\n") for word in words[1:])
    )


def _paragraphs(passage: Passage) -> Iterator[Sequence[Run]]:
    """Yield lines that belong together: a paragraph ends with a sentence, or before a number."""
    lines: list[Run] = []
    for line in passage.lines:
        words = passage.words
        if lines and (
            _NUMBERED.match(words[line.first].text)
            or (_is_short(passage, lines[-1], line) and words[line.first].text[:1].isupper())
        ):
            yield lines
            lines = []
        lines.append(line)
        if _END.search(words[line.last - 1].text):
            yield lines
            lines = []
    if lines:
        yield lines


def _is_short(passage: Passage, line: Run, after: Run) -> bool:
    """Whether a line ends well before the next one does: then it is a heading, or an end."""
    right, other = passage.words[line.last - 1].bbox[2], passage.words[after.last - 1].bbox[2]
    return right < other - 0.15


def _finder(question: str) -> Callable[[Passage, Run], Iterator[Run]] | None:
    """Return who finds the dates or sums of a sentence, where a question asks for one."""
    wanted = asked_kinds(question)
    return _dates if "date" in wanted else _sums if "amount" in wanted else None


def _sums(passage: Passage, sentence: Run) -> Iterator[Run]:
    words = passage.words
    for at in range(sentence.first, sentence.last):
        text = words[at].text.rstrip(".,;:")
        named = at > sentence.first and to_currency(words[at - 1].text) is not None
        if _SUM.fullmatch(text) and (named or not text[:1].isdigit() or _CENTS.search(text)):
            yield Run(first=at - named, last=at + 1)


def _dates(passage: Passage, sentence: Run) -> Iterator[Run]:
    at = sentence.first
    while at < sentence.last:
        size = next((size for size in (3, 1) if _is_date(passage, at, size, sentence)), 0)
        if size:
            yield Run(first=at, last=at + size)
        at += max(1, size)


def _is_date(passage: Passage, at: int, size: int, sentence: Run) -> bool:
    text = passage.quote(Run(first=at, last=min(at + size, sentence.last))).strip(".,;:")
    return any(map(str.isdigit, text)) and to_date(text, conventions_of([text])) is not None
