"""Pages made of lines of text, as a reader would have found them, and tools with no OCR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docvision.documents.base import PageInfo, Pixels
from docvision.engines.base import Answer, Engine, Request, Text, never
from docvision.engines.profile import Profile
from docvision.engines.scripted import Scripted
from docvision.reading.layout import blocks_of, words_of_line
from docvision.reading.ocr import Ocr
from docvision.results.model import Page, Source, Word
from docvision.settings import EngineSettings, Limits
from docvision.tasks.base import Desk, Tools

SIZE = PageInfo(width=600, height=800, unit="px")


def paper(*lines: str, number: int = 1, time: float | None = None) -> Page:
    """A page with these lines; two spaces part columns. A line that starts with # is large."""
    words: list[Word] = []
    for row, line in enumerate(lines):
        high, text = (0.04, line[1:]) if line.startswith("#") else (0.02, line)
        top, left = 0.05 + 0.05 * row, 0.1
        for column in text.split("  "):
            right = left + 0.012 * len(column)
            words += words_of_line(column, (left, top, right, top + high))
            left = right + 0.1
    blocks = blocks_of(words, page=SIZE, source=Source.OCR) if words else ()
    return Page(number=number, width=600, height=800, unit="px", time=time, blocks=blocks)


class NoOcr(Ocr):
    """An OCR reader that must not be asked."""

    def read(self, pictures: Sequence[Pixels], cancelled: Any = never) -> list[tuple[Word, ...]]:
        raise AssertionError("OCR was asked")


class Listening:
    """An engine that plays a script and remembers what it was asked."""

    def __init__(self, *answers: Any, reads: str = "nothing", **profile: Any) -> None:
        self._played = Scripted({"answers": answers, "profile": {"reads": reads, **profile}})
        self.requests: list[Request] = []

    @property
    def profile(self) -> Profile:
        return self._played.profile

    @property
    def prompts(self) -> list[str]:
        return [
            part.text
            for request in self.requests
            for message in request.messages
            for part in message.parts
            if isinstance(part, Text)
        ]

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        self.requests += requests
        return self._played.generate(requests)

    def close(self) -> None:
        self._played.close()


def desk(engine: Engine | None) -> Desk:
    """What documents are put together with."""
    return Desk(
        tools=Tools(engine=engine, ocr=NoOcr(), engine_settings=EngineSettings(), limits=Limits())
    )
