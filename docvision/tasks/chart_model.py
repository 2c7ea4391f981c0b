"""A chart as the model reads it, and what to believe where it differs from the geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docvision.documents.base import PageInfo, Pixels
from docvision.engines.base import Message, Picture, Request, Text, never
from docvision.engines.profile import Reads
from docvision.geometry import Box
from docvision.reading.charts.beside import told_beside
from docvision.reading.charts.look import look_at
from docvision.results.model import Chart, ReviewReason, Usage, Word
from docvision.tasks.base import Draw, Tools
from docvision.tasks.chart_table import chart_of, table_grammar
from docvision.tasks.chart_words import ChartWords, chart_words
from docvision.tasks.page_charts import chart_size
from docvision.tasks.prompts import chart_prompt
from docvision.views.resolution import smart_resize

CLOSE = 0.05
"""Relative error within which two readings of a value agree."""
AGREED = 0.8
"""Share of the values from which the two readings are one."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the model said of a chart, None where it was no table, and what that cost."""

    chart: Chart | None
    usage: Usage


def is_asked(tools: Tools, measured: Chart | None) -> bool:
    """Return whether the model is asked for a chart.

    One that reads pages sees every chart. One that reads charts by their words alone is asked where
    the geometry tells nothing.
    """
    if tools.engine is None:
        return False
    profile = tools.engine.profile
    return profile.reads is Reads.PAGE or (profile.charts and measured is None)


def ask_for_chart(
    draw: Draw,
    info: PageInfo,
    region: Box,
    words: Sequence[Word],
    number: int,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> Said:
    """Ask the model for the data of a part of a page as CSV.

    It is shown the part, if it reads pages, and the words on it. `words` are those of the part,
    boxes in fractions of it; `number` is the page's.
    """
    assert tools.engine is not None
    text = laid_out(draw(*chart_size(info, region), region), words)
    most = tools.engine_settings.max_new_tokens
    seen = tools.engine.profile.reads is Reads.PAGE
    if seen:
        picture = Picture(pixels=draw(*_shown_size(info, region, tools), region))
        parts = (picture, Text(text=chart_prompt(text.text)))
        message = Message(role="user", parts=parts)
        request = Request(messages=(message,), max_tokens=most, cancelled=cancelled)
    else:
        asked = words_request(text, most, cancelled)
        if asked is None:
            return Said(chart=None, usage=Usage())
        request = asked
    (answer,) = tools.engine.generate([request])
    return Said(chart=chart_of(answer, region, number, seen=seen), usage=answer.usage)


def laid_out(picture: Pixels, words: Sequence[Word]) -> ChartWords:
    """Return the words of a chart as text; boxes are fractions of its picture."""
    height, width = picture.shape[:2]
    placed = [(word.text.replace('"', "'"), word.bbox) for word in words]
    beside = told_beside(look_at(picture, words), len(words))
    return chart_words(placed, aspect=width / height, beside=beside)


def words_request(
    text: ChartWords, most: int, cancelled: Callable[[], bool] = never
) -> Request | None:
    """Return the question for a chart's data by its words alone, None where they tell none."""
    grammar = table_grammar(text)
    if grammar is None:
        return None
    message = Message(role="user", parts=(Text(text=chart_prompt(text.text)),))
    return Request(messages=(message,), grammar=grammar, max_tokens=most, cancelled=cancelled)


def _shown_size(info: PageInfo, region: Box, tools: Tools) -> tuple[int, int]:
    """Return the width and height in pixels at which the model is shown a part of a page."""
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
    return wide, high


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
