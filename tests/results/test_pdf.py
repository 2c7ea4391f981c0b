"""A searchable PDF looks like the scan, and its words can be found where they are seen."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from docvision.results.model import BlockKind, DocumentResult
from docvision.results.render.pdf import searchable_pdf
from tests.results.make import block, result

LINES = ("Müller & Söhne zahlen 17,50 €", "Déjà vu – naïve façade", "Ελλάδα Київ 東京")


def _picture(width: int = 600, height: int = 800) -> bytes:
    image = Image.new("RGB", (width, height), (240, 235, 225))
    ImageDraw.Draw(image).rectangle((60, 80, 300, 96), fill=(30, 30, 60))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


def _document(unit: str = "pt") -> DocumentResult:
    blocks = [
        block(text, bbox=(0.1, 0.1 + 0.05 * at, 0.6, 0.12 + 0.05 * at))
        for at, text in enumerate(LINES)
    ]
    return result(*blocks, unit=unit).documents[0]


def test_words_are_found_where_they_stand() -> None:
    document = _document()

    with pypdfium2.PdfDocument(searchable_pdf(document, [_picture()])) as pdf:
        page = pdf[0].get_textpage()
        for found in document.pages[0].blocks:
            for word in found.lines[0].words:
                index, count = page.search(word.text, match_case=True).get_next()
                boxes = [page.get_charbox(index + at, loose=True) for at in range(count)]
                left, bottom = min(box[0] for box in boxes), boxes[0][1]
                right, top = max(box[2] for box in boxes), boxes[0][3]
                x0, y0, x1, y1 = word.bbox
                assert (left, right) == pytest.approx((x0 * 600, x1 * 600), abs=1.0)
                assert (top, bottom) == pytest.approx(((1 - y0) * 800, (1 - y1) * 800), abs=1.0)


def test_hebrew_is_found_as_it_is_typed() -> None:
    document = result(block("עברית")).documents[0]

    with pypdfium2.PdfDocument(searchable_pdf(document, [_picture()])) as pdf:
        assert pdf[0].get_textpage().search("עברית").get_next() is not None


def test_the_text_comes_out_line_by_line() -> None:
    with pypdfium2.PdfDocument(searchable_pdf(_document(), [_picture()])) as pdf:
        text = pdf[0].get_textpage().get_text_bounded()

    assert [line.strip() for line in text.splitlines()][:2] == list(LINES[:2])


def test_the_page_looks_like_the_scan() -> None:
    picture = _picture()
    scan = np.asarray(Image.open(io.BytesIO(picture)), dtype=int)

    with pypdfium2.PdfDocument(searchable_pdf(_document(), [picture])) as pdf:
        assert pdf[0].get_size() == (600, 800)
        drawn = np.asarray(pdf[0].render().to_pil().convert("RGB"), dtype=int)

    assert drawn.shape == scan.shape
    assert np.abs(drawn - scan).mean() < 1.0


def test_the_picture_is_kept_as_it_is() -> None:
    picture = _picture()

    with pikepdf.open(io.BytesIO(searchable_pdf(_document(), [picture]))) as pdf:
        assert pdf.pages[0].Resources.XObject.Im.read_raw_bytes() == picture
        assert pdf.docinfo["/Title"] == "letter.pdf"


def test_a_picture_is_taken_for_a_scan_at_200_dpi() -> None:
    with pypdfium2.PdfDocument(searchable_pdf(_document("px"), [_picture()])) as pdf:
        assert pdf[0].get_size() == pytest.approx((216, 288))


def test_text_up_the_margin_is_found() -> None:
    document = result(block("Received", BlockKind.STAMP, bbox=(0.02, 0.3, 0.05, 0.6))).documents[0]

    with pypdfium2.PdfDocument(searchable_pdf(document, [_picture()])) as pdf:
        assert "Received" in pdf[0].get_textpage().get_text_bounded()


def test_gray_pictures_are_fine_and_missing_ones_are_refused() -> None:
    out = io.BytesIO()
    Image.new("L", (60, 80), 200).save(out, "JPEG")

    assert searchable_pdf(_document(), [out.getvalue()]).startswith(b"%PDF")
    with pytest.raises(ValueError, match="shorter"):
        searchable_pdf(_document(), [])


def test_many_kinds_of_characters_need_several_fonts() -> None:
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 600))
    document = result(block(text)).documents[0]

    with pypdfium2.PdfDocument(searchable_pdf(document, [_picture()])) as pdf:
        found = "".join(pdf[0].get_textpage().get_text_bounded().split())

    assert found == text
