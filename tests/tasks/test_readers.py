"""The model beside OCR: agreement raises confidence, doubt is settled, nonsense is refused."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from docvision.documents.base import PageInfo, Pixels
from docvision.engines.base import never
from docvision.engines.scripted import Scripted
from docvision.geometry import WHOLE, Box
from docvision.reading.layout import blocks_of, words_of_line
from docvision.reading.ocr import Ocr
from docvision.results.model import Block, Source, Word
from docvision.settings import EngineSettings, Limits
from docvision.tasks.base import Tools
from docvision.tasks.options import Reader
from docvision.tasks.second_look import look_again
from docvision.tasks.sight import Sight, read_sights
from docvision.tasks.whole_page import read_whole_page

PAGE = PageInfo(width=800, height=600, unit="px")
SETTINGS = EngineSettings()
SEEN = words_of_line("Total due 37.31", (0.1, 0.1, 0.5, 0.14), 0.7)


def draw(width: int, height: int, region: Box = WHOLE) -> Pixels:
    return np.full((height, width, 3), 255, np.uint8)


def spotted(text: str, box: Sequence[int] = (100, 100, 500, 140)) -> str:
    return json.dumps([{"bbox_2d": list(box), "text_content": text}])


def whole(answer: dict[str, Any], seen: Sequence[Word] | None = SEEN) -> tuple[Word, ...]:
    engine = Scripted({"answers": [answer]})
    return read_whole_page(PAGE, draw, seen, engine, SETTINGS, never).words


def again(answer: dict[str, Any], confidence: float = 0.6) -> Block:
    words = words_of_line("Tota1 due", (0.1, 0.1, 0.4, 0.14), confidence)
    blocks = blocks_of(words, page=PAGE, source=Source.OCR)
    engine = Scripted({"profile": {"reads": "region"}, "answers": [answer]})
    (block,), _ = look_again(PAGE, draw, blocks, engine, SETTINGS, never)
    return block


def test_where_ocr_read_the_same_the_line_is_believed() -> None:
    words = whole({"text": spotted("Total due 37.31")})
    assert [word.text for word in words] == ["Total", "due", "37.31"]
    assert min(word.confidence for word in words) > 0.9


def test_a_line_that_ocr_did_not_see_is_doubted() -> None:
    words = whole({"text": spotted("Invented", (100, 800, 500, 840))})
    assert max(word.confidence for word in words) <= 0.5


def test_a_line_that_ocr_read_otherwise_is_doubted() -> None:
    words = whole({"text": spotted("Paid in full")})
    assert max(word.confidence for word in words) < 0.6


@pytest.mark.parametrize("finish", ["loop", "length", "cancelled"])
def test_an_answer_that_did_not_end_by_itself_is_not_used(finish: str) -> None:
    assert whole({"text": spotted("Total due 37.31"), "finish": finish}) == ()


def test_without_ocr_only_the_models_own_probability_counts() -> None:
    words = whole({"text": spotted("Total due 37.31"), "logprob": -0.5}, seen=None)
    assert {round(word.confidence, 2) for word in words} == {0.61}


class UnusedOcr(Ocr):
    """An OCR reader that must not be asked."""

    def read(self, pictures: Sequence[Pixels], cancelled: Any = never) -> list[tuple[Word, ...]]:
        assert not pictures, "OCR was asked"
        return []


def sights(*pictures: Pixels, reader: Reader, answer: dict[str, Any]) -> list[tuple[Block, ...]]:
    tools = Tools(
        engine=Scripted({"answers": [answer]}),
        ocr=UnusedOcr(),
        engine_settings=SETTINGS,
        limits=Limits(),
    )

    def shown(picture: Pixels) -> Sight:
        return Sight(info=PAGE, draw=lambda width, height, region=WHOLE: picture)

    found = read_sights([shown(picture) for picture in pictures], reader, tools, never)
    return [seen.blocks for seen in found]


BLANK = np.full((600, 800, 3), 250, np.uint8)
INKED = BLANK.copy()
for stroke in (80, 81):
    INKED[60:540, stroke:720:4] = 20


def test_a_blank_page_is_shown_to_nobody_and_gives_nothing() -> None:
    assert sights(BLANK, reader=Reader.AUTO, answer={"error": "engine_failed"}) == [()]


def test_the_model_alone_reads_without_ocr() -> None:
    blank, (block,) = sights(
        BLANK, INKED, reader=Reader.MODEL, answer={"text": spotted("Total due 37.31")}
    )
    assert blank == ()
    assert (block.text, block.source) == ("Total due 37.31", Source.MODEL)


def test_a_surer_model_settles_a_doubtful_line() -> None:
    block = again({"text": "Total due", "logprob": -0.01})
    assert (block.text, block.source) == ("Total due", Source.MODEL)
    assert block.confidence > 0.95


def test_a_less_sure_model_changes_nothing() -> None:
    block = again({"text": "Totem dew", "logprob": -2.0})
    assert (block.text, block.source) == ("Tota1 due", Source.OCR)


def test_two_readers_that_agree_are_surer_than_each() -> None:
    block = again({"text": "Tota1 due", "logprob": -0.1})
    assert block.source is Source.OCR
    assert block.confidence == pytest.approx(1 - (1 - 0.9048) * 0.4, abs=1e-3)


def test_a_line_that_ocr_is_sure_of_is_not_asked_about() -> None:
    block = again({"error": "engine_failed"}, confidence=0.99)
    assert block.text == "Tota1 due"
