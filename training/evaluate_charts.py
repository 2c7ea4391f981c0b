"""How well a checkpoint reads charts: pictures by matplotlib, words by OCR, as in the product."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from docvision.engines.base import Answer, Engine, Request
from docvision.evaluation.charts import rms_f1, score_charts
from docvision.geometry import WHOLE
from docvision.reading.charts.reader import read_chart
from docvision.reading.ocr import Ocr
from docvision.results.model import Chart, Source
from docvision.tasks.chart_model import laid_out, words_request
from docvision.tasks.chart_table import chart_of
from training.cases.charts import draw_chart, expected_chart
from training.charts import DrawnChart
from training.model import seeded

_TOKENS = 512
"""Tokens of a table at most."""


@dataclass(frozen=True, kw_only=True)
class ChartCase:
    """A chart, what is asked of it (nothing where no number was found on it), and how it measures.

    `measured` is what docvision's reader makes of it without a model.
    """

    drawn: DrawnChart
    request: Request | None
    measured: Chart | None = None


def measure_charts(engine: Engine, count: int) -> dict[str, float]:
    """Return RMS-F1 of charts with their values written, and without, as many of each.

    The checkpoint is shown the words and what was measured, and no picture. `reader` is what
    docvision's reader makes of the same charts without a model.
    """
    found = {}
    for name, labels in (("labelled", True), ("unlabelled", False)):
        cases = chart_cases(count, labels=labels)
        scores = score_cases(cases, ask_for_tables(engine, cases))
        found[f"{name}_rms_f1"] = mean(scores)
        found[f"reader_{name}_rms_f1"] = mean(_score(case, case.measured) for case in cases)
    return found


def chart_cases(count: int, *, labels: bool) -> list[ChartCase]:
    """Return held-out charts, drawn and read."""
    reader = Ocr()
    cases = []
    for number in range(count):
        drawn, picture = draw_chart(seeded("eval", "chart", labels, number), labels=labels)
        pixels = np.asarray(picture)
        (words,) = reader.read([pixels])
        cases.append(
            ChartCase(
                drawn=drawn,
                request=words_request(laid_out(pixels, words), _TOKENS),
                measured=read_chart(pixels, words, source=Source.OCR),
            )
        )
    return cases


def ask_for_tables(engine: Engine, cases: Sequence[ChartCase], size: int = 16) -> list[Answer]:
    """Return what the engine says of each chart, nothing of those that it is not asked for."""
    asked = [case.request for case in cases if case.request]
    starts = range(0, len(asked), size)
    said = iter([one for start in starts for one in engine.generate(asked[start : start + size])])
    return [next(said) if case.request else Answer(text="") for case in cases]


def score_cases(cases: Sequence[ChartCase], answers: Sequence[Answer]) -> list[float]:
    """Return RMS-F1 of each chart; one of which nothing was said scores 0."""
    return [
        _score(case, chart_of(answer, WHOLE, 1))
        for case, answer in zip(cases, answers, strict=True)
    ]


def _score(case: ChartCase, chart: Chart | None) -> float:
    """Return RMS-F1 of a chart as it was read, 0 where nothing was."""
    ratio = score_charts([expected_chart(case.drawn)], [chart] if chart else [], rms_f1)
    return float(ratio.value or 0.0)
