"""Charts read by their geometry: `python -m benchmarks.charts [--count 30] [--ocr 4]`.

Draws seeded charts in many looks and prints RMS-F1 (as DePlot defines it) with and without data
labels, by kind: pictures of charts alone drawn by matplotlib, and PDF pages with a chart between
other text, drawn by reportlab. Words come from the text layer, and for `--ocr` of each from OCR.
The pages go through the whole task `chart`, so a chart that is not found scores 0.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chart_pages import page_with_picture, page_with_vectors
from docvision.documents.sandbox import Sandbox
from docvision.evaluation.cases import ExpectedChart, ExpectedPoint
from docvision.evaluation.charts import rms_f1, score_charts
from docvision.jobs.model import Unit
from docvision.reading.ocr import Ocr
from docvision.results.model import Chart
from docvision.settings import EngineSettings, Limits
from docvision.tasks.base import Tools
from docvision.tasks.chart import ChartTask
from docvision.tasks.options import ChartOptions, Reader
from training.charts import DrawnChart, draw_data, draw_with_matplotlib

BARS = {True: 0.80, False: 0.60}
"""With data labels, without."""
IN_PAGES = 0.75


@dataclass(frozen=True, kw_only=True)
class Look:
    """Who draws, into what, and who reads the words."""

    name: str
    draw: Callable[[DrawnChart, random.Random], bytes]
    reader: Reader
    page: bool


def vector_chart(chart: DrawnChart, rng: random.Random) -> bytes:
    """Return a PDF of a chart alone, by matplotlib."""
    made = draw_with_matplotlib(chart, rng, format="pdf")
    assert isinstance(made, bytes)
    return made


def picture_page(chart: DrawnChart, rng: random.Random) -> bytes:
    """Return a page with a picture by matplotlib."""
    made = draw_with_matplotlib(chart, rng, dpi=150)
    assert not isinstance(made, bytes)
    return page_with_picture(made, rng)


LOOKS = (
    Look(name="matplotlib, alone, text layer", draw=vector_chart, reader=Reader.AUTO, page=False),
    Look(name="matplotlib, alone, OCR", draw=vector_chart, reader=Reader.OCR, page=False),
    Look(name="reportlab, in pages, text layer", draw=page_with_vectors, reader=Reader.AUTO,
         page=True),
    Look(name="reportlab, in pages, OCR", draw=page_with_vectors, reader=Reader.OCR, page=True),
    Look(name="matplotlib, in pages, OCR", draw=picture_page, reader=Reader.OCR, page=True),
)  # fmt: skip


def expected(chart: DrawnChart) -> ExpectedChart:
    """Return the truth."""
    several = len(chart.names) > 1
    return ExpectedChart(
        points=tuple(
            ExpectedPoint(series=name if several else None, x=category, y=value)
            for name, values in zip(chart.names, chart.values, strict=True)
            for category, value in zip(chart.categories, values, strict=True)
        )
    )


def read(pdf: bytes, sandbox: Sandbox, tools: Tools, reader: Reader) -> tuple[Chart, ...]:
    """Return the charts of a PDF's first page."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        unit = Unit(index=0, document=0, page=0)
        with sandbox.open(Path(file.name)) as document:
            (answer,) = ChartTask().read(document, [unit], ChartOptions(reader=reader), tools)
    return answer.charts


def scores(
    look: Look, count: int, *, labels: bool, seed: int, sandbox: Sandbox, tools: Tools
) -> Iterator[tuple[DrawnChart, float]]:
    """Yield each chart and its RMS-F1; with several charts found, the page's mean."""
    for number in range(count):
        rng = random.Random(f"{look.name}-{seed}-{labels}-{number}")
        chart = draw_data(rng, labels=labels)
        found = read(look.draw(chart, rng), sandbox, tools, look.reader)
        ratio = score_charts([expected(chart)], found, rms_f1)
        yield chart, ratio.value if ratio.value is not None else 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Charts read by their geometry.")
    parser.add_argument("--count", type=int, default=30, help="charts of each look, text layer")
    parser.add_argument("--ocr", type=int, default=4, help="the same, words by OCR")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with Sandbox(Limits(), size=1) as sandbox, Ocr() as ocr:
        tools = Tools(engine=None, ocr=ocr, engine_settings=EngineSettings(), limits=Limits())
        for look in LOOKS:
            count = chosen.ocr if look.reader is Reader.OCR else chosen.count
            for labels in (True, False):
                by_kind: dict[str, list[float]] = defaultdict(list)
                for chart, score in scores(
                    look, count, labels=labels, seed=chosen.seed, sandbox=sandbox, tools=tools
                ):
                    by_kind[chart.kind.value].append(score)
                print_scores(look, by_kind, labels=labels)


def print_scores(look: Look, by_kind: dict[str, list[float]], *, labels: bool) -> None:
    """Print the mean of a look, against its bar, and the means of its kinds."""
    every = [score for some in by_kind.values() for score in some]
    if not every:
        return
    bar = IN_PAGES if look.page else BARS[labels]
    kinds = ", ".join(
        f"{kind} {statistics.mean(some):.2f} ({len(some)})"
        for kind, some in sorted(by_kind.items())
    )
    told = "labels   " if labels else "no labels"
    mean = statistics.mean(every)
    print(f"{look.name:32} {told} RMS-F1 {mean:.3f} (bar {bar:.2f}, n={len(every)}): {kinds}")


if __name__ == "__main__":
    main()
