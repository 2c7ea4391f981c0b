"""Loops: what would never end is cut, what a page may hold is not."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docvision.engines.loops import LoopWatch


def feed(tokens):
    """Return (tokens taken when it was cut, tokens that only repeat), or None."""
    watch = LoopWatch()
    for taken, token in enumerate(tokens, start=1):
        if excess := watch.add(token):
            return taken, excess
    return None


SENTENCE = list(range(100, 130))


def test_a_sentence_said_over_and_over_is_cut_and_stands_once():
    # given an honest beginning, then one sentence for ever
    start = [random.Random(1).randrange(10_000) for _ in range(300)]

    taken, excess = feed(start + SENTENCE * 100)

    # then it is cut after a few rounds, and one of them is kept
    assert taken <= len(start) + len(SENTENCE) * 9
    assert taken - excess == len(start) + len(SENTENCE)


@pytest.mark.parametrize("period", [1, 2, 7, 60, 200])
def test_an_endless_stretch_of_any_length_is_cut(period):
    assert feed(list(range(period)) * 3000) is not None


def test_one_character_for_ever_is_cut():
    taken, excess = feed([7] * 5000)

    assert taken <= 1100
    assert taken - excess == 1


def test_a_table_of_zeros_is_left_alone():
    # given 40 rows of 8 columns: | 0 | 0 | ... |
    row = [1, 2] * 8 + [3]

    assert feed(row * 40) is None


def test_a_form_with_empty_lines_and_dots_is_left_alone():
    assert feed([5] * 400 + [9, 9, 8] + [6, 7] * 300) is None


def test_a_few_equal_rows_of_values_are_left_alone():
    # given a price list with six equal rows of 24 tokens
    rows = list(range(200, 224)) * 6

    assert feed([1, 2, 3, *rows, 4, 5]) is None


def test_a_numbered_list_is_left_alone():
    tokens = [t for n in range(500) for t in (1, 2, 1000 + n, 3, 4, 5, 6, 7, 8)]

    assert feed(tokens) is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=180))
def test_text_without_long_repetition_is_never_cut(tokens):
    assert feed(tokens) is None


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 5000), max_size=60),
    st.lists(st.integers(0, 5000), min_size=10, max_size=60, unique=True),
)
def test_cutting_leaves_the_beginning_and_one_round(start, stretch):
    # given a loop after any beginning
    tokens = start + stretch * 60

    taken, excess = feed(tokens)

    # then what is kept is the beginning and at most one round (the beginning may join in)
    assert taken - excess <= len(start) + len(stretch)
    assert (
        tokens[taken - excess : taken]
        == tokens[taken - excess - len(stretch) : taken - len(stretch)]
    )
