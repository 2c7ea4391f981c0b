"""Answers copied from a document's words: one question, one window, a few candidates.

The model answers under a grammar that takes nothing but null and runs of the window's own words,
so that a candidate always stands in the document. Beside it stands what a search for the label
finds, as a second opinion.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rapidfuzz import fuzz

from docvision.engines.base import Answer, Engine, Message, Request, Text, Token
from docvision.engines.grammar import words_grammar
from docvision.errors import Cancelled
from docvision.results.model import Usage
from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.fields import FieldReader
from docvision.tasks.answering.kinds import likeness
from docvision.tasks.answering.labelled import labelled, other_label
from docvision.tasks.answering.lexical import asked_words, wordings_of
from docvision.tasks.evidence import find_run, nearness
from docvision.tasks.likelihood import least_probability, mean_probability
from docvision.tasks.passage import Passage, Run
from docvision.tasks.prompts import ask_prompt, ask_schema

MAX_TOKENS = 256
"""Tokens of an answer at most, beside its question."""
_AT_ONCE = 16
"""Requests sent together."""
_MOST_LABELLED = 3
"""Values beside labels that are looked at in one window."""
_MOST_TOLD = 3
"""Values that the rules of `extract` find in one window, the surest first."""
_RUNS_ON = 0.5
"""Probability below which an answer does not go on over the gap between two columns."""
_WHOLE = 95.0
"""Likeness from which another wording of a label stands there whole."""
_ALIKE = 90.0
"""Similarity (0-100) from which two answers say the same."""
_TRAILING = re.compile(r"[\s,;:]+$")
_BEFORE = re.compile(r"(?:\w+[-/]|\d+[.,])*\w*$")
_BEHIND = re.compile(r"\w*(?:[-/.,]\w+)*")
"""What belongs to a number, or to a word with hyphens, that a text is cut out of."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What a window may answer, and what speaks for it.

    Attributes:
        passage: The window.
        run: The words of the answer.
        text: The answer: those words without marks that stick to them.
        some: The model's probability that the window holds an answer at all.
        mean: Geometric mean of the probabilities of the answer's tokens.
        least: The least of them.
        near: How much what stands beside or above it is like what is asked for (0-1).
        fit: How well the window's words fit the question, beside the best window's (0-1).
        like: Whether it looks like what is asked for (-1 to 1).
        label: Whether the label search finds the same words (1), others (-1) or none (0).
        own: 1 where the label is the very words that are asked for.
        said: 1 where the model says it, 0 where only a search does.
        told: How sure the rules of `extract` are, by a label, that it is what is asked for (0-1).
        placed: The same by its place on the page alone.
        others: 1 where it stands beside a label that is not what is asked for.
    """

    passage: Passage
    run: Run
    text: str
    some: float
    mean: float
    least: float
    near: float
    fit: float
    like: float
    label: float
    own: float
    said: float
    told: float
    placed: float
    others: float

    @property
    def page(self) -> int:
        """The number of the page that it stands on."""
        return self.passage.words[self.run.first].page


FEATURES = (
    "some", "mean", "least", "near", "fit", "like", "label", "own", "said", "both", "told",
    "placed", "free",
)  # fmt: skip
"""The names of `features`, in order."""


def features(candidate: Candidate) -> tuple[float, ...]:
    """Return what speaks for a candidate as numbers that can be weighed."""
    return (
        _log_odds(candidate.some),
        _log_odds(candidate.mean),
        _log_odds(candidate.least),
        candidate.near,
        candidate.fit,
        candidate.like,
        candidate.label,
        candidate.own,
        candidate.said,
        candidate.said * max(0.0, candidate.label),
        candidate.told,
        max(0.0, _log_odds(candidate.placed)),
        -candidate.others,
    )


def candidates(
    engine: Engine,
    question: str,
    passages: Sequence[Passage],
    fits: Sequence[float],
    fields: FieldReader,
    cancelled: Callable[[], bool],
) -> tuple[list[Candidate], Usage]:
    """Return what each window may answer to a question, and what asking cost.

    Args:
        engine: The model.
        question: One line of text.
        passages: The windows.
        fits: How well each fits the question; see `Candidate.fit`.
        fields: Finds what a question asks for where it is a field of a built-in schema.
        cancelled: Asked between requests.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    found: list[Candidate] = []
    spent = Usage()
    for start in range(0, len(passages), _AT_ONCE):
        some = passages[start : start + _AT_ONCE]
        answers = engine.generate([_request(question, one, cancelled) for one in some])
        if cancelled():
            raise Cancelled("The job was cancelled.")
        for passage, fit, answer in zip(some, fits[start:], answers, strict=False):
            found += weighed(question, passage, fit, fields, answer)
            spent += answer.usage
    return found, spent


def by_labels(
    question: str, passages: Sequence[Passage], fits: Sequence[float], fields: FieldReader
) -> list[Candidate]:
    """Return what searches find in windows, without asking a model."""
    return [
        candidate
        for passage, fit in zip(passages, fits, strict=True)
        for candidate in weighed(question, passage, fit, fields, Answer(text=""))
    ]


def weighed(
    question: str, passage: Passage, fit: float, fields: FieldReader, answer: Answer
) -> Iterator[Candidate]:
    """Yield what the model says of a window, and what else searches find there.

    An answer that broke off or is no JSON says nothing.
    """
    searched = list(_searched(question, passage, fields))
    said = _heard(question, passage, answer)
    for one in searched:
        if said.run is None or _apart(one.run, said.run):
            yield _candidate(question, passage, fit, one, replace(_Heard(), some=said.some))
    if said.run is not None:
        same = [one for one in searched if not _apart(one.run, said.run)]
        agreed = _Searched(
            run=said.run,
            text=said.text,
            label=any(one.label for one in same),
            own=any(one.own for one in same),
            told=max((one.told for one in same), default=0.0),
            placed=max((one.placed for one in same), default=0.0),
        )
        apart = any(one.label for one in searched) and not agreed.label
        yield _candidate(question, passage, fit, agreed, said, label=-1.0 if apart else None)


def _candidate(
    question: str,
    passage: Passage,
    fit: float,
    one: _Searched,
    said: _Heard,
    label: float | None = None,
) -> Candidate:
    """Return a candidate; `said` is what the model says of it, `label` in place of its own."""
    return Candidate(
        passage=passage,
        run=one.run,
        text=_TRAILING.sub("", one.text) or one.text,
        some=said.some,
        mean=said.mean,
        least=said.least,
        near=label_support(passage, one.run, question),
        fit=fit,
        like=likeness(asked_of(question).wants, one.text),
        label=float(one.label) if label is None else label,
        own=float(one.own),
        said=float(said.run is not None),
        told=one.told,
        placed=one.placed,
        others=float(not one.label and not one.told and other_label(passage, one.run, question)),
    )


@dataclass(frozen=True, kw_only=True)
class _Searched:
    """What is found without the model; see `Candidate` for the fields."""

    run: Run
    text: str
    label: bool
    own: bool
    told: float = 0.0
    placed: float = 0.0


def _searched(question: str, passage: Passage, fields: FieldReader) -> Iterator[_Searched]:
    """Yield what stands beside labels, and what `extract` would find; each place once."""
    beside = list(islice(labelled(passage, question), _MOST_LABELLED))
    told = fields.told(question, passage)[:_MOST_TOLD]
    for one in told:
        same = [other for other in beside if not _apart(other.run, one.run)]
        yield _Searched(
            run=one.run,
            text=one.text,
            label=bool(same),
            own=any(other.own for other in same),
            told=0.0 if one.placed else one.sure,
            placed=one.sure if one.placed else 0.0,
        )
    for other in beside:
        if all(_apart(other.run, one.run) for one in told):
            text = passage.quote(other.run)
            yield _Searched(
                run=other.run, text=text, label=True, own=other.own, told=0.0, placed=0.0
            )


def same_text(one: str, other: str) -> bool:
    """Whether two answers say the same, but for a letter or two."""
    return fuzz.ratio(one.casefold(), other.casefold()) >= _ALIKE


def label_support(passage: Passage, run: Run, question: str) -> float:
    """Return how much what stands beside or above a run is like what is asked for (0-1).

    Other wordings of the same label count too, if they stand there whole.
    """
    own = nearness(passage, run, asked_words(question).lower())
    others = (nearness(passage, run, wording) for wording in wordings_of(question))
    return max([own, *(like for like in others if like >= _WHOLE)]) / 100


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """What the model says of a window; `run` is None where it says null, or nothing."""

    run: Run | None = None
    text: str = ""
    some: float = 0.5
    mean: float = 0.5
    least: float = 0.5


def _request(question: str, passage: Passage, cancelled: Callable[[], bool]) -> Request:
    prompt = ask_prompt(passage.text, question)
    return Request(
        messages=(Message(role="user", parts=(Text(text=prompt),)),),
        max_tokens=MAX_TOKENS + len(question),
        grammar=words_grammar(passage.text, ask_schema(question)),
        cancelled=cancelled,
    )


def _heard(question: str, passage: Passage, answer: Answer) -> _Heard:
    start = len(json.dumps({question: 0}, ensure_ascii=False)) - len("0}")
    value, whole = _value(question, answer)
    odds = mean_probability(answer.tokens, start, start + 1) if whole else None
    if odds is None:
        odds = 0.5
    if value is None:
        return _Heard(some=1 - odds)
    end = len(answer.text) - len("}")
    text, end = _within_column(passage, value, answer.tokens, start, end)
    run = find_run(passage, text, label=asked_words(question))
    return _Heard(
        run=run,
        text=_unbroken(passage.quote(run), text) if run else text,
        some=odds,
        mean=mean_probability(answer.tokens, start + 1, end) or 0.5,
        least=least_probability(answer.tokens, start + 1, end) or 0.5,
    )


def _unbroken(quote: str, text: str) -> str:
    """Return a part of some words with the rest of a number that it breaks: `2025` of `2025-17`."""
    at = quote.find(text)
    if at < 0:
        return text
    before, behind = _BEFORE.search(quote[:at]), _BEHIND.match(quote[at + len(text) :])
    return f"{before[0] if before else ''}{text}{behind[0] if behind else ''}"


def _value(question: str, answer: Answer) -> tuple[str | None, bool]:
    """Return the value that was said, if any, and whether the answer is whole."""
    try:
        value = json.loads(answer.text)[question] if answer.finish == "stop" else None
    except (ValueError, KeyError, TypeError):
        return None, False
    return (value if isinstance(value, str) else None), answer.finish == "stop"


def _within_column(
    passage: Passage, value: str, tokens: Sequence[Token], start: int, end: int
) -> tuple[str, int]:
    """Cut an answer where it runs on into the next column or line against the model's odds.

    `start` is where its opening quote stands in the answer, `end` where its closing one ends.
    """
    run = find_run(passage, value)
    if run is None:
        return value, end
    at = 0
    for word in passage.words[run.first + 1 : run.last]:
        at = value.find(" ", at + 1)
        if at < 0:
            break
        if word.gap != " ":
            onward = least_probability(tokens, start + 1 + at, start + 3 + at)
            if onward is not None and onward < _RUNS_ON:
                return value[:at], start + 1 + at
    return value, end


def _apart(one: Run, other: Run) -> bool:
    return one.last <= other.first or other.last <= one.first


def _log_odds(probability: float) -> float:
    held = min(max(probability, 0.005), 0.995)
    return math.log(held / (1 - held))
