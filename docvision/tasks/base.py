"""A task: what to do with a document's units, and how the units' answers become one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from docvision.documents.base import Document, DocumentInfo
from docvision.engines.base import Engine, never
from docvision.jobs.model import Unit
from docvision.reading.ocr import Ocr
from docvision.results.model import DocumentResult, Page, Usage
from docvision.settings import EngineSettings, Limits
from docvision.tasks.options import Options


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a task works with: the model (if any), the OCR reader, and the limits."""

    engine: Engine | None
    ocr: Ocr
    engine_settings: EngineSettings
    limits: Limits


@dataclass(frozen=True, kw_only=True)
class UnitAnswer:
    """What was read in one unit: one page, or the sampled frames of a stretch of video."""

    unit: Unit
    pages: tuple[Page, ...]
    usage: Usage


class Task(Protocol):
    """One task, in one file: options, prompt, parser, merge."""

    name: str
    title: str
    options: type[Options]

    def read(
        self,
        document: Document,
        units: Sequence[Unit],
        options: Options,
        tools: Tools,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[UnitAnswer]:
        """Read units of one document and yield each answer as soon as it is there.

        Raises:
            Cancelled: `cancelled()` was true.
        """

    def merge(
        self, name: str, info: DocumentInfo, answers: Sequence[UnitAnswer], options: Options
    ) -> DocumentResult:
        """Make one document of its units' answers (in order; failed units have a problem)."""
