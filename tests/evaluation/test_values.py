"""Values that mean the same are equal, and values that do not are not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.evaluation.values import accepted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12/17/2022", "2022-12-17"),
        ("17 December 2022", "2022-12-17"),
        ("25-DEC-2018", "2018-12-25"),
        ("1,234.50", "1.234,50"),
        ("1'234.50", 1234.5),
        ("€86,24", "86.24 EUR"),
        ("$ 9.00", 9),
        ("RM60.30", "60.30"),
        ("-12,50", -12.5),
        ("7 %", 7),
        ("Blue  Pen", "blue pen"),
        ("ＡＢＣ", "abc"),
        ("1,234", 1234),
        ("3:05 PM", "15:05"),
        ("15:05", "15:05:00"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (True, True),
        (None, None),
    ],
)
def test_values_that_mean_the_same_are_equal(one, other):
    assert accepted(one, other)
    assert accepted(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("007", "7"),
        ("INV-1", "INV-7"),
        ("2022-12-17", "2022-12-18"),
        ("10.00", "100.0"),
        ("1,234.50", "1234.05"),
        ("Total", None),
        (0, None),
        (False, None),
        (True, "yes"),
        ("12.50", "-12.50"),
    ],
)
def test_values_that_differ_are_not(one, other):
    assert not accepted(one, other)
    assert not accepted(other, one)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_a_date_is_itself_in_every_usual_style(day):
    for style in ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y"):
        assert accepted(day.strftime(style), day.isoformat())


@given(st.integers(0, 10**9))
def test_an_amount_is_itself_in_every_usual_style(cents):
    text = f"{cents / 100:,.2f}"
    assert accepted(text, cents / 100)
    assert accepted(text.translate(str.maketrans(",.", ".,")), cents / 100)
    assert accepted(text.translate(str.maketrans(",", " ")), f"{cents / 100:.2f}")


@given(st.text(max_size=12), st.text(max_size=12))
def test_no_two_texts_break_the_comparison(one, other):
    assert accepted(one, one)
    assert accepted(one, other) == accepted(other, one)
