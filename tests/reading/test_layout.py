"""Reading order, paragraphs, headings, lists: what comes out is what a person would read."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from reportlab.pdfgen.canvas import Canvas

from docvision.documents.base import PageInfo
from docvision.reading.layout import blocks_of, words_of_line
from docvision.reading.words import StyledWord
from docvision.results.model import BlockKind, Source
from tests.reading.sheet import HEIGHT, PROSE, WIDTH, blocks, paragraph, texts

LEFT, RIGHT, COLUMN = 60, 310, 225


def _two_columns(canvas: Canvas, top: float, left: str, right: str) -> None:
    paragraph(canvas, LEFT, top, COLUMN, left)
    paragraph(canvas, RIGHT, top - 3, COLUMN, right)  # the columns' lines are not level


def test_two_columns_are_read_one_after_the_other_below_a_full_width_title() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 22)
        canvas.drawString(LEFT, HEIGHT - 80, "Turnaround at the ports of the north in one year")
        _two_columns(canvas, HEIGHT - 130, "Left begins. " + PROSE * 2, "Right begins. " + PROSE)

    found = blocks(draw)

    assert found[0].kind is BlockKind.HEADING
    assert found[0].level == 1
    text = " ".join(block.text for block in found[1:])
    assert text == " ".join(("Left begins. " + PROSE * 2 + "Right begins. " + PROSE).split())


def test_a_heading_over_the_full_width_parts_the_columns_above_from_those_below() -> None:
    def draw(canvas: Canvas) -> None:
        _two_columns(canvas, HEIGHT - 80, "One. " + PROSE, "Two. " + PROSE)
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(LEFT, HEIGHT - 330, "A heading that runs across both of the columns here")
        _two_columns(canvas, HEIGHT - 370, "Three. " + PROSE, "Four. " + PROSE)

    text = " ".join(block.text for block in blocks(draw))

    order = [text.index(word) for word in ("One.", "Two.", "A heading", "Three.", "Four.")]
    assert order == sorted(order)


def test_three_columns_are_read_in_order() -> None:
    def draw(canvas: Canvas) -> None:
        for at in range(3):
            paragraph(canvas, 50 + at * 175, HEIGHT - 80 - 2 * at, 150, f"Column{at} " + PROSE)

    text = " ".join(block.text for block in blocks(draw))

    assert [text.index(f"Column{at}") for at in range(3)] == sorted(
        text.index(f"Column{at}") for at in range(3)
    )
    assert text.count("outer mole again.") == 3


def test_words_divided_at_line_ends_are_made_whole() -> None:
    def draw(canvas: Canvas) -> None:
        for at, line in enumerate(
            (
                "The harbour office records four times for every ship, and pub-",
                "lishes them; the so-called Anglo-",
                "American rule is not applied to them at all.",
            )
        ):
            canvas.drawString(LEFT, HEIGHT - 100 - 12 * at, line)

    text = blocks(draw)[0].text

    assert "publishes them" in text
    assert "Anglo-American" in text


def test_paragraphs_are_parted_by_space_or_by_a_short_last_line() -> None:
    def draw(canvas: Canvas) -> None:
        y = paragraph(canvas, LEFT, HEIGHT - 100, 400, PROSE + "It ends here.")
        y = paragraph(canvas, LEFT, y, 400, "Then another starts. " + PROSE)
        paragraph(canvas, LEFT, y - 14, 400, "And a third. " + PROSE)

    found = blocks(draw)

    assert [block.text.split()[0] for block in found] == ["A", "Then", "And"]


def test_an_address_keeps_its_lines() -> None:
    lines = ("Orchard & Quill Bookshop Ltd", "27 Mill Road", "Ballincarrow", "Ireland")

    def draw(canvas: Canvas) -> None:
        for at, line in enumerate(lines):
            canvas.drawString(LEFT, HEIGHT - 100 - 12 * at, line)
        paragraph(canvas, LEFT, HEIGHT - 200, 470, PROSE)

    assert blocks(draw)[0].text == "\n".join(lines)


def test_an_address_beside_keys_and_values_is_read_by_itself() -> None:
    keys = [
        ("Invoice number", "2025-04817"),
        ("Invoice date", "14 November 2025"),
        ("Customer number", "K-30922"),
        ("Your order", "PO 7731"),
    ]
    address = ("Halden Maritime B.V.", "Accounts payable", "Handelskade 81", "9934 AA Delfzijl")

    def draw(canvas: Canvas) -> None:
        for at, ((key, value), line) in enumerate(zip(keys, address, strict=True)):
            canvas.drawString(LEFT, HEIGHT - 100 - 13 * at, line)
            canvas.drawString(330, HEIGHT - 100 - 13 * at, key)
            canvas.drawRightString(540, HEIGHT - 100 - 13 * at, value)
        paragraph(canvas, LEFT, HEIGHT - 220, 470, PROSE)

    found = blocks(draw)

    assert found[0].text == "\n".join(address)
    assert found[1].text == "\n".join(f"{key} {value}" for key, value in keys)
    assert not texts(found, BlockKind.TABLE)


def test_headings_get_levels_by_their_size() -> None:
    def draw(canvas: Canvas) -> None:
        y = HEIGHT - 80
        for size, text in ((22, "Report"), (16, "Part"), (12.5, "Section"), (10, "Bold")):
            canvas.setFont("Helvetica-Bold", size)
            canvas.drawString(LEFT, y, f"{text} heading")
            y = paragraph(canvas, LEFT, y - 30, 450, PROSE) - 30

    found = [block for block in blocks(draw) if block.kind is BlockKind.HEADING]

    assert [(block.text, block.level) for block in found] == [
        ("Report heading", 1),
        ("Part heading", 2),
        ("Section heading", 3),
        ("Bold heading", 4),
    ]


def test_list_items_give_their_markers_and_nesting() -> None:
    items = [
        (0, "•", "First point of the list"),
        (20, "-", "A point below it"),
        (20, "-", "Another one"),
        (0, "•", "Second point"),
    ]

    def draw(canvas: Canvas) -> None:
        for at, (indent, marker, text) in enumerate(items):
            canvas.drawString(LEFT + indent, HEIGHT - 100 - 14 * at, f"{marker} {text}")
        paragraph(canvas, LEFT, HEIGHT - 200, 470, PROSE)

    found = [block for block in blocks(draw) if block.kind is BlockKind.LIST_ITEM]

    assert [block.text for block in found] == [text for _, _, text in items]
    assert [block.level for block in found] == [1, 2, 2, 1]
    assert [block.marker for block in found] == ["•", "-", "-", "•"]


def test_numbered_items_keep_lines_that_run_on() -> None:
    def draw(canvas: Canvas) -> None:
        y = HEIGHT - 100
        for number in (1, 2, 3):
            canvas.drawString(LEFT, y, f"{number}.")
            y = paragraph(canvas, LEFT + 18, y, 300, "An item that is longer than a line. " * 3)

    found = blocks(draw)

    assert [block.marker for block in found] == ["1.", "2.", "3."]
    assert {block.text for block in found} == {("An item that is longer than a line. " * 3).strip()}


def test_a_date_at_the_head_of_a_line_is_no_list_item() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, HEIGHT - 100, "12. März 2024, Bremen")
        paragraph(canvas, LEFT, HEIGHT - 140, 470, PROSE)

    found = blocks(draw)

    assert found[0].kind is BlockKind.PARAGRAPH
    assert found[0].text.startswith("12. März")


def test_text_up_the_margin_is_a_stamp_and_out_of_the_way() -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, LEFT, HEIGHT - 100, 470, PROSE)
        canvas.saveState()
        canvas.translate(25, 300)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Received 4 December 2025")
        canvas.restoreState()

    found = blocks(draw)

    assert texts(found, BlockKind.STAMP) == ["Received 4 December 2025"]
    assert texts(found, BlockKind.PARAGRAPH) == [PROSE.strip()]


def test_a_stamp_across_the_page_is_a_stamp() -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, LEFT, HEIGHT - 100, 470, PROSE)
        canvas.saveState()
        canvas.translate(250, 400)
        canvas.rotate(35)
        canvas.setFont("Helvetica-Bold", 40)
        canvas.drawString(0, 0, "PAID")
        canvas.restoreState()

    assert texts(blocks(draw), BlockKind.STAMP) == ["PAID"]


def test_a_page_on_its_side_is_read_as_if_upright() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(WIDTH, 0)
        canvas.rotate(90)
        canvas.setFont("Helvetica-Bold", 22)
        canvas.drawString(60, WIDTH - 80, "Landscape title of the page")
        paragraph(canvas, 60, WIDTH - 120, 300, "Left. " + PROSE)
        paragraph(canvas, 420, WIDTH - 123, 300, "Right. " + PROSE)

    found = blocks(draw)

    assert found[0].kind is BlockKind.HEADING
    assert " ".join(block.text for block in found[1:]) == f"Left. {PROSE}Right. {PROSE}".strip()
    heading = found[0].bbox
    assert heading[2] - heading[0] < heading[3] - heading[1]  # it stands as displayed


@pytest.mark.parametrize("degrees", [-3.0, -1.0, 1.5, 3.0])
def test_lines_of_a_skewed_page_stay_lines(degrees: float) -> None:
    page = PageInfo(width=1000, height=1400, unit="px")
    lines = [f"line{at} of the letter that runs over most of the page" for at in range(20)]
    slope = math.tan(math.radians(degrees))
    words = []
    for at, line in enumerate(lines):
        for x, word in enumerate(line.split()):
            left = 100 + 70 * x
            top = 200 + 40 * at + slope * left
            box = (left / 1000, top / 1400, (left + 60) / 1000, (top + 26) / 1400)
            words.append(StyledWord(text=word, bbox=box, confidence=0.9))

    found = blocks_of(words[::-1], page=page, source=Source.OCR)

    assert [line.text for block in found for line in block.lines] == lines
    assert found[0].confidence == pytest.approx(0.9)


def test_a_picture_is_a_figure_in_its_place_and_its_caption_is_known() -> None:
    page = PageInfo(width=600, height=800, unit="pt")
    above = words_of_line("Text above the picture.", (0.1, 0.1, 0.5, 0.115))
    caption = words_of_line("Figure 2: The new pier", (0.1, 0.62, 0.5, 0.635))

    found = blocks_of(
        [*above, *caption], page=page, source=Source.OCR, images=[(0.1, 0.2, 0.9, 0.6)]
    )

    assert [block.kind for block in found] == [
        BlockKind.PARAGRAPH,
        BlockKind.FIGURE,
        BlockKind.CAPTION,
    ]


def test_nothing_comes_of_nothing() -> None:
    page = PageInfo(width=600, height=800, unit="pt")

    assert blocks_of([], page=page, source=Source.OCR) == ()


def test_a_models_line_is_split_by_its_characters() -> None:
    words = words_of_line(" Net total 9,785.95 ", (0.1, 0.5, 0.5, 0.52), 0.8)

    assert [word.text for word in words] == ["Net", "total", "9,785.95"]
    assert words[0].bbox[0] == 0.1
    assert words[-1].bbox[2] == pytest.approx(0.5)
    assert all(a.bbox[2] < b.bbox[0] for a, b in pairwise(words))
    assert {word.confidence for word in words} == {0.8}
