from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from reportlab.lib.colors import blue, red
from reportlab.pdfgen.canvas import Canvas

from docvision.documents.base import LayerWord, Pixels
from docvision.documents.sandbox import Sandbox
from docvision.errors import Encrypted, InvalidRequest
from tests.documents import make


def _dark(pixels: Pixels) -> np.ndarray:
    return pixels.min(axis=2) < 128


def _inside(word: LayerWord, shape: tuple[int, ...]) -> tuple[slice, slice]:
    height, width = shape[:2]
    x0, y0, x1, y1 = word.bbox
    return (
        slice(int(y0 * height), int(np.ceil(y1 * height)) + 1),
        slice(int(x0 * width), int(np.ceil(x1 * width)) + 1),
    )


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_words_lie_where_their_ink_is_on_a_turned_and_cropped_page(
    sandbox: Sandbox, tmp_path: Path, rotation: int
) -> None:
    # given a page that is cropped and turned
    path = make.turned_and_cropped(tmp_path / "a.pdf", rotation)

    # when it is read and drawn
    with sandbox.open(path) as document:
        page = document.page(0)
        layer = document.text_layer(0)
        pixels = document.render(0, round(page.width * 2), round(page.height * 2))

    # then its size is that of the cropped page, turned
    assert (page.width, page.height) == ((510, 720) if rotation % 180 == 0 else (720, 510))
    # and all ink lies in the words' boxes, and every box holds ink
    ink = _dark(pixels)
    for word in layer.words:
        assert ink[_inside(word, ink.shape)].mean() > 0.05, word
    for word in layer.words:
        ink[_inside(word, ink.shape)] = False
    assert not ink.any()
    # and what is cropped away is not read
    assert {word.text for word in layer.words} == {
        f"W{column}x{row}" for column in range(3) for row in range(8)
    }
    assert all(word.angle == {0: 0, 90: -90, 180: 180, 270: 90}[rotation] for word in layer.words)


def test_a_word_tells_how_it_is_drawn(sandbox: Sandbox, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 30)
        canvas.drawString(50, 700, "heavy")
        canvas.setFont("Times-Italic", 10)
        canvas.drawString(50, 600, "slanted")
        canvas.setFont("Helvetica", 10)
        text = canvas.beginText(50, 500)
        text.setTextRenderMode(3)
        text.textOut("unseen")
        canvas.drawText(text)
        canvas.translate(300, 300)
        canvas.rotate(90)
        text = canvas.beginText(0, 0)
        text.setTextRenderMode(0)
        text.textOut("upwards")
        canvas.drawText(text)

    # given words in several styles
    path = make.pdf(tmp_path / "a.pdf", draw, (600, 800))

    # when they are read
    with sandbox.open(path) as document:
        words = {word.text: word for word in document.text_layer(0).words}

    # then each tells its own
    heavy, slanted, unseen, upwards = (
        words[text] for text in ("heavy", "slanted", "unseen", "upwards")
    )
    assert (heavy.bold, heavy.italic, heavy.invisible) == (True, False, False)
    assert (slanted.bold, slanted.italic) == (False, True)
    assert (unseen.bold, unseen.invisible) == (False, True)
    assert heavy.size == pytest.approx(30 / 800)
    assert slanted.size == pytest.approx(10 / 800)
    assert (heavy.angle, upwards.angle) == (0, 90)
    assert upwards.bbox[3] - upwards.bbox[1] > upwards.bbox[2] - upwards.bbox[0]


def test_words_are_parted_by_spaces_and_gaps_and_keep_their_hyphens(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        canvas.drawString(50, 700, "state-of-the-art, non\u00a0breaking")
        canvas.drawString(50, 680, "left")
        canvas.drawString(300, 680, "right")
        canvas.drawString(50, 660, "a line that ends in a hy-")
        canvas.drawString(50, 645, "phen")

    with sandbox.open(make.pdf(tmp_path / "a.pdf", draw)) as document:
        texts = [word.text for word in document.text_layer(0).words]

    assert texts == [
        *("state-of-the-art,", "non", "breaking", "left", "right"),
        *("a", "line", "that", "ends", "in", "a", "hy-", "phen"),
    ]


def test_characters_without_meaning_are_counted(sandbox: Sandbox, tmp_path: Path) -> None:
    # given a font whose characters map to the private use area
    def spoil(document: pikepdf.Pdf) -> None:
        cmap = (
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
            b"1 begincodespacerange <00> <FF> endcodespacerange "
            b"1 beginbfrange <41> <5A> <E041> endbfrange endcmap end end"
        )
        for font in document.pages[0].Resources.Font.values():
            font.ToUnicode = document.make_stream(cmap)

    path = make.edited(make.pdf_pages(tmp_path / "a.pdf", [["ABCDE fine"]]), spoil)

    # when it is read
    with sandbox.open(path) as document:
        layer = document.text_layer(0)

    # then the caller can see how much of it is worth nothing
    assert layer.characters == 9
    assert layer.unmapped >= 5
    assert layer.words[0].text == "\ufffd" * 5


def test_pictures_and_ruled_lines_are_found(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(make.encoded(make.halves(), "PNG"))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(str(tmp_path / "a.png"), 100, 400, 200, 100)
        canvas.grid([100, 200, 300], [600, 650, 700])

    with sandbox.open(make.pdf(tmp_path / "a.pdf", draw, (500, 800))) as document:
        layer = document.text_layer(0)

    assert layer.images == (pytest.approx((0.2, 0.375, 0.6, 0.5), abs=1e-3),)
    across = sorted({round(box[1], 2) for box in layer.rules if box[2] - box[0] > 0.3})
    down = sorted({round(box[0], 2) for box in layer.rules if box[3] - box[1] > 0.1})
    assert across == [0.12, 0.19, 0.25]
    assert down == [0.2, 0.4, 0.6]


def test_form_fields_and_typed_comments_are_drawn_and_read(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Name:")
        canvas.acroForm.textfield(
            name="name", value="Ada", x=100, y=690, width=200, height=30, borderWidth=0
        )

    path = make.pdf(tmp_path / "a.pdf", draw)

    with sandbox.open(path) as document:
        before = document.render(0, 595, 842)
        texts = [word.text for word in document.text_layer(0).words]
        after = document.render(0, 595, 842)

    assert texts == ["Name:", "Ada"]
    assert _dark(before[110:160, 100:300]).any()
    assert np.abs(before.astype(int) - after).mean() < 1


def test_a_region_is_that_part_of_the_page(sandbox: Sandbox, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for color, left in ((red, 0), (blue, 300)):
            canvas.setFillColor(color)
            canvas.rect(left, 400, 300, 400, stroke=0, fill=1)

    with sandbox.open(make.pdf(tmp_path / "a.pdf", draw, (600, 800))) as document:
        pixels = document.render(0, 200, 100, (0.25, 0.25, 0.75, 0.75))

    assert pixels.shape == (100, 200, 3)
    assert tuple(pixels[10, 10]) == make.RED
    assert tuple(pixels[10, 190]) == make.BLUE
    assert tuple(pixels[90, 10]) == make.WHITE
    assert tuple(pixels[45, 97]) == make.RED
    assert tuple(pixels[45, 103]) == make.BLUE


def test_an_encrypted_pdf_opens_with_its_password_only(sandbox: Sandbox, tmp_path: Path) -> None:
    path = make.pdf_pages(tmp_path / "a.pdf", [["secret"]])
    make.edited(
        path, lambda _: None, encryption=pikepdf.Encryption(user="pässword", owner="o", R=6)
    )

    with pytest.raises(Encrypted) as missing:
        sandbox.open(path)
    with pytest.raises(Encrypted) as wrong:
        sandbox.open(path, password="no")
    with sandbox.open(path, password="pässword") as document:
        texts = [word.text for word in document.text_layer(0).words]

    assert missing.value.detail["password_given"] is False
    assert wrong.value.detail["password_given"] is True
    assert texts == ["secret"]


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed")
def test_a_page_that_pdfium_cannot_load_is_drawn_by_poppler(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    # given a document whose second page calls itself something else
    def spoil(document: pikepdf.Pdf) -> None:
        document.pages[1].obj.Type = pikepdf.Name.Foo

    good = make.pdf_pages(tmp_path / "good.pdf", [["one"], ["two"], ["three"]])
    bad = make.edited(make.pdf_pages(tmp_path / "a.pdf", [["one"], ["two"], ["three"]]), spoil)

    # when it is drawn
    with sandbox.open(good) as document:
        expected = document.render(1, 595, 842)
    with sandbox.open(bad) as document:
        page = document.page(1)
        pixels = document.render(1, 595, 842)
        words = document.text_layer(1).words
        rest = [document.text_layer(index).words[0].text for index in (0, 2)]

    # then it is there as the others are, if without words of its own
    assert (page.width, page.height) == pytest.approx((595.28, 841.89), abs=0.1)
    assert np.abs(pixels.astype(int) - expected).mean() < 1
    assert _dark(pixels).any()
    assert (words, rest) == ((), ["one", "three"])


def test_a_title_is_told_and_a_page_that_is_not_there_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle("Quarterly report")
        canvas.showPage()

    with sandbox.open(make.pdf(tmp_path / "a.pdf", draw)) as document:
        assert document.info.title == "Quarterly report"
        for index in (-1, 1):
            with pytest.raises(InvalidRequest):
                document.page(index)
            with pytest.raises(InvalidRequest):
                document.render(index, 10, 10)
        with pytest.raises(InvalidRequest):
            document.render(0, 10, 10, (0.5, 0.5, 0.5, 1))
        with pytest.raises(InvalidRequest):
            document.frames([0.0])
