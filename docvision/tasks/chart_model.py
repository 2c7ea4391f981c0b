"""A chart as the model reads it, and what to believe where it differs from the geometry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from docvision.documents.base import PageInfo, Pixels
from docvision.engines.base import Message, Picture, Request, Text, never
from docvision.engines.profile import Reads
from docvision.geometry import Box
from docvision.reading.charts.beside import told_beside
from docvision.reading.charts.judgement import says_more
from docvision.reading.charts.look import look_at
from docvision.results.model import Chart, ReviewReason, Series, Usage, Word
from docvision.tasks.base import Draw, Tools
from docvision.tasks.chart_table import chart_of, table_grammar
from docvision.tasks.chart_words import ChartWords, chart_words
from docvision.tasks.page_charts import LEAST, chart_size
from docvision.tasks.prompts import chart_prompt
from docvision.views.resolution import smart_resize

CLOSE = 0.05
"""Relative error within which two readings of a value agree."""
AGREED = 0.8
"""Share of the values from which the two readings are one."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the model said of a chart, None where it was no table, and what that cost.

    `seen` is whether it saw the picture.
    """

    chart: Chart | None
    usage: Usage
    seen: bool = True


def is_asked(tools: Tools, measured: Chart | None) -> bool:
    """Return whether the model is asked for a chart.

    One that reads pages sees every chart. One that reads charts by their words alone is asked where
    the geometry tells nothing, or finds no names for what it measured.
    """
    if tools.engine is None:
        return False
    profile = tools.engine.profile
    return profile.reads is Reads.PAGE or (
        profile.charts and (measured is None or is_unnamed(measured))
    )


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
    most = tools.engine_settings.max_new_tokens
    seen = tools.engine.profile.reads is Reads.PAGE
    # One that sees the picture measures for itself: else its agreement would tell nothing.
    text = laid_out(draw(*chart_size(info, region), region), words, measured=not seen)
    if seen:
        picture = Picture(pixels=draw(*_shown_size(info, region, tools), region))
        parts = (picture, Text(text=chart_prompt(text.text)))
        message = Message(role="user", parts=parts)
        request = Request(messages=(message,), max_tokens=most, cancelled=cancelled)
    else:
        asked = words_request(text, most, cancelled)
        if asked is None:
            return Said(chart=None, usage=Usage(), seen=False)
        request = asked
    (answer,) = tools.engine.generate([request])
    chart = chart_of(answer, region, number, seen=seen)
    if chart and not seen and not _is_credible(chart, len(words)):
        chart = None
    return Said(chart=chart, usage=answer.usage, seen=seen)


def _is_credible(chart: Chart, words: int) -> bool:
    """Whether what was told from words alone may be a chart's data: a page of text is none."""
    values = sum(len(series.points) for series in chart.series)
    return chart.confidence >= LEAST and not says_more(values, words)


def laid_out(picture: Pixels, words: Sequence[Word], *, measured: bool = True) -> ChartWords:
    """Return the words of a chart as text, with what was `measured` on it; boxes are fractions."""
    height, width = picture.shape[:2]
    placed = [(word.text.replace('"', "'"), word.bbox) for word in words]
    beside = told_beside(look_at(picture, words), len(words))
    if not measured:
        beside = replace(beside, measured=())
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


def is_unnamed(chart: Chart) -> bool:
    """Whether a chart's categories are only counted, as no words were found for them."""
    return any(
        [str(point.x) for point in series.points]
        == [str(at + 1) for at in range(len(series.points))]
        for series in chart.series
    )


def named(measured: Chart, said: Chart | None) -> Chart:
    """Return a measured chart with the names that a model of words gives its values.

    As it is where the model names other values than those that were measured, or other numbers of
    them. Whether a name belongs to a value was only told by the model, so the chart is to be looked
    at.
    """
    if said is None or len(said.series) != len(measured.series):
        return measured
    series = []
    for mine in measured.series:
        theirs = next((one for one in said.series if _is_same(mine, one)), None)
        if theirs is None:
            return measured
        places = sorted(range(len(mine.points)), key=lambda at: mine.points[at].y or 0.0)
        ranked = sorted(theirs.points, key=lambda point: point.y or 0.0)
        names = {at: point.x for at, point in zip(places, ranked, strict=True)}
        points = tuple(
            point.model_copy(update={"x": names[at]}) for at, point in enumerate(mine.points)
        )
        series.append(mine.model_copy(update={"name": mine.name or theirs.name, "points": points}))
    reason = ReviewReason(code="uncertain", message="Only the model named this chart's categories.")
    return measured.model_copy(
        update={"series": tuple(series), "review": (*measured.review, reason)}
    )


def _is_same(one: Series, other: Series) -> bool:
    """Whether two series have the same values, in any order."""
    mine, theirs = (sorted(point.y or 0.0 for point in some.points) for some in (one, other))
    return len(mine) == len(theirs) and all(map(_is_close, mine, theirs))


def settled(measured: Chart | None, said: Chart | None, *, seen: bool = True) -> Chart | None:
    """Return the chart to believe; `seen` is whether the model saw the picture.

    One that saw only words gives at most the names that a measured chart lacks. Else, where the
    model and the geometry agree, it is the measured one, which has a box for each value,
    and their agreement makes it sure. Where they do not, it is the model's, to be looked at.
    """
    if measured is None or said is None:
        return measured or said
    if not seen:
        return named(measured, said)
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
