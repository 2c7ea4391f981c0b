"""The task `auto`: a mixed archive in one go. Each document's kind decides what is extracted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docvision.documents.base import Document, DocumentInfo
from docvision.engines.base import never
from docvision.jobs.model import Unit
from docvision.results.model import DocumentResult, Usage
from docvision.schemas.library import get_schema
from docvision.tasks.base import Desk, Tools, UnitAnswer
from docvision.tasks.extract import needed_engine
from docvision.tasks.extraction.extractor import Extractor
from docvision.tasks.options import AutoOptions, Options
from docvision.tasks.orders import quieted
from docvision.tasks.reading import document_of, read_text
from docvision.tasks.sorting.classifier import classify
from docvision.tasks.sorting.cues import OTHER, kinds_of


class AutoTask:
    """Reads the words, tells the kind, and extracts with that kind's schema.

    A document of no known kind is only read.
    """

    def read(
        self,
        document: Document,
        units: Sequence[Unit],
        options: Options,
        tools: Tools,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[UnitAnswer]:
        """Read units of one document; see `tasks.base.Task.read`.

        Raises:
            ModelNotFound: This installation has no model to ask.
        """
        needed_engine(tools)
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
        found, spent = classify(pages, kinds_of(asked.schemas), desk)
        sorted_read = read.model_copy(update={"classification": found})
        if found.kind == OTHER:
            return sorted_read, spent
        extractor = Extractor(
            engine=needed_engine(desk.tools),
            schema=get_schema(found.kind),
            mode=asked.mode,
            threshold=asked.threshold,
            max_tokens=desk.tools.engine_settings.max_new_tokens,
        )
        extraction, cost = extractor.extract(pages, desk)
        return sorted_read.model_copy(update={"extraction": extraction}), spent + cost


def _chosen(options: Options) -> AutoOptions:
    assert isinstance(options, AutoOptions)
    return options
