"""The questions: one window's words, a flat schema, and a grammar that holds the answer to it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from docvision.engines.base import Engine, Message, Request, Text
from docvision.engines.grammar import words_grammar
from docvision.errors import Cancelled
from docvision.results.model import Usage
from docvision.schemas.shape import Kind, Leaf, Listing, Record
from docvision.tasks.extraction.candidates import candidates
from docvision.tasks.extraction.reply import Reply, parse_reply
from docvision.tasks.extraction.windows import halves
from docvision.tasks.normalise import Conventions
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
    conventions: Conventions

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
    usage: Usage


def questions(
    record: Record, mode: Callable[[Leaf], Mode], conventions: Conventions
) -> list[Question]:
    """Return the questions that ask for a record: leaves of one mode together, lists after them."""
    found: list[Question] = []
    for each in Mode:
        leaves = [leaf for leaf in record.leaves if mode(leaf) is each]
        for start in range(0, len(leaves), LEAVES_AT_ONCE):
            part = Record(leaves=tuple(leaves[start : start + LEAVES_AT_ONCE]))
            found.append(Question(record=part, mode=each, conventions=conventions))
    for listing in record.lists:
        modes = {mode(leaf) for leaf in listing.item.leaves} or {Mode.VERBATIM}
        # One list is decoded one way: copied where any of its leaves is.
        chosen = next(each for each in (Mode.VERBATIM, Mode.PREFER, Mode.OFF) if each in modes)
        found.append(
            Question(record=Record(lists=(listing,)), mode=chosen, conventions=conventions)
        )
    return found


def ask(
    engine: Engine,
    question: Question,
    passages: Iterable[Passage],
    max_tokens: int,
    cancelled: Callable[[], bool],
) -> Iterator[Heard]:
    """Ask one question of each window and yield what was said, in order.

    A window in whose lists the answer broke off is parted and asked again.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    waiting = iter(passages)
    while some := list(islice(waiting, _AT_ONCE)):
        yield from _ask(engine, question, some, max_tokens, cancelled, _SPLITS)


def _ask(
    engine: Engine,
    question: Question,
    passages: Sequence[Passage],
    max_tokens: int,
    cancelled: Callable[[], bool],
    splits: int,
) -> Iterator[Heard]:
    requests = [_request(question, passage, max_tokens, cancelled) for passage in passages]
    answers = engine.generate(requests)
    if cancelled():
        raise Cancelled("The job was cancelled.")
    for passage, answer in zip(passages, answers, strict=True):
        reply = parse_reply(answer, question.record)
        parts = halves(passage) if splits and question.record.lists and not reply.whole else []
        if len(parts) > 1:
            retried = Usage(retries=len(parts)) + answer.usage
            for heard in _ask(engine, question, parts, max_tokens, cancelled, splits - 1):
                yield replace(heard, usage=heard.usage + retried)
                retried = Usage()
        else:
            yield Heard(passage=passage, reply=reply, usage=answer.usage)


def _request(
    question: Question, passage: Passage, max_tokens: int, cancelled: Callable[[], bool]
) -> Request:
    prompt = judge_prompt if question.mode is Mode.OFF else extract_prompt
    message = Message(role="user", parts=(Text(text=prompt(passage.text, question.schema)),))
    verbatim = question.mode is Mode.VERBATIM
    return Request(
        messages=(message,),
        max_tokens=max_tokens,
        grammar=words_grammar(passage.text, offered(question, passage)) if verbatim else None,
        schema=None if verbatim else _answer_schema(question.schema),
        cancelled=cancelled,
    )


def offered(question: Question, passage: Passage) -> dict[str, Any]:
    """Return the flat schema in which numbers, dates and the like are choices of the window's."""

    def narrowed(record: Record, schema: dict[str, Any]) -> dict[str, Any]:
        properties = dict(schema["properties"])
        for leaf in record.leaves:
            found = candidates(passage, leaf, question.conventions)
            if found is not None:
                properties[leaf.key] = {"enum": found}
        for listing in record.lists:
            items = properties[listing.key]["items"]
            if "properties" in items:
                items = narrowed(listing.item, items)
            properties[listing.key] = {**properties[listing.key], "items": items}
        return {**schema, "properties": properties}

    return narrowed(question.record, question.schema)


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


def without_lists(record: Record, keys: Container[str]) -> Record:
    """Return a record without the lists of these keys."""
    return replace(
        record, lists=tuple(listing for listing in record.lists if listing.key not in keys)
    )
