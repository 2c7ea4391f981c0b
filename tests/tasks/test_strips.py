"""A slight change of the picture counts where other words stand there, and only there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from docvision.documents.base import Pixels, VideoFrame
from docvision.engines.base import never
from docvision.reading.ocr import Ocr
from docvision.tasks.strips import _say_otherwise, words_settle
from docvision.views.slight import Slight
from training.fonts import font_files, load_font

WIDE, HIGH = 960, 540
ARROW = ((0, 0), (0, 20), (5, 16), (13, 16))


class Two:
    """A video of two frames, a second apart."""

    def __init__(self, *pictures: Pixels) -> None:
        self._pictures = pictures

    def frames(self, times: Sequence[float], *size: int) -> Iterator[VideoFrame]:
        return (VideoFrame(time=time, pixels=self._pictures[int(time)]) for time in times)


@pytest.fixture(scope="module")
def ocr() -> Iterator[Ocr]:
    with Ocr() as reader:
        yield reader


def slide(result: str, pointer: tuple[int, int] = (40, 40)) -> Pixels:
    page = Image.new("RGB", (WIDE, HIGH), "white")
    pen = ImageDraw.Draw(page)
    font = load_font(sorted(font_files(held_out=True))[0], 28)
    pen.text((80, 200), "The year in figures", font=font, fill="black")
    pen.text((80, 280), f"Result: {result} million", font=font, fill="black")
    x, y = pointer
    pen.polygon([(x + right, y + down) for right, down in ARROW], fill="black")
    return np.asarray(page)


def changed(one: Pixels, other: Pixels) -> tuple[float, float, float, float]:
    rows, columns = np.nonzero(np.abs(one.astype(int) - other).max(axis=2))
    return (
        columns.min() / WIDE,
        rows.min() / HIGH,
        (columns.max() + 1) / WIDE,
        (rows.max() + 1) / HIGH,
    )


def test_a_mark_that_is_read_as_a_letter_is_no_text() -> None:
    assert not _say_otherwise("", "4")
    assert _say_otherwise("", "42")
    assert _say_otherwise("4", "5")
    assert not _say_otherwise("chercherdas", "chercherds")
    assert _say_otherwise("berlin", "paris")


@pytest.mark.parametrize(
    ("other", "is_another"),
    [
        (slide("12.9"), True),
        (slide("12.4", pointer=(600, 420)), False),
        (slide("12.4", pointer=(700, 282)), False),
    ],
    ids=["another number", "the pointer elsewhere", "the pointer beside the number"],
)
def test_words_settle_what_a_slight_change_is(ocr: Ocr, other: Pixels, is_another: bool) -> None:
    one = slide("12.4")
    film: Any = Two(one, other)
    change = Slight(before=0.0, after=1.0, boxes=(changed(one, other),))
    assert list(words_settle(film, ocr, never)([change])) == [is_another]
