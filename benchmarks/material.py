"""What the readers are given: the samples with their expected words, or a folder of receipts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Material:
    """A file, how it looks, and the words expected on each page (or slide).

    `bodies` are those of them, in reading order, that are no furniture; empty where not known.
    """

    path: Path
    look: str
    pages: tuple[tuple[str, ...], ...]
    bodies: tuple[tuple[str, ...], ...] = ()
    spans: tuple[tuple[float, float], ...] = ()

    @property
    def times(self) -> tuple[float, ...]:
        """The middle of each slide's time, in seconds."""
        return tuple((start + end) / 2 for start, end in self.spans)


def samples() -> Iterator[Material]:
    """Yield the shipped samples that have pages."""
    for path in sorted((SAMPLES / "expected").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        pages = content["pages"]
        if pages:
            yield Material(
                path=SAMPLES / content["file"],
                look=content["look"],
                pages=tuple(_words(page, "lines", "furniture") for page in pages),
                bodies=tuple(_words(page, "lines") for page in pages),
                spans=tuple((page["start"], page["end"]) for page in pages if "start" in page),
            )


def textract_folder(folder: Path) -> Iterator[Material]:
    """Yield each picture beside which lies what AWS Textract read in it (`NAME_blocks.json`)."""
    for path in sorted(folder.glob("*_blocks.json")):
        blocks: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        words = tuple(block["Text"] for block in blocks if block["BlockType"] == "WORD")
        stem = path.name.removesuffix("_blocks.json")
        (picture,) = (near for near in folder.glob(f"{stem}.*") if near.suffix != ".json")
        yield Material(path=picture, look="photo", pages=(words,))


def pictures(material: Material, dpi: int) -> Iterator[Pixels]:
    """Draw each page (PDFs at `dpi`, slides in the middle of their time) as RGB."""
    if material.path.suffix == ".pdf":
        with pypdfium2.PdfDocument(material.path) as document:
            document.init_forms()  # else the answers in fields are not drawn
            for page in document:
                drawn = page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()
                yield np.ascontiguousarray(drawn[:, :, :3])
    elif material.spans:
        yield from _frames(material)
    else:
        with Image.open(material.path) as picture:
            for frame in ImageSequence.Iterator(picture):
                yield np.asarray(ImageOps.exif_transpose(frame).convert("RGB"))


def _frames(material: Material) -> Iterator[Pixels]:
    wanted = list(material.times)
    with av.open(str(material.path)) as film:
        for frame in film.decode(video=0):
            if wanted and frame.time >= wanted[0]:
                yield frame.to_ndarray(format="rgb24").astype(np.uint8)
                wanted.pop(0)


def _words(page: dict[str, Any], *parts: str) -> tuple[str, ...]:
    return tuple(word[0] for part in parts for line in page[part] for word in line["words"])
