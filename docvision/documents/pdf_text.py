"""The words of a PDF page: characters from pdfium, joined where no space or gap parts them.

This runs for every character of every page, so it asks pdfium for as little as it can: the text in
one call, and of an ordinary word the boxes of its first and last character only. A word that is
not ordinary (turned, right to left, broken over a line, wider than its letters) is gone through
character by character. A font is looked at once for each run of text.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from docvision.documents.columns import (
    BOLD,
    COLUMNS,
    INVISIBLE,
    ITALIC,
    LayerColumns,
    Numbers,
)
from docvision.documents.pdf_place import Placement

_WORD = re.compile(r"\S+")
_HYPHEN = re.compile("[\x02\xad\ufffe]")
"""What pdfium or a writer puts for a hyphen at a line's end."""
_UNMAPPED = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_WIDE = 0.6
"""Share of the font's size that an ordinary word's characters take on average at most."""
_GAP = 0.6
"""A gap above this share of the characters' extent parts words that no space parts."""
_BOLD_WEIGHT = 600
_FLAG_ITALIC = 1 << 6
_FLAG_FORCE_BOLD = 1 << 18
_INVISIBLE_MODES = frozenset(
    {pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP}
)

_SIDES = struct.Struct("4d")

_Rect = tuple[float, float, float, float]
"""Left, bottom, right, top in page space (points, y up)."""


class _Style(NamedTuple):
    """How a run of text is drawn, in page space, and its last three columns, as displayed.

    `line` is the font's descent and ascent on the run's baseline, in page space, or None where
    they are not to be had.
    """

    points: float
    angle: float
    columns: tuple[float, float, int]
    line: tuple[float, float] | None


def read_words(page: pypdfium2.PdfPage, placement: Placement) -> LayerColumns:
    """Return the words of a page in the order in which the page holds them."""
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return LayerColumns()
    try:
        return _Reader(text_page, placement).read()
    finally:
        pdfium.FPDFText_ClosePage(text_page)


class _Reader:
    def __init__(self, text_page: pdfium.FPDF_TEXTPAGE, placement: Placement) -> None:
        self._page = text_page
        self._placement = placement
        self._styles: dict[int, _Style] = {}
        self._sides = (ctypes.c_double * 4)()
        self._out = tuple(
            ctypes.byref(ctypes.c_double.from_buffer(self._sides, 8 * side)) for side in range(4)
        )

    def read(self) -> LayerColumns:
        text = self._text()
        spans = [found.span() for found in _WORD.finditer(text)]
        text, unmapped = self._without_unmapped(text, spans)
        texts: list[str] = []
        rects: list[_Rect] = []
        styles: list[_Style] = []
        for start, end in spans:
            style = self._style(start)
            for first, last, rect in self._pieces(start, end, style):
                texts.append(_joined_surrogates(text[first:last]))
                rects.append(rect)
                styles.append(style)
        numbers = self._numbers(rects, styles)
        # Beyond the crop box no reader sees it.
        seen = (numbers[:, 0] < numbers[:, 2]) & (numbers[:, 1] < numbers[:, 3])
        return LayerColumns(
            texts=[text for text, is_seen in zip(texts, seen, strict=True) if is_seen],
            numbers=numbers[seen],
            characters=sum(end - start for start, end in spans),
            unmapped=unmapped,
        )

    def _numbers(self, rects: list[_Rect], styles: list[_Style]) -> Numbers:
        numbers = np.empty((len(rects), COLUMNS), np.float32)
        numbers[:, :4] = self._placement.boxes(np.array(rects, np.float64).reshape(-1, 4))
        numbers[:, 4:] = np.array([style.columns for style in styles]).reshape(-1, 3)
        return numbers

    def _text(self) -> str:
        """Return the page's text, one character for each index of pdfium."""
        count = max(0, pdfium.FPDFText_CountChars(self._page))
        buffer = (ctypes.c_ushort * (2 * count + 2))()
        units = pdfium.FPDFText_GetText(self._page, 0, count, buffer) - 1
        text = bytes(buffer)[: 2 * max(0, units)].decode("utf-16-le", "surrogatepass")
        # The one call leaves out characters that have no code, and splits those beyond the first
        # plane; then each has to be asked for.
        if len(text) != count or units != count:
            codes = (pdfium.FPDFText_GetUnicode(self._page, index) for index in range(count))
            text = "".join(chr(code) if code <= 0x10FFFF else "\ufffd" for code in codes)
        return _HYPHEN.sub("-", text)

    def _without_unmapped(self, text: str, spans: list[tuple[int, int]]) -> tuple[str, int]:
        failed, page = pdfium.FPDFText_HasUnicodeMapError, self._page
        # A font without meanings shows at some word's first character; then all are looked at.
        is_suspect = any(failed(page, start) == 1 for start, _ in spans)
        wrong = [i for i in range(len(text)) if failed(page, i) == 1] if is_suspect else []
        odd = [found.start() for found in _UNMAPPED.finditer(text)]
        unmapped = {index for index in (*wrong, *odd) if not text[index].isspace()}
        if not unmapped:
            return text, 0
        characters = list(text)
        for index in unmapped:
            characters[index] = "\ufffd"
        return "".join(characters), len(unmapped)

    def _pieces(self, start: int, end: int, style: _Style) -> Iterator[tuple[int, int, _Rect]]:
        """Yield (first, past the last, box) of each word in what no space parts."""
        if style.angle == 0:
            rect = self._ordinary(start, end, style)
            if rect is not None:
                yield start, end, rect
                return
        run = _Run(start)
        for index in range(start, end):
            box = self._box(index)
            if run.is_left_by(box):
                yield run.first, index, _tall(run.rect, style)
                run = _Run(index)
            run.add(box)
        if not run.is_empty:
            yield run.first, end, _tall(run.rect, style)

    def _ordinary(self, start: int, end: int, style: _Style) -> _Rect | None:
        first = self._box(start)
        last = first if end - start == 1 else self._box(end - 1)
        widest = (_WIDE * (end - start) + 0.3) * style.points
        if not (first[0] <= last[0] < last[2] and last[2] - first[0] <= widest):
            return None
        rect = (first[0], min(first[1], last[1]), last[2], max(first[3], last[3]))
        if rect[3] - rect[1] > 1.5 * style.points:
            return None
        return _tall(rect, style)

    def _box(self, index: int) -> _Rect:
        pdfium.FPDFText_GetCharBox(self._page, index, *self._out)
        left, right, bottom, top = _SIDES.unpack(self._sides)
        return (left, bottom, right, top)

    def _style(self, index: int) -> _Style:
        text_object = pdfium.FPDFText_GetTextObject(self._page, index)
        key = ctypes.addressof(text_object.contents) if text_object else 0
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._read_style(text_object, index)
        return style

    def _read_style(self, text_object: pdfium.FPDF_PAGEOBJECT, index: int) -> _Style:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._page, index, matrix)
        height = math.hypot(matrix.c, matrix.d) or 1.0
        points = abs(pdfium.FPDFText_GetFontSize(self._page, index)) * height
        angle = round(math.degrees(math.atan2(matrix.b, matrix.a)), 1) % 360
        return _Style(
            points=points,
            angle=angle,
            columns=(
                points / self._placement.height,
                self._placement.angle(angle),
                _face(text_object) if text_object else 0,
            ),
            line=self._line(index, points) if angle == 0 else None,
        )

    def _line(self, index: int, points: float) -> tuple[float, float] | None:
        """Return where the font's descent and ascent lie, which the ink of "-" does not tell.

        pdfium's loose box is one em high. It is wrong for turned text and for fonts with broken
        metrics.
        """
        loose = pdfium.FS_RECTF()
        if not pdfium.FPDFText_GetLooseCharBox(self._page, index, loose):
            return None
        bottom, top = loose.bottom, loose.top
        return (bottom, top) if 0.5 * points <= top - bottom <= 1.5 * points else None


class _Run:
    """The characters of one word, gone through one by one."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rect: _Rect = (math.inf, math.inf, -math.inf, -math.inf)
        self._last: _Rect = (0.0, 0.0, 0.0, 0.0)

    @property
    def is_empty(self) -> bool:
        """Whether no character with any extent was taken in."""
        return self.rect[2] < self.rect[0]

    def is_left_by(self, box: _Rect) -> bool:
        """Whether a character in this box is too far from the last one to be of the word."""
        if self.is_empty:
            return False
        was = self._last
        gap = max(box[0] - was[2], was[0] - box[2], box[1] - was[3], was[1] - box[3])
        extent = max(was[2] - was[0], was[3] - was[1], box[2] - box[0], box[3] - box[1])
        return gap > 0 and gap > _GAP * extent

    def add(self, box: _Rect) -> None:
        """Take in a character; one without extent (a mark, a part of a ligature) moves nothing."""
        if box[2] > box[0] or box[3] > box[1]:
            was = self.rect
            self.rect = (
                min(was[0], box[0]),
                min(was[1], box[1]),
                max(was[2], box[2]),
                max(was[3], box[3]),
            )
            self._last = box


def _tall(ink: _Rect, style: _Style) -> _Rect:
    """Return the ink's box made as high as the font, where that is known."""
    if style.line is None:
        return ink
    bottom, top = style.line
    if bottom >= ink[3] or ink[1] >= top:
        return ink
    return (ink[0], min(ink[1], bottom), ink[2], max(ink[3], top))


def _face(text_object: pdfium.FPDF_PAGEOBJECT) -> int:
    """Return BOLD, ITALIC and INVISIBLE as bits."""
    mode = pdfium.FPDFTextObj_GetTextRenderMode(text_object)
    invisible = INVISIBLE * (mode in _INVISIBLE_MODES)
    font = pdfium.FPDFTextObj_GetFont(text_object)
    if not font:
        return invisible
    buffer = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = buffer.value.decode("latin-1").lower()
    flags = max(0, pdfium.FPDFFont_GetFlags(font))
    bold = (
        "bold" in name
        or "black" in name
        or bool(flags & _FLAG_FORCE_BOLD)
        or pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
    )
    italic = "italic" in name or "oblique" in name or bool(flags & _FLAG_ITALIC)
    return invisible | BOLD * bold | ITALIC * italic


def _joined_surrogates(text: str) -> str:
    # Some writers map a character beyond the first plane to two surrogates.
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
