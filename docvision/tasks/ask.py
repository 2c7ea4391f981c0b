"""The task `ask`: questions over a document, answered with citations or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docvision.documents.base import Document, DocumentInfo
from docvision.engines.base import never
from docvision.jobs.model import Unit
from docvision.results.model import DocumentResult, Usage
from docvision.tasks.answering.answerer import Answerer
from docvision.tasks.base import Desk, Tools, UnitAnswer
from docvision.tasks.options import AskOptions, Options
from docvision.tasks.orders import quieted
from docvision.tasks.reading import document_of, read_text


class AskTask:
    """Reads the words page by page, then asks when all are there."""

    def read(
        self,
        document: Document,
        units: Sequence[Unit],
        options: Options,
        tools: Tools,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[UnitAnswer]:
        """Read units of one document; see `tasks.base.Task.read`."""
        return read_text(document, units, _chosen(options), tools, cancelled)

    def merge(
        self,
        name: str,
        info: DocumentInfo,
        answers: Sequence[UnitAnswer],
        options: Options,
        desk: Desk,
    ) -> tuple[DocumentResult, Usage]:
        """Make one document of its units' answers; see `tasks.base.Task.merge`."""
        read, asked = document_of(name, info, answers), _chosen(options)
        pages, desk = quieted(read.pages, desk)
        answerer = Answerer(desk=desk, pages=pages, mode=asked.mode)
        spent = Usage()
        found = []
        for question in asked.questions:
            answer, cost = answerer.answer(question)
            found.append(answer)
            spent += cost
        return read.model_copy(update={"answers": tuple(found)}), spent


def _chosen(options: Options) -> AskOptions:
    assert isinstance(options, AskOptions)
    return options
