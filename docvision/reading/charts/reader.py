"""A chart's data from its picture and the words on it."""

from __future__ import annotations

from collections.abc import Sequence

from docvision.documents.base import Pixels
from docvision.geometry import WHOLE, Box, clip, within
from docvision.reading.charts.data import Datum, Reading
from docvision.reading.charts.judgement import confidence_of, review_of, says_more
from docvision.reading.charts.labels import Label, line_height, phrases, unit_of
from docvision.reading.charts.legend import Legend
from docvision.reading.charts.look import look_at, measure
from docvision.results.model import Axis, Chart, ChartKind, Point, Series, Source, Word


def read_chart(
    picture: Pixels, words: Sequence[Word], *, page: int = 1, region: Box = WHOLE, source: Source
) -> Chart | None:
    """Return the data that a chart's geometry and words tell, or None where nothing is a chart.

    Args:
        picture: The chart and little else.
        words: Those on it, boxes in fractions of the picture.
        page: The number of its page.
        region: Where the picture stands on that page; the chart's boxes are the page's.
        source: Where the words come from.
    """
    look = look_at(picture, words)
    (width, height), legend, labels = look.size, look.legend, look.labels
    found = measure(look)
    if found is None or len(found.data) < 2 or says_more(len(found.data), len(words)):
        return None

    def shown(box: Box) -> Box:
        return within(
            clip((box[0] / width, box[1] / height, box[2] / width, box[3] / height)), region
        )

    sure = confidence_of(found, legend)
    return Chart(
        page=page,
        bbox=region,
        kind=found.kind,
        title=_title(found, legend, labels),
        y_axis=Axis(unit=_unit(found, labels)),
        series=_series(found, legend, shown),
        source=source,
        confidence=sure,
        review=review_of(found, sure),
    )


def _series(found: Reading, legend: Legend, shown: object) -> tuple[Series, ...]:
    assert callable(shown)
    if found.kind is ChartKind.PIE:
        return (Series(points=tuple(_point(datum, shown) for datum in found.data)),)
    order: dict[int, list[Datum]] = {}
    for datum in found.data:
        order.setdefault(datum.layer, []).append(datum)
    several = len(order) > 1
    ranked = sorted(order.items(), key=lambda item: list(legend.names).index(item[0])
                    if item[0] in legend.names else len(legend.names))  # fmt: skip
    return tuple(
        Series(
            name=legend.names.get(layer, str(at + 1) if several else None),
            points=tuple(_point(datum, shown) for datum in data),
        )
        for at, (layer, data) in enumerate(ranked)
    )


def _point(datum: Datum, shown: object) -> Point:
    assert callable(shown)
    value = None if datum.value is None else float(f"{datum.value:.6g}")
    return Point(x=datum.category, y=value, bbox=shown(datum.box))


def _title(found: Reading, legend: Legend, labels: Sequence[Label]) -> str | None:
    """Return the highest line of words above what is drawn, if it is no legend and no number."""
    top = found.plot[1] + 0.3 * line_height(labels)
    above = [
        label
        for label in labels
        if label.box[3] <= top and label not in legend.labels and label.upright
    ]
    lines = [line for line in phrases(above, gap=1.0) if line.number is None]
    return lines[0].text if lines else None


def _unit(found: Reading, labels: Sequence[Label]) -> str | None:
    if found.percent:
        return "%"
    units = [unit for label in labels if label.number is not None and (unit := unit_of(label.text))]
    return max(set(units), key=units.count) if len(units) >= 2 else None
