"""Draws PDF pages with reportlab, and reads their layout from the text layer."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from docvision.documents.base import Document, PageInfo, Pixels, TextLayer
from docvision.documents.sandbox import Sandbox
from docvision.reading.layout import blocks_of
from docvision.reading.text_layer import words_of
from docvision.results.model import Block, BlockKind, Page, Source
from docvision.settings import Limits

WIDTH, HEIGHT = A4

Draw = Callable[[Canvas], None]

PROSE = (
    "A ship earns nothing while it lies at a berth. For the owners of the vessels that call at "
    "the five terminals an hour in port costs more than a thousand euros, depending on the size "
    "of the crew and on the price of fuel. It is therefore surprising how little was known, until "
    "last year, about where these hours go. This paper follows every call from the moment at which "
    "a ship reports to the pilot station until it passes the outer mole again. "
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A page as drawn: its size, its text layer and its pixels at 72 dpi."""

    info: PageInfo
    layer: TextLayer
    pixels: Pixels


def sheets(*pages: Draw) -> list[Sheet]:
    """Draw pages into one PDF and open it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for draw in pages:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(out.getvalue())
        file.flush()
        with sandbox().open(Path(file.name)) as document:
            return [_sheet(document, at) for at in range(len(pages))]


@cache
def sandbox() -> Sandbox:
    """Return the sandbox that all tests here share; `conftest` closes it."""
    return Sandbox(Limits(), size=1)


def _sheet(document: Document, at: int) -> Sheet:
    info = document.page(at)
    pixels = document.render(at, round(info.width), round(info.height))
    return Sheet(info=info, layer=document.text_layer(at), pixels=pixels)


def blocks(draw: Draw) -> tuple[Block, ...]:
    """Return the blocks of one drawn page."""
    return layout(sheets(draw)[0])


def layout(sheet: Sheet) -> tuple[Block, ...]:
    """Return the blocks of a page."""
    return blocks_of(
        words_of(sheet.layer),
        page=sheet.info,
        source=Source.TEXT_LAYER,
        rules=sheet.layer.rules,
        images=sheet.layer.images,
    )


def page(sheet: Sheet, number: int) -> Page:
    """Return a page with its blocks."""
    info = sheet.info
    return Page(
        number=number, width=info.width, height=info.height, unit="pt", blocks=layout(sheet)
    )


def paragraph(
    canvas: Canvas, x: float, y: float, width: float, text: str, size: float = 10
) -> float:
    """Set text in lines of at most `width`, from `y` down; return where the next would stand."""
    canvas.setFont("Helvetica", size)
    for line in simpleSplit(text, "Helvetica", size, width):
        canvas.drawString(x, y, line)
        y -= 1.25 * size
    return y


def grid(
    canvas: Canvas, x: float, y: float, widths: Sequence[float], rows: Sequence[Sequence[str]]
) -> None:
    """Draw a table with a line around every cell; `y` is its top."""
    right, height = x + sum(widths), 20.0
    for at in range(len(rows) + 1):
        canvas.line(x, y - at * height, right, y - at * height)
    edges = [x + sum(widths[:at]) for at in range(len(widths) + 1)]
    for edge in edges:
        canvas.line(edge, y, edge, y - len(rows) * height)
    for at, row in enumerate(rows):
        for edge, text in zip(edges, row, strict=False):
            canvas.drawString(edge + 4, y - at * height - 14, text)


def texts(found: Sequence[Block], kind: BlockKind) -> list[str]:
    """Return the texts of the blocks of one kind."""
    return [block.text for block in found if block.kind is kind]
