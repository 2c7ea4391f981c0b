"""The readers that are compared: each gives the words of every page of a file."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from typing import Protocol

from PIL import Image

import docvision
from benchmarks.material import Material, Pixels, pictures
from docvision.results.model import Block, Page

Pages = list[list[str]]


class Reader(Protocol):
    """Something that reads a file."""

    name: str

    def read(self, material: Material) -> Pages:
        """Return the words of each page (or slide)."""


class Docvision:
    """The `ocr` task in this process."""

    name = "docvision"

    def read(self, material: Material) -> Pages:
        """Return the words of each page; of a film, those of one frame of each slide."""
        (document,) = docvision.read(material.path, task="ocr").documents
        if not material.spans:
            return [list(_words(page)) for page in document.pages]
        return [list(_slide(document.pages, start, end)) for start, end in material.spans]


class Tesseract:
    """The tesseract command with its default page segmentation."""

    name = "tesseract"

    def __init__(self, dpi: int, languages: str) -> None:
        self._dpi = dpi
        self._languages = languages

    @staticmethod
    def installed() -> bool:
        """Return whether the command is there."""
        return shutil.which("tesseract") is not None

    def read(self, material: Material) -> Pages:
        """Return the words of each page as drawn by pypdfium2 or Pillow."""
        return [self._page(pixels) for pixels in pictures(material, self._dpi)]

    def _page(self, pixels: Pixels) -> list[str]:
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
        command = ["tesseract", "stdin", "stdout", "-l", self._languages, "--dpi", str(self._dpi)]
        done = subprocess.run(command, input=stream.getvalue(), capture_output=True, check=True)
        return done.stdout.decode().split()


class PlainRapidOcr:
    """RapidOCR as it comes, page by page."""

    name = "rapidocr"

    def __init__(self, dpi: int) -> None:
        # Heavy, and only needed by those who compare.
        from rapidocr import RapidOCR  # noqa: PLC0415

        self._dpi = dpi
        self._read = RapidOCR(params={"Global.log_level": "error"})

    def read(self, material: Material) -> Pages:
        """Return the words of each page as drawn by pypdfium2 or Pillow."""
        found: Pages = []
        for pixels in pictures(material, self._dpi):
            read = self._read(pixels[:, :, ::-1])
            texts = getattr(read, "txts", None) or ()  # None where no text was found
            found.append([word for text in texts for word in text.split()])
        return found


def _words(page: Page) -> Iterator[str]:
    for block in page.blocks:
        yield from _block_words(block)


def _block_words(block: Block) -> Iterator[str]:
    words = [word.text for line in block.lines for word in line.words]
    if not words and block.table:
        words = [cell.text for cell in block.table.cells]
    words = words or [block.text]
    if block.marker and words[0] != block.marker:
        yield block.marker
    yield from words


def _slide(pages: tuple[Page, ...], start: float, end: float) -> Iterator[str]:
    """Yield the words of the frame nearest to the middle of the slide's time, if there is one."""
    middle = (start + end) / 2
    shown = [page for page in pages if page.time is not None and start <= page.time < end]
    if shown:
        yield from _words(min(shown, key=lambda page: abs((page.time or 0.0) - middle)))
