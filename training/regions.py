"""Region examples: a line (or a few) of text as the planner shows it, and what it says.

A line is LINE_HEIGHT px high, the font set so that ascent and descent about fill it.
Difficulty runs from 0 (one short word, one font, clean) to MAX_LEVEL (everything).
"""

import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docvision.tasks.prompts import region_prompt
from training import text
from training.degrade import degrade
from training.example import Example
from training.fonts import pick_font

LINE_HEIGHT = 32
MAX_LEVEL = 6
WIDTHS = (64, 96, 160, 256, 384)


@dataclass(frozen=True, kw_only=True)
class Difficulty:
    """What a level allows: the widest picture, share of fonts, faults, and lines."""

    width: int
    variety: float
    faults: float
    mixed: float
    lines: int


LEVELS = (
    Difficulty(width=96, variety=0.02, faults=0.0, mixed=0.0, lines=1),
    Difficulty(width=96, variety=0.1, faults=0.0, mixed=0.3, lines=1),
    Difficulty(width=160, variety=0.3, faults=0.15, mixed=0.6, lines=1),
    Difficulty(width=256, variety=0.7, faults=0.35, mixed=0.8, lines=1),
    Difficulty(width=384, variety=1.0, faults=0.6, mixed=0.9, lines=1),
    Difficulty(width=384, variety=1.0, faults=1.0, mixed=1.0, lines=1),
    Difficulty(width=384, variety=1.0, faults=1.0, mixed=1.0, lines=3),
)


def region_batch(
    rng: random.Random, level: float, pixels: int, held_out: bool = False
) -> list[Example]:
    """Return region examples of one size that together hold about `pixels` pixels."""
    step = int(level) + (rng.random() < level % 1)
    if rng.random() < 0.15:
        step = rng.randint(0, step)
    hard = LEVELS[min(step, MAX_LEVEL)]
    width = rng.choice([wide for wide in WIDTHS if wide <= hard.width][-3:])
    lines = rng.randint(1, hard.lines) if rng.random() < 0.4 else 1
    count = max(1, pixels // (width * LINE_HEIGHT * lines))
    return [region(rng, hard, width, lines, held_out=held_out) for _ in range(count)]


def region(
    rng: random.Random,
    hard: Difficulty,
    width: int,
    lines: int = 1,
    *,
    held_out: bool = False,
) -> Example:
    """Return one region example."""
    size = rng.randint(21, 26) if hard.faults else 24
    font = pick_font(rng, size, held_out=held_out, variety=hard.variety)
    rows = [draw_text(rng, hard, font, width) for _ in range(lines)]
    ink, paper = _colours(rng, hard)
    picture = Image.new("L", (width, LINE_HEIGHT * lines), paper)
    pen = ImageDraw.Draw(picture)
    columns: list[tuple[float, float, float, float]] = []
    for number, row in enumerate(rows):
        x = rng.uniform(1, 5) if hard.faults else 2.0
        top = number * LINE_HEIGHT
        y = top + (LINE_HEIGHT - size * 1.22) / 2 + (rng.uniform(-2, 2) if hard.faults else 0)
        pen.text((x, y), row, font=font, fill=ink)
        columns += _ink_columns(font, row, x, top)
        columns.append((x + font.getlength(row), width, top, top + LINE_HEIGHT))
    grey = degrade(np.asarray(picture, dtype=np.float32), rng, hard.faults)
    pixels = np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    return Example(
        task="region",
        prompt=region_prompt(),
        answer="\n".join(rows),
        image=pixels,
        columns=tuple(columns[:-1]),
    )


def draw_text(
    rng: random.Random, hard: Difficulty, font: ImageFont.FreeTypeFont, width: int
) -> str:
    """Return text that fits a width, cut at a word where it must be cut."""
    if rng.random() >= hard.mixed:
        line = text.word(rng)
        if hard.mixed and rng.random() < 0.5:
            line = line.title()
    else:
        line = text.mixed(rng)
        while rng.random() < 0.5 and font.getlength(line) < width * 0.6:
            line += " " + text.mixed(rng)
    room = width - 10
    while font.getlength(line) > room and " " in line:
        line = line.rsplit(" ", 1)[0] if rng.random() < 0.5 else line.split(" ", 1)[1]
    while font.getlength(line) > room:
        line = line[:-1]
    return " ".join(line.split()) or "-"


def _ink_columns(
    font: ImageFont.FreeTypeFont, line: str, x: float, top: float
) -> list[tuple[float, float, float, float]]:
    """Return (left, right, top, bottom) of each character of a line."""
    ends = [x + font.getlength(line[: index + 1]) for index in range(len(line))]
    starts = [x, *ends[:-1]]
    return [(a, b, top, top + LINE_HEIGHT) for a, b in zip(starts, ends, strict=True)]


def _colours(rng: random.Random, hard: Difficulty) -> tuple[int, int]:
    """Return grey levels of ink and paper; one in eight is light on dark."""
    if not hard.faults:
        return 0, 255
    ink, paper = rng.randint(0, 90), rng.randint(190, 255)
    return (paper, ink) if rng.random() < 0.12 else (ink, paper)
