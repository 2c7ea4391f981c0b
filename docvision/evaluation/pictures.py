"""Pages as small pictures with boxes drawn: where a value should be, and where it was seen."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from docvision.documents.base import Kind
from docvision.documents.sandbox import Sandbox
from docvision.errors import DocvisionError
from docvision.geometry import Box

LONGEST = 1000
"""Pixels of the longer side."""
_QUALITY = 70


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A box to draw on a page (from 1)."""

    page: int
    bbox: Box
    color: str


def page_pictures(
    sandbox: Sandbox, file: Path, boxes: Sequence[Drawn], most: int = 2
) -> Iterator[str]:
    """Yield data URIs (JPEG) of the pages that have boxes, or of the first; `most` of them.

    A file that cannot be drawn, or a video, has none.
    """
    pages = sorted({box.page for box in boxes}) or [1]
    try:
        with sandbox.open(file) as document:
            if document.info.kind is Kind.VIDEO:
                return
            for page in [one for one in pages if one <= document.info.page_count][:most]:
                size = document.page(page - 1)
                scale = LONGEST / max(size.width, size.height)
                pixels = document.render(
                    page - 1, max(1, round(size.width * scale)), max(1, round(size.height * scale))
                )
                yield _uri(pixels, [box for box in boxes if box.page == page])
    except (DocvisionError, FileNotFoundError):
        return


def _uri(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], boxes: Sequence[Drawn]) -> str:
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        x0, y0, x1, y1 = box.bbox
        edges = (x0 * picture.width, y0 * picture.height, x1 * picture.width, y1 * picture.height)
        pen.rectangle(edges, outline=box.color, width=2)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
