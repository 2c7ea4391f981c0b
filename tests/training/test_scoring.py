"""Scores say what a user would: the same date in another style is right, a made-up null is not."""

import pytest

from training.scoring import character_errors, f1, normalise, value_counts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12/17/2022", "17 December 2022"),
        ("1,234.50", "1.234,50"),
        ("€86,24", "86.24 EUR"),
        ("Blue  Pen", "blue pen"),
    ],
)
def test_values_that_mean_the_same_are_equal(one, other):
    assert normalise(one) == normalise(other)


def test_an_absent_value_counts_like_any_other():
    gold = '{"a": "x", "b": null, "rows": [{"c": "1"}]}'
    counts = value_counts(gold, '{"a": "x", "b": "y", "rows": [{"c": "1"}, {"c": "2"}]}')
    assert counts == {"fields": (1, 2, 2), "items": (1, 1, 2)}
    assert f1([counts["fields"]]) == 0.5
    assert value_counts(gold, "{broken")["fields"] == (0, 2, 0)


def test_character_errors_take_runs_of_space_for_one():
    assert character_errors("Total  due", "Total due\n") == (0, 9)
    assert character_errors("Total", "T0tal") == (1, 5)
