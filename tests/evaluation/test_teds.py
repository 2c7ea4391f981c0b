"""TEDS, against trees whose distance is counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.evaluation.teds import score_tables, teds, teds_structure
from docvision.results.model import Cell, Table

TWO = "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>22</td></tr></table>"
"""A tree of 7 nodes: the table, two rows, four cells."""

grids = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.text("ab <&1", max_size=3), min_size=width, max_size=width),
        min_size=1,
        max_size=4,
    )
)


def table(rows):
    cells = tuple(
        Cell(row=at, column=column, text=text, bbox=(0, 0, 1, 1))
        for at, row in enumerate(rows)
        for column, text in enumerate(row)
    )
    return Table(rows=len(rows), columns=len(rows[0]), cells=cells)


def test_a_letter_misread_in_a_cell_costs_its_share_of_the_cell():
    half = TWO.replace("22", "27")
    assert teds(TWO, half) == pytest.approx(1 - 0.5 / 7)
    assert teds_structure(TWO, half) == 1.0


def test_a_lost_row_costs_all_its_nodes():
    assert teds(TWO, "<table><tr><th>A</th><th>B</th></tr></table>") == pytest.approx(1 - 3 / 7)


def test_a_wrong_span_costs_a_node():
    spanned = TWO.replace("<td>1</td>", '<td rowspan="2">1</td>')
    assert teds_structure(TWO, spanned) == pytest.approx(1 - 1 / 7)


def test_heads_and_bodies_do_not_count():
    dressed = (
        "<table><thead><tr><td>A</td><td>B</td></tr></thead>"
        "<tbody><tr><td> 1</td><td>22</td></tr></tbody></table>"
    )
    assert teds(TWO, dressed) == 1.0


def test_a_table_of_a_result_is_compared_as_it_is():
    assert teds(TWO, table([["A", "B"], ["1", "22"]])) == 1.0


def test_tables_are_paired_and_one_too_many_counts():
    other = "<table><tr><td>else</td></tr></table>"
    assert score_tables([TWO, other], [other, TWO]).value == 1.0
    assert score_tables([TWO], [TWO, other]).value == 0.5
    assert score_tables([TWO], []).value == 0.0
    assert score_tables([], []).value is None
    assert 0 <= teds(TWO, "no table here") < 0.2


@given(grids)
def test_a_table_is_like_itself(rows):
    assert teds(table(rows), table(rows)) == 1.0


@given(grids, grids)
def test_likeness_is_symmetric_and_between_0_and_1(one, other):
    there, back = teds(table(one), table(other)), teds(table(other), table(one))
    assert there == pytest.approx(back)
    assert 0 <= there <= 1
