"""A chart's data as a table, for the formats that have no charts."""

from __future__ import annotations

from collections.abc import Sequence

from docvision.results.model import Block, BlockKind, Cell, Chart, DocumentResult, Page, Table


def chart_table(chart: Chart) -> Table:
    """Return a table with a row for each category and a column for each series.

    Categories come in the order in which they are first met. Cells of values have the boxes of
    their marks; those of names have the chart's.
    """
    categories = list(dict.fromkeys(point.x for one in chart.series for point in one.points))
    head = [chart.x_axis.title or "", *(_name(chart, at) for at in range(len(chart.series)))]
    cells = [Cell(row=0, column=at, text=text, bbox=chart.bbox) for at, text in enumerate(head)]
    for row, category in enumerate(categories, start=1):
        cells.append(Cell(row=row, column=0, text=_text(category), bbox=chart.bbox))
        for column, series in enumerate(chart.series, start=1):
            point = next((point for point in series.points if point.x == category), None)
            if point and point.y is not None:
                box = point.bbox or chart.bbox
                cells.append(Cell(row=row, column=column, text=_text(point.y), bbox=box))
    return Table(rows=len(categories) + 1, columns=len(head), header_rows=1, cells=tuple(cells))


def pages_with_charts(document: DocumentResult) -> tuple[Page, ...]:
    """Return a document's pages, each block of a chart with the chart's title and its data."""
    return tuple(
        page.model_copy(
            update={
                "blocks": tuple(_with_data(block, page, document.charts) for block in page.blocks)
            }
        )
        if any(block.kind is BlockKind.CHART for block in page.blocks)
        else page
        for page in document.pages
    )


def _with_data(block: Block, page: Page, charts: Sequence[Chart]) -> Block:
    if block.kind is not BlockKind.CHART:
        return block
    chart = next(
        (one for one in charts if one.page == page.number and one.bbox == block.bbox), None
    )
    if chart is None:
        return block
    return block.model_copy(update={"table": chart_table(chart), "text": chart.title or ""})


def _name(chart: Chart, at: int) -> str:
    name = chart.series[at].name or chart.y_axis.title or "Value"
    return f"{name} ({chart.y_axis.unit})" if chart.y_axis.unit else name


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"
