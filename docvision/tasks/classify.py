"""The task `classify`: which of a list of kinds a document is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docvision.documents.base import Document, DocumentInfo
from docvision.engines.base import never
from docvision.jobs.model import Unit
from docvision.results.model import DocumentResult, Usage
from docvision.tasks.base import Desk, Tools, UnitAnswer
from docvision.tasks.options import ClassifyOptions, Options
from docvision.tasks.orders import quieted
from docvision.tasks.reading import document_of, read_text
from docvision.tasks.sorting.classifier import classify
from docvision.tasks.sorting.cues import kinds_of


class ClassifyTask:
    """Reads the words, then tells the kind by those of the first pages."""

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
        read = document_of(name, info, answers)
        pages, desk = quieted(read.pages, desk)
        found, spent = classify(pages, kinds_of(_chosen(options).kinds), desk)
        return read.model_copy(update={"classification": found}), spent


def _chosen(options: Options) -> ClassifyOptions:
    assert isinstance(options, ClassifyOptions)
    return options
