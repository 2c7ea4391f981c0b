"""A result that is written page by page is the result."""

import json

from docvision.results.model import (
    Block,
    BlockKind,
    DocumentResult,
    Line,
    OnScreen,
    Page,
    Result,
    Source,
    Usage,
    Word,
)
from docvision.results.stream import page_json, result_json

BOX = (0.1, 0.2, 0.3, 0.4)
LINE = Line(words=(Word(text='Gr"üße\n€', bbox=BOX),), bbox=BOX)
BLOCK = Block(kind=BlockKind.PARAGRAPH, bbox=BOX, text="Grüße €", lines=(LINE,), source=Source.OCR)


def page(number: int) -> Page:
    return Page(number=number, width=10, height=20, unit="pt", blocks=(BLOCK,))


def result() -> Result:
    documents = (
        DocumentResult(
            name="é.pdf", media_type="application/pdf", page_count=2, pages=(page(1), page(2))
        ),
        DocumentResult(
            name="b",
            media_type="video/mp4",
            page_count=0,
            timeline=(OnScreen(text="x", start=0, end=1, bbox=BOX),),
        ),
    )
    return Result(task="ocr", model="none", documents=documents, usage=Usage(pages=2))


def test_the_pieces_together_are_the_result() -> None:
    whole = b"".join(result_json(result()))
    assert Result.model_validate_json(whole) == result()
    assert json.loads(whole) == json.loads(result().model_dump_json())


def test_each_page_is_asked_for_as_it_is_written() -> None:
    asked: list[tuple[int, int]] = []

    def write(document: int, page: Page) -> bytes:
        asked.append((document, page.number))
        return page_json(page.model_copy(update={"blocks": ()}))

    written = Result.model_validate_json(b"".join(result_json(result(), write)))
    assert asked == [(0, 1), (0, 2)]
    assert [page.blocks for page in written.documents[0].pages] == [(), ()]


def test_a_result_without_documents_is_written_too() -> None:
    empty = Result(task="ocr", model="none", documents=())
    assert Result.model_validate_json(b"".join(result_json(empty))) == empty
