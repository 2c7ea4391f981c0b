"""The fitted calibration says what was measured, and never falls."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.calibration import at, choose_threshold, compose, fit, flagged
from docvision.evaluation.calibration import calibration_error
from docvision.evaluation.rows import Judged

pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def value(confidence, right, *, flag=False):
    return Judged(
        at="/a", found_at="/a", found="x", right=right, flagged=flag,
        confidence=confidence, verified=True,
    )  # fmt: skip


def test_what_boasts_is_brought_down_to_how_often_it_is_right():
    # given values said to be right nine times in ten that are right half of the time
    rng = random.Random(1)
    said = [(rng.uniform(0.85, 0.95), rng.random() < 0.5) for _ in range(400)]
    said += [(rng.uniform(0.3, 0.4), rng.random() < 0.1) for _ in range(400)]

    measured = fit(said)

    assert float(at(measured, 0.9)) == pytest.approx(0.5, abs=0.08)
    assert float(at(measured, 0.35)) == pytest.approx(0.1, abs=0.08)
    after = [(float(at(measured, confidence)), right) for confidence, right in said]
    assert calibration_error(after) < calibration_error(said) / 4


def test_a_curve_over_another_is_one_from_what_was_said():
    used = [(0.0, 0.2), (1.0, 0.8)]
    measured = [(0.0, 0.1), (0.5, 0.3), (1.0, 0.9)]
    over = compose(used, measured)
    assert float(at(over, 0.5)) == pytest.approx(0.3)
    assert over[0] == (0.0, pytest.approx(0.18))


def test_the_threshold_flags_enough_of_what_is_wrong():
    values = [value(0.2, False)] * 6 + [value(0.5, False)] * 4 + [value(0.9, True)] * 10
    plain = [(0.0, 0.0), (1.0, 1.0)]
    threshold = choose_threshold(values, plain)
    assert 0.5 < threshold <= 0.52
    assert flagged(values, plain, threshold) == (1.0, 1.0)


@given(pairs)
def test_a_curve_rises_within_0_and_1_whatever_was_measured(said):
    curve = fit(said)
    heights = [height for _, height in curve]
    assert heights == sorted(heights)
    assert all(0 <= place <= 1 and 0 <= height <= 1 for place, height in curve)
