"""Reading a document's units, and putting its pages together: the same for every task."""

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
from docvision.tasks.options import ReadingOptions
from docvision.tasks.page_text import read_pages


def read_text(
    document: Document,
    units: Sequence[Unit],
    options: ReadingOptions,
    tools: Tools,
    cancelled: Callable[[], bool] = never,
) -> Iterator[UnitAnswer]:
    """Read the text of units of one document; see `tasks.base.Task.read`."""
    if document.info.kind is Kind.VIDEO:
        for unit in units:
            yield read_scenes(document, unit, options, tools, cancelled)
        return
    by_page = {unit.page: unit for unit in units}
    for read in read_pages(document, list(by_page), options.reader, tools, cancelled):
        yield UnitAnswer(
            unit=by_page[read.index],
            pages=(read.page,),
            charts=read.charts,
            usage=read.usage,
            problem=read.problem,
        )


def document_of(name: str, info: DocumentInfo, answers: Sequence[UnitAnswer]) -> DocumentResult:
    """Return the pages of units' answers as one document, or the frames and texts of a video."""
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
        charts=tuple(chart for answer in answers for chart in answer.charts),
    )
