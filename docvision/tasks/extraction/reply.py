"""What the model said for a record: each leaf's text, and how likely it found it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from docvision.engines.base import Answer, Token
from docvision.schemas.shape import Record
from docvision.tasks.likelihood import least_probability


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said of a leaf; `odds` is the model's own probability, if it told any."""

    value: str | bool | float | None
    odds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What was said of a record; `whole` is False where the answer broke off."""

    fields: Mapping[str, Said] = field(default_factory=dict)
    lists: Mapping[str, tuple[Reply, ...]] = field(default_factory=dict)
    whole: bool = True


def parse_reply(answer: Answer, record: Record) -> Reply:
    """Return what an answer says of a record's leaves, by their keys.

    What is missing, of another form, or no JSON at all was not said. An answer that was cut
    gives what stands before the cut.
    """
    start = answer.text.find("{")
    body = answer.text[start:].strip().removesuffix("```").rstrip() if start >= 0 else ""
    whole = answer.finish == "stop"
    try:
        found = from_json(body, allow_partial=not whole)
    except ValueError:
        return Reply(whole=False)
    if not isinstance(found, dict):
        return Reply(whole=False)
    return _Cursor(answer, start).reply(found, record, whole)


class _Cursor:
    """Walks through an answer's text beside its JSON, so that each value has its tokens."""

    def __init__(self, answer: Answer, start: int) -> None:
        self._text = answer.text
        self._tokens: Sequence[Token] = answer.tokens
        self._at = start

    def reply(self, found: Mapping[str, Any], record: Record, whole: bool) -> Reply:
        leaves = {leaf.key for leaf in record.leaves}
        lists = {listing.key: listing.item for listing in record.lists}
        fields: dict[str, Said] = {}
        replies: dict[str, tuple[Reply, ...]] = {}
        for key, value in found.items():
            self._find(json.dumps(key, ensure_ascii=False))
            if key in leaves:
                fields[key] = self._said(value)
            elif key in lists and isinstance(value, list):
                replies[key] = tuple(self._item(item, lists[key], whole) for item in value)
        return Reply(fields=fields, lists=replies, whole=whole)

    def _item(self, value: Any, record: Record, whole: bool) -> Reply:
        if isinstance(value, dict):
            return self.reply(value, record, whole)
        key = record.leaves[0].key if record.leaves else ""
        return Reply(fields={key: self._said(value)}, whole=whole)

    def _said(self, value: Any) -> Said:
        start = self._find(json.dumps(value, ensure_ascii=False))
        odds = None if start is None else least_probability(self._tokens, start, self._at)
        if isinstance(value, str):
            value = " ".join(value.split()) or None
        elif not isinstance(value, bool | int | float):
            value = None
        return Said(value=value, odds=odds)

    def _find(self, piece: str) -> int | None:
        """Move behind the next place of a piece and return where it starts."""
        start = self._text.find(piece, self._at)
        if start < 0:
            return None
        self._at = start + len(piece)
        return start
