"""A chart's data as CSV: the grammar of what may be said from words alone, and what it means."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence

from docvision.engines.base import Answer
from docvision.geometry import Box
from docvision.reading.charts.labels import parse_number
from docvision.results.model import Axis, Chart, ChartKind, Point, ReviewReason, Series, Source
from docvision.tasks.chart_lists import MEASURED
from docvision.tasks.chart_words import LEGEND, ChartWords, Line

HEAD, ALONE = "category", "value"
"""What stands above the categories, and above the numbers of a chart without names."""
_SERIES = 6
_TRUST = 0.7
"""What is left of the model's own confidence where the geometry tells nothing."""
_DOUBTFUL = 0.6


def table_grammar(said: ChartWords) -> str | None:
    """Return a Lark grammar: null, or CSV of what stands in one of the lists of a chart's words.

    Rows come in the list's order, each at most once, and a row holds only numbers that stand by its
    word; under a legend, each only in the column of its colour. None where no number stands by any
    word, so that there is nothing to say.
    """
    lists = [lines for heading, lines in said.lists.items() if heading != LEGEND]
    if not any(cell for lines in lists for line in lines for cell in line.cells):
        return None
    names = [line.head.text for line in said.lists.get(LEGEND, ())]
    rules = [f"top: {_cells([HEAD])}", f"name: {_cells(names or _all_words(said))}"]
    tables = []
    for number, lines in enumerate(lists):
        most = min(_SERIES, max(len(line.cells) for line in lines))
        for count in (1, *([len(names)] if len(names) > 1 else range(2, most + 1))):
            table = f"table{number}_{count}"
            tables.append(table)
            rows = [f"{table}_{at}" for at in range(len(lines))]
            heading = f'"," {_cells([ALONE])}' if count == 1 else f'("," name){{{count}}}'
            rules.append(f"{table}: top {heading} {' '.join(f'{row}?' for row in rows)}")
            rules += [
                f"{row}: {_row(line, count, has_legend=bool(names))}"
                for row, line in zip(rows, lines, strict=True)
            ]
    return "\n".join([f'start: "null" | {" | ".join(tables)}', *rules])


def _row(line: Line, count: int, *, has_legend: bool) -> str:
    """Return what a row of so many numbers may be."""
    cells = [cell.text if cell else None for cell in line.cells]
    columns: list[Sequence[str | None]] = [cells] * count
    if has_legend and len(cells) >= count > 1:
        # What has no colour stands behind the columns; it may be what one of them lacks.
        columns = [[cell] if cell else cells[count:] for cell in cells[:count]]
    allowed = (" | ".join(filter(None, ('"null"', _cells(column)))) for column in columns)
    head = _cells([line.head.text])
    return " ".join(['"\\n"', head, *(f'"," ({some})' for some in allowed)])


def _all_words(said: ChartWords) -> list[str]:
    """Return what stands on the chart, by the gaps between columns."""
    lines = said.text.split("\n\n")[0].split("\n")
    return [piece for line in lines for piece in line.split("  ")]


def _cells(texts: Iterable[str | None]) -> str:
    """Return the alternatives of a cell, each with its quotes."""
    unique = dict.fromkeys(text for text in texts if text)
    return " | ".join(json.dumps(f'"{text}"', ensure_ascii=False) for text in unique)


def chart_of(answer: Answer, region: Box, number: int, *, seen: bool = True) -> Chart | None:
    """Return the chart that a model's CSV tells, None where it tells none.

    Args:
        answer: What the model said.
        region: Where the chart stands on its page.
        number: That page's number.
        seen: Whether the model saw the picture; what it says of words alone is always doubted.
    """
    if answer.finish != "stop":
        return None
    rows = [row for row in csv.reader(io.StringIO(_unfenced(answer.text))) if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    head, *body = rows
    series = tuple(
        Series(
            name=_named(name),
            points=tuple(
                Point(x=row[0].strip(), y=parse_number(row[column].strip().removeprefix(MEASURED)))
                for row in body
                if column < len(row)
            ),
        )
        for column, name in enumerate(head[1:], start=1)
    )
    if all(point.y is None for one in series for point in one.points):
        return None
    sure = _TRUST * _probability(answer)
    doubt = ReviewReason(code="uncertain", message="Only the model read this chart.")
    return Chart(
        page=number,
        bbox=region,
        kind=ChartKind.OTHER,
        x_axis=Axis(title=_named(head[0])),
        series=series,
        source=Source.MODEL,
        confidence=sure,
        review=(doubt,) if sure < _DOUBTFUL or not seen else (),
    )


def _named(text: str) -> str | None:
    """Return a heading, None where it only stands for one."""
    name = text.strip()
    return name if name and name not in (HEAD, ALONE) else None


def _unfenced(text: str) -> str:
    """Return a text without the fence of a code block around it."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("```")]
    return "\n".join(lines)


def _probability(answer: Answer) -> float:
    """Return the geometric mean of the probabilities of the answer's tokens."""
    if not answer.tokens:
        return 0.5
    return math.exp(sum(token.logprob for token in answer.tokens) / len(answer.tokens))
