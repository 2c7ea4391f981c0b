"""A sheet becomes a picture, worn as scans are, and what a reader gets from it."""

import random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from docvision.tasks.prompts import PlacedWord
from training.degrade import degrade
from training.fonts import font_files, load_font
from training.sheet import CHAR_WIDTH, Sheet

#: Pixels of the picture for one of the sheet's 100 dpi.
ZOOM = 1.6


def draw_sheet(
    sheet: Sheet, rng: random.Random, *, held_out: bool, faults: float
) -> npt.NDArray[np.uint8]:
    """Return the page as pixels, height x width x 3, in one font family of a split.

    Text is drawn at the size that makes it as wide as the layout took it to be, so that
    columns stay apart whatever the font.
    """
    size = (round(sheet.width * ZOOM), round(min(sheet.height, 1169) * ZOOM))
    page = Image.new("L", size, rng.randint(235, 255))
    pen = ImageDraw.Draw(page)
    path = rng.choice(font_files(held_out))
    for item in sheet.items:
        points = item.size * ZOOM
        natural = load_font(path, 100).getlength(item.text) / 100
        planned = len(item.text) * CHAR_WIDTH
        font = load_font(path, max(8, round(points * min(1.0, planned / max(natural, 0.1)))))
        pen.text((item.x * ZOOM, item.y * ZOOM), item.text, font=font, fill=rng.randint(0, 50))
    grey = degrade(np.asarray(page, dtype=np.float32), rng, faults)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def placed_words(words: list[tuple[str, tuple[float, float, float, float]]],
                 pixels: npt.NDArray[np.uint8]) -> list[PlacedWord]:  # fmt: skip
    """Return words whose boxes are fractions of the page with boxes in pixels."""
    height, width = pixels.shape[:2]
    return [
        (text, (x0 * width, y0 * height, x1 * width, y1 * height))
        for text, (x0, y0, x1, y1) in words
    ]
