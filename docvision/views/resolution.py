"""How large a picture is shown to the model: pixels and visual tokens.

A visual token is a square of `factor` pixels (28 for Qwen2-VL and 2.5-VL, 32 for Qwen3-VL and
3.5), so every side is a multiple of the factor and the area is the price.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from docvision.errors import InvalidRequest

MAX_RATIO = 200
"""Longest over shortest side that the family accepts."""

LEGIBLE = 18.0
"""Pixels of a font's height at which Qwen-VL reads it well: about 9 px of x-height, 10 pt at
130 dpi. olmOCR's setting (1540 px for a letter page) gives 10 pt text 19 px."""


class Size(NamedTuple):
    """Pixels across and down."""

    width: int
    height: int


def tokens(width: int, height: int, factor: int) -> int:
    """Return the visual tokens of a picture of this size (sides are multiples of `factor`)."""
    return (width // factor) * (height // factor)


def smart_resize(
    height: float, width: float, *, factor: int, min_pixels: int, max_pixels: int
) -> tuple[int, int]:
    """Return (height, width) near those given: multiples of `factor`, area within the range.

    Equal to qwen-vl-utils' function of this name (its argument order too). Where that one gives a
    side of 0 (a thin strip under a tight budget), this one keeps a side of one factor and
    shortens the other into the budget.

    Raises:
        InvalidRequest: The sides are not positive, their ratio is above 200, or the range is empty.
    """
    _check(height, width, factor, min_pixels, max_pixels)
    high = max(factor, round(height / factor) * factor)
    wide = max(factor, round(width / factor) * factor)
    if high * wide > max_pixels:
        shrink = math.sqrt(height * width / max_pixels)
        high = math.floor(height / shrink / factor) * factor
        wide = math.floor(width / shrink / factor) * factor
        return _at_least_one(high, wide, factor, max_pixels)
    if high * wide < min_pixels:
        grow = math.sqrt(min_pixels / (height * width))
        high = math.ceil(height * grow / factor) * factor
        wide = math.ceil(width * grow / factor) * factor
    return high, wide


def fit_page(
    page_width: float,
    page_height: float,
    *,
    text_height: float | None,
    factor: int,
    min_tokens: int,
    max_tokens: int,
    max_scale: float = math.inf,
    legible: float = LEGIBLE,
) -> Size:
    """Return the smallest size at which a page's smallest text is legible, within the budget.

    Args:
        page_width: Width as displayed, in any unit.
        page_height: Height in the same unit.
        text_height: Font height of the smallest text that matters, as a fraction of the page's
            height; None where it is unknown, which spends the whole budget.
        factor: Side of a visual token in pixels.
        min_tokens: Visual tokens at least.
        max_tokens: Visual tokens at most.
        max_scale: Pixels per unit at most, for pages that are pictures and gain nothing from
            being blown up.
        legible: Pixels that `text_height` should have.

    Raises:
        InvalidRequest: The page is empty or thinner than 200:1, or a number does not fit.
    """
    budget = {"min_pixels": min_tokens * factor**2, "max_pixels": max_tokens * factor**2}
    _check(page_height, page_width, factor, **budget)
    if text_height is not None and not 0 < text_height <= 1:
        raise InvalidRequest(
            "The text height must be a fraction of the page's height.", text_height=text_height
        )
    scale = _scale(page_width, page_height, text_height, legible, budget["max_pixels"])
    scale = min(scale, max_scale)
    width = _up(page_width * scale, factor)
    height = _up(page_height * scale, factor)
    if not min_tokens <= tokens(width, height, factor) <= max_tokens:
        sides = page_height * scale, page_width * scale
        height, width = smart_resize(*sides, factor=factor, **budget)
    # Rounding to whole tokens may have taken a page at the limit beyond it.
    return Size(min(width, MAX_RATIO * height), min(height, MAX_RATIO * width))


def _scale(
    width: float, height: float, text_height: float | None, legible: float, max_pixels: int
) -> float:
    if text_height is None:
        return math.sqrt(max_pixels / (width * height))
    return legible / (text_height * height)


def _up(length: float, factor: int) -> int:
    # A thousandth of a pixel is rounding noise, not a reason for another row of tokens.
    return max(1, math.ceil((length - 1e-3) / factor)) * factor


def _at_least_one(high: int, wide: int, factor: int, max_pixels: int) -> tuple[int, int]:
    if high and wide:
        return high, wide
    longest = max(1, max_pixels // factor**2) * factor
    return max(factor, min(high, longest)), max(factor, min(wide, longest))


def _check(height: float, width: float, factor: int, min_pixels: int, max_pixels: int) -> None:
    if height <= 0 or width <= 0 or factor <= 0:
        raise InvalidRequest("A picture must have sides above 0.", width=width, height=height)
    if min_pixels > max_pixels:
        raise InvalidRequest(
            "The smallest area is above the largest.", min_pixels=min_pixels, max_pixels=max_pixels
        )
    ratio = max(height, width) / min(height, width)
    if ratio > MAX_RATIO:
        raise InvalidRequest(
            f"The picture is {ratio:.0f} times longer than wide; {MAX_RATIO} is the most that "
            "Qwen-VL takes.",
            width=width,
            height=height,
        )
