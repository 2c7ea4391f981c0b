"""The task `chart`: the data of every chart on the pages of a document, or in one part of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from docvision.documents.base import Document, DocumentInfo, Kind
from docvision.engines.base import never
from docvision.errors import InvalidRequest
from docvision.geometry import WHOLE, Box, area, intersection
from docvision.jobs.model import Unit
from docvision.results.model import (
    Block,
    BlockKind,
    Chart,
    DocumentResult,
    Page,
    Source,
    Usage,
    Word,
)
from docvision.tasks.base import Desk, Draw, Tools, UnitAnswer
from docvision.tasks.chart_model import ask_for_chart, is_asked, settled
from docvision.tasks.options import ChartOptions, Options
from docvision.tasks.page_charts import chart_at, chart_size, words_in
from docvision.tasks.page_text import PageText, read_pages
from docvision.tasks.reading import document_of
from docvision.tasks.sight import check

SMALLEST = 0.02
"""Share of a page below which a picture in a PDF is not looked at."""
FEW = 3
"""A part with fewer words that the page's reader saw is read by OCR: words in a picture."""


class ChartTask:
    """Reads charts: by their geometry, and by the model as well where it can."""

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
            InvalidRequest: The document is a video.
        """
        assert isinstance(options, ChartOptions)
        if document.info.kind is Kind.VIDEO:
            raise InvalidRequest("Charts are read on pages and pictures, not in videos.")
        by_page = {unit.page: unit for unit in units}
        for read in read_pages(document, list(by_page), options.reader, tools, cancelled):
            check(cancelled)
            charts: tuple[Chart, ...] = ()
            spent = Usage()
            if read.problem is None:
                charts, spent = _charts(document, read, options, tools, cancelled)
            yield UnitAnswer(
                unit=by_page[read.index],
                pages=(_with_charts_alone(read.page, charts),),
                charts=charts,
                usage=read.usage + spent,
                problem=read.problem,
            )

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


def _charts(
    document: Document,
    read: PageText,
    options: ChartOptions,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> tuple[tuple[Chart, ...], Usage]:
    """Return the charts of a page from the top, and what the model spent on them."""
    known: dict[Box, Chart | None] = {chart.bbox: chart for chart in read.charts}
    if options.bbox is not None:
        known = {options.bbox: known.get(options.bbox)}
    else:
        known |= dict.fromkeys(_further(document, read))
    charts, spent = [], Usage()
    draw: Draw = partial(document.render, read.index)
    for region, chart in known.items():
        words, source = _words(document, read, region, tools, cancelled)
        if chart is None:
            info = document.page(read.index)
            chart = chart_at(info, draw, region, words, source=source, number=read.page.number)
        if is_asked(tools, chart):
            said = ask_for_chart(
                draw, document.page(read.index), region, words, read.page.number, tools, cancelled
            )
            spent += said.usage
            chart = settled(chart, said.chart, seen=said.seen)
        if chart:
            charts.append(chart)
    return tuple(sorted(charts, key=lambda chart: (chart.bbox[1], chart.bbox[0]))), spent


def _further(document: Document, read: PageText) -> list[Box]:
    """Return where else a chart may be: pictures in a PDF, and a picture that is one as a whole."""
    if document.info.kind is not Kind.PDF:
        return [] if read.charts else [WHOLE]
    images = document.text_layer(read.index).images
    return [
        image
        for image in images
        if SMALLEST <= area(image) <= 0.9
        and all(intersection(image, chart.bbox) < 0.3 * area(image) for chart in read.charts)
    ]


def _words(
    document: Document,
    read: PageText,
    region: Box,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> tuple[list[Word], Source]:
    """Return the words of a part of the page in fractions of it; OCR's where there are too few."""
    lines = [line for block in read.page.blocks for line in block.lines]
    words = words_in(region, [word for line in lines for word in line.words])
    source = read.page.blocks[0].source if read.page.blocks else Source.OCR
    if len(words) >= FEW:
        return words, source
    pixels = document.render(read.index, *chart_size(document.page(read.index), region), region)
    (seen,) = tools.ocr.read([np.ascontiguousarray(pixels)], cancelled)
    return list(seen), Source.OCR


def _with_charts_alone(page: Page, charts: Sequence[Chart]) -> Page:
    """Return the page with a block for each chart and nothing else."""
    blocks = tuple(
        Block(
            kind=BlockKind.CHART,
            bbox=chart.bbox,
            text=chart.title or "",
            source=chart.source,
            confidence=chart.confidence,
        )
        for chart in charts
    )
    return page.model_copy(update={"blocks": blocks})
