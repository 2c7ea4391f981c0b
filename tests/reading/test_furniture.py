"""Running headers, footers and page numbers are told apart from the text of the pages."""

from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from docvision.reading.furniture import mark_furniture
from docvision.results.model import BlockKind, Page
from tests.reading.sheet import HEIGHT, PROSE, Draw, page, paragraph, sheets, texts


def _pages(*draws: Draw) -> tuple[Page, ...]:
    return mark_furniture([page(sheet, at + 1) for at, sheet in enumerate(sheets(*draws))])


def _with_running_text(number: int) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, HEIGHT - 40, "Calloway Harbour Institute")
        canvas.drawRightString(530, HEIGHT - 40, "Working Paper 31")
        paragraph(canvas, 60, HEIGHT - 90, 225, f"Page {number} starts here. " + PROSE * 2)
        paragraph(canvas, 310, HEIGHT - 93, 225, PROSE * 2)
        canvas.drawString(60, 40, f"Report of {2020 + number}")
        canvas.drawRightString(530, 40, str(number))

    return draw


def test_running_text_over_five_pages_is_marked_and_the_rest_is_not() -> None:
    pages = _pages(*(_with_running_text(number) for number in range(1, 6)))

    for number, found in enumerate(pages, start=1):
        assert texts(found.blocks, BlockKind.HEADER) == [
            "Calloway Harbour Institute",
            "Working Paper 31",
        ]
        assert texts(found.blocks, BlockKind.FOOTER) == [f"Report of {2020 + number}"]
        assert texts(found.blocks, BlockKind.PAGE_NUMBER) == [str(number)]
        rest = " ".join(texts(found.blocks, BlockKind.PARAGRAPH))
        assert rest.startswith(f"Page {number} starts here.")


@pytest.mark.parametrize("text", ["Page 2 of 9", "- 3 -", "7", "Seite 4 von 12", "3/8", "xii"])
def test_a_page_number_is_known_on_a_single_page(text: str) -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, 60, HEIGHT - 90, 470, PROSE)
        canvas.drawCentredString(297, 40, text)

    assert texts(_pages(draw)[0].blocks, BlockKind.PAGE_NUMBER) == [text]


def test_a_page_number_beside_a_title_is_known_on_a_single_page() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, HEIGHT - 40, "Wendelin Marlow Property Management")
        canvas.drawRightString(530, HEIGHT - 40, "Page 2 of 2")
        paragraph(canvas, 60, HEIGHT - 90, 470, PROSE)

    assert texts(_pages(draw)[0].blocks, BlockKind.PAGE_NUMBER) == ["Page 2 of 2"]


def test_what_stands_on_one_page_only_is_no_furniture() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, HEIGHT - 40, "Town of Port Ellery")
        paragraph(canvas, 60, HEIGHT - 90, 470, PROSE)
        canvas.drawString(60, 40, "The fee is 60.00 a year.")

    kinds = {block.kind for block in _pages(draw)[0].blocks}

    assert kinds == {BlockKind.PARAGRAPH}


def test_a_number_within_the_text_is_no_page_number() -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, 60, HEIGHT - 90, 470, PROSE)
        canvas.drawString(60, HEIGHT - 200, "1234")
        paragraph(canvas, 60, HEIGHT - 250, 470, PROSE)

    assert not texts(_pages(draw)[0].blocks, BlockKind.PAGE_NUMBER)
