"""The second renderer: poppler, for the pages that pdfium cannot draw.

`pdftoppm` runs as a child of the sandboxed child, under the same limits, and in its process group:
if it takes too long, the parent ends both.
"""

from __future__ import annotations

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

_SIDE = 8_000
"""Pixels of a whole page's side at most; pdf2image draws it all where a region is wanted."""


def render(fd: int, index: int, region: Box, out: Pixels, *, password: str | None) -> None:
    """Draw a region of page `index` so that it fills `out`.

    Raises:
        Corrupt: poppler is not installed, or cannot draw the page either.
    """
    height, width = out.shape[:2]
    whole = (
        min(_SIDE, round(width / (region[2] - region[0]))),
        min(_SIDE, round(height / (region[3] - region[1]))),
    )
    picture = _whole_page(fd, index, whole, password)
    box = (
        region[0] * picture.width,
        region[1] * picture.height,
        region[2] * picture.width,
        region[3] * picture.height,
    )
    out[:] = np.asarray(picture.convert("RGB").resize((width, height), box=box))


def _whole_page(fd: int, index: int, size: tuple[int, int], password: str | None) -> Image.Image:
    if not shutil.which("pdftoppm"):
        raise Corrupt("The page is damaged.", page=index + 1)
    try:
        pictures = pdf2image.convert_from_path(
            # poppler does not inherit the descriptor, but may open what it stands for.
            f"/proc/{os.getpid()}/fd/{fd}",
            first_page=index + 1,
            last_page=index + 1,
            size=size,
            userpw=password or "",
            use_cropbox=True,
        )
    except (PDFPageCountError, PDFSyntaxError, subprocess.SubprocessError, OSError) as error:
        raise Corrupt("The page is damaged.", page=index + 1) from error
    if not pictures:
        raise Corrupt("The page is damaged.", page=index + 1)
    return pictures[0]
