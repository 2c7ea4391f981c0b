"""What scanners, phones and thermal printers do to a page.

Every function takes pixels (RGB or grey, uint8, shape (height, width[, 3])) and a seed, and
also says where a point of the clean page comes to lie, in fractions from the top left.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Values = NDArray[Any]
Affine = NDArray[Any]
Map = Callable[[float, float], tuple[float, float]]


def render(pdf: bytes, index: int, *, dpi: float) -> Pixels:
    """Draw a page of a PDF as RGB."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[index].render(scale=dpi / 72, rev_byteorder=True)
        return np.array(picture.to_numpy()[:, :, :3])


def jpeg(pixels: Pixels, *, quality: int, dpi: int, exif: bytes = b"") -> bytes:
    """Encode as JPEG."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(
        stream, "JPEG", quality=quality, dpi=(dpi, dpi), exif=exif, optimize=True
    )
    return stream.getvalue()


def blur(values: Values, sigma: float) -> Values:
    """Blur by a Gaussian of `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma))


def stretch(values: Values, size: tuple[int, int], how: int = cv2.INTER_LINEAR) -> Values:
    """Resample to `size` (width, height)."""
    return np.asarray(cv2.resize(values, size, interpolation=how))


def scan(page: Pixels, *, seed: int, degrees: float) -> tuple[Pixels, Map]:
    """Put a page on an office scanner's glass: grey, skewed, unevenly lit, grainy."""
    rng = np.random.default_rng(seed)
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    high, wide = grey.shape
    turn: Affine = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    turn[:, 2] += rng.uniform(-6, 6, 2)
    flat = cv2.warpAffine(grey, turn, (wide, high), flags=cv2.INTER_LINEAR, borderValue=205)
    # Toner is not black, and paper is not white.
    ink: Values = 34 + blur(flat, 0.75).astype(np.float32) * (214 / 255)
    ink *= _light(high, wide, rng, depth=0.07)
    ink += _texture(high, wide, rng) * 2.2 + rng.normal(0, 5.0, (high, wide))
    ink = _specks(ink, rng, count=240)
    ink[:, int(wide * 0.987) :] *= np.linspace(1, 0.62, wide - int(wide * 0.987))  # the lid's edge
    return _bytes(ink), affine(turn, wide, high)


def photograph(page: Pixels, *, seed: int) -> tuple[bytes, Map, tuple[int, int]]:
    """Take a phone's picture of a page lying on a wooden table.

    Returns the JPEG (stored turned, with EXIF orientation 6), the map of points, and the size
    (width, height) as displayed.
    """
    rng = np.random.default_rng(seed)
    wide, high = 1512, 2016
    corners = np.array([[118, 150], [1368, 92], [1444, 1860], [58, 1902]], np.float32)
    page_high, page_wide = page.shape[:2]
    flat = np.array([[0, 0], [page_wide, 0], [page_wide, page_high], [0, page_high]], np.float32)
    lens = cv2.getPerspectiveTransform(flat, corners)
    paper = blur(page, 0.6)
    paper = cv2.warpPerspective(paper, lens, (wide, high), flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(
        np.full((page_high, page_wide), 255, np.uint8), lens, (wide, high), flags=cv2.INTER_AREA
    )
    shadow = blur(np.roll(cover, (16, 12), (0, 1)), 14)[..., None] / 255.0
    scene = _wood(high, wide, rng) * (1 - 0.55 * shadow)
    mask = cover[..., None] / 255.0
    warm = np.array([1.0, 0.975, 0.93])
    scene = scene * (1 - mask) + (16 + paper * (222 / 255)) * warm * mask
    scene *= (_light(high, wide, rng, depth=0.12) * _hand(high, wide))[..., None]
    scene = blur(scene, 0.7)
    scene += rng.normal(0, 4.5, scene.shape) + rng.normal(0, 2.0, (high, wide, 1))
    turned = np.ascontiguousarray(np.rot90(_bytes(scene)))  # as the sensor lies; 6 turns it back
    return (
        jpeg(turned, quality=82, dpi=72, exif=_exif()),
        _projective(lens, page, wide, high),
        (wide, high),
    )


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn by 90 degrees clockwise to display
    exif[0x010F] = "Aldebaran"
    exif[0x0110] = "Aldebaran One"
    exif[0x0132] = "2025:11:17 16:42:08"
    return exif.tobytes()


def _light(high: int, wide: int, rng: np.random.Generator, *, depth: float) -> Values:
    """Return a slow slope of brightness between 1 - depth and 1."""
    coarse = rng.random((4, 3)).astype(np.float32)
    return 1 - depth * stretch(coarse, (wide, high), cv2.INTER_CUBIC).clip(0, 1)


def _texture(high: int, wide: int, rng: np.random.Generator) -> Values:
    """Return the clouds of paper fibre, about -2 to 2."""
    coarse = rng.normal(0, 1, (high // 6 + 1, wide // 6 + 1)).astype(np.float32)
    return stretch(coarse, (wide, high), cv2.INTER_CUBIC)


def _specks(ink: Values, rng: np.random.Generator, *, count: int) -> Values:
    high, wide = ink.shape
    for x, y, size, tone in zip(
        rng.integers(0, wide, count),
        rng.integers(0, high, count),
        rng.choice([1, 1, 1, 2], count),
        rng.integers(60, 190, count),
        strict=True,
    ):
        cv2.circle(ink, (int(x), int(y)), int(size) // 2, float(tone), -1, cv2.LINE_AA)
    return ink


def _wood(high: int, wide: int, rng: np.random.Generator) -> Values:
    """Return a table top: planks along the picture, with grain."""
    grain = stretch(rng.normal(0, 1, (14, wide // 2)).astype(np.float32), (wide, high))
    fine = stretch(rng.normal(0, 1, (high // 40, wide)).astype(np.float32), (wide, high))
    tone = 1 + 0.055 * grain + 0.05 * fine
    plank = (np.arange(wide) // 262).astype(int)
    tone *= (1 + 0.1 * rng.normal(0, 1, plank.max() + 1))[plank]
    tone *= np.where(np.arange(wide) % 262 < 5, 0.55, 1.0)
    return np.asarray(tone[..., None] * np.array([134.0, 96.0, 66.0]))


def _hand(high: int, wide: int) -> Values:
    """Return the soft shadow of whoever holds the phone, over the lower right."""
    edge = np.array(
        [
            [wide * 0.52, high],
            [wide * 0.72, high * 0.66],
            [wide * 1.1, high * 0.42],
            [wide * 1.1, high * 1.1],
        ],
        np.int32,
    )
    shade = np.ones((high, wide), np.float32)
    cv2.fillPoly(shade, [edge], 0.68)
    return blur(shade, 55)


def affine(turn: Affine, wide: int, high: int) -> Map:
    """Return the map of a 2 × 3 matrix over pixels, as fractions of wide × high."""

    def point(x: float, y: float) -> tuple[float, float]:
        moved = turn @ np.array([x * wide, y * high, 1.0])
        return float(moved[0] / wide), float(moved[1] / high)

    return point


def _projective(lens: Values, page: Pixels, wide: int, high: int) -> Map:
    def point(x: float, y: float) -> tuple[float, float]:
        moved = lens @ np.array([x * page.shape[1], y * page.shape[0], 1.0])
        return float(moved[0] / moved[2] / wide), float(moved[1] / moved[2] / high)

    return point


def _bytes(values: Values) -> Pixels:
    return values.clip(0, 255).astype(np.uint8)
