"""The task `ocr`: all text of a document with its layout, its boxes and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docvision.documents.base import Document, DocumentInfo, Kind
from docvision.engines.base import never
from docvision.jobs.model import Unit
from docvision.reading.furniture import mark_furniture
from docvision.results.model import DocumentResult
from docvision.results.tables import mark_continued
from docvision.tasks.base import Tools, UnitAnswer
from docvision.tasks.film import join_scenes, read_scenes, timeline
from docvision.tasks.options import OcrOptions, Options
from docvision.tasks.page_text import read_pages


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
        if document.info.kind is Kind.VIDEO:
            for unit in units:
                yield read_scenes(document, unit, chosen, tools, cancelled)
            return
        by_page = {unit.page: unit for unit in units}
        for read in read_pages(document, list(by_page), chosen.reader, tools, cancelled):
            yield UnitAnswer(
                unit=by_page[read.index], pages=(read.page,), usage=read.usage, problem=read.problem
            )

    def merge(
        self, name: str, info: DocumentInfo, answers: Sequence[UnitAnswer], options: Options
    ) -> DocumentResult:
        """Make one document of its units' answers; see `tasks.base.Task.merge`."""
        pages = [page for answer in answers for page in answer.pages]
        if info.kind is Kind.VIDEO:
            frames = join_scenes(pages)
            return DocumentResult(
                name=name,
                media_type=info.media_type,
                page_count=len(frames),
                pages=frames,
                timeline=timeline(frames),
            )
        return DocumentResult(
            name=name,
            media_type=info.media_type,
            page_count=info.page_count,
            pages=mark_continued(mark_furniture(pages)),
        )
