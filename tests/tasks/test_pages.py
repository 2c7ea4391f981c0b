"""A page that gives trouble costs itself only, and what little is known of it is kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from docvision.documents.base import (
    DocumentInfo,
    Kind,
    LayerWord,
    PageInfo,
    Pixels,
    TextLayer,
)
from docvision.documents.handle import SandboxedDocument
from docvision.engines.base import never
from docvision.errors import Corrupt
from docvision.geometry import WHOLE, Box
from docvision.reading.ocr import Ocr
from docvision.results.model import Source, Word
from docvision.settings import EngineSettings, Limits
from docvision.tasks.base import Tools
from docvision.tasks.options import Reader
from docvision.tasks.page_text import PageText, read_pages

BOX = (0.1, 0.1, 0.4, 0.13)
GARBLED = TextLayer(
    words=(
        LayerWord(text="habibi", bbox=BOX, size=0.03),
        LayerWord(text="\ufffd\ufffd", bbox=(0.5, 0.1, 0.6, 0.13), size=0.03),
        LayerWord(text="ghost", bbox=(0.1, 0.5, 0.4, 0.53), size=0.03, invisible=True),
    ),
    characters=13,
    unmapped=2,
)


class Stand(SandboxedDocument):
    """A document of three pages whose second cannot be drawn; `seen` is what OCR finds."""

    def __init__(self) -> None:
        """Nothing is opened."""

    @property
    def info(self) -> DocumentInfo:
        return DocumentInfo(kind=Kind.PDF, media_type="application/pdf", page_count=3)

    def page(self, index: int) -> PageInfo:
        return PageInfo(width=200, height=100, unit="pt")

    def text_layer(self, index: int) -> TextLayer:
        return GARBLED

    def render(self, index: int, width: int, height: int, region: Box = WHOLE) -> Pixels:
        if index == 1 and height < 480:
            raise Corrupt("Page 2 cannot be drawn.")
        pixels = np.full((height, width, 3), 255, np.uint8)
        pixels[10:20, 10:60:3] = 0
        return pixels


class OcrThatSees(Ocr):
    """Finds the same words on every picture."""

    def __init__(self, *words: Word) -> None:
        super().__init__()
        self._found = words

    def read(self, pictures: Sequence[Pixels], cancelled: Any = never) -> list[tuple[Word, ...]]:
        return [self._found for _ in pictures]


def read(ocr: Ocr, pages: Sequence[int], reader: Reader = Reader.AUTO) -> list[PageText]:
    tools = Tools(engine=None, ocr=ocr, engine_settings=EngineSettings(), limits=Limits())
    return list(read_pages(Stand(), pages, reader, tools, never))


def texts(page: PageText) -> list[tuple[str, Source]]:
    return [(block.text, block.source) for block in page.page.blocks]


def test_a_page_that_cannot_be_drawn_has_its_problem_and_the_others_their_text() -> None:
    pages = read(OcrThatSees(Word(text="Total", bbox=BOX)), [0, 1, 2])
    by_index = {page.index: page for page in pages}
    assert sorted(page.index for page in pages) == [0, 1, 2]
    assert by_index[1].problem is not None
    assert by_index[1].problem.code == "corrupt"
    assert texts(by_index[0]) == texts(by_index[2]) == [("Total", Source.OCR)]


def test_where_nobody_sees_a_word_a_garbled_layer_is_a_doubtful_guess() -> None:
    (page,) = read(OcrThatSees(), [0])
    assert texts(page) == [("habibi", Source.TEXT_LAYER)]
    assert page.page.blocks[0].confidence < 0.5


def test_who_asks_for_ocr_gets_nothing_from_the_layer() -> None:
    (page,) = read(OcrThatSees(), [0], Reader.OCR)
    assert texts(page) == []
