"""Ruled lines are found on scans, so that their tables come out as tables."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from docvision.documents.base import PageInfo
from docvision.reading.layout import blocks_of, words_of_line
from docvision.reading.rules import rules_of
from docvision.results.model import Source, Word

ROWS = [["Terminal", "Berths"], ["Eastmoor", "6"], ["Northgate", "5"]]
WIDTH, HEIGHT = 1240, 1754


def _scan(degrees: float) -> tuple[np.ndarray, list[Word]]:
    image = Image.new("RGB", (WIDTH, HEIGHT), (245, 243, 240))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=30)
    words: list[Word] = []
    for at in range(4):
        draw.line((150, 700 + 70 * at, 950, 700 + 70 * at), fill=(60, 60, 60), width=3)
    for x in (150, 550, 950):
        draw.line((x, 700, x, 910), fill=(60, 60, 60), width=3)
    for row, texts in enumerate(ROWS):
        for column, text in enumerate(texts):
            x, y = 170 + 400 * column, 715 + 70 * row
            draw.text((x, y), text, font=font, fill=(20, 20, 20))
            box = (x / WIDTH, y / HEIGHT, (x + 18 * len(text)) / WIDTH, (y + 34) / HEIGHT)
            words += words_of_line(text, box)
    draw.text((150, 300), "A line of ordinary text - nothing more.", font=font, fill=(20, 20, 20))
    turned = image.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=(245, 243, 240))
    return np.asarray(turned, dtype=np.uint8), words


@pytest.mark.parametrize("degrees", [0.0, 0.5, -0.8])
def test_a_scanned_table_is_found_by_its_rules(degrees: float) -> None:
    pixels, words = _scan(degrees)

    rules = rules_of(pixels)
    page = PageInfo(width=WIDTH, height=HEIGHT, unit="px")
    blocks = blocks_of(words, page=page, source=Source.OCR, rules=rules)

    assert len(rules) == 7
    table = blocks[0].table
    assert table
    assert [cell.text for cell in table.cells] == [text for row in ROWS for text in row]


def test_letters_are_no_rules() -> None:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    font = ImageFont.load_default(size=50)
    ImageDraw.Draw(image).text((100, 300), "HEADLINE IN LARGE TYPE - E F T L", font=font, fill=0)

    assert rules_of(np.asarray(image, dtype=np.uint8)) == ()
