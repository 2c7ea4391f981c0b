"""A result as hOCR 1.2: XHTML with the box and the confidence of every word."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from docvision.geometry import Box
from docvision.results.model import Block, BlockKind, Line, Page, Result, Word
from docvision.results.render.body import clean, one_line

_DPI = 300
"""hOCR wants whole pixels: a page in points is given as if it were scanned like this."""

_PHOTOS = frozenset({BlockKind.FIGURE, BlockKind.CHART})


def to_hocr(result: Result) -> str:
    """Return the result as hOCR, furniture included: every line at its place.

    Boxes are pixels of the page as displayed; of a PDF's pages, pixels at 300 dpi, which
    `scan_res` says.
    """
    pages = "\n".join(
        part
        for at, (name, page) in enumerate(
            (document.name, page) for document in result.documents for page in document.pages
        )
        for part in _page(name, page, at)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title></title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta name="ocr-system" content="docvision" />
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocr_photo" />
</head>
<body>
{pages}
</body>
</html>
"""


def _page(name: str, page: Page, at: int) -> Iterator[str]:
    scale = _DPI / 72 if page.unit == "pt" else 1.0
    width, height = round(page.width * scale), round(page.height * scale)
    resolution = f"; scan_res {_DPI} {_DPI}" if page.unit == "pt" else ""
    image = escape(one_line(name).replace('"', "'"), quote=True)
    title = f"image &quot;{image}&quot;; bbox 0 0 {width} {height}; ppageno {at}{resolution}"
    yield f'<div class="ocr_page" id="page_{at + 1}" title="{title}">'
    for number, block in enumerate(page.blocks, start=1):
        yield from _block(block, f"{at + 1}_{number}", width, height)
    yield "</div>"


def _block(block: Block, number: str, width: int, height: int) -> Iterator[str]:
    box = _bbox(block.bbox, width, height)
    kind = "ocr_photo" if block.kind in _PHOTOS else "ocr_carea"
    yield f'<div class="{kind}" id="block_{number}" title="{box}">'
    if block.lines:
        yield f'<p class="ocr_par" id="par_{number}" title="{box}">'
        for at, line in enumerate(block.lines, start=1):
            yield _line(line, f"{number}_{at}", width, height)
        yield "</p>"
    yield "</div>"


def _line(line: Line, number: str, width: int, height: int) -> str:
    words = " ".join(
        _word(word, f"{number}_{at}", width, height) for at, word in enumerate(line.words, start=1)
    )
    box = _bbox(line.bbox, width, height)
    return f'<span class="ocr_line" id="line_{number}" title="{box}">{words}</span>'


def _word(word: Word, number: str, width: int, height: int) -> str:
    title = f"{_bbox(word.bbox, width, height)}; x_wconf {round(word.confidence * 100)}"
    text = escape(clean(word.text))
    return f'<span class="ocrx_word" id="word_{number}" title="{title}">{text}</span>'


def _bbox(box: Box, width: int, height: int) -> str:
    x0, y0, x1, y1 = box
    return f"bbox {round(x0 * width)} {round(y0 * height)} {round(x1 * width)} {round(y1 * height)}"
