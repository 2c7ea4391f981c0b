"""The second renderer: poppler, for the pages that pdfium cannot draw.

`pdftoppm` runs as a child of the sandboxed child, under the same limits, and in its process group:
if it takes too long, the parent ends both.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess

import numpy as np
import pdf2image
from pdf2image.exceptions import PDFPageCountError, PDFSyntaxError
from PIL import Image

from docvision.documents.base import Pixels
from docvision.errors import Corrupt
from docvision.geometry import Box

_POINTS = 72
_SIDE = 8_000
"""Pixels of a whole page's side at most; pdf2image draws it all where a region is wanted."""
_FAILURES = (PDFPageCountError, PDFSyntaxError, subprocess.SubprocessError, OSError, ValueError)


def page_size(fd: int, index: int, *, password: str | None) -> tuple[float, float]:
    """Return the size of a page in points, cropped and turned.

    Raises:
        Corrupt: poppler is not installed, or cannot find the page either.
    """
    _check_installed(index)
    try:
        facts = pdf2image.pdfinfo_from_path(
            _path(fd), userpw=password or "", first_page=index + 1, last_page=index + 1
        )
        (size,) = (str(facts[key]) for key in facts if _is_about_page(key, "size"))
        (turn,) = (int(facts[key]) for key in facts if _is_about_page(key, "rot"))
        width, _, height, *_ = size.split()
    except _FAILURES as error:
        raise _damaged(index) from error
    return (float(height), float(width)) if turn % 180 else (float(width), float(height))


def render(fd: int, index: int, region: Box, out: Pixels, *, password: str | None) -> None:
    """Draw a region of page `index` so that it fills `out`.

    Raises:
        Corrupt: poppler is not installed, or cannot draw the page either.
    """
    height, width = out.shape[:2]
    points = page_size(fd, index, password=password)
    full = (width / (region[2] - region[0]), height / (region[3] - region[1]))
    scale = min(max(full[0] / points[0], full[1] / points[1]), _SIDE / max(points))
    picture = _whole_page(fd, index, math.ceil(scale * _POINTS), password)
    box = (
        region[0] * picture.width,
        region[1] * picture.height,
        region[2] * picture.width,
        region[3] * picture.height,
    )
    shown = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, box)
    out[:] = np.asarray(shown)


def _whole_page(fd: int, index: int, dpi: int, password: str | None) -> Image.Image:
    # A resolution, because pdftoppm mixes up the sides of a turned page where it is given a size.
    try:
        (picture,) = pdf2image.convert_from_path(
            _path(fd),
            dpi=dpi,
            first_page=index + 1,
            last_page=index + 1,
            userpw=password or "",
            use_cropbox=True,
        )
    except _FAILURES as error:
        raise _damaged(index) from error
    return picture


def _path(fd: int) -> str:
    # poppler does not inherit the descriptor, but may open what it stands for.
    return f"/proc/{os.getpid()}/fd/{fd}"


def _is_about_page(key: str, what: str) -> bool:
    return key.startswith("Page ") and key.endswith(" " + what)


def _check_installed(index: int) -> None:
    if not shutil.which("pdftoppm") or not shutil.which("pdfinfo"):
        raise _damaged(index)


def _damaged(index: int) -> Corrupt:
    return Corrupt("The page is damaged.", page=index + 1)
