"""Under a words grammar nothing can be said that does not stand on the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from transformers import AutoTokenizer

from docvision.engines.constrain import Constrainer
from docvision.engines.grammar import words_grammar
from docvision.engines.registry import NANO

WORDS = 'Total €12.50  A-12 "quoted" back\\slash Café o\'clock \x07bell Invoice:123'


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(str(NANO))


def accepts(tokenizer: Any, words: str, leaf: dict[str, Any], value: str) -> bool:
    schema = {"type": "object", "properties": {"a": leaf}}
    ends = [tokenizer.convert_tokens_to_ids("<|im_end|>")]
    constrainer = Constrainer(tokenizer, len(tokenizer), ends)
    constraint = constrainer.constrain(schema=None, grammar=words_grammar(words, schema))
    assert constraint is not None
    for token in tokenizer.encode('{"a": ' + value + "}", add_special_tokens=False):
        if not constraint.allowed()[token]:
            return False
        constraint.take(token)
    return constraint.complete


@pytest.mark.parametrize(
    "value",
    ["Total €12.50", "12.50", "A-12", '"quoted"', "back\\slash", "Café", "o'clock", "bell", "123"],
)
def test_words_of_the_page_are_accepted(tokenizer: Any, value: str) -> None:
    quoted = json.dumps(value, ensure_ascii=False)
    assert accepts(tokenizer, WORDS, {"type": "string"}, quoted)


@pytest.mark.parametrize("value", ["12", "2.50", "otal", "A", "13.50", "Total A-12", "Paris"])
def test_parts_of_words_and_other_words_are_refused(tokenizer: Any, value: str) -> None:
    assert not accepts(tokenizer, WORDS, {"type": "string"}, json.dumps(value))


def test_an_empty_page_has_only_null(tokenizer: Any) -> None:
    assert accepts(tokenizer, " \n ", {"type": "string"}, "null")
    assert not accepts(tokenizer, " \n ", {"type": "string"}, '"a"')


def test_a_choice_is_one_of_those_given_or_null(tokenizer: Any) -> None:
    leaf = {"enum": ["paid", "open"]}
    assert accepts(tokenizer, WORDS, leaf, '"open"')
    assert accepts(tokenizer, WORDS, leaf, "null")
    assert not accepts(tokenizer, WORDS, leaf, '"A-12"')
    assert accepts(tokenizer, WORDS, {"type": "boolean"}, "true")


def test_a_list_has_no_more_items_than_allowed(tokenizer: Any) -> None:
    leaf = {"type": "array", "items": {"type": "string"}, "maxItems": 2}
    assert accepts(tokenizer, WORDS, leaf, '["123", null]')
    assert accepts(tokenizer, WORDS, leaf, "[]")
    assert not accepts(tokenizer, WORDS, leaf, '["123", null, null]')
