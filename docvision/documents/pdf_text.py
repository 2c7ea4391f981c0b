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
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from docvision.documents.base import LayerWord
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

_Rect = tuple[float, float, float, float]
"""Left, bottom, right, top in page space (points, y up)."""


@dataclass(frozen=True, kw_only=True)
class PageWords:
    """The words of a page, and how many of its characters have no meaning."""

    words: tuple[LayerWord, ...]
    characters: int
    unmapped: int


class _Style(NamedTuple):
    points: float
    angle: float
    bold: bool
    italic: bool
    invisible: bool


def read_words(page: pypdfium2.PdfPage, placement: Placement) -> PageWords:
    """Return the words of a page in the order in which the page holds them."""
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return PageWords(words=(), characters=0, unmapped=0)
    try:
        return _Reader(text_page, placement).read()
    finally:
        pdfium.FPDFText_ClosePage(text_page)


class _Reader:
    def __init__(self, text_page: pdfium.FPDF_TEXTPAGE, placement: Placement) -> None:
        self._page = text_page
        self._placement = placement
        self._styles: dict[int, _Style] = {}
        self._sides = tuple(ctypes.c_double() for _ in range(4))
        self._out = tuple(ctypes.byref(side) for side in self._sides)
        self._loose = pdfium.FS_RECTF()

    def read(self) -> PageWords:
        text = self._text()
        characters = sum(found.end() - found.start() for found in _WORD.finditer(text))
        text, unmapped = self._without_unmapped(text)
        words = []
        for found in _WORD.finditer(text):
            start, end = found.span()
            style = self._style(start)
            for first, last, rect in self._pieces(start, end, style):
                word = self._word(text[first:last], rect, style)
                if word is not None:
                    words.append(word)
        return PageWords(words=tuple(words), characters=characters, unmapped=unmapped)

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

    def _without_unmapped(self, text: str) -> tuple[str, int]:
        failed = pdfium.FPDFText_HasUnicodeMapError
        page = self._page
        wrong = [index for index in range(len(text)) if failed(page, index) == 1]
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
                yield run.first, index, self._tall(run.first, run.rect, style)
                run = _Run(index)
            run.add(box)
        if not run.is_empty:
            yield run.first, end, self._tall(run.first, run.rect, style)

    def _ordinary(self, start: int, end: int, style: _Style) -> _Rect | None:
        first = self._box(start)
        last = first if end - start == 1 else self._box(end - 1)
        widest = (_WIDE * (end - start) + 0.3) * style.points
        if not (first[0] <= last[0] < last[2] and last[2] - first[0] <= widest):
            return None
        rect = (first[0], min(first[1], last[1]), last[2], max(first[3], last[3]))
        if rect[3] - rect[1] > 1.5 * style.points:
            return None
        return self._tall(start, rect, style)

    def _box(self, index: int) -> _Rect:
        pdfium.FPDFText_GetCharBox(self._page, index, *self._out)
        left, right, bottom, top = self._sides
        return (left.value, bottom.value, right.value, top.value)

    def _tall(self, index: int, ink: _Rect, style: _Style) -> _Rect:
        """Return the box as high as the font: the ink alone makes "-" and "g" differ.

        pdfium's loose box is one em, from descent to ascent. It is wrong for turned text and for
        fonts with broken metrics; then the ink stays.
        """
        loose = self._loose
        if style.angle != 0 or not pdfium.FPDFText_GetLooseCharBox(self._page, index, loose):
            return ink
        top, bottom = loose.top, loose.bottom
        touches = bottom < ink[3] and ink[1] < top
        if not (touches and 0.5 * style.points <= top - bottom <= 1.5 * style.points):
            return ink
        return (ink[0], min(ink[1], bottom), ink[2], max(ink[3], top))

    def _word(self, text: str, rect: _Rect, style: _Style) -> LayerWord | None:
        box = self._placement.box(*rect)
        if box[0] >= box[2] or box[1] >= box[3]:
            return None  # beyond the crop box, where no reader sees it
        return LayerWord(
            text=_joined_surrogates(text),
            bbox=box,
            size=style.points / self._placement.height,
            bold=style.bold,
            italic=style.italic,
            invisible=style.invisible,
            angle=self._placement.angle(style.angle),
        )

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
        mode = pdfium.FPDFTextObj_GetTextRenderMode(text_object) if text_object else 0
        bold, italic = _face(text_object) if text_object else (False, False)
        return _Style(
            points=abs(pdfium.FPDFText_GetFontSize(self._page, index))
            * (math.hypot(matrix.c, matrix.d) or 1.0),
            angle=round(math.degrees(math.atan2(matrix.b, matrix.a)), 1) % 360,
            bold=bold,
            italic=italic,
            invisible=mode in _INVISIBLE_MODES,
        )


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


def _face(text_object: pdfium.FPDF_PAGEOBJECT) -> tuple[bool, bool]:
    """Return whether a run is bold, and whether it is italic."""
    font = pdfium.FPDFTextObj_GetFont(text_object)
    if not font:
        return False, False
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
    return bold, "italic" in name or "oblique" in name or bool(flags & _FLAG_ITALIC)


def _joined_surrogates(text: str) -> str:
    # Some writers map a character beyond the first plane to two surrogates.
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
