"""A reader that plays back results, and small pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from docvision.errors import Corrupt
from docvision.results.model import (
    Answer,
    Block,
    BlockKind,
    DocumentResult,
    Evidence,
    Extraction,
    Page,
    Result,
    ReviewReason,
    Source,
)


class PlaysBack:
    """Gives the document that was laid in for a file, and cannot read any other."""

    def __init__(self, documents: dict[str, DocumentResult]) -> None:
        self._documents = documents
        self.asked: list[Any] = []

    def read(self, path: Path, task: str = "ocr", **options: Any) -> Result:
        self.asked.append(options.get("questions"))
        if path.name not in self._documents:
            raise Corrupt("The file is broken.")
        return Result(task=task, model="none", documents=(self._documents[path.name],))


def document(**parts: Any) -> DocumentResult:
    return DocumentResult(name="x.png", media_type="image/png", page_count=1, **parts)


def text_page(*lines: str) -> tuple[Page, ...]:
    blocks = tuple(
        Block(kind=BlockKind.PARAGRAPH, bbox=(0, 0, 1, 1), text=line, source=Source.OCR)
        for line in lines
    )
    return (Page(number=1, width=100, height=100, unit="px", blocks=blocks),)


def extraction(data: Any, *flagged: str, **evidence: tuple[float, ...]) -> Extraction:
    reasons = (ReviewReason(code="uncertain", message="Look.", fields=flagged),) if flagged else ()
    return Extraction(
        data=data,
        evidence={
            f"/{name}": Evidence(page=1, bbox=box, quote="q", confidence=0.9, verified=True)
            for name, box in evidence.items()
        },
        review=reasons,
    )


def answer(said: str | None, page: int | None = None) -> Answer:
    cited = (Evidence(page=page, confidence=0.8, verified=True),) if page else ()
    return Answer(question="?", answer=said, citations=cited, confidence=0.8)


def picture(path: Path, size: tuple[int, int] = (60, 40)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((size[1], size[0], 3), 255, dtype=np.uint8)).save(path)
    return path
