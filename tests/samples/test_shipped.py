"""The files that are shipped are what their expected content says they are."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import av
import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageOps

Expected = dict[str, dict[str, Any]]
MAGIC = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/tiff": b"II*\0",
    "application/zip": b"PK\x03\x04",
}
DIGITAL = ["report.pdf", "statement.pdf", "invoice.pdf"]


def lines_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [*page["lines"], *page["furniture"]]


def words_of(page: dict[str, Any]) -> list[str]:
    return [word[0] for line in lines_of(page) for word in line["words"]]


def test_every_sample_has_its_expected_content_and_the_whole_stays_small(
    folder: Path, expected: Expected
) -> None:
    files = {path.name: path for path in folder.iterdir() if path.suffix not in (".py", ".md")}
    shipped = {name for name, path in files.items() if path.is_file()}

    assert shipped == set(expected)
    assert sum(files[name].stat().st_size for name in shipped) < 6_000_000


def test_the_bytes_are_of_the_type_that_is_promised(folder: Path, expected: Expected) -> None:
    for name, content in expected.items():
        head = (folder / name).read_bytes()[:12]
        if content["media_type"] == "video/mp4":
            assert head[4:8] == b"ftyp"
        else:
            assert head.startswith(MAGIC[content["media_type"]])


@pytest.mark.parametrize("name", [*DIGITAL, "form.pdf", "letter-scan.pdf"])
def test_a_pdf_has_as_many_pages_of_the_size_promised(
    name: str, folder: Path, expected: Expected
) -> None:
    with pypdfium2.PdfDocument(folder / name) as document:
        sizes = [document.get_page_size(index) for index in range(len(document))]

    promised = [(page["width"], page["height"]) for page in expected[name]["pages"]]
    assert np.allclose(sizes, promised, atol=0.1)


@pytest.mark.parametrize("name", DIGITAL)
def test_a_digital_pdf_carries_exactly_the_promised_words(
    name: str, folder: Path, expected: Expected
) -> None:
    with pypdfium2.PdfDocument(folder / name) as document:
        texts = [
            document[index].get_textpage().get_text_bounded() for index in range(len(document))
        ]

    for text, page in zip(texts, expected[name]["pages"], strict=True):
        assert Counter(text.split()) == Counter(words_of(page))


def test_the_form_carries_its_answers_in_fields(folder: Path, expected: Expected) -> None:
    values = expected["form.pdf"]["values"]
    with pikepdf.open(folder / "form.pdf") as form:
        fields = {str(field.T): str(field.V) for field in form.Root.AcroForm.Fields}

    assert fields == values["fields"] | {
        name: "/Yes" if ticked else "/Off" for name, ticked in values["ticks"].items()
    }
    texts = {line["text"] for line in expected["form.pdf"]["pages"][0]["lines"]}
    assert set(values["fields"].values()) <= texts


def test_the_scan_carries_no_text_at_all(folder: Path) -> None:
    with pypdfium2.PdfDocument(folder / "letter-scan.pdf") as document:
        for index in range(len(document)):
            assert document[index].get_textpage().count_chars() == 0


def test_the_promised_boxes_lie_on_the_ink_of_the_scan(folder: Path, expected: Expected) -> None:
    with pypdfium2.PdfDocument(folder / "letter-scan.pdf") as document:
        for index, page in enumerate(expected["letter-scan.pdf"]["pages"]):
            grey = document[index].render(scale=2, grayscale=True).to_numpy()
            assert_ink_under_words(grey.reshape(grey.shape[:2]), page, darker_than=160)


@pytest.mark.parametrize("name", ["invoice-photo.jpg", "receipt.jpg"])
def test_the_promised_boxes_lie_on_the_ink_of_the_photo(
    name: str, folder: Path, expected: Expected
) -> None:
    with Image.open(folder / name) as picture:
        upright = ImageOps.exif_transpose(picture).convert("L")
    (page,) = expected[name]["pages"]

    assert upright.size == (page["width"], page["height"])
    assert_ink_under_words(np.asarray(upright), page, darker_than=150)


def assert_ink_under_words(grey: Any, page: dict[str, Any], *, darker_than: int) -> None:
    high, wide = grey.shape
    for line in lines_of(page):
        for text, x0, y0, x1, y1 in line["words"]:
            cut = grey[int(y0 * high) : int(y1 * high) + 1, int(x0 * wide) : int(x1 * wide) + 1]
            assert cut.min() < darker_than, text


def test_the_phone_held_the_invoice_sideways(folder: Path) -> None:
    with Image.open(folder / "invoice-photo.jpg") as picture:
        assert picture.getexif()[0x0112] == 6
        assert picture.width > picture.height


def test_the_fax_has_three_pages_of_one_bit(folder: Path, expected: Expected) -> None:
    with Image.open(folder / "fax.tiff") as fax:
        assert fax.n_frames == len(expected["fax.tiff"]["pages"]) == 3
        assert fax.mode == "1"
        assert fax.info["compression"] == "group4"


def test_the_film_lasts_as_long_as_its_slides(folder: Path, expected: Expected) -> None:
    content = expected["slides.mp4"]
    with (folder / "slides.mp4").open("rb") as stream, av.open(stream, format="mov") as film:
        track = film.streams.video[0]
        seconds = float(track.duration * track.time_base)
        assert (track.width, track.height) == (1280, 720)

    assert seconds == pytest.approx(content["values"]["seconds"], abs=0.05)
    assert len(content["pages"]) == 6
    assert content["pages"][-1]["end"] == pytest.approx(seconds, abs=0.05)


def test_the_archive_holds_samples_and_one_broken_file(folder: Path, expected: Expected) -> None:
    values = expected["archive.zip"]["values"]
    with zipfile.ZipFile(folder / "archive.zip") as pack:
        names = set(pack.namelist())
        for member, sample in values["members"].items():
            assert pack.read(member) == (folder / sample).read_bytes()
        broken = pack.read(values["broken"][0])

    assert names == {*values["members"], *values["broken"], *values["unsupported"]}
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(io.BytesIO(broken)).get_page(0)
