"""Words come in the lines in which a reader would read them."""

from __future__ import annotations

import pytest

from docvision.geometry import Box
from docvision.tasks.word_lines import levelled, lines_of, slope_of


def row(top: float, *lefts: float, height: float = 0.02, width: float = 0.08) -> list[Box]:
    return [(left, top, left + width, top + height) for left in lefts]


def test_a_large_heading_does_not_mix_the_lines_beside_it() -> None:
    # given a heading as tall as two lines of the column on its right
    heading, first, second = row(0.1, 0.1, height=0.04), row(0.1, 0.6, 0.7), row(0.12, 0.55, 0.65)
    # then each line of the column stays whole
    assert lines_of([*heading, *first, *second]) == [[0, 1, 2], [3, 4]]


def test_the_parts_of_a_word_with_spaces_stay_on_its_line() -> None:
    (box,) = row(0.1, 0.1)
    assert lines_of([box, box, *row(0.1, 0.3)]) == [[0, 1, 2]]


@pytest.mark.parametrize("slope", [-0.03, 0.03])
def test_a_skewed_page_is_levelled(slope: float) -> None:
    # given lines that fall or rise by more than their height from left to right
    flat = [row(0.1 + 0.03 * line, 0.05, 0.3, 0.6, 0.85) for line in range(6)]
    skewed = [[levelled(box, -slope) for box in line] for line in flat]
    # then their slope is seen, and every line is whole again
    assert slope_of(skewed) == pytest.approx(slope, abs=0.002)
    boxes = [levelled(box, slope_of(skewed)) for line in skewed for box in line]
    assert lines_of(boxes) == [list(range(4 * line, 4 * line + 4)) for line in range(6)]


def test_a_straight_page_and_a_short_one_are_left_as_they_are() -> None:
    straight = [row(0.1 * line, 0.1, 0.8) for line in range(8)]
    assert slope_of(straight) == 0.0
    assert slope_of([[(0.1, 0.1, 0.2, 0.12), (0.8, 0.2, 0.9, 0.22)]]) == 0.0
