"""Sizes: equal to qwen-vl-utils where it answers, and what it lacks."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docvision.errors import InvalidRequest
from docvision.views.resolution import fit_page, smart_resize, tokens

FACTORS = st.sampled_from([28, 32])


@pytest.fixture(scope="module")
def theirs():
    """qwen-vl-utils' smart_resize, imported the way the engine imports it."""
    from docvision.engines.vision_import import allow_torchvision

    allow_torchvision()
    from qwen_vl_utils.vision_process import smart_resize as reference

    return reference


def test_five_thousand_sizes_are_those_of_qwen_vl_utils(theirs):
    rng = random.Random(1)
    for _ in range(5000):
        # given a size whose ratio the family accepts, and a budget
        height, width = (round(math.exp(rng.uniform(0, 9.4))) for _ in range(2))
        if max(height, width) / min(height, width) > 200:
            continue
        factor = rng.choice((28, 32))
        area = {
            "min_pixels": rng.randint(1, 64) * factor**2,
            "max_pixels": rng.randint(64, 16_384) * factor**2,
        }

        # when both are asked
        ours = smart_resize(height, width, factor=factor, **area)
        reference = theirs(height, width, factor, **area)

        # then they agree, except where theirs has no side left
        if min(reference) > 0:
            assert ours == reference
        else:
            assert min(ours) >= factor
            assert ours[0] * ours[1] <= area["max_pixels"]


def test_a_strip_thinner_than_the_family_takes_is_refused():
    with pytest.raises(InvalidRequest) as caught:
        smart_resize(10, 2010, factor=32, min_pixels=1024, max_pixels=10**6)

    assert caught.value.detail == {"width": 2010, "height": 10}


@pytest.mark.parametrize(("height", "width"), [(0, 10), (10, 0), (-1, 5)])
def test_a_picture_without_area_is_refused(height, width):
    with pytest.raises(InvalidRequest):
        smart_resize(height, width, factor=28, min_pixels=784, max_pixels=10**6)


PAGES = st.floats(50, 3000)
TEXT = st.floats(0.002, 0.2)


@settings(max_examples=500, deadline=None)
@given(PAGES, PAGES, TEXT, FACTORS, st.integers(300, 4000))
def test_a_page_is_legible_or_fills_its_budget(width, height, text, factor, most):
    # when a page is fitted
    size = fit_page(width, height, text_height=text, factor=factor, min_tokens=16, max_tokens=most)

    # then its sides are whole tokens within the budget
    assert size.width % factor == 0
    assert size.height % factor == 0
    assert tokens(*size, factor) <= most
    # and the text has its pixels, unless the budget is what stops it
    legible = text * size.height >= 18 - 1e-2
    if not legible:
        wide = math.ceil(width * 18 / (text * height) / factor)
        high = math.ceil(18 / text / factor)
        assert wide * high > most


@settings(max_examples=300, deadline=None)
@given(PAGES, PAGES, TEXT, FACTORS)
def test_a_page_with_larger_text_never_costs_more(width, height, text, factor):
    def cost(text_height):
        size = fit_page(
            width, height, text_height=text_height, factor=factor, min_tokens=16, max_tokens=2560
        )
        return tokens(*size, factor)

    # A token row or column is the grain of the rounding to the budget.
    grain = 2 * max(math.sqrt(2560 * width / height), math.sqrt(2560 * height / width))
    assert cost(min(0.2, text * 1.5)) <= cost(text) + grain


def test_large_text_needs_far_fewer_tokens_than_small_text():
    # given an A4 page with 8 pt notes, and one that has nothing below 24 pt
    a4 = {"page_width": 595, "page_height": 842, "factor": 32, "min_tokens": 16}

    # when both are fitted
    notes = fit_page(**a4, text_height=8 / 842, max_tokens=4096)
    poster = fit_page(**a4, text_height=24 / 842, max_tokens=4096)

    # then the poster costs about a ninth
    assert tokens(*notes, 32) > 7 * tokens(*poster, 32)


def test_a_small_picture_is_not_blown_up_beyond_its_detail():
    size = fit_page(
        200, 100, text_height=0.01, factor=32, min_tokens=1, max_tokens=4096, max_scale=2.0
    )

    assert size.width <= 2 * 200 + 32
    assert size.height <= 2 * 100 + 32


def test_unknown_text_spends_the_budget():
    size = fit_page(595, 842, text_height=None, factor=28, min_tokens=16, max_tokens=2560)

    assert 0.95 * 2560 < tokens(*size, 28) <= 2560


def test_a_text_height_that_is_no_fraction_is_refused():
    with pytest.raises(InvalidRequest):
        fit_page(595, 842, text_height=12, factor=28, min_tokens=16, max_tokens=2560)
