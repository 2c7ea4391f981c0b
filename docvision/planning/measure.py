"""Measuring a document without reading it: pages, sizes, and how much text there is."""

from __future__ import annotations

import math

from docvision.documents.base import Document, DocumentInfo, Kind
from docvision.documents.pages import parse_page_range
from docvision.planning.model import Measured

SAMPLES = 8
"""Pages that are looked at, spread over the document."""

FEW_WORDS = 5
"""A page with fewer words in its text layer is taken for a picture."""

PICTURE_CHARACTERS = 1_200
"""Characters of a page that is a picture: between a receipt and a letter."""

SCENE_SECONDS = 12.0
"""How long a video shows one picture."""

SCENE_CHARACTERS = 250
"""Characters of a slide."""


def measure(name: str, document: Document, pages: str | None, most_frames: int) -> Measured:
    """Return what an open document holds, as far as can be told without reading it.

    Args:
        name: The file's name.
        document: The document.
        pages: Which pages, as in a task's options; None for all.
        most_frames: Frames of a video that are read at most.

    Raises:
        InvalidRequest: `pages` names a page that the document does not have.
    """
    info = document.info
    if info.kind is Kind.VIDEO:
        return _video(name, document, most_frames)
    wanted = list(parse_page_range(pages, info.page_count) if pages else range(info.page_count))
    some = [wanted[at * len(wanted) // SAMPLES] for at in range(min(SAMPLES, len(wanted)))]
    some = sorted(set(some)) if len(wanted) > SAMPLES else wanted
    lengths = [_characters(document, info, index) for index in some]
    drawn = sum(length is None for length in lengths) / len(lengths)
    mean = sum(PICTURE_CHARACTERS if one is None else one for one in lengths) / len(lengths)
    sizes = [document.page(index) for index in some]
    largest = max(sizes, key=lambda size: size.width * size.height)
    return Measured(
        name=name,
        media_type=info.media_type,
        kind=info.kind.value,
        pages=len(wanted),
        characters=round(mean * len(wanted)),
        drawn=drawn,
        width=largest.width,
        height=largest.height,
        unit="pt" if largest.unit == "pt" else "px",
    )


def _characters(document: Document, info: DocumentInfo, index: int) -> int | None:
    """Return the characters of a page's words, None where it is a picture."""
    if info.kind is not Kind.PDF:
        return None
    words = document.text_layer(index).words
    if len(words) < FEW_WORDS:
        return None
    return sum(len(word.text) + 1 for word in words)


def _video(name: str, document: Document, most_frames: int) -> Measured:
    info, size = document.info, document.page(0)
    seconds = info.duration or 0.0
    scenes = max(1, min(most_frames, math.ceil(seconds / SCENE_SECONDS)))
    return Measured(
        name=name,
        media_type=info.media_type,
        kind="video",
        pages=scenes,
        seconds=seconds,
        characters=scenes * SCENE_CHARACTERS,
        drawn=1.0,
        width=size.width,
        height=size.height,
        unit="px",
    )
