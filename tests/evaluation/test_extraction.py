"""Value F1 and grounding F1 count what somebody checking by hand would count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.evaluation.cases import Place
from docvision.evaluation.extraction import (
    align,
    filled_f1,
    grounding_f1,
    ignored,
    pair,
    record_counts,
    value_counts,
    value_f1,
)
from docvision.results.model import Evidence

BOX = (0.1, 0.1, 0.3, 0.12)
AWAY = (0.5, 0.5, 0.7, 0.52)

leaves = st.none() | st.integers(0, 9) | st.sampled_from(["a", "b", "12.50", "x y"])
data = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["p", "q", "r"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def cited(page=1, bbox=BOX):
    return Evidence(page=page, bbox=bbox, confidence=1.0, verified=True)


def test_each_leaf_counts_once_and_a_correct_null_is_right():
    # given one right value, one wrong, one missed, one made up, and one null that should be
    expected = {"a": "x", "b": 1.5, "c": "y", "d": None, "e": None}
    found = {"a": "X ", "b": 2.5, "c": None, "d": "made up", "e": None}

    # then: right a and e; expected all five; found a, b, d and the correct null
    pairs = list(pair(expected, found))
    assert value_counts(pairs) == (2, 5, 4)
    assert value_f1(pairs).value == pytest.approx(2 * 2 / 9)
    assert filled_f1(pairs).value == pytest.approx(2 * 1 / 7)


def test_records_are_paired_by_what_they_say_not_by_where_they_stand():
    expected = [{"n": "pen", "p": 1}, {"n": "cup", "p": 2}, {"n": "hat", "p": 3}]
    found = [{"n": "hat", "p": 3}, {"n": "pen", "p": 9}, {"n": "cup", "p": 2}, {"n": "bag", "p": 4}]

    assert align(expected, found) == [(0, 1), (1, 2), (2, 0)]
    pairs = list(pair({"rows": expected}, {"rows": found}))
    assert value_counts(pairs) == (5, 6, 8)
    assert record_counts(pairs) == (2, 3, 4)


def test_equal_records_are_paired_in_their_order():
    assert align([{"n": "a"}] * 3, [{"n": "a"}] * 2) == [(0, 0), (1, 1)]


def test_a_list_of_thousands_is_compared_at_once():
    rows = [{"n": f"row {number}", "p": number} for number in range(2000)]
    found = [*rows[:700], *rows[701:]]
    pairs = list(pair({"rows": rows}, {"rows": found}))
    assert record_counts(pairs) == (1999, 2000, 1999)


def test_a_missing_list_and_a_made_up_one_count():
    assert value_counts(pair({"rows": [{"a": 1}]}, {"rows": []})) == (0, 1, 0)
    assert value_counts(pair({"rows": []}, {"rows": [{"a": 1}]})) == (0, 0, 1)
    assert value_counts(pair({"rows": []}, {"rows": []})) == (1, 1, 1)
    assert value_counts(pair({"a": {"b": 1}}, None)) == (0, 1, 0)
    assert value_counts(pair({"a": None}, {"a": {"b": 1}})) == (0, 0, 1)


def test_a_value_is_grounded_where_its_box_overlaps_by_half_on_the_right_page():
    expected = {"a": "x", "b": "y", "c": "z", "d": "w"}
    places = {f"/{name}": Place(page=1, bbox=BOX) for name in expected}
    found = {"a": "x", "b": "y", "c": "z", "d": "wrong"}
    evidence = {
        "/a": cited(),
        "/b": cited(bbox=AWAY),
        "/c": cited(page=2),
        "/d": cited(),
    }
    pairs = list(pair(expected, found))
    assert grounding_f1(pairs, places, evidence).value == pytest.approx(2 * 1 / 8)
    assert grounding_f1(pairs, places, evidence, by_page=True).value == pytest.approx(2 * 2 / 8)


def test_what_is_ignored_lies_under_a_pattern():
    assert ignored("/rows/3/note", ["/rows/*/note"])
    assert ignored("/seller/name", ["/seller"])
    assert not ignored("/rows/3/noted", ["/rows/*/note"])
    assert not ignored("/row", ["/rows"])


@given(data)
def test_data_beside_itself_is_all_right(value):
    figure = value_f1(list(pair(value, value)))
    assert figure.value in (None, 1.0)


@given(data, data)
def test_no_leaf_is_lost_and_the_figure_lies_between_0_and_1(expected, found):
    pairs = list(pair(expected, found))
    right, wanted, given_ = value_counts(pairs)
    assert 0 <= right <= min(wanted, given_)
    assert 0 <= (value_f1(pairs).value or 0) <= 1


@given(st.lists(data, max_size=5), st.randoms())
def test_the_order_of_records_does_not_matter(rows, rng):
    mixed = [*rows]
    rng.shuffle(mixed)
    right, wanted, found = value_counts(pair(rows, mixed))
    assert right == wanted == found
