"""PDF through pdfium: pages as a reader displays them, drawn straight at the size asked for."""

from __future__ import annotations

import ctypes
import mmap
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from docvision.documents import poppler
from docvision.documents.base import DocumentInfo, Kind, PageInfo, Pixels
from docvision.documents.columns import LayerColumns
from docvision.documents.limits import ParserLimits
from docvision.documents.pdf_objects import images_and_rules
from docvision.documents.pdf_place import Placement
from docvision.documents.pdf_text import read_words
from docvision.documents.sniff import PDF
from docvision.errors import Corrupt, Encrypted, InvalidRequest
from docvision.geometry import Box

_WHITE = 0xFFFFFFFF
_FLAGS = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
_TITLE_CHARACTERS = 300
_WRITTEN_ON = frozenset({pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT})


class PdfParser:
    """An open PDF. Keeps the page that was used last, as its regions are often drawn in turn."""

    def __init__(self, fd: int, *, password: str | None, limits: ParserLimits) -> None:
        """Open the PDF behind a file descriptor, which must stay open as long as this object.

        Raises:
            Encrypted: A password is needed, or this one is wrong.
            Corrupt: pdfium finds no document.
            TooManyPages: There are more than the limits allow.
        """
        self._fd = fd
        self._password = password
        # A private mapping: pdfium reads straight from the file, nothing is copied. ctypes wants
        # a writable buffer; nobody writes, and what is written would reach no file.
        self._bytes = mmap.mmap(fd, 0, access=mmap.ACCESS_COPY)
        self._document = _open(self._bytes, password)
        self._document.init_forms()
        self._page: tuple[int, pypdfium2.PdfPage] | None = None
        limits.check_pages(len(self._document))

    @property
    def info(self) -> DocumentInfo:
        """The number of pages, and the title that the PDF gives itself."""
        title = self._document.get_metadata_value("Title").strip()
        return DocumentInfo(
            kind=Kind.PDF,
            media_type=PDF,
            page_count=len(self._document),
            title=title[:_TITLE_CHARACTERS] or None,
        )

    def page(self, index: int) -> PageInfo:
        """Return the page's size in points, rotated and cropped (pdfium knows no UserUnit)."""
        self._check(index)
        try:
            width, height = self._document.get_page_size(index)
        except pypdfium2.PdfiumError:
            width, height = poppler.page_size(self._fd, index, password=self._password)
        if not (width > 0 and height > 0):
            raise Corrupt("The page has no size.", page=index + 1)
        return PageInfo(width=width, height=height, unit="pt")

    def text_layer(self, index: int) -> LayerColumns:
        """Return the words that the page carries, form fields and typed comments included."""
        page = self._load(index)
        if page is None:
            return LayerColumns()
        if _is_written_on(page):
            page = self._flattened(index, page)
        placement = Placement.of(page)
        layer = read_words(page, placement)
        images, rules = images_and_rules(page, placement)
        return replace(layer, images=images, rules=rules)

    def render(self, index: int, region: Box, out: Pixels) -> None:
        """Draw a region of the page straight at the size of `out`, with forms and comments.

        pdfium takes whole pixels only, so a region's edges are off by up to one pixel of `out`.
        """
        page = self._load(index)
        if page is None:
            poppler.render(self._fd, index, region, out, password=self._password)
        else:
            self._draw(page, region, out)

    def render_with_poppler(self, index: int, region: Box, out: Pixels) -> None:
        """Draw with the second renderer, for a page that ends the process in pdfium."""
        self._check(index)
        poppler.render(self._fd, index, region, out, password=self._password)

    def frame(self, time: float, out: Pixels) -> float | None:
        """Return None: a PDF has no frames."""
        return None

    def close(self) -> None:
        """Close the pages and the document."""
        self._forget_page()
        self._document.close()

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self._document):
            raise InvalidRequest(f"There is no page {index + 1}.", field="page")

    def _load(self, index: int) -> pypdfium2.PdfPage | None:
        self._check(index)
        if self._page and self._page[0] == index:
            return self._page[1]
        self._forget_page()
        try:
            page = self._document.get_page(index)
        except pypdfium2.PdfiumError:
            return None
        self._page = (index, page)
        return page

    def _forget_page(self) -> None:
        if self._page:
            self._page[1].close()
            self._page = None

    def _flattened(self, index: int, page: pypdfium2.PdfPage) -> pypdfium2.PdfPage:
        # Fields and typed comments live beside the page's content; merged into it (in memory)
        # their text is found like any other, and the page looks the same.
        page.flatten()
        self._forget_page()
        return self._load(index) or page

    def _draw(self, page: pypdfium2.PdfPage, region: Box, out: Pixels) -> None:
        height, width = out.shape[:2]
        full_width = round(width / (region[2] - region[0]))
        full_height = round(height / (region[3] - region[1]))
        area = (
            -round(region[0] * full_width),
            -round(region[1] * full_height),
            full_width,
            full_height,
            0,
            _FLAGS,
        )
        buffer = out.ctypes.data_as(ctypes.c_void_p)
        bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, buffer, width * 3)
        if not bitmap:
            raise MemoryError
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
            pdfium.FPDF_RenderPageBitmap(bitmap, page, *area)
            if self._document.formenv:
                pdfium.FPDF_FFLDraw(self._document.formenv, bitmap, page, *area)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)


def _open(data: mmap.mmap, password: str | None) -> pypdfium2.PdfDocument:
    view = (ctypes.c_char * len(data)).from_buffer(data)
    try:
        return pypdfium2.PdfDocument(view, password=password)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise Encrypted(
                "The password is wrong." if password else "The PDF needs a password.",
                password_given=password is not None,
            ) from error
        if error.err_code == pdfium.FPDF_ERR_SECURITY:
            raise Encrypted("The PDF is encrypted in a way that pdfium cannot open.") from error
        raise Corrupt("The PDF cannot be opened: it is damaged.") from error


def _is_written_on(page: pypdfium2.PdfPage) -> bool:
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in _WRITTEN_ON:
            return True
    return False
