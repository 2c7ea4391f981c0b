"""A chart as the model reads it, and what to believe where it differs from the geometry."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docvision.documents.base import PageInfo
from docvision.engines.base import Answer, Message, Picture, Request, Text
from docvision.geometry import Box
from docvision.reading.charts.labels import parse_number
from docvision.results.model import (
    Axis,
    Chart,
    ChartKind,
    Point,
    ReviewReason,
    Series,
    Source,
    Usage,
    Word,
)
from docvision.tasks.base import Draw, Tools
from docvision.tasks.page_charts import chart_size
from docvision.tasks.prompts import chart_prompt, words_text
from docvision.views.resolution import smart_resize

CLOSE = 0.05
"""Relative error within which two readings of a value agree."""
AGREED = 0.8
"""Share of the values from which the two readings are one."""
ALONE = 0.7
"""What is left of the model's own confidence where the geometry tells nothing."""
DOUBTFUL = 0.6


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the model said of a chart, None where it was no table, and what that cost."""

    chart: Chart | None
    usage: Usage


def ask_for_chart(
    draw: Draw,
    info: PageInfo,
    region: Box,
    words: Sequence[Word],
    number: int,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> Said:
    """Show a part of a page to the model and ask for its data as CSV.

    `words` are those of the part, boxes in fractions of it; `number` is the page's.
    """
    assert tools.engine is not None
    width, height = chart_size(info, region)
    factor = tools.engine.profile.factor
    high, wide = smart_resize(
        height,
        width,
        factor=factor,
        min_pixels=16 * factor**2,
        max_pixels=tools.engine_settings.view_tokens * factor**2,
    )
    text = words_text([(word.text, word.bbox) for word in words], aspect=width / height)
    parts = (Picture(pixels=draw(wide, high, region)), Text(text=chart_prompt(text)))
    request = Request(
        messages=(Message(role="user", parts=parts),),
        max_tokens=tools.engine_settings.max_new_tokens,
        cancelled=cancelled,
    )
    (answer,) = tools.engine.generate([request])
    return Said(chart=_chart(answer, region, number), usage=answer.usage)


def settled(measured: Chart | None, said: Chart | None) -> Chart | None:
    """Return the chart to believe.

    Where the model and the geometry agree, it is the measured one, which has a box for each value,
    and their agreement makes it sure. Where they do not, it is the model's, to be looked at.
    """
    if measured is None or said is None:
        return measured or said
    agreement = _agreement(measured, said)
    if agreement >= AGREED:
        sure = max(measured.confidence, 0.97 * agreement)
        return measured.model_copy(update={"confidence": sure, "review": ()})
    reason = ReviewReason(
        code="uncertain", message="The model and the geometry of the chart tell different values."
    )
    return said.model_copy(
        update={
            "kind": measured.kind,
            "title": measured.title,
            "confidence": min(said.confidence, 0.3 + 0.4 * agreement),
            "review": (reason,),
        }
    )


def _chart(answer: Answer, region: Box, number: int) -> Chart | None:
    if answer.finish != "stop":
        return None
    rows = [row for row in csv.reader(io.StringIO(_unfenced(answer.text))) if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    head, *body = rows
    series = tuple(
        Series(
            name=name.strip() or None,
            points=tuple(
                Point(x=row[0].strip(), y=parse_number(row[column].strip()))
                for row in body
                if column < len(row)
            ),
        )
        for column, name in enumerate(head[1:], start=1)
    )
    if all(point.y is None for one in series for point in one.points):
        return None
    sure = ALONE * _probability(answer)
    doubt = ReviewReason(code="uncertain", message="Only the model read this chart.")
    return Chart(
        page=number,
        bbox=region,
        kind=ChartKind.OTHER,
        x_axis=Axis(title=head[0].strip() or None),
        series=series,
        source=Source.MODEL,
        confidence=sure,
        review=(doubt,) if sure < DOUBTFUL else (),
    )


def _unfenced(text: str) -> str:
    """Return a text without the fence of a code block around it."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("```")]
    return "\n".join(lines)


def _probability(answer: Answer) -> float:
    """Return the geometric mean of the probabilities of the answer's tokens."""
    if not answer.tokens:
        return 0.5
    return math.exp(sum(token.logprob for token in answer.tokens) / len(answer.tokens))


def _agreement(one: Chart, other: Chart) -> float:
    """Return the share of values that both have under the same names within `CLOSE`."""
    mine, theirs = dict(_values(one)), dict(_values(other))
    keys = mine.keys() | theirs.keys()
    same = sum(key in mine and key in theirs and _is_close(mine[key], theirs[key]) for key in keys)
    return same / len(keys) if keys else 0.0


def _values(chart: Chart) -> Iterator[tuple[tuple[str, str], float | None]]:
    single = len(chart.series) == 1
    for series in chart.series:
        name = "" if single else (series.name or "").strip().casefold()
        for point in series.points:
            yield (name, str(point.x).strip().casefold()), point.y


def _is_close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= CLOSE * max(abs(a), abs(b))
