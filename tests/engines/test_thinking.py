"""Thoughts are no part of an answer."""

from docvision.engines.base import Answer, Token
from docvision.engines.thinking import without_thoughts


def said(*texts: str) -> Answer:
    tokens = tuple(Token(text=text, logprob=-0.1) for text in texts)
    return Answer(text="".join(texts), tokens=tokens)


def test_an_answer_begins_where_the_thoughts_end() -> None:
    answer = without_thoughts(said("<think>", "a [list]?", "</think>", "\n\n", '["', 'a"]'))
    assert answer.text == '["a"]'
    assert [token.text for token in answer.tokens] == ['["', 'a"]']


def test_a_token_that_holds_both_is_parted() -> None:
    answer = without_thoughts(said("hm</think>\n", "{}"))
    assert (answer.text, answer.tokens[0].text) == ("{}", "{}")
    answer = without_thoughts(said("hm</think>{", "}"))
    assert "".join(token.text for token in answer.tokens) == answer.text == "{}"


def test_an_answer_without_thoughts_stays_as_it_is() -> None:
    plain = said('{"a": 1}')
    assert without_thoughts(plain) is plain
