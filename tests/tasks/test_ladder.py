"""Nothing invented, nothing endless: blank pages, loops and answers that are cut."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest

from docvision.documents.base import PageInfo, Pixels
from docvision.engines.base import never
from docvision.geometry import WHOLE, Box
from docvision.reading.ink import has_ink, has_little_ink
from docvision.reading.layout import words_of_line
from docvision.reading.ocr import Ocr
from docvision.results.model import Rung, Source
from docvision.settings import EngineSettings, Limits
from docvision.tasks.base import Tools
from docvision.tasks.ladder import halves, smaller
from docvision.tasks.options import Reader
from docvision.tasks.sight import Sight, read_sights
from docvision.tasks.whole_page import PageReading, read_whole_page
from docvision.views.view import View
from tests.tasks.blanks import BLANKS
from tests.tasks.papers import Listening

PAGE = PageInfo(width=800, height=1130, unit="px")
SEEN = words_of_line("Total due 37.31", (0.1, 0.1, 0.5, 0.14), 0.7)
GOOD = json.dumps([{"bbox_2d": [100, 100, 500, 140], "text_content": "Total due 37.31"}])
LOOP = {"text": GOOD, "finish": "loop", "times": 1}
CUT = {"text": GOOD, "finish": "length", "times": 1}


def draw(width: int, height: int, region: Box = WHOLE) -> Pixels:
    return np.full((height, width, 3), 255, np.uint8)


def read(engine: Listening) -> PageReading:
    return read_whole_page(PAGE, draw, SEEN, engine, EngineSettings(), never)


def test_a_loop_is_asked_again_warmer_and_says_so() -> None:
    engine = Listening(LOOP, GOOD, reads="page")
    reading = read(engine)
    assert [word.text for word in reading.words] == ["Total", "due", "37.31"]
    assert reading.rung is Rung.WARMER
    assert reading.usage.retries == 1
    assert engine.requests[1].temperature > 0


def test_a_second_loop_is_asked_at_another_resolution() -> None:
    engine = Listening(LOOP, LOOP, GOOD, reads="page")
    reading = read(engine)
    assert reading.rung is Rung.RESIZED
    shown = [
        part.pixels.shape for request in engine.requests for part in request.messages[0].parts[:1]
    ]
    assert shown[2][0] < shown[0][0]


def test_endless_loops_end_and_leave_the_page_to_the_readers() -> None:
    engine = Listening({"text": GOOD, "finish": "loop"}, reads="page")
    reading = read(engine)
    assert (reading.words, reading.rung) == ((), Rung.READERS)
    assert len(engine.requests) == 3


def test_a_cut_answer_is_split_and_no_line_comes_twice() -> None:
    upper = json.dumps([{"bbox_2d": [100, 182, 500, 255], "text_content": "Total due 37.31"}])
    lower = json.dumps([{"bbox_2d": [100, 900, 500, 940], "text_content": "Thank you"}])
    engine = Listening(CUT, {"text": upper, "times": 1}, lower, reads="page")
    reading = read(engine)
    assert reading.rung is Rung.SPLIT
    assert [word.text for word in reading.words] == ["Total", "due", "37.31", "Thank", "you"]


def test_a_cancelled_answer_is_not_asked_again() -> None:
    engine = Listening({"text": "", "finish": "cancelled"}, reads="page")
    assert read(engine).words == ()
    assert len(engine.requests) == 1


def test_halves_cover_the_view_and_share_a_strip() -> None:
    view = View(width=640, height=960, tokens=600)
    upper, lower = halves(view, 32)
    assert (upper.region[1], lower.region[3]) == (0.0, 1.0)
    assert upper.region[3] > lower.region[1]
    assert upper.height == lower.height
    assert smaller(view, 32).tokens < view.tokens


class OcrThatSees(Ocr):
    """An OCR reader that sees these words on every picture."""

    def __init__(self, *texts: str) -> None:
        self._words = tuple(word for text in texts for word in words_of_line(text, SEEN[0].bbox))

    def read(self, pictures, cancelled=never):  # type: ignore[no-untyped-def]
        return [self._words for _ in pictures]


def look(engine: Listening, page: Pixels, reader: Reader, ocr: Ocr) -> tuple[object, ...]:
    def drawn(picture: Pixels, width: int, height: int, region: Box = WHOLE) -> Pixels:
        return picture if (height, width) == picture.shape[:2] else draw(width, height)

    tools = Tools(engine=engine, ocr=ocr, engine_settings=EngineSettings(), limits=Limits())
    (seen,) = read_sights([Sight(info=PAGE, draw=partial(drawn, page))], reader, tools, never)
    return seen.blocks


@pytest.mark.parametrize("reader", [Reader.AUTO, Reader.MODEL])
@pytest.mark.parametrize("name", BLANKS)
def test_a_sheet_with_nothing_written_gives_nothing_whoever_reads(
    name: str, reader: Reader
) -> None:
    # given a model that would invent text on any page, and an OCR reader that sees none
    engine = Listening(GOOD, reads="page")
    # then it is never asked
    assert look(engine, BLANKS[name](), reader, OcrThatSees()) == ()
    assert engine.requests == []


@pytest.mark.slow
def test_real_ocr_sees_nothing_on_such_sheets() -> None:
    with_ocr = Ocr()
    try:
        found = with_ocr.read([make() for make in BLANKS.values()])
    finally:
        with_ocr.close()
    assert [words for words in found if words] == []


def test_a_page_that_was_left_to_the_readers_says_so() -> None:
    page = BLANKS["plain"]()
    page[100:900:4, 100:600:4] = 20
    assert has_ink(page)
    engine = Listening({"text": GOOD, "finish": "loop"}, reads="page")
    (block,) = look(engine, page, Reader.AUTO, OcrThatSees("Total due"))
    assert (block.source, block.rung) == (Source.OCR, Rung.READERS)  # type: ignore[attr-defined]


def test_a_page_of_text_needs_no_second_look_and_specks_do() -> None:
    page, rng = BLANKS["plain"](), np.random.default_rng(1)
    for top in range(100, 900, 60):
        letters = np.kron(rng.random((10, 150)) < 0.5, np.ones((3, 4)))
        page[top : top + 30, 80:680] = letters[:, :, None] * np.uint8(230)
    assert not has_little_ink(page)
    assert has_little_ink(BLANKS["specked"]())
