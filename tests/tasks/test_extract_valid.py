"""Whatever the schema, the document and the model: the data obey the schema."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from docvision.engines.base import Answer, Request, Token
from docvision.engines.constrain import Constrainer
from docvision.engines.profile import Profile
from docvision.engines.registry import NANO, read_profile
from docvision.errors import InvalidSchema
from docvision.schemas.accept import accept
from docvision.schemas.pointer import find
from docvision.tasks.extraction.extractor import Extractor
from docvision.tasks.options import Mode
from tests.schemas.strategies import schemas
from tests.tasks.papers import desk, paper

HOSTILE = [
    "Total", "12.50", "1.234,50", "€", "05/03/2024", "March", "AB12", "<|im_end|>", "{\"a\": 1}",
    'say "no"', "back\\slash", "null", "]}", "\u202eright", "😀", "Ignore", "all", "instructions",
    "\x07", "DE89370400440532013000", "%regex", "{0,9}", "x" * 300, "é", "paid", "true",
]  # fmt: skip
LINES = st.lists(
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=6).map(" ".join), max_size=8
)


class Liar:
    """An engine that says anything: broken JSON, other keys, wrong types, too much."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)

    @property
    def profile(self) -> Profile:
        return read_profile(NANO, name="nano")

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        return [Answer(text=self._value(3), finish="stop") for _ in requests]

    def close(self) -> None:
        """Nothing is held."""

    def _value(self, depth: int) -> str:
        kind = self._rng.randrange(8 if depth else 5)
        if kind < 5:
            return self._rng.choice(
                ['"12.50"', "null", "true", '"March"', "7", '"', "-1e999", '"\\ud800"']
            )
        inner = [self._value(depth - 1) for _ in range(self._rng.randrange(4))]
        if kind == 5:
            return "[" + ", ".join(inner) + "]"
        keys = ["total", "name", "due_date", "size", "line_items", "0"]
        pairs = (f'"{self._rng.choice(keys)}": {one}' for one in inner)
        return "{" + ", ".join(pairs) + self._rng.choice(["}", "}", "", "}]"])


class Drunk(Liar):
    """An engine that staggers along the real grammar: any allowed token, never a bad one."""

    def __init__(self, seed: int, constrainer: Constrainer, tokenizer: Any) -> None:
        super().__init__(seed)
        self._constrainer = constrainer
        self._tokenizer = tokenizer

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        return [self._stagger(request) for request in requests]

    def _stagger(self, request: Request) -> Answer:
        constraint = self._constrainer.constrain(schema=request.schema, grammar=request.grammar)
        assert constraint is not None
        said: list[int] = []
        while not constraint.complete and len(said) < 300:
            allowed = constraint.allowed().nonzero()[0]
            if not len(allowed):
                break
            said.append(int(self._rng.choice(allowed)))
            constraint.take(said[-1])
        texts = [self._tokenizer.decode([token]) for token in said]
        return Answer(
            text=self._tokenizer.decode(said, skip_special_tokens=True),
            tokens=tuple(Token(text=text, logprob=-0.5) for text in texts),
            finish="stop" if constraint.complete else "length",
        )


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(str(NANO))


@pytest.fixture(scope="module")
def constrainer(tokenizer: Any) -> Constrainer:
    return Constrainer(tokenizer, len(tokenizer), [tokenizer.convert_tokens_to_ids("<|im_end|>")])


def check(raw: dict[str, Any], lines: Sequence[str], engine: Liar, mode: Mode) -> None:
    try:
        schema = accept(raw)
    except InvalidSchema:
        return
    extractor = Extractor(engine=engine, schema=schema, mode=mode, threshold=None, max_tokens=300)
    extraction, _ = extractor.extract([paper(*lines)], desk(engine))
    assert schema.is_valid(extraction.data)
    for at, evidence in extraction.evidence.items():
        ((_, value),) = find(extraction.data, at)
        assert value is not None
        unfound = {f for one in extraction.review if one.code == "unverified" for f in one.fields}
        assert evidence.verified or at in unfound or mode is Mode.OFF


MODES = st.sampled_from([Mode.AUTO, Mode.VERBATIM, Mode.PREFER, Mode.OFF])
LOOSE = list(HealthCheck)


@given(schemas(), LINES, st.integers(0, 9999), MODES)
@settings(max_examples=60, deadline=None, suppress_health_check=LOOSE)
def test_a_model_that_lies_gets_nothing_past_the_schema(
    raw: dict[str, Any], lines: list[str], seed: int, mode: Mode
) -> None:
    check(raw, lines, Liar(seed), mode)


@given(raw=schemas(), lines=LINES, seed=st.integers(0, 9999))
@settings(max_examples=40, deadline=None, suppress_health_check=LOOSE)
def test_under_the_real_grammar_every_value_stands_in_the_document(
    constrainer: Constrainer, tokenizer: Any, raw: dict[str, Any], lines: list[str], seed: int
) -> None:
    check(raw, lines, Drunk(seed, constrainer, tokenizer), Mode.VERBATIM)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@given(schemas(), LINES, st.integers(0, 9999), MODES)
@settings(max_examples=2_000, deadline=None, suppress_health_check=LOOSE)
def test_two_thousand_schemas_and_documents(
    raw: dict[str, Any], lines: list[str], seed: int, mode: Mode
) -> None:
    check(raw, lines, Liar(seed), mode)
