"""A line's box goes by its ink: a pixel here or there in what the detector found is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from docvision.documents.base import Pixels
from docvision.reading.ocr_boxes import Quad, fitted, fitted_apart, ink_of

TEXT = "1x46.72 Sponges, large"
SIZE = (520, 120)
AT = (60, 40)
SHIFT = st.integers(-1, 1)


def _picture(text: str = TEXT, ink: int = 30, paper: int = 245) -> Pixels:
    image = Image.new("RGB", SIZE, (paper,) * 3)
    ImageDraw.Draw(image).text(AT, text, font=ImageFont.load_default(size=24), fill=(ink,) * 3)
    return np.asarray(image, dtype=np.uint8)


def _around(picture: Pixels) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the ink."""
    rows, columns = np.nonzero(ink_of(picture))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def _quad(left: float, top: float, right: float, bottom: float) -> Quad:
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return np.array(corners, dtype=np.float32)


@given(st.tuples(SHIFT, SHIFT, SHIFT, SHIFT))
def test_a_box_some_pixels_off_is_fitted_to_the_same(shift: tuple[int, int, int, int]) -> None:
    picture = _picture()
    left, top, right, bottom = _around(picture)
    found = (left - 5, top - 5, right + 5, bottom + 5)
    moved = [side + by for side, by in zip(found, shift, strict=True)]

    ink = ink_of(picture)
    np.testing.assert_array_equal(fitted(_quad(*moved), ink), fitted(_quad(*found), ink))


@pytest.mark.parametrize("text", ["1", "I", "7"])
def test_a_letter_that_stands_alone_is_no_line_on_its_side(text: str) -> None:
    picture = _picture(text)
    left, top, right, bottom = _around(picture)

    box = fitted(_quad(left - 12, top - 6, right + 12, bottom + 6), ink_of(picture))

    wide, high = box.max(axis=0) - box.min(axis=0)
    assert wide >= 0.75 * high


@pytest.mark.parametrize("text", ["LUCIA ANNA", "0.45", "gypsy, paying", "É Ü Ç"])
@pytest.mark.parametrize(("ink", "paper"), [(30, 245), (240, 60)])
def test_all_ink_lies_within_dark_on_light_or_light_on_dark(
    text: str, ink: int, paper: int
) -> None:
    picture = _picture(text, ink, paper)
    left, top, right, bottom = _around(picture)

    box = fitted(_quad(left - 6, top - 6, right + 6, bottom + 6), ink_of(picture))

    assert (box.min(axis=0) <= (left, top)).all()
    assert (box.max(axis=0) >= (right, bottom)).all()
    assert box[2, 1] - box[0, 1] < 1.6 * (bottom - top)


def test_a_box_of_a_tilted_line_stays() -> None:
    picture = _picture()
    left, top, right, bottom = _around(picture)
    quad = _quad(left, top, right, bottom)
    quad[1:3, 1] += 12
    np.testing.assert_array_equal(fitted(quad, ink_of(picture)), quad)


def test_a_box_that_ends_within_ink_stays() -> None:
    # given a box that the detector closed in the middle of a letter
    picture = _picture("WWWWWWWW")
    left, top, _, bottom = _around(picture)
    quad = _quad(left - 6, top - 6, left + 61, bottom + 6)
    np.testing.assert_array_equal(fitted(quad, ink_of(picture)), quad)


def test_a_box_without_ink_stays() -> None:
    quad = _quad(60, 40, 300, 70)
    np.testing.assert_array_equal(fitted(quad, ink_of(_picture(""))), quad)


def test_a_box_that_runs_into_the_one_before_begins_behind_it() -> None:
    # given a price, and behind it a letter whose box begins in the middle of the last digit
    picture = _picture("1,99    C")
    left, top, right, bottom = _around(picture)
    blank = ~ink_of(picture).any(axis=0)
    gap = next(at for at in range(left, right) if blank[at : at + 20].all())
    price = _quad(left - 6, top - 6, gap + 6, bottom + 6)
    letter = _quad(gap - 7, top - 6, right + 6, bottom + 6)

    first, second = fitted_apart([price, letter], ink_of(picture))

    assert first[1, 0] <= second[0, 0]
    assert ink_of(picture)[:, round(float(second[0, 0])) :].any(axis=0).sum() < 20
