"""A sheet becomes a picture, worn as scans are, and what a reader gets from it."""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from docvision.geometry import Box, clip
from docvision.tasks.prompts import PlacedWord
from training.degrade import Matrix, wear
from training.fonts import font_files, load_font
from training.sheet import CHAR_WIDTH, Placed, Sheet

#: Pixels of the picture for one of the sheet's 100 dpi.
ZOOM = 1.6


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A page as pixels (height x width x 3), and where each marked value stands on it."""

    pixels: npt.NDArray[np.uint8]
    places: dict[tuple[str | int, ...], Box]


def draw_sheet(
    sheet: Sheet, rng: random.Random, *, held_out: bool, faults: float
) -> npt.NDArray[np.uint8]:
    """Return the page as pixels, height x width x 3, in one font family of a split.

    Text is drawn at the size that makes it as wide as the layout took it to be, so that
    columns stay apart whatever the font.
    """
    return draw_page(sheet, rng, held_out=held_out, faults=faults).pixels


def draw_page(sheet: Sheet, rng: random.Random, *, held_out: bool, faults: float) -> Drawing:
    """Return the page as `draw_sheet` does, with the box of each marked value.

    A box has the width of the value's ink and the height of its font's letters; a page that
    turns takes its boxes along.
    """
    size = (round(sheet.width * ZOOM), round(min(sheet.height, 1169) * ZOOM))
    page = Image.new("L", size, rng.randint(235, 255))
    pen = ImageDraw.Draw(page)
    path = rng.choice(font_files(held_out))
    fonts = [_fitting(path, item) for item in sheet.items]
    for item, font in zip(sheet.items, fonts, strict=True):
        pen.text((item.x * ZOOM, item.y * ZOOM), item.text, font=font, fill=rng.randint(0, 50))
    grey, moved = wear(np.asarray(page, dtype=np.float32), rng, faults)
    places = {
        mark.path: _box_of(sheet.items[mark.item], fonts[mark.item], mark.start, mark.end)
        for mark in sheet.marks
    }
    return Drawing(
        pixels=np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2),
        places={name: _share(box, moved, size) for name, box in places.items()},
    )


def _fitting(path: Path, item: Placed) -> ImageFont.FreeTypeFont:
    natural = load_font(path, 100).getlength(item.text) / 100
    planned = len(item.text) * CHAR_WIDTH
    points = item.size * ZOOM * min(1.0, planned / max(natural, 0.1))
    return load_font(path, max(8, round(points)))


def _box_of(item: Placed, font: ImageFont.FreeTypeFont, start: int, end: int) -> Box:
    """Return the box of some characters of a text, in pixels before the page was worn."""
    x, y = item.x * ZOOM, item.y * ZOOM
    _, top, _, bottom = font.getbbox("Ag")
    left, right = (font.getlength(item.text[:at]) for at in (start, end))
    return (x + left, y + top, x + right, y + bottom)


def _share(box: Box, moved: Matrix, size: tuple[int, int]) -> Box:
    """Return a box in pixels as fractions of the page, after the page was moved."""
    x0, y0, x1, y1 = box
    corners = np.array([(x, y, 1.0) for x in (x0, x1) for y in (y0, y1)]) @ moved.T
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return clip((left / size[0], top / size[1], right / size[0], bottom / size[1]))


def placed_words(words: list[tuple[str, tuple[float, float, float, float]]],
                 pixels: npt.NDArray[np.uint8]) -> list[PlacedWord]:  # fmt: skip
    """Return words whose boxes are fractions of the page with boxes in pixels."""
    height, width = pixels.shape[:2]
    return [
        (text, (x0 * width, y0 * height, x1 * width, y1 * height))
        for text, (x0, y0, x1, y1) in words
    ]
