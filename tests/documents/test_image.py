from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from docvision.documents.base import Kind, Pixels
from docvision.documents.sandbox import Sandbox
from docvision.errors import InvalidRequest
from tests.documents import make


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _near(pixel: np.ndarray, color: tuple[int, int, int], off: int = 12) -> bool:
    return bool(np.abs(pixel.astype(int) - color).max() <= off)


def _draw(sandbox: Sandbox, path: Path, index: int = 0) -> Pixels:
    with sandbox.open(path) as document:
        page = document.page(index)
        return document.render(index, round(page.width), round(page.height))


@pytest.mark.parametrize(
    ("format", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("HEIF", "image/heic"),
        ("AVIF", "image/avif"),
    ],
)
def test_every_format_shows_its_own_colours(
    sandbox: Sandbox, tmp_path: Path, format: str, media_type: str
) -> None:
    # given a picture, red on the left and blue on the right, under a name that says nothing
    path = _write(tmp_path / "upload", make.encoded(make.halves((64, 32)), format))

    # when it is opened and drawn
    with sandbox.open(path) as document:
        info, page = document.info, document.page(0)
        pixels = document.render(0, 64, 32)

    # then it is what it is
    assert (info.kind, info.media_type, info.page_count) == (Kind.IMAGE, media_type, 1)
    assert (page.width, page.height, page.unit) == (64, 32, "px")
    assert _near(pixels[16, 8], make.RED)
    assert _near(pixels[16, 56], make.BLUE)


@pytest.mark.parametrize("format", ["JPEG", "TIFF", "PNG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_shown_upright(
    sandbox: Sandbox, tmp_path: Path, format: str, orientation: int
) -> None:
    # given an upright picture (red left, blue right, green top left) stored as a camera would
    upright = make.halves((64, 32))
    upright.paste(make.GREEN, (0, 0, 16, 16))
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for step in undo.get(orientation, []):
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.info["exif"] = exif.tobytes()  # pillow-heif turns this into HEIF's own mark
    options = {} if format == "HEIF" else {"exif": exif}
    path = _write(tmp_path / "a", make.encoded(stored, format, quality=95, **options))

    # when it is drawn
    with sandbox.open(path) as document:
        before = document.page(0)
        pixels = document.render(0, round(before.width), round(before.height))
        after = document.page(0)

    # then it is upright, and its size was known before
    assert pixels.shape == (32, 64, 3)
    assert (before.width, before.height) == (after.width, after.height) == (64, 32)
    assert _near(pixels[6, 6], make.GREEN, 40)
    assert _near(pixels[26, 8], make.RED, 40)
    assert _near(pixels[16, 56], make.BLUE, 40)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(sandbox: Sandbox, tmp_path: Path, mode: str) -> None:
    # given a picture whose left half is black and whose right half is black but transparent
    image = Image.new("RGBA", (20, 10), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (10, 0, 20, 10))
    path = _write(tmp_path / "a.png", make.encoded(image.convert(mode), "PNG"))

    pixels = _draw(sandbox, path)

    assert tuple(pixels[5, 2]) == make.BLACK
    assert tuple(pixels[5, 17]) == make.WHITE


def test_a_colour_named_transparent_is_white(sandbox: Sandbox, tmp_path: Path) -> None:
    path = _write(tmp_path / "a.png", make.encoded(make.halves(), "PNG", transparency=make.RED))

    pixels = _draw(sandbox, path)

    assert tuple(pixels[5, 5]) == make.WHITE
    assert tuple(pixels[5, 35]) == make.BLUE


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(sandbox: Sandbox, tmp_path: Path, format: str) -> None:
    # given shades from black to white in 16 bits
    shades = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (4, 1))
    path = _write(tmp_path / "a", make.encoded(Image.fromarray(shades), format))

    pixels = _draw(sandbox, path)

    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_fractions_are_stretched(sandbox: Sandbox, tmp_path: Path) -> None:
    shades = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (4, 1))
    path = _write(tmp_path / "a.tiff", make.encoded(Image.fromarray(shades), "TIFF"))

    pixels = _draw(sandbox, path)

    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_few_colours_come_as_rgb(sandbox: Sandbox, tmp_path: Path, mode: str) -> None:
    image = Image.new("L", (20, 10), 255)
    image.paste(0, (10, 0, 20, 10))
    path = _write(tmp_path / "a.png", make.encoded(image.convert(mode), "PNG"))

    pixels = _draw(sandbox, path)

    assert tuple(pixels[5, 2]) == make.WHITE
    assert tuple(pixels[5, 17]) == make.BLACK


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_ink_colours_are_not_inverted(sandbox: Sandbox, tmp_path: Path, format: str) -> None:
    # given a print: no ink on the left (paper), all of black's ink on the right
    image = Image.new("CMYK", (32, 16), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (16, 0, 32, 16))
    path = _write(tmp_path / "a", make.encoded(image, format))

    pixels = _draw(sandbox, path)

    assert _near(pixels[8, 4], make.WHITE)
    assert _near(pixels[8, 28], make.BLACK, 40)


def test_a_broken_colour_profile_does_no_harm(sandbox: Sandbox, tmp_path: Path) -> None:
    image = Image.new("CMYK", (32, 16), (0, 0, 0, 0))
    path = _write(tmp_path / "a.jpg", make.encoded(image, "JPEG", icc_profile=b"no profile"))

    assert _near(_draw(sandbox, path)[8, 4], make.WHITE)


def test_a_profile_of_another_colour_space_does_no_harm(sandbox: Sandbox, tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("CMYK", (32, 16), (0, 0, 0, 0))
    path = _write(tmp_path / "a.jpg", make.encoded(image, "JPEG", icc_profile=profile))

    assert _near(_draw(sandbox, path)[8, 4], make.WHITE)


@pytest.mark.parametrize("format", ["TIFF", "GIF"])
def test_pictures_of_one_file_are_its_pages(sandbox: Sandbox, tmp_path: Path, format: str) -> None:
    # given a file of three pictures
    first, *rest = (Image.new("RGB", (30, 20), color) for color in make.PALETTE[:3])
    path = tmp_path / "a"
    first.save(path, format, save_all=True, append_images=rest)

    # when they are drawn in any order
    with sandbox.open(path) as document:
        count = document.info.page_count
        colors = {index: document.render(index, 3, 2)[1, 1] for index in (2, 0, 1)}
        with pytest.raises(InvalidRequest):
            document.render(3, 3, 2)

    # then each is a page
    assert count == 3
    assert all(_near(colors[index], make.PALETTE[index]) for index in colors)


def test_pages_of_one_tiff_may_differ_in_size(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "a.tiff"
    small, large = Image.new("L", (30, 20), 255), Image.new("RGB", (50, 70), make.RED)
    small.save(path, "TIFF", save_all=True, append_images=[large])

    with sandbox.open(path) as document:
        sizes = [(page.width, page.height) for page in map(document.page, (0, 1))]

    assert sizes == [(30, 20), (50, 70)]


def test_a_region_comes_from_the_pictures_own_pixels(sandbox: Sandbox, tmp_path: Path) -> None:
    # given a picture of noise, in which every pixel counts
    image = make.noise((64, 48))
    path = _write(tmp_path / "a.png", make.encoded(image, "PNG"))

    # when a quarter of it is drawn at its own size
    with sandbox.open(path) as document:
        pixels = document.render(0, 32, 24, (0.5, 0.5, 1, 1))

    # then nothing was resampled
    assert (pixels == np.asarray(image)[24:, 32:]).all()
