"""The table of bars counts each case where it belongs, and says what is missed."""

from __future__ import annotations

from benchmarks.understanding import BARS, figures, reached, table
from docvision.evaluation.ratio import Ratio
from docvision.evaluation.rows import Row
from docvision.evaluation.scoring import METRICS
from training.cases import KINDS


def row(name, **metrics):
    found = {key: Ratio(value, 1) for key, value in metrics.items()}
    return Row(id=name, file="x", task="ocr", metrics=found)


def test_every_bar_is_over_sets_and_figures_that_exist():
    for bar in BARS:
        assert set(bar.sets) <= set(KINDS)
        assert bar.metric in METRICS


def test_ruled_and_unruled_tables_are_judged_apart():
    # given ruled tables that are read well and unruled ones that are not
    rows = {"table": [row("table-0-ruled-pdf", teds=0.9), row("table-1-unruled-pdf", teds=0.5)]}

    found = {bar.name: (bar, figure) for bar, figure in figures(rows) if figure}

    assert found["ruled tables"][1].value == 0.9
    assert reached(*found["ruled tables"])
    assert not reached(*found["unruled tables"])
    assert table(rows).row_count == 2
