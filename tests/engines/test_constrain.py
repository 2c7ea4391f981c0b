"""Constraints: what may be written next, and what is refused at once."""

import json

import pytest
from transformers import AutoTokenizer

from docvision.engines.constrain import Constrainer
from docvision.errors import InvalidRequest


@pytest.fixture(scope="module")
def tokenizer(checkpoints):
    return AutoTokenizer.from_pretrained(checkpoints["qwen3_vl"])


@pytest.fixture(scope="module")
def constrainer(tokenizer):
    return Constrainer(tokenizer, len(tokenizer) + 16, [tokenizer.eos_token_id])


def accepts(constrainer, tokenizer, text, **rules) -> bool:
    """Whether the text may be written whole, and end there."""
    constraint = constrainer.constrain(**{"schema": None, "grammar": None, **rules})
    for token in tokenizer.encode(text):
        if not constraint.allowed()[token]:
            return False
        constraint.take(token)
    return constraint.complete or bool(constraint.allowed()[tokenizer.eos_token_id])


def test_nothing_asked_is_no_constraint(constrainer):
    assert constrainer.constrain(schema=None, grammar=None) is None


def test_only_the_documents_own_words_may_be_written(constrainer, tokenizer):
    # given a grammar of the runs of whole words of a page
    page = "BOOK TA .K (TAMAN DAYA) SDN BHD"
    grammar = f'start: SPAN\nSPAN: %regex {{ "substring_words": {json.dumps(page)} }}'

    # then its own words pass, and what looks better but is not there does not
    assert accepts(constrainer, tokenizer, "(TAMAN DAYA)", grammar=grammar)
    assert not accepts(constrainer, tokenizer, "BOOK TAMAN", grammar=grammar)


def test_json_is_written_one_way(constrainer, tokenizer):
    schema = {
        "type": "object",
        "properties": {"total": {"type": "number"}, "paid": {"type": "boolean"}},
        "required": ["total", "paid"],
        "additionalProperties": False,
    }

    value = {"total": 12.5, "paid": True}
    assert accepts(constrainer, tokenizer, json.dumps(value), schema=schema)
    assert not accepts(constrainer, tokenizer, '{"total":   12.5, "paid": true}', schema=schema)
    assert not accepts(constrainer, tokenizer, '{"total": "12.5", "paid": true}', schema=schema)


def test_tokens_beyond_the_tokenizer_are_never_allowed(constrainer, tokenizer):
    # given a model whose logits are padded beyond its vocabulary, as Qwen's are
    constraint = constrainer.constrain(schema=None, grammar="start: /.*/")

    allowed = constraint.allowed()
    assert len(allowed) == len(tokenizer) + 16
    assert not allowed[len(tokenizer) :].any()


@pytest.mark.parametrize(
    "rules",
    [
        {"schema": None, "grammar": "start: ((("},
        {"schema": {"type": "no such type"}, "grammar": None},
        {"schema": {"type": "object"}, "grammar": "start: /a/"},
    ],
)
def test_what_does_not_compile_is_refused(constrainer, rules):
    with pytest.raises(InvalidRequest):
        constrainer.constrain(**rules)
