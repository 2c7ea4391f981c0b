"""CER, WER, ANLS and the confidence intervals, against cases worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.evaluation.calibration import calibration_error, reliability
from docvision.evaluation.ratio import Ratio, confidence_interval, total
from docvision.evaluation.text import anls, character_errors, word_errors, word_f1


def test_errors_are_counted_in_characters_and_in_words():
    assert character_errors("Total  due", "Tot al due\n") == (1, 9)
    assert word_errors("one two three", "one too three four") == (2, 3)
    assert character_errors("", "made up").value is None
    assert word_f1("a b c", "c b x").value == pytest.approx(4 / 6)


@pytest.mark.parametrize(
    ("expected", "found", "value"),
    [
        (["Blue Pen"], "blue  pen", 1.0),
        (["abcd", "xxxx"], "abcx", 0.75),
        (["abcd"], "axxx", 0.0),
        (["abcd"], None, 0.0),
        ([], None, 1.0),
        ([], "made up", 0.0),
    ],
)
def test_anls_is_the_likeness_of_the_nearest_answer_above_a_half(expected, found, value):
    assert anls(expected, found) == pytest.approx(value)


@given(st.text(max_size=20), st.text(max_size=20))
def test_errors_are_none_for_the_same_text_and_never_negative(one, other):
    assert character_errors(one, one).part == 0
    assert character_errors(one, other).part >= 0
    assert 0 <= anls([one], other) <= 1


def test_figures_add_up_to_a_micro_average():
    assert total([Ratio(1, 10), Ratio(3, 10)]).value == pytest.approx(0.2)
    assert total([Ratio(0, 0)]).value is None


def test_the_interval_holds_the_figure_and_narrows_with_more_cases():
    few = confidence_interval([Ratio(1, 1), Ratio(0, 1)] * 5)
    many = confidence_interval([Ratio(1, 1), Ratio(0, 1)] * 500)
    assert few.low <= few.value == 0.5 <= few.high
    assert many.high - many.low < (few.high - few.low) / 3
    assert confidence_interval([Ratio(1, 1)] * 3) == (1.0, 1.0, 1.0, 3)
    assert confidence_interval([]) is None
    assert confidence_interval([Ratio(0, 0)]) is None


def test_confidence_is_calibrated_where_it_is_right_as_often_as_it_says():
    fair = [(0.75, True), (0.75, True), (0.75, True), (0.75, False)]
    assert calibration_error(fair) == pytest.approx(0.0)
    assert calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)
    assert calibration_error([]) is None
    (low, top) = reliability([(0.05, False), (1.0, True), (0.95, True)])
    assert (low.count, low.accuracy) == (1, 0.0)
    assert (top.count, top.high, top.accuracy) == (2, 1.0, 1.0)
