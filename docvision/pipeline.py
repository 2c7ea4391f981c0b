"""One document becomes one result: plan its units, read them, merge what was read.

`read_document` is the whole recipe in one process. `docvision.run` takes the same three steps
one by one, on whichever worker has time.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

from PIL import Image

from docvision.documents.base import Document, DocumentInfo, Kind
from docvision.documents.pages import parse_page_range
from docvision.engines.base import never
from docvision.jobs.model import Unit
from docvision.results.model import DocumentResult, Usage
from docvision.results.render.pdf import searchable_pdf
from docvision.tasks.base import Desk, Task, Tools, UnitAnswer
from docvision.tasks.options import Options
from docvision.views.reader import reader_size

STRETCH_SECONDS = 120.0
"""A video is read in stretches of so many seconds, so that several workers can share it."""

_QUALITY = 80
"""Of the JPEGs in a searchable PDF: no visible loss on text."""


def read_document(
    name: str,
    document: Document,
    task: Task,
    options: Options,
    tools: Tools,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[DocumentResult, Usage]:
    """Read an open document; `progress` is told the units done and all units."""
    units = plan_units(task, 0, document, options, first=0)
    progress(0, len(units))
    answers: list[UnitAnswer] = []
    for answer in read_units(task, document, units, options, tools):
        answers.append(answer)
        progress(len(answers), len(units))
    merged, spent = merge_document(task, name, document.info, answers, options, Desk(tools=tools))
    return merged, sum((answer.usage for answer in answers), spent)


def plan_units(
    task: Task, document_index: int, document: Document, options: Options, first: int
) -> list[Unit]:
    """Return the units of a document, numbered from `first`: its pages, or stretches of video.

    Raises:
        InvalidRequest: `options.pages` names a page that the document does not have.
    """
    if document.info.kind is Kind.VIDEO:
        return list(_stretches(document.info.duration or 0.0, document_index, first))
    count = document.info.page_count
    pages = parse_page_range(options.pages, count) if options.pages else range(count)
    return [
        Unit(index=first + offset, document=document_index, page=page)
        for offset, page in enumerate(pages)
    ]


def read_units(
    task: Task,
    document: Document,
    units: Sequence[Unit],
    options: Options,
    tools: Tools,
    cancelled: Callable[[], bool] = never,
) -> Iterator[UnitAnswer]:
    """Read units of one document; yield each answer as soon as it is there.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    return task.read(document, units, options, tools, cancelled)


def merge_document(
    task: Task,
    name: str,
    info: DocumentInfo,
    answers: Sequence[UnitAnswer],
    options: Options,
    desk: Desk,
) -> tuple[DocumentResult, Usage]:
    """Return one document made of its units' answers, whatever order they came in, and its cost."""
    ordered = sorted(answers, key=lambda answer: answer.unit.index)
    return task.merge(name, info, ordered, options, desk)


def searchable_copy(document: Document, read: DocumentResult) -> bytes | None:
    """Return a PDF of the pages as pictures with their text selectable, page by page.

    None for a video, and where no page could be read; a page that could not be is left out.
    """
    pages = tuple(page for page in read.pages if page.problem is None)
    if document.info.kind is Kind.VIDEO or not pages:
        return None
    pictures = (_jpeg(document, page.number - 1) for page in pages)
    return searchable_pdf(read.model_copy(update={"pages": pages}), pictures)


def _jpeg(document: Document, index: int) -> bytes:
    pixels = document.render(index, *reader_size(document.page(index)))
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _stretches(duration: float, document: int, first: int) -> Iterator[Unit]:
    count = max(1, round(duration / STRETCH_SECONDS))
    for number in range(count):
        yield Unit(
            index=first + number,
            document=document,
            page=0,
            start=duration * number / count,
            end=duration * (number + 1) / count,
        )
