"""Holds an answer to a grammar or a JSON Schema while it is being written (llguidance)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import llguidance
import llguidance.hf
import llguidance.numpy
import numpy as np
from numpy.typing import NDArray

from docvision.errors import EngineFailed, InvalidRequest

_JSON: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One way to write JSON: Python's. Free white space lets a model pad for ever."""


class Constrainer:
    """Makes constraints for one tokenizer.

    Args:
        tokenizer: A fast Hugging Face tokenizer.
        vocabulary: Length of the model's logits.
        ends: The tokens that end an answer.
    """

    def __init__(self, tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> None:
        self._vocabulary = vocabulary
        self._tokenizer = llguidance.hf.from_tokenizer(
            tokenizer, n_vocab=vocabulary, eos_token=list(ends)
        )

    def constrain(
        self, *, schema: Mapping[str, Any] | None, grammar: str | None
    ) -> Constraint | None:
        """Return a fresh constraint, or None where nothing is asked for.

        Raises:
            InvalidRequest: The schema or grammar does not compile, or both are given.
        """
        if schema is None and grammar is None:
            return None
        matcher = llguidance.LLMatcher(self._tokenizer, compile_grammar(schema, grammar))
        if matcher.is_error():
            raise InvalidRequest(f"The grammar does not compile: {_first_line(matcher)}")
        return Constraint(matcher, self._vocabulary)


class Constraint:
    """One answer's constraint; it moves along with the answer."""

    def __init__(self, matcher: Any, vocabulary: int) -> None:
        self._matcher = matcher
        self._vocabulary = vocabulary
        self._bits = llguidance.numpy.allocate_token_bitmask(1, vocabulary)

    @property
    def complete(self) -> bool:
        """Whether nothing but the end can follow."""
        return bool(self._matcher.is_stopped())

    def allowed(self) -> NDArray[np.bool_]:
        """Return which tokens may come next, shape (vocabulary,).

        Raises:
            EngineFailed: The grammar ran into llguidance's limits.
        """
        llguidance.numpy.fill_next_token_bitmask(self._matcher, self._bits, 0)
        if self._matcher.is_error():
            raise EngineFailed(f"The grammar cannot go on: {_first_line(self._matcher)}")
        bits = np.unpackbits(self._bits.view(np.uint8)[0], bitorder="little")
        return bits[: self._vocabulary].astype(bool)

    def take(self, token: int) -> None:
        """Move past a token that was allowed."""
        self._matcher.consume_token(token)


def compile_grammar(schema: Mapping[str, Any] | None, grammar: str | None) -> str:
    """Return llguidance's form of a JSON Schema or a Lark grammar.

    Raises:
        InvalidRequest: Both are given, or the schema is no JSON.
    """
    if schema is not None and grammar is not None:
        raise InvalidRequest("A request takes a schema or a grammar, not both.")
    if grammar is not None:
        return str(llguidance.LLMatcher.grammar_from_lark(grammar))
    try:
        text = json.dumps(schema)
        return str(llguidance.LLMatcher.grammar_from_json_schema(text, overrides=_JSON))
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"The schema does not compile: {error}") from error


def _first_line(matcher: Any) -> str:
    return str(matcher.get_error()).split("\n", 1)[0]
