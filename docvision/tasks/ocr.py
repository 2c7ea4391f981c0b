"""The task `ocr`: all text of a document with its layout, its boxes and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docvision.documents.base import Document, DocumentInfo
from docvision.engines.base import never
from docvision.jobs.model import Unit
from docvision.results.model import DocumentResult, Usage
from docvision.tasks.base import Desk, Tools, UnitAnswer
from docvision.tasks.options import OcrOptions, Options
from docvision.tasks.reading import document_of, read_text


class OcrTask:
    """Reads pages and frames."""

    def read(
        self,
        document: Document,
        units: Sequence[Unit],
        options: Options,
        tools: Tools,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[UnitAnswer]:
        """Read units of one document; see `tasks.base.Task.read`."""
        chosen = OcrOptions.model_validate(options.model_dump())
        return read_text(document, units, chosen, tools, cancelled)

    def merge(
        self,
        name: str,
        info: DocumentInfo,
        answers: Sequence[UnitAnswer],
        options: Options,
        desk: Desk,
    ) -> tuple[DocumentResult, Usage]:
        """Make one document of its units' answers; see `tasks.base.Task.merge`."""
        return document_of(name, info, answers), Usage()
