"""Answers said freely by a large model, each held to a quote that must stand in the document."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from docvision.engines.base import Answer, Engine, Message, Request, Text
from docvision.errors import Cancelled
from docvision.results.model import Usage
from docvision.tasks.answering.lexical import asked_words
from docvision.tasks.evidence import find_run
from docvision.tasks.passage import Passage, Run
from docvision.tasks.prompts import answer_prompt, answer_schema

MAX_TOKENS = 1_024
"""Tokens of an answer and its quote at most."""
WARMER = 0.7
"""Temperature of the second try, where the first answer ran in a loop or was cut."""
_AT_ONCE = 4
"""Requests sent together."""
_UNTOLD = 0.85
"""Taken as the probability where a server tells none."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What was said of one window.

    `text` is None where it does not answer. `run` is where the quote stands, None where it
    stands nowhere. `odds` is the model's mean probability of what it said.
    """

    passage: Passage
    text: str | None
    quote: str | None
    run: Run | None
    odds: float


def replies(
    engine: Engine,
    question: str,
    passages: Sequence[Passage],
    cancelled: Callable[[], bool],
) -> tuple[list[Reply], Usage]:
    """Return what each window is said to answer, and what asking cost.

    A window whose answer is broken even at the second try is left out.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    found: list[Reply] = []
    spent = Usage()
    for start in range(0, len(passages), _AT_ONCE):
        some = passages[start : start + _AT_ONCE]
        requests = [_request(question, passage, cancelled) for passage in some]
        for passage, request, answer in zip(some, requests, engine.generate(requests), strict=True):
            spent += answer.usage
            said = _parsed(question, passage, answer)
            if said is None:
                (answer,) = engine.generate([replace(request, temperature=WARMER)])
                spent += answer.usage + Usage(retries=1)
                said = _parsed(question, passage, answer)
            found += [said] if said else []
        if cancelled():
            raise Cancelled("The job was cancelled.")
    return found, spent


def ranked(found: Sequence[Reply]) -> list[Reply]:
    """Return the replies that answer, the best supported first."""
    return sorted(
        (reply for reply in found if reply.text is not None),
        key=lambda reply: (reply.run is not None, reply.odds),
        reverse=True,
    )


def _request(question: str, passage: Passage, cancelled: Callable[[], bool]) -> Request:
    prompt = answer_prompt(passage.text, question)
    return Request(
        messages=(Message(role="user", parts=(Text(text=prompt),)),),
        max_tokens=MAX_TOKENS,
        schema=answer_schema(),
        cancelled=cancelled,
    )


def _parsed(question: str, passage: Passage, answer: Answer) -> Reply | None:
    """Return what an answer says; None where it is broken."""
    if answer.finish != "stop":
        return None
    try:
        said = json.loads(answer.text[answer.text.find("{") : answer.text.rfind("}") + 1])
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    text, quote = (_line(said.get(name)) for name in ("answer", "quote"))
    label = asked_words(question)
    places = (find_run(passage, one, label=label) for one in (quote, text) if one)
    return Reply(
        passage=passage,
        text=text,
        quote=quote,
        run=next(filter(None, places), None),
        odds=_odds(answer),
    )


def _line(value: object) -> str | None:
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
    return text or None


def _odds(answer: Answer) -> float:
    if not answer.tokens:
        return _UNTOLD
    return math.exp(sum(token.logprob for token in answer.tokens) / len(answer.tokens))
