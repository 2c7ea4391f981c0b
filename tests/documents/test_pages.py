from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.documents.pages import parse_page_range
from docvision.errors import InvalidRequest


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("1-3,7,-1", [0, 1, 2, 6, 9]),
        ("1", [0]),
        ("-2", [8]),
        (" 9 - 10 , 1 ", [0, 8, 9]),
        ("8-", [7, 8, 9]),
        ("-3--1", [7, 8, 9]),
        ("2--2", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("3,3,2-4", [1, 2, 3]),
        ("9-99", [8, 9]),
    ],
)
def test_ranges_mean_what_people_write(text: str, indexes: list[int]) -> None:
    assert parse_page_range(text, 10) == indexes


@pytest.mark.parametrize(
    "text", ["", "0", "11", "-11", "5-3", "a", "1;2", "1,,2", "1-2-3", "--", "²", "9" * 5000]
)
def test_what_names_no_page_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_page_range(text, 10)

    assert caught.value.detail["field"] == "pages"


@given(st.text(alphabet="0123456789-, x", max_size=12), st.integers(1, 50))
def test_any_text_gives_pages_of_the_document_or_is_refused(text: str, count: int) -> None:
    try:
        indexes = parse_page_range(text, count)
    except InvalidRequest:
        return
    assert indexes == sorted(set(indexes))
    assert indexes[0] >= 0
    assert indexes[-1] < count
