"""What a thinking model says aloud before it answers is no part of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from docvision.engines.base import Answer, Token

END = "</think>"
"""Qwen's mark between its thoughts and its answer."""


def without_thoughts(answer: Answer) -> Answer:
    """Return an answer from where its thoughts end; their tokens stay in its usage."""
    at = answer.text.rfind(END)
    if at < 0:
        return answer
    start = at + len(END)
    start += len(answer.text[start:]) - len(answer.text[start:].lstrip())
    return replace(
        answer, text=answer.text[start:], tokens=tuple(_tokens_from(answer.tokens, start))
    )


def _tokens_from(tokens: Sequence[Token], start: int) -> Iterator[Token]:
    """Yield the tokens from a character of the answer on; one that it parts is cut there."""
    offset = 0
    for token in tokens:
        end = offset + len(token.text)
        if end > start:
            yield replace(token, text=token.text[max(0, start - offset) :])
        offset = end
