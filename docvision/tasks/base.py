"""A task: what to do with a document's units, and how the units' answers become one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from docvision.documents.base import Document, DocumentInfo, Pixels
from docvision.engines.base import Engine, never
from docvision.geometry import WHOLE, Box
from docvision.jobs.model import Problem, Unit
from docvision.reading.ocr import Ocr
from docvision.results.model import Chart, DocumentResult, Page, Usage
from docvision.results.model import Problem as Note
from docvision.settings import EngineSettings, Limits
from docvision.tasks.options import Options


class Draw(Protocol):
    """Draws a region (fractions of the page) at exactly so many pixels."""

    def __call__(self, width: int, height: int, region: Box = WHOLE) -> Pixels:
        """Return the pixels, shape (height, width, 3)."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a task works with: the model (if any), the OCR reader, and the limits.

    `tuned` are the models of tasks that have one of their own, by the tasks' names.
    """

    engine: Engine | None
    ocr: Ocr
    engine_settings: EngineSettings
    limits: Limits
    tuned: Mapping[str, Engine | None] = field(default_factory=dict)

    def for_task(self, task: str) -> Tools:
        """Return the tools with the model that a task is to ask."""
        return replace(self, engine=self.tuned[task]) if task in self.tuned else self


@dataclass(frozen=True, kw_only=True)
class UnitAnswer:
    """What was read in one unit: one page, or the sampled frames of a stretch of video.

    A unit that could not be read has the `problem` instead of ending its neighbours' work; its
    page then has the same problem and no blocks. `charts` are those of the page's blocks of that
    kind, by their boxes.
    """

    unit: Unit
    pages: tuple[Page, ...]
    usage: Usage
    charts: tuple[Chart, ...] = ()
    problem: Problem | None = None


def unread_page(number: int, problem: Problem, time: float | None = None) -> Page:
    """Return what stands in a result for a page (from 1), or a frame, that could not be read."""
    note = Note(code=problem.code, message=problem.message)
    return Page(number=number, width=0, height=0, unit="px", time=time, problem=note)


def as_it_is(page: Page) -> Page:
    """Return the page."""
    return page


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a task works with when it makes one document of its units' answers.

    Attributes:
        tools: The model and the rest, as for reading.
        page: Gives a page of the answers with all its words; that of a long document comes
            without them, so that they need not all be in memory at once.
        cancelled: Asked between two questions to the model.
    """

    tools: Tools
    page: Callable[[Page], Page] = as_it_is
    cancelled: Callable[[], bool] = never


class Task(Protocol):
    """One task: how units are read and merged. Its options are in `options`, by its name."""

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
        self,
        name: str,
        info: DocumentInfo,
        answers: Sequence[UnitAnswer],
        options: Options,
        desk: Desk,
    ) -> tuple[DocumentResult, Usage]:
        """Make one document of its units' answers (in order; failed units have a problem).

        Returns the document, and what making it cost beyond reading its units.

        Raises:
            Cancelled: `desk.cancelled()` was true.
        """
