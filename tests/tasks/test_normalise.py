"""Values as they stand on paper, in one form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.schemas.shape import Kind
from docvision.tasks.normalise import (
    Conventions,
    conventions_of,
    is_ambiguous,
    normalise,
    to_currency,
    to_date,
    to_number,
)

POINT = Conventions()
COMMA = Conventions(decimal=",", day_first=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50 €", "1234.50"),
        ("$ -5", "-5"),
        ("(12.00)", "-12.00"),
        ("12.00-", "-12.00"),
        ("−3", "-3"),
        ("1 234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("12,34,567.50", "1234567.50"),
        ("EUR 12.50", "12.50"),
        ("19 %", "19"),
        ("12.50 DR", "-12.50"),
    ],
)
def test_amounts_of_any_country_are_read_alike(text: str, value: str) -> None:
    assert to_number(text, POINT) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["12 34", "28.03.20", "192.168.1.1", "03/04/2024", "twelve 12 monkeys", "", "€"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert to_number(text, POINT) is None


def test_one_mark_before_three_digits_is_read_as_the_other_numbers_are() -> None:
    assert to_number("1.234", POINT) == Decimal("1.234")
    assert to_number("1.234", COMMA) == 1234
    assert to_number("1,234", POINT) == 1234
    assert to_number("1,234", COMMA) == Decimal("1.234")


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.booleans())
def test_what_is_printed_is_what_is_read(value: Decimal, european: bool) -> None:
    text = f"{value:,.2f}"
    if european:
        text = text.translate(str.maketrans(",.", ".,"))
    assert to_number(text, COMMA if european else POINT) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12. März 2024", date(2024, 3, 12)),
        ("1er janvier 2024", date(2024, 1, 1)),
        ("March 5, 2024", date(2024, 3, 5)),
        ("12-Mar-2024", date(2024, 3, 12)),
        ("05.11.23", date(2023, 11, 5)),
        ("2024-03-09", date(2024, 3, 9)),
        ("Date: 31/12/1999 23:59", date(1999, 12, 31)),
        ("12/31/1999", date(1999, 12, 31)),
        ("20240105", date(2024, 1, 5)),
    ],
)
def test_dates_in_words_and_figures(text: str, day: date) -> None:
    assert to_date(text, COMMA) == day


@pytest.mark.parametrize(
    "text", ["today", "May", "31/31/2024", "1.234,50", "No 17", "Mill Lane 14/2/9"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert to_date(text, COMMA) is None


def test_a_document_shows_how_its_dates_are_meant() -> None:
    british = conventions_of(["paid 25/12/2024", "sum 1,200.00"])
    american = conventions_of(["paid 12/25/2024", "sum 1,200.00"])
    assert to_date("03/04/2024", british) == date(2024, 4, 3)
    assert to_date("03/04/2024", american) == date(2024, 3, 4)
    assert not is_ambiguous("03/04/2024", american)
    assert is_ambiguous("03/04/2024", conventions_of(["sum 12.00"]))


def test_currencies_by_sign_and_code() -> None:
    signs = ["€", "12.50 €", "US$", "£", "zł", "RM", "CHF 12.0", "kr"]
    codes = ["EUR", "EUR", "USD", "GBP", "PLN", "MYR", "CHF", None]
    assert [to_currency(sign) for sign in signs] == codes


def test_an_account_number_has_no_spaces_and_a_choice_may_be_misread_a_little() -> None:
    assert normalise("de89 3704", Kind.CODE, POINT) == "DE893704"
    assert normalise("Pald", Kind.CHOICE, POINT, ["paid", "open"]) is None
    assert normalise("OPEN", Kind.CHOICE, POINT, ["paid", "open"]) == "open"
    assert normalise("in progres", Kind.CHOICE, POINT, ["in progress"]) == "in progress"
