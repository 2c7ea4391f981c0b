"""PDF pages with charts between other text, drawn by reportlab: as vectors, or as pictures."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image
from reportlab.graphics import renderPDF
from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas

from docvision.results.model import ChartKind
from training import text
from training.charts import DrawnChart, Pixels, number_text

_WIDE, _HIGH = 430.0, 250.0


def page_with_picture(picture: Pixels, rng: random.Random) -> bytes:
    """Return a page with a chart as a picture."""
    height = _WIDE * picture.shape[0] / picture.shape[1]

    def put(canvas: Canvas, y: float) -> float:
        canvas.drawImage(ImageReader(Image.fromarray(picture)), 80, y - height, _WIDE, height)
        return y - height

    return _page(put, rng)


def page_with_vectors(chart: DrawnChart, rng: random.Random) -> bytes:
    """Return a page with a chart drawn by reportlab's graphics."""

    def put(canvas: Canvas, y: float) -> float:
        renderPDF.draw(drawing_of(chart, rng), canvas, 80, y - _HIGH)
        return y - _HIGH

    return _page(put, rng)


def _page(put: Any, rng: random.Random) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawString(60, 780, f"{rng.randint(1, 9)} {text.phrase(rng, 1, 3).title()}")
    y = _prose(canvas, rng, 752) - 18
    y = put(canvas, y) - 16
    canvas.setFont("Helvetica", 9)
    canvas.drawString(80, y, f"Figure {rng.randint(1, 9)}: {text.phrase(rng, 4, 8).capitalize()}.")
    _prose(canvas, rng, y - 30)
    canvas.save()
    return out.getvalue()


def _prose(canvas: Canvas, rng: random.Random, y: float) -> float:
    canvas.setFont("Helvetica", 10)
    said = " ".join(text.sentence(rng) for _ in range(rng.randint(3, 6)))
    for line in simpleSplit(said, "Helvetica", 10, 475)[:8]:
        canvas.drawString(60, y, line)
        y -= 12.5
    return y


def drawing_of(chart: DrawnChart, rng: random.Random) -> Drawing:
    """Return a chart drawn by reportlab's graphics."""
    drawing = Drawing(_WIDE, _HIGH)
    if chart.title:
        drawing.add(String(_WIDE / 2, _HIGH - 14, chart.title, textAnchor="middle", fontSize=12))
    drawing.add(_pie(chart, rng) if chart.kind is ChartKind.PIE else _plot(chart, rng))
    if len(chart.names) > 1:
        drawing.add(_legend(chart, chart.names))
    return drawing


def _pie(chart: DrawnChart, rng: random.Random) -> Pie:
    pie = Pie()
    pie.x, pie.y, pie.width, pie.height = 120, 20, 180, 180
    pie.data = list(chart.values[0])
    pie.labels = [
        f"{name} {number_text(value)}%" if chart.labels else name
        for name, value in zip(chart.categories, chart.values[0], strict=True)
    ]
    pie.sideLabels = rng.random() < 0.3
    for at in range(len(pie.data)):
        pie.slices[at].fillColor = HexColor(chart.palette[at])
        pie.slices[at].strokeColor = white
    return pie


def _plot(chart: DrawnChart, rng: random.Random) -> Any:
    if chart.kind is ChartKind.LINE:
        plot = HorizontalLineChart()
    else:
        plot = HorizontalBarChart() if chart.horizontal else VerticalBarChart()
        plot.barSpacing = 0
        plot.groupSpacing = rng.choice((6, 12))
        if chart.kind is ChartKind.STACKED_BAR:
            plot.categoryAxis.style = "stacked"
    plot.x, plot.y, plot.width, plot.height = 60, 40, _WIDE - 150, _HIGH - 75
    plot.data = [tuple(values) for values in chart.values]
    plot.categoryAxis.categoryNames = list(chart.categories)
    plot.valueAxis.valueMin = 0
    plot.valueAxis.visibleGrid = rng.random() < 0.5
    plot.valueAxis.gridStrokeColor = HexColor("#cccccc")
    if chart.horizontal:
        plot.categoryAxis.reverseDirection = rng.random() < 0.5
    if chart.labels:
        _label(plot, chart)
    for at in range(len(chart.names)):
        if chart.kind is ChartKind.LINE:
            plot.lines[at].strokeColor = HexColor(chart.palette[at])
            plot.lines[at].strokeWidth = rng.choice((1.5, 2.5))
        else:
            plot.bars[at].fillColor = HexColor(chart.palette[at])
            plot.bars[at].strokeColor = None if rng.random() < 0.5 else HexColor("#000000")
            plot.bars[at].strokeWidth = 0.5
    return plot


def _label(plot: Any, chart: DrawnChart) -> None:
    if chart.kind is ChartKind.LINE:
        plot.lineLabelFormat = number_text
        plot.lineLabels.fontSize = 7
        plot.lineLabelNudge = 9
        return
    plot.barLabelFormat = number_text
    plot.barLabels.fontSize = 7
    if chart.kind is ChartKind.STACKED_BAR:
        plot.barLabels.boxTarget = "mid"
    elif chart.horizontal:
        plot.barLabels.boxAnchor, plot.barLabels.dx = "w", 3
    else:
        plot.barLabels.boxAnchor, plot.barLabels.dy = "s", 2


def _legend(chart: DrawnChart, names: tuple[str, ...]) -> Legend:
    legend = Legend()
    legend.x, legend.y = _WIDE - 80, _HIGH - 80
    legend.alignment = "right"
    legend.columnMaximum = 8
    legend.fontSize = 9
    legend.dx = legend.dy = 8
    legend.colorNamePairs = [(HexColor(chart.palette[at]), name) for at, name in enumerate(names)]
    return legend
