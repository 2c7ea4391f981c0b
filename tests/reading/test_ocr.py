"""OCR reads what is on a picture, says where, and does so however the page lies."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from docvision.documents.base import PageInfo, Pixels
from docvision.errors import Cancelled
from docvision.geometry import Box, intersection
from docvision.reading.layout import blocks_of
from docvision.reading.ocr import Ocr
from docvision.results.model import Source, Word

LINES = (
    "Dairy Cooperative Lindenberg",
    "Minutes of 14 March 2024, no. 31",
    "Surplus carried forward 128,906.55",
    "To be paid within 10 days: EUR 17.50",
)
SIZE = (760, 740)


def _drawn(lines: tuple[str, ...] = LINES) -> tuple[Image.Image, dict[str, Box]]:
    """Return a picture of lines of text, and where each word stands (fractions)."""
    image = Image.new("RGB", SIZE, (250, 250, 248))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=34)
    places: dict[str, Box] = {}
    for at, line in enumerate(lines):
        x = 60.0
        for word in line.split():
            x0, y0, x1, y1 = draw.textbbox((x, 90 + 130 * at), word, font=font)
            draw.text((x, 90 + 130 * at), word, font=font, fill=(20, 20, 20))
            places[word] = (x0 / SIZE[0], y0 / SIZE[1], x1 / SIZE[0], y1 / SIZE[1])
            x += draw.textlength(word + " ", font=font)
    return image, places


def _pixels(image: Image.Image) -> Pixels:
    return np.asarray(image, dtype=np.uint8)


def _turned(box: Box, quarters: int) -> Box:
    """Return where a box is once the picture was turned counter-clockwise."""
    for _ in range(quarters):
        x0, y0, x1, y1 = box
        box = (y0, 1 - x1, y1, 1 - x0)
    return box


def _covered(word: Word, place: Box) -> float:
    x0, y0, x1, y1 = place
    return intersection(word.bbox, place) / ((x1 - x0) * (y1 - y0))


@pytest.fixture(scope="module")
def ocr() -> Iterator[Ocr]:
    with Ocr(threads=2) as reader:
        yield reader


def test_words_come_with_their_spaces_boxes_and_confidence(ocr: Ocr) -> None:
    image, places = _drawn()

    words = ocr.read([_pixels(image)])[0]

    assert " ".join(word.text for word in words) == " ".join(LINES)
    for word in words:
        assert _covered(word, places[word.text]) > 0.7
        assert word.bbox[2] - word.bbox[0] < 1.3 * (places[word.text][2] - places[word.text][0])
        assert word.confidence > 0.5


def test_a_line_is_read_the_same_whatever_else_stands_on_the_page(ocr: Ocr) -> None:
    with_more, _ = _drawn((*LINES, "Seite 1 von 7"))
    (alone,), (beside,) = ocr.read([_pixels(_drawn()[0])]), ocr.read([_pixels(with_more)])
    assert [(word.text, word.bbox) for word in alone] == [
        (word.text, word.bbox) for word in beside[: len(alone)]
    ]
    assert [word.text for word in beside[len(alone) :]] == ["Seite", "1", "von", "7"]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_lies_on_its_side_or_head_is_read(ocr: Ocr, quarters: int) -> None:
    image, places = _drawn()
    turned = _pixels(image.rotate(90 * quarters, expand=True))
    height, width = turned.shape[:2]

    words = ocr.read([turned])[0]
    blocks = blocks_of(
        words, page=PageInfo(width=width, height=height, unit="px"), source=Source.OCR
    )

    assert [line.text for block in blocks for line in block.lines] == list(LINES)
    for word in words:
        assert _covered(word, _turned(places[word.text], quarters)) > 0.7


def test_lines_of_a_slightly_skewed_page_stay_lines(ocr: Ocr) -> None:
    image = _drawn()[0].rotate(2.5, resample=Image.Resampling.BICUBIC, fillcolor=(250, 250, 248))

    words = ocr.read([_pixels(image)])[0]
    page = PageInfo(width=SIZE[0], height=SIZE[1], unit="px")
    found = [
        line.text
        for block in blocks_of(words, page=page, source=Source.OCR)
        for line in block.lines
    ]

    assert found == list(LINES)


def test_several_pictures_give_each_its_own_words(ocr: Ocr) -> None:
    blank = np.full((740, 760, 3), 255, dtype=np.uint8)
    pictures = [_pixels(_drawn(("First page",))[0]), blank, _pixels(_drawn(("Third one",))[0])]

    found = [" ".join(word.text for word in words) for words in ocr.read(pictures)]

    assert found == ["First page", "", "Third one"]


def test_no_pictures_give_no_words(ocr: Ocr) -> None:
    assert ocr.read([]) == []


def test_it_may_be_shared_by_threads(ocr: Ocr) -> None:
    texts = [f"Invoice number {4711 + at}" for at in range(4)]
    pictures = [_pixels(_drawn((text,))[0]) for text in texts]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda picture: ocr.read([picture])[0], pictures))

    assert [" ".join(word.text for word in words) for words in found] == texts


def test_it_stops_in_the_middle_of_a_page_that_nobody_wants_any_more(ocr: Ocr) -> None:
    # given pages for many seconds, which are cancelled once the first is looked at
    image, _ = _drawn()
    page = _pixels(image.resize((2000, 2000)))
    asked = itertools.count()
    with pytest.raises(Cancelled):
        ocr.read([page] * 20, lambda: next(asked) > 2)

    # then the next page is read as if nothing had been
    words = [word.text for word in ocr.read([_pixels(image)])[0]]
    assert " ".join(words).startswith("Dairy Cooperative Lindenberg")


FIRST_PAGE = """
from docvision.errors import Cancelled
from docvision.reading.ocr import Ocr
asked = []
with Ocr(threads=1) as reader:
    try:
        reader.read([], lambda: bool(asked.append(None)) or len(asked) > 1)
    except Cancelled:
        print("cancelled")
    print("then", reader.read([]))
"""


def test_it_does_not_wait_for_its_models_for_a_page_that_nobody_wants_any_more() -> None:
    # given a new process, in which loading takes far longer than it takes to be asked twice
    # when the first page is cancelled meanwhile
    ran = subprocess.run([sys.executable, "-c", FIRST_PAGE], capture_output=True, text=True)

    # then it is let go at once, and the models are there for the next
    assert ran.stdout.splitlines() == ["cancelled", "then []"], ran.stderr


def test_it_reads_again_after_it_was_closed() -> None:
    reader = Ocr(threads=1)
    picture = _pixels(_drawn(("Once more",))[0])

    reader.close()
    found = reader.read([picture])[0]
    reader.close()

    assert [word.text for word in found] == ["Once", "more"]


def test_what_is_read_of_a_line_does_not_depend_on_the_others(ocr: Ocr) -> None:
    # given a page, and the same with lines of many widths below
    more = tuple("Further notes " * count for count in (1, 2, 3))
    one, other = (_pixels(_drawn(lines)[0].resize((760, 740))) for lines in (LINES[:2], LINES[:2]))
    other = np.concatenate([other, _pixels(_drawn(more)[0])])

    # when each is read
    alone, among = ocr.read([one])[0], ocr.read([other])[0]

    # then the first lines are the same to the last digit of their confidence
    def said(words: tuple[Word, ...]) -> list[tuple[str, float]]:
        return [(word.text, round(word.confidence, 3)) for word in words]

    assert said(among)[: len(alone)] == said(alone)


def test_digits_that_stand_alone_are_read(ocr: Ocr) -> None:
    # given a column of quantities, small and printed softly, beside their goods
    image = Image.new("RGB", SIZE, (250, 250, 250))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=16)
    for at, (count, goods) in enumerate((("1", "Thing"), ("4", "Chasser"), ("7", "Other"))):
        draw.text((117, 100 + 50 * at), count, font=font, fill=(40, 40, 40))
        draw.text((277, 100 + 50 * at), goods, font=font, fill=(40, 40, 40))

    (words,) = ocr.read([_pixels(image.filter(ImageFilter.GaussianBlur(0.8)))])

    assert [word.text for word in words] == ["1", "Thing", "4", "Chasser", "7", "Other"]
