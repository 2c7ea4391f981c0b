"""The kind of a document: the cues' verdict, and the model's where it is good at that."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from docvision.engines.base import Engine, Message, Request, Text
from docvision.engines.profile import Reads
from docvision.errors import Cancelled
from docvision.results.model import Classification, Page, Usage
from docvision.tasks.base import Desk
from docvision.tasks.extraction.windows import budget_of, windows
from docvision.tasks.passage import Passage, passage_of
from docvision.tasks.prompts import kind_prompt
from docvision.tasks.sorting.cues import OTHER, Kind, odds_by_cues

FIRST_PAGES = 2
"""Pages that tell a document's kind."""
_DISAGREED = 0.5
"""What is left of the confidence where cues and model do not agree."""
_UNTOLD = 0.85
"""Taken as the model's probability where a server tells none."""
_MAX_TOKENS = 64


def classify(
    pages: Sequence[Page], kinds: Sequence[Kind], desk: Desk
) -> tuple[Classification, Usage]:
    """Return a document's kind by its first pages with words, and what asking cost.

    Raises:
        Cancelled: `desk.cancelled()` was true.
    """
    worded = [page for page in pages if page.blocks][:FIRST_PAGES]
    first = passage_of([desk.page(page) for page in worded])
    odds = odds_by_cues(first, kinds)
    name = max(odds, key=lambda one: odds[one])
    by_cues = Classification(kind=name, confidence=odds[name])
    engine = desk.tools.engine
    if engine is None or engine.profile.reads is not Reads.PAGE or not first.words:
        return by_cues, Usage()
    said, spent = _ask(engine, worded, kinds, desk)
    return (_agreed(by_cues, said) if said else by_cues), spent


def _ask(
    engine: Engine, pages: Sequence[Page], kinds: Sequence[Kind], desk: Desk
) -> tuple[Classification | None, Usage]:
    """Return the kind that the model names, None where its answer is broken."""
    about = {kind.name: kind.about for kind in kinds} | {OTHER: "none of these"}
    budget = budget_of(engine.profile, len(kind_prompt("", about)))
    shown: Passage = next(windows(map(desk.page, pages), budget))
    request = Request(
        messages=(Message(role="user", parts=(Text(text=kind_prompt(shown.text, about)),)),),
        max_tokens=_MAX_TOKENS,
        schema={
            "type": "object",
            "properties": {"kind": {"enum": list(about)}},
            "required": ["kind"],
            "additionalProperties": False,
        },
        cancelled=desk.cancelled,
    )
    (answer,) = engine.generate([request])
    if desk.cancelled():
        raise Cancelled("The job was cancelled.")
    try:
        kind = json.loads(answer.text)["kind"]
    except (ValueError, KeyError, TypeError):
        return None, answer.usage
    if kind not in about:
        return None, answer.usage
    logs = [token.logprob for token in answer.tokens]
    sure = math.exp(sum(logs) / len(logs)) if logs else _UNTOLD
    return Classification(kind=kind, confidence=sure), answer.usage


def _agreed(one: Classification, other: Classification) -> Classification:
    """Return two readers' verdict: surer where they agree, the surer one in doubt where not."""
    if one.kind == other.kind:
        sure = 1 - (1 - one.confidence) * (1 - other.confidence)
        return Classification(kind=one.kind, confidence=sure)
    best = max(one, other, key=lambda each: each.confidence)
    return best.model_copy(update={"confidence": best.confidence * _DISAGREED})
