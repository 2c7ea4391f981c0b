"""The charts of a page: found on a small picture of it, read at the size that they need."""

from __future__ import annotations

import math
from collections.abc import Sequence

from docvision.documents.base import PageInfo, Pixels
from docvision.geometry import Box, clip
from docvision.reading.charts.find import find_charts
from docvision.reading.charts.reader import read_chart
from docvision.results.model import Chart, Source, Word
from docvision.tasks.base import Draw

DPI = 150
"""A chart in a PDF is drawn so: a hair line has two pixels then."""
NARROWEST, WIDEST = 640, 1600
"""Pixels across; a chart is drawn no smaller and no larger. A picture's pixels are not blown up."""
LEAST = 0.4
"""Confidence below which what was read is not said to be a chart."""


def charts_on(
    info: PageInfo,
    draw: Draw,
    picture: Pixels,
    words: Sequence[Word],
    *,
    source: Source,
    number: int = 1,
) -> tuple[Chart, ...]:
    """Return the charts of a page that can be read, from the top.

    Args:
        info: The page's size.
        draw: Draws a part of it.
        picture: The page at any size, to find charts on.
        words: Its words.
        source: Where the words come from.
        number: The page's number.
    """
    found = []
    for region in (_settled(info, region) for region in find_charts(picture, words)):
        chart = chart_at(info, draw, region, words_in(region, words), source=source, number=number)
        if chart and chart.confidence >= LEAST:
            found.append(chart)
    return tuple(found)


def _settled(info: PageInfo, region: Box) -> Box:
    """Return a region that begins and ends between the pixels of a picture.

    Otherwise drawing it would blend neighbouring pixels, and the colours of edges would hang on
    where it happens to begin.
    """
    if info.unit != "px":
        return region
    wide, high = info.width, info.height
    x0, y0, x1, y1 = region
    return (
        math.floor(x0 * wide) / wide,
        math.floor(y0 * high) / high,
        math.ceil(x1 * wide) / wide,
        math.ceil(y1 * high) / high,
    )


def chart_at(
    info: PageInfo,
    draw: Draw,
    region: Box,
    words: Sequence[Word],
    *,
    source: Source,
    number: int = 1,
) -> Chart | None:
    """Return the chart that fills a region of a page, None where none can be read there.

    `words` are those of the region, boxes in fractions of it.
    """
    pixels = draw(*chart_size(info, region), region)
    return read_chart(pixels, words, page=number, region=region, source=source)


def chart_size(info: PageInfo, region: Box) -> tuple[int, int]:
    """Return the width and height in pixels at which a chart is drawn."""
    wide = (region[2] - region[0]) * info.width
    high = (region[3] - region[1]) * info.height
    scale = DPI / 72 if info.unit == "pt" else 1.0
    if info.unit == "pt":
        scale = max(scale, NARROWEST / wide)
    scale = min(scale, WIDEST / max(wide, high))
    return max(8, round(wide * scale)), max(8, round(high * scale))


def words_in(region: Box, words: Sequence[Word]) -> list[Word]:
    """Return the words whose middle lies in a region, boxes in fractions of it."""
    x0, y0, x1, y1 = region
    found = []
    for word in words:
        x, y = (word.bbox[0] + word.bbox[2]) / 2, (word.bbox[1] + word.bbox[3]) / 2
        if x0 <= x <= x1 and y0 <= y <= y1:
            a, b, c, d = word.bbox
            inner = clip(
                (
                    (a - x0) / (x1 - x0),
                    (b - y0) / (y1 - y0),
                    (c - x0) / (x1 - x0),
                    (d - y0) / (y1 - y0),
                )
            )
            found.append(word.model_copy(update={"bbox": inner}))
    return found
