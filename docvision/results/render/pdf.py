"""A searchable PDF: pictures of the pages, with their words as invisible text over them."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

from docvision.results.model import DocumentResult, Line, Page, Word
from docvision.results.render.body import clean

_DPI = 200
"""How many pixels of a picture make an inch of paper, as nothing says how large it was."""
_GAP = 0.25
"""Width of the gap between words at least, in heights of the word."""
_LEAST_WIDTH = 0.7
"""What a word keeps of its width at least."""
_EM = 1000
_CODES = 255
"""Characters of one font: code 0 is left out."""
_COLORS = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}


def searchable_pdf(document: DocumentResult, pictures: Iterable[bytes]) -> bytes:
    """Return a PDF that looks like the pictures and can be searched, selected and copied.

    Args:
        document: The result; each page gives its size and its words.
        pictures: A JPEG for each page of the result, in the same order. It is kept as it is.

    Every word is exactly as wide and high as its box. A PDF's page keeps its size; a picture is
    taken for a scan at 200 dpi.

    Raises:
        ValueError: There are more or fewer pictures than pages.
    """
    with Pdf.new() as pdf:
        fonts = _Fonts(pdf)
        for page, picture in zip(document.pages, pictures, strict=True):
            _add_page(pdf, page, picture, fonts)
        fonts.finish()
        pdf.docinfo["/Title"] = clean(document.name)
        pdf.docinfo["/Producer"] = "docvision"
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


class _Fonts:
    """Fonts whose glyphs are empty squares of one em, 255 characters each (PDF 32000, 9.6.5).

    They show nothing in any viewer, need no font file, and hold every character of Unicode.
    """

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._codes: dict[str, tuple[int, int]] = {}
        self.resources = pdf.make_indirect(Dictionary())

    def runs(self, text: str) -> Iterator[tuple[str, bytes]]:
        """Yield the font's name and the codes of each stretch of text that one font holds."""
        coded = [self._code(character) for character in text]
        for font, stretch in groupby(coded, key=lambda code: code[0]):
            yield f"/F{font}", bytes(code for _, code in stretch)

    def finish(self) -> None:
        """Write the fonts, now that it is known what they hold."""
        glyph = self._pdf.make_stream(f"{_EM} 0 0 0 {_EM} {_EM} d1".encode())
        count = -(-len(self._codes) // _CODES)
        characters = list(self._codes)
        for font in range(count):
            held = characters[font * _CODES : (font + 1) * _CODES]
            self.resources[f"/F{font}"] = self._font(held, glyph)

    def _code(self, character: str) -> tuple[int, int]:
        if character not in self._codes:
            font, code = divmod(len(self._codes), _CODES)
            self._codes[character] = (font, code + 1)
        return self._codes[character]

    def _font(self, held: Sequence[str], glyph: pikepdf.Stream) -> pikepdf.Object:
        names = [Name(f"/g{code}") for code in range(1, len(held) + 1)]
        return self._pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type3,
                FontBBox=Array([0, 0, _EM, _EM]),
                FontMatrix=Array([1 / _EM, 0, 0, 1 / _EM, 0, 0]),
                CharProcs=Dictionary({str(name): glyph for name in names}),
                Encoding=Dictionary(Type=Name.Encoding, Differences=Array([1, *names])),
                FirstChar=1,
                LastChar=len(held),
                Widths=Array([_EM] * len(held)),
                Resources=Dictionary(),
                ToUnicode=self._pdf.make_stream(_to_unicode(held)),
            )
        )


def _to_unicode(held: Sequence[str]) -> bytes:
    """Return the CMap that gives each code its character (PDF 32000, 9.10.3)."""
    lines = [
        f"<{code:02X}> <{character.encode('utf-16-be').hex().upper()}>"
        for code, character in enumerate(held, start=1)
    ]
    parts = []
    for at in range(0, len(lines), 100):  # a section has 100 lines at most
        some = lines[at : at + 100]
        parts += [f"{len(some)} beginbfchar", *some, "endbfchar"]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CMapName /docvision def /CMapType 2 def",
            "1 begincodespacerange <00> <FF> endcodespacerange",
            *parts,
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    ).encode()


def _add_page(pdf: Pdf, page: Page, picture: bytes, fonts: _Fonts) -> None:
    scale = 1.0 if page.unit == "pt" else 72 / _DPI
    width, height = max(1.0, page.width * scale), max(1.0, page.height * scale)
    new = pdf.add_blank_page(page_size=(width, height))
    new.Resources = Dictionary(XObject=Dictionary(Im=_image(pdf, picture)), Font=fonts.resources)
    operators = [f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im Do Q", "BT 3 Tr"]
    for block in page.blocks:
        for line in block.lines:
            operators += _line(line, width, height, fonts)
    operators.append("ET")
    new.Contents = pdf.make_stream("\n".join(operators).encode())


def _image(pdf: Pdf, picture: bytes) -> pikepdf.Stream:
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as image:
        size, mode = image.size, image.mode
    return pdf.make_stream(
        picture,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=_COLORS[mode],
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )


def _line(line: Line, width: float, height: float, fonts: _Fonts) -> Iterator[str]:
    """Yield the operators of a line, with spaces that every viewer tells from the words.

    Some viewers go by gaps, not by characters: words that (nearly) touch are drawn apart. Others
    (pdfium) lose a character that is drawn by itself: each word ends in a space of its own.
    """
    for word, following in zip(line.words, (*line.words[1:], None), strict=True):
        x0, y0, x1, y1 = word.bbox
        gap = _GAP * (y1 - y0) * height / width
        free = following.bbox[0] - gap if following else x1
        end = max(min(x1, free), x0 + (x1 - x0) * _LEAST_WIDTH)
        cell = (end - x0) / max(1, len(clean(word.text)))
        spaced = Word(text=f"{word.text} ", bbox=(x0, y0, end + cell, y1))
        yield from _word(spaced, width, height, fonts)


def _as_seen(text: str) -> str:
    """Return the characters from left to right; Hebrew and Arabic words run the other way."""
    if any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text):
        return text[::-1]
    return text


def _word(word: Word, width: float, height: float, fonts: _Fonts) -> Iterator[str]:
    """Yield what sets a word so that its characters fill its box, in cells of one width."""
    text = _as_seen(clean(word.text))
    if not text:
        return
    x0, x1 = word.bbox[0] * width, word.bbox[2] * width
    y0, y1 = (1 - word.bbox[3]) * height, (1 - word.bbox[1]) * height
    up = y1 - y0 > 2 * (x1 - x0) and len(text) > 2
    step = (y1 - y0 if up else x1 - x0) / len(text)
    done = 0
    for font, codes in fonts.runs(text):
        if up:
            matrix = (0.0, step, x0 - x1, 0.0, x1, y0 + done * step)
        else:
            matrix = (step, 0.0, 0.0, y1 - y0, x0 + done * step, y0)
        numbers = " ".join(f"{number:.3f}" for number in matrix)
        yield f"{font} 1 Tf {numbers} Tm <{codes.hex()}> Tj"
        done += len(codes)
