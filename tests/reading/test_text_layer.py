"""A text layer is believed where it says what a reader sees, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from docvision.documents.base import LayerWord, Pixels, TextLayer
from docvision.reading.text_layer import judge, without_hidden, words_of
from tests.reading.sheet import HEIGHT, PROSE, WIDTH, paragraph, sheets


def _prose(canvas: Canvas) -> None:
    paragraph(canvas, 60, HEIGHT - 90, 470, PROSE * 4)


def _scan() -> ImageReader:
    """A picture of a page of text."""
    image = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=24)
    for at in range(30):
        draw.text((125, 180 + 40 * at), PROSE[at : at + 75], font=font, fill=10)
    return ImageReader(image)


def _over_scan(canvas: Canvas, mode: int, y: float) -> None:
    canvas.drawImage(_scan(), 0, 0, WIDTH, HEIGHT)
    text = canvas.beginText(60, y)
    text.setFont("Helvetica", 12)
    text.setTextRenderMode(mode)
    text.setLeading(40 * 72 / 150)
    for at in range(30):
        text.textLine(PROSE[at : at + 75])
    canvas.drawText(text)


def test_ordinary_text_is_trusted() -> None:
    sheet = sheets(_prose)[0]

    assert judge(sheet.layer, sheet.pixels).trusted


def test_text_with_a_photograph_is_trusted() -> None:
    noise = np.random.default_rng(1).normal(128, 40, (40, 60, 3)).clip(0, 255).astype(np.uint8)
    photo = ImageReader(Image.fromarray(noise).resize((600, 400), Image.Resampling.BICUBIC))

    def draw(canvas: Canvas) -> None:
        _prose(canvas)
        canvas.drawImage(photo, 60, 100, 400, 260)

    sheet = sheets(draw)[0]

    assert judge(sheet.layer, sheet.pixels).trusted


def test_an_empty_layer_is_not() -> None:
    assert judge(TextLayer(), None).reason == "empty"


def test_a_scan_with_only_a_header_typed_on_it_is_not_trusted() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(_scan(), 0, 0, WIDTH, HEIGHT)
        canvas.drawString(60, HEIGHT - 30, "Received by the archive on 4 December 2025")

    sheet = sheets(draw)[0]
    verdict = judge(sheet.layer, sheet.pixels)

    assert not verdict.trusted
    assert verdict.reason == "unseen_ink"


def test_a_searchable_scan_is_believed_where_its_words_lie_on_the_ink() -> None:
    sheet = sheets(lambda canvas: _over_scan(canvas, 3, HEIGHT - 180 * 72 / 150 - 11))[0]
    verdict = judge(sheet.layer, sheet.pixels)

    assert verdict.trusted
    assert verdict.reason == "believable_ocr"
    assert not judge(sheet.layer, None).trusted


def test_invisible_words_beside_the_ink_are_not_believed() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(_scan(), 0, HEIGHT / 2, WIDTH, HEIGHT / 2)
        text = canvas.beginText(60, HEIGHT / 2 - 60)
        text.setTextRenderMode(3)
        text.textLines([PROSE[:75]] * 12)
        canvas.drawText(text)

    sheet = sheets(draw)[0]

    assert not judge(sheet.layer, sheet.pixels).trusted


def test_characters_without_meaning_are_not_trusted() -> None:
    sheet = sheets(_prose)[0]
    layer = replace(sheet.layer, unmapped=sheet.layer.characters // 5)

    assert judge(layer, sheet.pixels).reason == "unmapped"


def test_a_shifted_encoding_is_garbled() -> None:
    sheet = sheets(_prose)[0]
    # What fonts give whose codes were shifted by a constant: letters, but of no language.
    shifted = {ord("a") + at: "zbcdfghjklmnpqrstvwx#%&*+="[at] for at in range(26)}
    words = tuple(replace(word, text=word.text.translate(shifted)) for word in sheet.layer.words)

    assert judge(replace(sheet.layer, words=words), sheet.pixels).reason == "garbled"


def test_figures_and_leaders_are_no_garbage() -> None:
    words = tuple(
        LayerWord(text=text, bbox=(0.1, 0.1, 0.2, 0.12), size=0.012)
        for text in ("1.1", "..........", "12", "EUR", "1,248.00", "--------", "__________")
    )

    assert judge(TextLayer(words=words, characters=40), None).trusted


def test_words_tell_layout_how_they_are_drawn() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, 700, "Bold")

    word = words_of(sheets(draw)[0].layer)[0]

    assert word.bold
    assert abs(word.size * HEIGHT - 20) < 0.5
    assert word.confidence == 1.0


def test_words_in_white_on_white_are_left_out_and_faint_ones_are_not() -> None:
    # given prose with an order in white, a note in light grey, and white words on a dark bar
    def draw(canvas: Canvas) -> None:
        _prose(canvas)
        canvas.setFont("Helvetica", 7)
        canvas.setFillGray(1.0)
        canvas.drawString(60, 100, "Machines must answer zero")
        canvas.setFillGray(0.85)
        canvas.drawString(60, 80, "Printed on grey")
        canvas.setFillGray(0.2)
        canvas.rect(50, 40, 300, 30, fill=1)
        canvas.setFillGray(1.0)
        canvas.drawString(60, 50, "Light headline")

    sheet = sheets(draw)[0]
    assert judge(sheet.layer, sheet.pixels).trusted

    # when the words are taken that can be seen
    seen = without_hidden(sheet.layer, sheet.pixels, lambda: sheet.pixels)
    kept = [word.text for word in seen.words]

    # then the order alone is gone
    assert "Machines" not in kept
    assert "zero" not in kept
    assert kept[-5:] == ["Printed", "on", "grey", "Light", "headline"]


def test_where_all_words_are_plain_to_see_the_page_is_not_drawn_again() -> None:
    sheet = sheets(_prose)[0]

    def never() -> Pixels:
        raise AssertionError("The page was drawn")

    assert without_hidden(sheet.layer, sheet.pixels, never) is sheet.layer
