"""The readers that are compared: each gives the words of every page of a file."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

import docvision
from benchmarks.material import Material, Pixels, pictures
from docvision.results.model import FURNITURE, Block, Page


@dataclass(frozen=True, kw_only=True)
class ReadPage:
    """The words of a page, and those in reading order that are no furniture (None: not told)."""

    words: list[str]
    body: list[str] | None = None


Pages = list[ReadPage]


class Reader(Protocol):
    """Something that reads a file."""

    name: str

    def read(self, material: Material) -> Pages:
        """Return the words of each page (or slide)."""


class Docvision:
    """The `ocr` task in this process."""

    name = "docvision"

    def __init__(self) -> None:
        self._reader = docvision.Reader()

    def read(self, material: Material) -> Pages:
        """Return the words of each page; of a film, those of one frame of each slide."""
        (document,) = self._reader.read(material.path).documents
        if not material.spans:
            return [_page(page.blocks) for page in document.pages]
        return [_page(_on_screen(document.pages, middle)) for middle in material.times]


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

    def _page(self, pixels: Pixels) -> ReadPage:
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
        command = ["tesseract", "stdin", "stdout", "-l", self._languages, "--dpi", str(self._dpi)]
        done = subprocess.run(command, input=stream.getvalue(), capture_output=True, check=True)
        return ReadPage(words=done.stdout.decode().split())


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
            found.append(ReadPage(words=[word for text in texts for word in text.split()]))
        return found


def _page(blocks: Iterable[Block]) -> ReadPage:
    words: list[str] = []
    body: list[str] = []
    for block in blocks:
        found = _words(block)
        words += found
        body += [] if block.kind in FURNITURE else found
    return ReadPage(words=words, body=body)


def _words(block: Block) -> list[str]:
    words = [word.text for line in block.lines for word in line.words]
    if not words and block.table:
        words = [cell.text for cell in block.table.cells]
    words = words or [block.text]
    return [block.marker, *words] if block.marker and words[0] != block.marker else words


def _on_screen(pages: tuple[Page, ...], seconds: float) -> tuple[Block, ...]:
    """Return the blocks of the scene that is shown at a time."""
    for page in pages:
        if page.time is not None and page.time <= seconds < (page.until or float("inf")):
            return page.blocks
    return ()
