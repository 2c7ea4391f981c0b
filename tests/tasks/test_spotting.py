"""A model's list of lines becomes lines on the page, whatever state it is in."""

import json

import pytest

from docvision.engines.base import Answer
from docvision.tasks.spotting import parse_lines
from docvision.views.view import BoxConvention, View

VIEW = View(width=640, height=320, tokens=200, region=(0.0, 0.5, 1.0, 1.0))
LINES = [
    {"bbox_2d": [100, 0, 900, 500], "text_content": "Total  37.31"},
    {"bbox_2d": [0, 500, 1000, 1000], "text_content": "Thank you"},
]


def test_boxes_come_back_as_fractions_of_the_page() -> None:
    answer = Answer(text=f"```json\n{json.dumps(LINES)}\n```")
    first, second = parse_lines(answer, VIEW, BoxConvention.PER_MILLE)
    assert (first.text, first.bbox) == ("Total 37.31", pytest.approx((0.1, 0.5, 0.9, 0.75)))
    assert second.bbox == pytest.approx((0.0, 0.75, 1.0, 1.0))


def test_the_older_family_counts_pixels_of_the_view() -> None:
    answer = Answer(text=json.dumps([{"bbox_2d": [64, 32, 320, 64], "text_content": "a"}]))
    (line,) = parse_lines(answer, VIEW, BoxConvention.RESIZED_PIXELS)
    assert line.bbox == pytest.approx((0.1, 0.55, 0.5, 0.6))


def test_a_cut_answer_gives_the_lines_before_the_cut() -> None:
    text = json.dumps(LINES)
    (line,) = parse_lines(Answer(text=text[: len(text) - 40]), VIEW, BoxConvention.PER_MILLE)
    assert line.text == "Total 37.31"


@pytest.mark.parametrize(
    "text",
    [
        "I cannot read this image.",
        "[not json",
        "{}",
        '[{"bbox_2d": [1, 2, 3], "text_content": "a"}]',
        '[{"bbox_2d": [1, 2, 3, "x"], "text_content": "a"}]',
        '[{"bbox_2d": [10, 20, 10, 20], "text_content": "no area"}]',
        '[{"bbox_2d": [0, 0, 10, 10], "text_content": "  "}]',
        "[1, null, []]",
    ],
)
def test_what_is_no_line_is_left_out(text: str) -> None:
    assert parse_lines(Answer(text=text), VIEW, BoxConvention.PER_MILLE) == ()
