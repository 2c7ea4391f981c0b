"""The word score counts what a reader would count, so its figures can be trusted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.evaluation.words import normalised, score, score_pages

words = st.lists(st.text(alphabet="abcXYZ0.,-•", min_size=1, max_size=6), max_size=20)


def test_case_width_and_punctuation_at_the_ends_do_not_count() -> None:
    assert normalised(["(Total:", "１２", "•", "A/4-x,"]) == normalised(["total 12", "a/4-x"])


def test_a_number_read_wrongly_counts_against_both_sides() -> None:
    found = score(["Total", "37.37"], ["Total", "37.31"])

    assert (found.agreed, found.found, found.expected) == (1, 2, 2)
    assert found.f1 == pytest.approx(0.5)


def test_a_word_read_twice_is_not_worth_more() -> None:
    assert score(["a", "a", "a"], ["a"]).f1 == pytest.approx(0.5)


def test_words_on_the_wrong_page_do_not_agree() -> None:
    assert score_pages([["one"], ["two"]], [["two"], ["one"]]).agreed == 0


def test_pages_that_are_missing_or_too_many_count() -> None:
    assert score_pages([["one"]], [["one"], ["two"]]).recall == pytest.approx(0.5)
    assert score_pages([["one"], ["two"]], [["one"]]).precision == pytest.approx(0.5)


@given(words)
def test_what_is_expected_scores_one_in_any_order(expected: list[str]) -> None:
    assert score(expected[::-1], expected).f1 == 1.0


@given(words, words)
def test_the_score_is_symmetric_and_between_zero_and_one(one: list[str], other: list[str]) -> None:
    assert score(one, other).f1 == score(other, one).f1
    assert 0.0 <= score(one, other).f1 <= 1.0
