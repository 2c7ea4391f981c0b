"""The data of charts comes from what is drawn, and labels are believed where they agree with it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from docvision.reading.charts.axis import value_scale
from docvision.reading.charts.colours import Layer
from docvision.reading.charts.labels import Label, parse_number
from docvision.reading.charts.marks import marks_of
from docvision.results.model import BlockKind, Chart, ChartKind
from tests.reading.plots import drawn, pdf_of, read
from tests.reading.sheet import HEIGHT, PROSE, grid, paragraph

QUARTERS = ("North", "South", "East", "West")


def _values(chart: Chart) -> dict[str | None, dict[str | float, float | None]]:
    return {one.name: {point.x: point.y for point in one.points} for one in chart.series}


def test_bars_are_measured_on_their_scale() -> None:
    shown = drawn(ChartKind.BAR, QUARTERS, (420, 130, 275, 60))

    (chart,) = read(pdf_of(shown)).charts

    assert chart.kind is ChartKind.BAR
    assert chart.title == "Visitors"
    assert _values(chart)[None] == pytest.approx(
        dict(zip(QUARTERS, (420, 130, 275, 60), strict=True)), rel=0.03
    )
    assert chart.confidence > 0.6
    assert not chart.review


def test_each_value_has_the_box_of_its_bar() -> None:
    shown = drawn(ChartKind.BAR, QUARTERS, (420, 130, 275, 60))

    (chart,) = read(pdf_of(shown)).charts

    boxes = [point.bbox for point in chart.series[0].points]
    heights = [box[3] - box[1] for box in boxes if box]
    assert [box[0] for box in boxes if box] == sorted(box[0] for box in boxes if box)
    assert heights[0] / heights[1] == pytest.approx(420 / 130, rel=0.05)
    x0, y0, x1, y1 = chart.bbox
    assert all(
        x0 <= box[0] <= box[2] <= x1 and y0 <= box[1] <= box[3] <= y1 for box in boxes if box
    )


def test_labels_that_agree_with_the_bars_make_values_exact_and_sure() -> None:
    shown = drawn(ChartKind.BAR, QUARTERS, (417, 133, 276, 61), labels=True)

    (chart,) = read(pdf_of(shown)).charts

    assert list(_values(chart)[None].values()) == [417, 133, 276, 61]
    assert chart.confidence > 0.9


def test_a_label_that_contradicts_its_bar_is_not_believed_and_is_told() -> None:
    shown = drawn(ChartKind.BAR, QUARTERS, (417, 133, 276, 61), labels=True)

    (chart,) = read(pdf_of(shown), misread={"276": "76"}).charts

    assert _values(chart)[None]["East"] == pytest.approx(276, rel=0.03)
    assert [reason.code for reason in chart.review] == ["check_failed"]


def test_bars_side_by_side_get_their_names_from_the_legend() -> None:
    names = ("Men", "Women")
    shown = drawn(ChartKind.GROUPED_BAR, QUARTERS, (40, 13, 27, 36), (22, 31, 9, 18), names=names)

    (chart,) = read(pdf_of(shown)).charts

    assert chart.kind is ChartKind.GROUPED_BAR
    found = _values(chart)
    assert list(found["Men"].values()) == pytest.approx([40, 13, 27, 36], rel=0.04)
    assert list(found["Women"].values()) == pytest.approx([22, 31, 9, 18], rel=0.04)


def test_stacked_bars_are_measured_one_by_one() -> None:
    names = ("Men", "Women")
    shown = drawn(ChartKind.STACKED_BAR, QUARTERS, (40, 13, 27, 36), (22, 31, 9, 18), names=names)

    (chart,) = read(pdf_of(shown)).charts

    assert chart.kind is ChartKind.STACKED_BAR
    assert list(_values(chart)["Women"].values()) == pytest.approx([22, 31, 9, 18], rel=0.05)


def test_lying_bars_are_measured_across() -> None:
    shown = drawn(ChartKind.BAR, QUARTERS, (420, 130, 275, 60), horizontal=True)

    (chart,) = read(pdf_of(shown)).charts

    assert _values(chart)[None] == pytest.approx(
        dict(zip(QUARTERS, (420, 130, 275, 60), strict=True)), rel=0.03
    )


def test_lines_are_measured_above_each_category() -> None:
    names = ("Plan", "Actual")
    shown = drawn(ChartKind.LINE, QUARTERS, (40, 13, 27, 36), (22, 31, 9, 18), names=names)

    (chart,) = read(pdf_of(shown)).charts

    assert chart.kind is ChartKind.LINE
    found = _values(chart)
    assert list(found["Plan"].values()) == pytest.approx([40, 13, 27, 36], rel=0.06)
    assert list(found["Actual"].values()) == pytest.approx([22, 31, 9, 18], rel=0.06)


def test_a_pie_gives_shares() -> None:
    shown = drawn(ChartKind.PIE, QUARTERS, (45.0, 25.0, 20.0, 10.0))

    (chart,) = read(pdf_of(shown)).charts

    assert chart.kind is ChartKind.PIE
    assert chart.y_axis.unit == "%"
    assert _values(chart)[None] == pytest.approx(
        dict(zip(QUARTERS, (45, 25, 20, 10), strict=True)), abs=1.0
    )


def test_the_words_of_a_chart_are_in_its_block_and_in_no_paragraph() -> None:
    found = read(pdf_of(drawn(ChartKind.BAR, QUARTERS, (420, 130, 275, 60), labels=True)))

    (block,) = [block for block in found.blocks if block.kind is BlockKind.CHART]
    others = " ".join(block.text for block in found.blocks if block.kind is not BlockKind.CHART)
    assert block.bbox == found.charts[0].bbox
    assert {"North", "420", "Visitors"} <= set(block.text.split())
    assert "North" not in others.split()
    assert "Figure" in others


def test_the_blur_of_a_neighbours_edge_does_not_hang_on_a_bar() -> None:
    # given a dark bar, and from its foot a line of its colour below the light bar beside it
    mask = np.zeros((60, 80), dtype=np.bool_)
    mask[10:50, 10:30] = True
    mask[49:50, 30:50] = True
    mask[30:50, 49:50] = True

    (mark,) = marks_of([Layer(lab=(20.0, 140.0, 93.0), mask=mask)], [0])

    assert mark.solid
    assert mark.box == (10, 10, 30, 50)


def test_a_page_of_text_and_a_table_has_no_chart() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    paragraph(canvas, 60, HEIGHT - 80, 470, PROSE)
    canvas.setFillColorRGB(0.1, 0.3, 0.7)
    canvas.rect(60, HEIGHT - 200, 390, 20, stroke=0, fill=1)
    canvas.setFillGray(0)
    rows = [["No", "Item", "Price"], ["1", "Cup", "10"], ["2", "Jug", "20"], ["3", "Pot", "30"]]
    grid(canvas, 60, HEIGHT - 180, [130, 130, 130], rows)
    canvas.save()

    found = read(out.getvalue())

    assert found.charts == ()
    assert BlockKind.TABLE in {block.kind for block in found.blocks}


@given(st.integers(min_value=0, max_value=10**9))
def test_grouped_numbers_are_read_in_both_ways_of_writing(value: int) -> None:
    assert parse_number(f"{value:,}") == value
    assert parse_number(f"{value:,}".replace(",", ".")) == value


@given(st.decimals(min_value=0, max_value=10**6, places=2))
def test_decimals_are_read_in_both_ways_of_writing(value: object) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_number(english) == parse_number(german) == pytest.approx(float(str(value)))


@pytest.mark.parametrize(
    ("text", "value"), [("-5", -5), ("−12.5", -12.5), ("45%", 45), ("$3k", 3000), ("1.5M", 1.5e6)]
)
def test_signs_and_units_are_understood(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["Q1", "18-24", "", "Sales", "%", "1st"])
def test_names_are_no_numbers(text: str) -> None:
    assert parse_number(text) is None


def test_a_scale_stands_though_one_number_was_misread() -> None:
    said = ("100", "80", "6O0", "40", "20", "0")
    labels = [Label(text=text, box=(10, 50 * at, 40, 50 * at + 12)) for at, text in enumerate(said)]

    scale = value_scale(labels, 1)

    assert scale is not None
    assert scale.value(6 + 50 * 2.5) == pytest.approx(50)
    assert len(scale.ticks) == 5
