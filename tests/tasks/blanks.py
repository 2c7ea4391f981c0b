"""Sheets on which nothing is written, as scanners hand them over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from docvision.documents.base import Pixels

WIDE, HIGH = 800, 1130


def plain() -> Pixels:
    return np.full((HIGH, WIDE, 3), 246, np.uint8)


def grainy() -> Pixels:
    noise = np.random.default_rng(3).normal(240, 9, (HIGH, WIDE, 1))
    return np.repeat(np.clip(noise, 0, 255).astype(np.uint8), 3, axis=2)


def specked() -> Pixels:
    page, rng = plain(), np.random.default_rng(4)
    for x, y in rng.integers((0, 0), (WIDE, HIGH), (150, 2)):
        page[y : y + 2, x : x + 2] = 60
    return page


def punched() -> Pixels:
    page = plain()
    for y in (400, 730):
        cv2.circle(page, (40, y), 20, (25, 25, 25), -1, cv2.LINE_AA)
    return page


def shadowed() -> Pixels:
    page = plain()
    fall = np.linspace(90, 246, 120)[None, :, None]
    page[:, :120] = fall.astype(np.uint8)
    page[-14:] = 30
    return page


def shone_through() -> Pixels:
    sheet = Image.new("L", (WIDE, HIGH), 246)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(26)
    for row in range(14):
        pen.text((90, 120 + row * 60), "What is printed on the other side", font=font, fill=228)
    back = sheet.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2.5))
    return np.repeat(np.asarray(back)[:, :, None], 3, axis=2)


BLANKS: Mapping[str, Callable[[], Pixels]] = {
    "plain": plain,
    "grainy": grainy,
    "specked": specked,
    "punched": punched,
    "shadowed": shadowed,
    "shone_through": shone_through,
}
