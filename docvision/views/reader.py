"""How large a page is drawn for the OCR reader."""

from __future__ import annotations

from docvision.documents.base import PageInfo
from docvision.views.resolution import Size

DPI = 200
"""10 pt text has 28 px then, a little above what the recogniser scales a line to."""

LONGEST = 2000
"""Pixels of the longer side at most; OCR itself would shrink what is larger."""


def reader_size(page: PageInfo) -> Size:
    """Return the size at which OCR sees a page: 200 dpi, or a picture's own pixels, capped."""
    scale = DPI / 72 if page.unit == "pt" else 1.0
    scale = min(scale, LONGEST / max(page.width, page.height))
    return Size(max(1, round(page.width * scale)), max(1, round(page.height * scale)))
