"""Charts on PDF pages between other text, drawn by reportlab, and how they are read."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.chart_pages import page_with_vectors
from docvision.reading.layout import blocks_of
from docvision.reading.text_layer import words_of
from docvision.results.model import Block, Chart, ChartKind, Source, Word
from docvision.tasks.page_charts import charts_on
from tests.reading.sheet import sandbox
from training.charts import DrawnChart

PALETTE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b")


@dataclass(frozen=True, kw_only=True)
class Found:
    """The charts and the blocks of a page."""

    charts: tuple[Chart, ...]
    blocks: tuple[Block, ...]


def drawn(
    kind: ChartKind,
    categories: Sequence[str],
    *values: Sequence[float],
    names: Sequence[str] = ("Sales",),
    labels: bool = False,
    horizontal: bool = False,
) -> DrawnChart:
    """Return what a chart shows."""
    return DrawnChart(
        kind=kind,
        title="Visitors",
        categories=tuple(categories),
        names=tuple(names),
        values=tuple(tuple(map(float, series)) for series in values),
        y_title=None,
        labels=labels,
        horizontal=horizontal,
        palette=PALETTE,
    )


def pdf_of(chart: DrawnChart) -> bytes:
    """Return a page with the chart; the same each time."""
    return page_with_vectors(chart, random.Random(7))


def read(pdf: bytes, misread: dict[str, str] | None = None) -> Found:
    """Return what is found on a page, from its text layer; `misread` words say something else."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        with sandbox().open(Path(file.name)) as document:
            info, layer = document.page(0), document.text_layer(0)
            words: list[Word] = [
                word.model_copy(update={"text": (misread or {}).get(word.text, word.text)})
                for word in words_of(layer)
            ]
            charts = charts_on(
                info,
                partial(document.render, 0),
                document.render(0, 480, 679),
                words,
                source=Source.TEXT_LAYER,
            )
    blocks = blocks_of(
        words,
        page=info,
        source=Source.TEXT_LAYER,
        rules=layer.rules,
        images=layer.images,
        charts=[chart.bbox for chart in charts],
    )
    return Found(charts=charts, blocks=blocks)
