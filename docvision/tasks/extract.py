"""The task `extract`: values into JSON that obeys a schema, with the evidence for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docvision.documents.base import Document, DocumentInfo
from docvision.engines.base import Engine, never
from docvision.errors import ModelNotFound
from docvision.jobs.model import Unit
from docvision.results.model import DocumentResult, Usage
from docvision.tasks.base import Desk, Tools, UnitAnswer
from docvision.tasks.extraction.extractor import Extractor
from docvision.tasks.options import ExtractOptions, Options
from docvision.tasks.orders import quieted
from docvision.tasks.reading import document_of, read_text


class ExtractTask:
    """Reads the words page by page, then asks for the schema's values when all are there."""

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
        return read_text(document, units, chosen(options), tools, cancelled)

    def merge(
        self,
        name: str,
        info: DocumentInfo,
        answers: Sequence[UnitAnswer],
        options: Options,
        desk: Desk,
    ) -> tuple[DocumentResult, Usage]:
        """Make one document of its units' answers; see `tasks.base.Task.merge`."""
        read, said = document_of(name, info, answers), chosen(options)
        extractor = Extractor(
            engine=needed_engine(desk.tools),
            schema=said.accepted,
            mode=said.mode,
            threshold=said.threshold,
            max_tokens=desk.tools.engine_settings.max_new_tokens,
        )
        pages, desk = quieted(read.pages, desk)
        extraction, spent = extractor.extract(pages, desk)
        return read.model_copy(update={"extraction": extraction}), spent


def chosen(options: Options) -> ExtractOptions:
    """Return the options as those of `extract`."""
    assert isinstance(options, ExtractOptions)
    return options


def needed_engine(tools: Tools) -> Engine:
    """Return the model; raises ModelNotFound where there is none."""
    if tools.engine is None:
        raise ModelNotFound("This task asks a model, and this installation has none.", model="none")
    return tools.engine
