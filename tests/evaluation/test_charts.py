"""RMS and relaxed accuracy, against cases worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.evaluation.cases import ExpectedChart, ExpectedPoint
from docvision.evaluation.charts import (
    Mapping,
    relaxed_accuracy,
    relaxed_match,
    rms,
    rms_f1,
    score_charts,
)
from docvision.results.model import Chart, ChartKind, Point, Series, Source

mappings = st.lists(
    st.builds(
        Mapping,
        series=st.sampled_from(["men", "women"]),
        x=st.sampled_from(["2020", "2021", "2022"]),
        y=st.floats(0.1, 99, allow_nan=False),
    ),
    max_size=6,
    unique_by=lambda one: (one.series, one.x),
)


def test_a_value_a_little_off_costs_its_relative_error():
    # given 100 read as 95, an error of 5 %, and 50 read as 50
    expected = [Mapping("", "a", 100.0), Mapping("", "b", 50.0)]
    found = [Mapping("", "a", 95.0), Mapping("", "b", 50.0)]
    assert rms(expected, found) == pytest.approx((0.975, 0.975))


def test_a_value_off_by_more_than_a_tenth_is_wrong():
    assert rms_f1([Mapping("", "a", 100.0)], [Mapping("", "a", 111.0)]) == 0.0


def test_a_misread_label_costs_its_edit_distance():
    # given one of five letters misread
    assert rms_f1([Mapping("", "month", 1.0)], [Mapping("", "mouth", 1.0)]) == pytest.approx(0.8)


def test_missing_and_made_up_values_cost_recall_and_precision():
    expected = [Mapping("", name, 1.0) for name in ("jan", "feb", "mar", "apr")]
    precision, recall = rms(expected, expected[:2])
    assert (precision, recall) == (1.0, 0.5)
    precision, recall = rms(expected[:2], expected)
    assert (precision, recall) == (0.5, 1.0)


def test_a_chart_read_the_other_way_round_is_as_good():
    expected = [Mapping("men", "2020", 1.0), Mapping("women", "2020", 2.0)]
    turned = [Mapping("2020", "men", 1.0), Mapping("2020", "women", 2.0)]
    assert rms_f1(expected, turned) == 1.0


def test_relaxed_accuracy_takes_numbers_within_five_percent():
    expected = [Mapping("", "a", 100.0), Mapping("", "b", 100.0), Mapping("", "c", 0.0)]
    found = [Mapping("", "a", 105.0), Mapping("", "b", 94.0), Mapping("", "c", 0.0)]
    assert relaxed_accuracy(expected, found) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("expected", "found", "right"),
    [
        (["14"], "14.5", True),
        (["14"], "15", False),
        (["45%"], "45", True),
        (["Yes"], "yes", True),
        (["Yes"], "yes, it is", False),
        (["3"], None, False),
        ([], None, True),
    ],
)
def test_relaxed_match_of_answers(expected, found, right):
    assert relaxed_match(expected, found) is right


def test_charts_are_paired_and_a_missed_one_scores_nothing():
    points = (ExpectedPoint(x="a", y=1.0), ExpectedPoint(x="b", y=2.0))
    series = Series(name="y axis", points=(Point(x="a", y=1.0), Point(x="b", y=2.0)))
    found = Chart(
        page=1, bbox=(0, 0, 1, 1), kind=ChartKind.BAR, series=(series,), source=Source.MODEL
    )
    expected = (ExpectedChart(points=points), ExpectedChart(points=points[:1]))
    assert score_charts(expected[:1], [found], rms_f1) == (1.0, 1)
    assert score_charts(expected, [found], rms_f1) == (1.0, 2)
    assert score_charts(expected, [], rms_f1) == (0.0, 2)


@given(mappings)
def test_a_chart_beside_itself_is_perfect_in_any_order(chart):
    assert rms_f1(chart, chart[::-1]) == pytest.approx(1.0)


@given(mappings, mappings)
def test_the_figure_lies_between_0_and_1_and_swaps_precision_with_recall(one, other):
    assert 0 <= rms_f1(one, other) <= 1 + 1e-9
    assert 0 <= relaxed_accuracy(one, other) <= 1
