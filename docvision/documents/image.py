"""Pictures through Pillow: upright, on white, in RGB, from their own pixels."""

from __future__ import annotations

import os

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

from docvision.documents import sniff
from docvision.documents.base import DocumentInfo, Kind, PageInfo, Pixels
from docvision.documents.columns import LayerColumns
from docvision.documents.image_color import to_rgb
from docvision.documents.limits import ParserLimits
from docvision.errors import InvalidRequest
from docvision.geometry import Box

# Pillow opens only the format that was sniffed; whatever else it could open stays shut.
_FORMATS: dict[str, tuple[str, ...]] = {
    sniff.PNG: ("PNG",),
    sniff.JPEG: ("JPEG",),
    sniff.WEBP: ("WEBP",),
    sniff.TIFF: ("TIFF",),
    sniff.BMP: ("BMP",),
    sniff.GIF: ("GIF",),
    sniff.HEIC: ("HEIF",),
    sniff.AVIF: ("AVIF",),
}
_MANY_PAGED = frozenset({sniff.TIFF, sniff.GIF})
_ORIENTATION = 0x0112
_LYING = frozenset({5, 6, 7, 8})
"""Values of EXIF's orientation that swap width and height."""
# Shrinking by more than this is done in two steps, the first by whole pixels: no visible loss.
_REDUCING_GAP = 3.0

pillow_heif.register_heif_opener()  # type: ignore[no-untyped-call, unused-ignore]
Image.MAX_IMAGE_PIXELS = None  # our own limit is checked instead, before any pixel is decoded


class ImageParser:
    """An open picture, or the pictures of a TIFF or GIF. Keeps the one decoded last."""

    def __init__(self, fd: int, *, media_type: str, limits: ParserLimits) -> None:
        """Read the header of the picture behind a file descriptor.

        Raises:
            OSError, SyntaxError, ValueError: Pillow cannot make sense of it.
            TooManyPixels: The first picture is larger than the limits allow.
            TooManyPages: There are more pictures than the limits allow.
        """
        self._media_type = media_type
        self._limits = limits
        self._file = os.fdopen(os.dup(fd), "rb")
        self._file.seek(0)
        self._image = Image.open(self._file, formats=_FORMATS[media_type])
        limits.check_pixels(*self._image.size)
        self._pages = getattr(self._image, "n_frames", 1) if media_type in _MANY_PAGED else 1
        limits.check_pages(self._pages)
        self._decoded: tuple[int, Image.Image] | None = None

    @property
    def info(self) -> DocumentInfo:
        """How many pictures there are."""
        return DocumentInfo(kind=Kind.IMAGE, media_type=self._media_type, page_count=self._pages)

    def page(self, index: int) -> PageInfo:
        """Return the size in pixels, upright, without decoding the picture."""
        if self._decoded and self._decoded[0] == index:
            width, height = self._decoded[1].size
        else:
            self._turn_to(index)
            width, height = self._image.size
            if self._is_lying():
                width, height = height, width
        return PageInfo(width=width, height=height, unit="px")

    def text_layer(self, index: int) -> LayerColumns:
        """Return an empty layer: a picture carries no words."""
        self._check(index)
        return LayerColumns()

    def render(self, index: int, region: Box, out: Pixels) -> None:
        """Resample a region of a picture so that it fills `out`."""
        image = self._decode(index)
        height, width = out.shape[:2]
        box = (
            region[0] * image.width,
            region[1] * image.height,
            region[2] * image.width,
            region[3] * image.height,
        )
        if (width, height) != image.size or box != (0, 0, width, height):
            image = image.resize(
                (width, height), Image.Resampling.LANCZOS, box, reducing_gap=_REDUCING_GAP
            )
        out[:] = np.asarray(image)

    def frame(self, time: float, out: Pixels) -> float | None:
        """Return None: a picture has no frames."""
        return None

    def close(self) -> None:
        """Let go of the pixels and the file."""
        self._decoded = None
        self._image.close()
        self._file.close()

    def _check(self, index: int) -> None:
        if not 0 <= index < self._pages:
            raise InvalidRequest(f"There is no page {index + 1}.", field="page")

    def _turn_to(self, index: int) -> None:
        self._check(index)
        if self._pages > 1:
            self._image.seek(index)
            self._limits.check_pixels(*self._image.size)

    def _is_lying(self) -> bool:
        # Pillow gives the size of a TIFF and of HEIC upright already.
        if self._media_type in (sniff.TIFF, sniff.HEIC):
            return False
        return self._image.getexif().get(_ORIENTATION) in _LYING

    def _decode(self, index: int) -> Image.Image:
        if self._decoded and self._decoded[0] == index:
            return self._decoded[1]
        self._decoded = None
        self._turn_to(index)
        self._image.load()
        image = to_rgb(self._upright())
        self._decoded = (index, image)
        return image

    def _upright(self) -> Image.Image:
        turned = self._image.getexif().get(_ORIENTATION, 1) != 1
        # The next page of a file is decoded into the same object, so this one has to be a copy.
        if turned or self._pages > 1:
            return ImageOps.exif_transpose(self._image)
        return self._image
