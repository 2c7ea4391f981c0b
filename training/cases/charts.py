"""Cases of `chart`: pages of prose with a chart in one of many looks, worn a little."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docvision.evaluation.cases import Case, Expected, ExpectedChart, ExpectedPoint
from training import text
from training.charts import DrawnChart, draw_data, draw_with_matplotlib
from training.degrade import degrade
from training.fonts import font_files, load_font
from training.model import seeded

PAGE = (1240, 1754)
"""A4 at 150 dpi, in pixels."""
_DPI = 150
_FAULTS = 0.35
_MARGIN = 80
_LINE = 88
"""Characters of a line of prose at most."""


def chart(folder: Path, numbers: Sequence[int]) -> Iterator[Case]:
    """Yield pages with a chart each; every other one shows its values as labels."""
    for number in numbers:
        rng = seeded("cases", "chart", number)
        drawn, picture = draw_chart(rng, labels=number % 2 == 0)
        name = f"chart-{number:04}-{'labelled' if drawn.labels else 'bare'}"
        chart_page(rng, picture).save(folder / f"{name}.png")
        yield Case(
            id=name,
            file=f"{name}.png",
            task="chart",
            expected=Expected(charts=(expected_chart(drawn),)),
        )


def expected_chart(drawn: DrawnChart) -> ExpectedChart:
    """Return what should be read of a chart that was drawn."""
    points = tuple(
        ExpectedPoint(series=name if len(drawn.names) > 1 else None, x=category, y=value)
        for name, values in zip(drawn.names, drawn.values, strict=True)
        for category, value in zip(drawn.categories, values, strict=True)
    )
    return ExpectedChart(kind=drawn.kind, title=drawn.title, points=points)


def draw_chart(rng: random.Random, *, labels: bool) -> tuple[DrawnChart, Image.Image]:
    """Return a chart's data and its picture."""
    drawn = draw_data(rng, labels=labels)
    return drawn, Image.fromarray(np.asarray(draw_with_matplotlib(drawn, rng, dpi=_DPI)))


def chart_page(
    rng: random.Random, picture: Image.Image, *, note: str = "", is_caption: bool = False
) -> Image.Image:
    """Return a page of prose with the picture; all of it is worn alike, so that colours stay.

    A note stands below the picture, as captions do, or else below everything; nothing gives way.
    """
    page = Image.new("RGB", PAGE, "white")
    pen = ImageDraw.Draw(page)
    font = load_font(rng.choice(font_files(held_out=True)), rng.randint(19, 24))
    y = _prose(pen, rng, font, 90)
    scale = min(1.0, (PAGE[0] - 2 * _MARGIN) / picture.width)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    page.paste(picture, (rng.randint(_MARGIN, PAGE[0] - _MARGIN - picture.width), y + 20))
    caption = y + picture.height + 25
    foot = _prose(pen, rng, font, y + picture.height + 60)
    pen.text((_MARGIN, caption if is_caption else foot + 40), note, font=font, fill=20)
    pixels, state = np.asarray(page, dtype=np.float32), rng.getrandbits(32)
    channels = (np.ascontiguousarray(pixels[:, :, channel]) for channel in range(3))
    worn = [degrade(channel, random.Random(state), _FAULTS) for channel in channels]
    return Image.fromarray(np.clip(np.stack(worn, axis=2), 0, 255).astype(np.uint8))


def _prose(
    pen: ImageDraw.ImageDraw, rng: random.Random, font: ImageFont.FreeTypeFont, y: int
) -> int:
    for _ in range(rng.randint(2, 5)):
        line = " ".join(text.sentence(rng) for _ in range(2))[:_LINE]
        pen.text((_MARGIN, y), line, font=font, fill=20)
        y += round(font.size * 1.5)
    return y
