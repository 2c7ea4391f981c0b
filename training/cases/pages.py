"""Sheets as files: worn pictures, scans in a PDF, and PDFs with a text layer."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from docvision.geometry import Box
from training.cases.truth import Boxes
from training.render import ZOOM, draw_page
from training.sheet import Sheet, text_width

FAULTS = 0.6
"""How worn pages are, as in the bars of nano."""
LOWEST = 1169.0
"""Pixels at 100 dpi: the height of an A4 sheet."""
_POINTS = 0.72
"""Of a pixel at 100 dpi."""
_FONT, _BOLD = "Helvetica", "Helvetica-Bold"


def write_scan(sheet: Sheet, rng: random.Random, target: Path) -> Boxes:
    """Write a worn page as a PNG, or as a PDF that holds a picture, and return its boxes."""
    drawing = draw_page(sheet, rng, held_out=True, faults=FAULTS)
    picture = Image.fromarray(drawing.pixels)
    if target.suffix == ".pdf":
        dated = dict.fromkeys(("creationDate", "modDate"), time.gmtime(0))
        picture.save(target, "PDF", resolution=100 * ZOOM, quality=90, **dated)
    else:
        picture.convert("L").save(target, "PNG")
    return drawing.places


def write_scans(rng: random.Random, sheets: Sequence[Sheet], target: Path) -> list[Boxes]:
    """Write a PDF that holds a worn picture for each sheet, and return the boxes of each page."""
    drawings = [draw_page(sheet, rng, held_out=True, faults=FAULTS) for sheet in sheets]
    first, *more = (Image.fromarray(drawing.pixels) for drawing in drawings)
    dated = dict.fromkeys(("creationDate", "modDate"), time.gmtime(0))
    first.save(
        target,
        "PDF",
        resolution=100 * ZOOM,
        quality=90,
        save_all=True,
        append_images=more,
        **dated,
    )
    return [drawing.places for drawing in drawings]


def write_pdf(sheets: Sequence[Sheet], target: Path) -> list[Boxes]:
    """Write a PDF with a text layer, a sheet a page, and return the boxes of each page."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    boxes: list[Boxes] = []
    for sheet in sheets:
        height = min(sheet.height, LOWEST)
        canvas.setPageSize((sheet.width * _POINTS, height * _POINTS))
        for number, item in enumerate(sheet.items):
            canvas.setFillGray(1.0 if number in sheet.hidden else 0.0)
            size = _fitting(item.text, item.size, bold=item.bold)
            canvas.setFont(_BOLD if item.bold else _FONT, size)
            base = (height - item.y) * _POINTS - size * 0.8
            canvas.drawString(item.x * _POINTS, base, item.text)
        canvas.showPage()
        boxes.append(
            {mark.path: _box(sheet, mark.item, mark.start, mark.end) for mark in sheet.marks}
        )
    canvas.save()
    target.write_bytes(out.getvalue())
    return boxes


def _fitting(text: str, size: float, *, bold: bool) -> float:
    """Return the size in points at which a text is no wider than the layout took it to be."""
    points = size * _POINTS
    width = stringWidth(text, _BOLD if bold else _FONT, points)
    return points * min(1.0, text_width(text, size) * _POINTS / max(width, 0.1))


def _box(sheet: Sheet, number: int, start: int, end: int) -> Box:
    item, height = sheet.items[number], min(sheet.height, LOWEST)
    size = _fitting(item.text, item.size, bold=item.bold)
    font = _BOLD if item.bold else _FONT
    left, right = (stringWidth(item.text[:at], font, size) / _POINTS for at in (start, end))
    down = size / _POINTS
    top, bottom = item.y / height, (item.y + down) / height
    if top >= 1:
        return (0.0, 1.0, 0.0, 1.0)
    return ((item.x + left) / sheet.width, top, (item.x + right) / sheet.width, min(1.0, bottom))
