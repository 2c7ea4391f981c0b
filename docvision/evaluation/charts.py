"""How well the data of charts was read: RMS-F1 and relaxed accuracy."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.optimize import linear_sum_assignment

from docvision.evaluation.cases import ExpectedChart
from docvision.evaluation.ratio import Ratio
from docvision.evaluation.text import one_spaced
from docvision.results.model import Chart

TEXT_CUT = 0.5
"""τ of RMS: keys further apart (normalised edit distance) have nothing to do with each other."""
NUMBER_CUT = 0.1
"""θ of RMS: a number further off (relative error) is simply wrong."""
TOLERANCE = 0.05
"""Of relaxed accuracy."""


class Mapping(NamedTuple):
    """One value of a chart under its two headers, as RMS sees a chart."""

    series: str
    x: str
    y: float | None


def expected_mappings(chart: ExpectedChart) -> list[Mapping]:
    """Return the values of a chart as it should be read; a single series needs no name."""
    return _mappings([(point.series, point.x, point.y) for point in chart.points])


def found_mappings(chart: Chart) -> list[Mapping]:
    """Return the values of a chart as it was read; a single series needs no name."""
    return _mappings(
        [(series.name, point.x, point.y) for series in chart.series for point in series.points]
    )


def rms(expected: Sequence[Mapping], found: Sequence[Mapping]) -> tuple[float, float]:
    """Return precision and recall of RMS, the relative mapping similarity of two charts.

    Mappings are paired by their keys at the least sum of NL_τ, the normalised Levenshtein
    distance cut at τ. A pair scores (1 - NL_τ)·(1 - D_θ), with D_θ the relative error of the
    number cut at θ; precision is the sum over the mappings found, recall over those expected.
    A chart may be read transposed: the better way round counts.
    Source: Liu et al., "DePlot", ACL Findings 2023, section 3; τ and θ from its published code.
    The title is no mapping here, as it is in that code.
    """
    turned = [Mapping(one.x, one.series, one.y) for one in found]
    return max((_rms(expected, way) for way in (found, turned)), key=sum)


def rms_f1(expected: Sequence[Mapping], found: Sequence[Mapping]) -> float:
    """Return the harmonic mean of the precision and the recall of RMS."""
    precision, recall = rms(expected, found)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def relaxed_accuracy(expected: Sequence[Mapping], found: Sequence[Mapping]) -> float:
    """Return the share of expected values found under the same keys within 5 %.

    Source: Methani et al., "PlotQA", WACV 2020, used by ChartQA.
    """
    said = {_key(one): one.y for one in found}
    right = [close(one.y, said.get(_key(one))) for one in expected]
    return float(np.mean(right)) if right else float(not found)


def relaxed_match(expected: Sequence[str], found: str | None) -> bool:
    """Return whether an answer is one of those accepted, a number within 5 %."""
    if found is None:
        return not expected
    return any(
        close(number(one), number(found)) if number(one) is not None else _text(one) == _text(found)
        for one in expected
    )


def close(expected: float | None, found: float | None) -> bool:
    """Return whether a number lies within 5 % of another; zero must be zero."""
    if expected is None or found is None:
        return expected is found
    return abs(found - expected) <= TOLERANCE * abs(expected)


def number(text: str) -> float | None:
    """Return an answer such as 12, 1,200 or 45% as a number, None where it is none."""
    match = re.fullmatch(r"([-+]?[\d,]*\.?\d+)\s*%?", text.strip())
    return float(match[1].replace(",", "")) if match else None


Score = Callable[[Sequence[Mapping], Sequence[Mapping]], float]


def score_charts(expected: Sequence[ExpectedChart], found: Sequence[Chart], score: Score) -> Ratio:
    """Return the mean score over charts, paired so that their RMS-F1 is greatest.

    A chart that was missed, or that is none, scores 0.
    """
    mine = [expected_mappings(chart) for chart in expected]
    theirs = [found_mappings(chart) for chart in found]
    count = max(len(mine), len(theirs))
    if not (mine and theirs):
        return Ratio(0.0, count)
    alike = np.array([[rms_f1(one, other) for other in theirs] for one in mine])
    rows, columns = linear_sum_assignment(alike, maximize=True)
    pairs = zip(rows, columns, strict=True)
    return Ratio(sum(score(mine[row], theirs[column]) for row, column in pairs), count)


def _mappings(
    values: Sequence[tuple[str | None, str | float, float | None]],
) -> list[Mapping]:
    single = len({series for series, _, _ in values}) == 1
    return [Mapping("" if single else _text(series), _text(x), y) for series, x, y in values]


def _rms(expected: Sequence[Mapping], found: Sequence[Mapping]) -> tuple[float, float]:
    if not expected or not found:
        return float(not found), float(not expected)
    likeness = np.array(
        [[_likeness(_key(one), _key(other)) for other in found] for one in expected]
    )
    rows, columns = linear_sum_assignment(likeness, maximize=True)
    score = sum(
        likeness[row, column] * (1 - _error(expected[row].y, found[column].y))
        for row, column in zip(rows, columns, strict=True)
    )
    return score / len(found), score / len(expected)


def _likeness(one: str, other: str) -> float:
    near = float(Levenshtein.normalized_similarity(one, other))
    return near if 1 - near < TEXT_CUT else 0.0


def _error(expected: float | None, found: float | None) -> float:
    if expected is None or found is None:
        return float(expected is not found)
    if expected == 0:
        return float(found != 0)
    error = abs(found - expected) / abs(expected)
    return error if error < NUMBER_CUT else 1.0


def _key(one: Mapping) -> str:
    return f"{one.x} {one.series}".strip()


def _text(value: str | float | None) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return one_spaced("" if value is None else str(value)).casefold()
