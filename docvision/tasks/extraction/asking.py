"""The questions: one window's words, a flat schema, and a grammar that holds the answer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docvision.engines.base import Answer, Engine, Message, Request, Text
from docvision.engines.grammar import words_grammar
from docvision.errors import Cancelled
from docvision.results.model import Usage
from docvision.schemas.shape import Kind, Leaf, Listing, Record
from docvision.tasks.extraction.reply import Reply, parse_reply
from docvision.tasks.extraction.windows import halves
from docvision.tasks.options import Mode
from docvision.tasks.passage import Passage
from docvision.tasks.prompts import describe_schema, extract_prompt, judge_prompt

LEAVES_AT_ONCE = 24
"""Leaves asked for in one question."""
_AT_ONCE = 8
"""Questions sent together."""
_SPLITS = 3
"""How often a window is parted whose answer broke off."""
_ABOUT = 80
"""Characters of a description that are shown."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of every window: some leaves and lists of a record, in one mode."""

    record: Record
    mode: Mode

    @property
    def schema(self) -> dict[str, Any]:
        """The flat schema that the model is shown."""
        return flat_schema(self.record)

    @property
    def length(self) -> int:
        """The characters that the question takes beside the words."""
        return len(describe_schema(self.schema)) + _ABOUT


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The answer to one question about one window."""

    passage: Passage
    reply: Reply


def questions(record: Record, mode: Callable[[Leaf], Mode]) -> list[Question]:
    """Return the questions that ask for a record: leaves of one mode together, lists after them."""
    found: list[Question] = []
    for each in Mode:
        leaves = [leaf for leaf in record.leaves if mode(leaf) is each]
        for start in range(0, len(leaves), LEAVES_AT_ONCE):
            part = Record(leaves=tuple(leaves[start : start + LEAVES_AT_ONCE]))
            found.append(Question(record=part, mode=each))
    for listing in record.lists:
        modes = {mode(leaf) for leaf in listing.item.leaves} or {Mode.VERBATIM}
        # One list is decoded one way: copied where any of its leaves is.
        chosen = next(each for each in (Mode.VERBATIM, Mode.PREFER, Mode.OFF) if each in modes)
        found.append(Question(record=Record(lists=(listing,)), mode=chosen))
    return found


def ask(
    engine: Engine,
    question: Question,
    passages: Sequence[Passage],
    max_tokens: int,
    cancelled: Callable[[], bool],
) -> tuple[list[Heard], Usage]:
    """Ask one question of each window; one whose answer broke off is parted and asked again.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    return _ask(engine, question, passages, max_tokens, cancelled, _SPLITS)


def _ask(
    engine: Engine,
    question: Question,
    passages: Sequence[Passage],
    max_tokens: int,
    cancelled: Callable[[], bool],
    splits: int,
) -> tuple[list[Heard], Usage]:
    heard: list[Heard] = []
    spent = Usage()
    for passage, answer in _answers(engine, question, passages, max_tokens, cancelled):
        spent += answer.usage
        reply = parse_reply(answer, question.record)
        parts = halves(passage) if splits and not reply.whole and question.record.lists else []
        if len(parts) > 1:
            again, more = _ask(engine, question, parts, max_tokens, cancelled, splits - 1)
            heard += again
            spent += more + Usage(retries=len(parts))
        else:
            heard.append(Heard(passage=passage, reply=reply))
    return heard, spent


def _answers(
    engine: Engine,
    question: Question,
    passages: Sequence[Passage],
    max_tokens: int,
    cancelled: Callable[[], bool],
) -> Iterator[tuple[Passage, Answer]]:
    for start in range(0, len(passages), _AT_ONCE):
        some = passages[start : start + _AT_ONCE]
        requests = [_request(question, passage, max_tokens, cancelled) for passage in some]
        yield from zip(some, engine.generate(requests), strict=True)
        if cancelled():
            raise Cancelled("The job was cancelled.")


def _request(
    question: Question, passage: Passage, max_tokens: int, cancelled: Callable[[], bool]
) -> Request:
    prompt = judge_prompt if question.mode is Mode.OFF else extract_prompt
    message = Message(role="user", parts=(Text(text=prompt(passage.text, question.schema)),))
    verbatim = question.mode is Mode.VERBATIM
    return Request(
        messages=(message,),
        max_tokens=max_tokens,
        grammar=words_grammar(passage.text, question.schema) if verbatim else None,
        schema=None if verbatim else _answer_schema(question.schema),
        cancelled=cancelled,
    )


def flat_schema(record: Record) -> dict[str, Any]:
    """Return the schema of one flat object that a model is shown for a record."""
    return {
        "type": "object",
        "properties": {
            **{leaf.key: _leaf_schema(leaf) for leaf in record.leaves},
            **{listing.key: _list_schema(listing) for listing in record.lists},
        },
    }


def _leaf_schema(leaf: Leaf) -> dict[str, Any]:
    about = {"description": leaf.about[:_ABOUT]} if leaf.about else {}
    if leaf.kind is Kind.CHOICE:
        return {"enum": [choice for choice in leaf.choices if choice is not None], **about}
    return {"type": "boolean" if leaf.kind is Kind.BOOLEAN else "string", **about}


def _list_schema(listing: Listing) -> dict[str, Any]:
    plain = [leaf for leaf in listing.item.leaves if not leaf.path]
    items = _leaf_schema(plain[0]) if plain else flat_schema(listing.item)
    about = {"description": listing.about[:_ABOUT]} if listing.about else {}
    return {"type": "array", "items": items, **about}


def _answer_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that the answer obeys where it is said freely: each leaf may be null."""
    if "properties" in schema:
        inner = {key: _answer_schema(one) for key, one in schema["properties"].items()}
        return {
            "type": "object",
            "properties": inner,
            "required": list(inner),
            "additionalProperties": False,
        }
    if schema.get("type") == "array":
        return {"type": "array", "items": _answer_schema(schema["items"])}
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {"type": [schema["type"], "null"]}


def without_lists(record: Record, keys: Sequence[str]) -> Record:
    """Return a record without the lists of these keys."""
    return replace(
        record, lists=tuple(listing for listing in record.lists if listing.key not in keys)
    )
