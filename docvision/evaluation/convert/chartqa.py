"""ChartQA: charts from the web, their data, and questions.

Layout: `train`, `val` and `test`, each with `png/*.png`, `tables/*.csv`, and the questions in
`test_human.json` and `test_augmented.json`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from docvision.evaluation.cases import Case, Expected, ExpectedChart, ExpectedPoint
from docvision.evaluation.charts import number
from docvision.evaluation.convert.common import pictures, read_json, relative, some


def chartqa(folder: Path, base: Path) -> Iterator[Case]:
    """Yield a `chart` case for each chart with a table, and an `ask` case for each question."""
    found = pictures(folder)
    tables = {path.stem: path for path in sorted(folder.rglob("tables/*.csv"))}
    asked = [*sorted(folder.rglob("*_human.json")), *sorted(folder.rglob("*_augmented.json"))]
    some([*tables, *asked], folder, "ChartQA")
    for name, table in tables.items():
        points = _points(table)
        if name in found and points:
            yield Case(
                id=f"{name}-chart",
                file=relative(found[name], base),
                task="chart",
                expected=Expected(charts=(ExpectedChart(points=points),)),
            )
    for path in asked:
        for position, one in enumerate(read_json(path)):
            picture = found.get(Path(one["imgname"]).stem)
            if picture:
                yield Case(
                    id=f"{path.stem}-{position}",
                    file=relative(picture, base),
                    task="ask",
                    options={"questions": [one["query"]]},
                    expected=Expected(answers=(str(one["label"]),)),
                )


def _points(path: Path) -> tuple[ExpectedPoint, ...]:
    """Return the cells that are numbers, under their row's first cell and their heading."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        heads, *rows = list(csv.reader(lines)) or [[]]
    single = len(heads) == 2
    return tuple(
        ExpectedPoint(series=None if single else head, x=row[0], y=value)
        for row in rows
        for head, cell in zip(heads[1:], row[1:], strict=False)
        if (value := number(cell)) is not None
    )
