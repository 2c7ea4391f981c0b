"""Curves of a run: what is right, the losses, and how hard each task had become."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Return the records of a run's log."""
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def plot_run(folder: Path, target: Path) -> None:
    """Draw a run's curves into a picture file."""
    records = [record for record in read_log(folder) if "task" in record]
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 7), layout="constrained")
    panels = (("right", "counted tokens right"), ("level", "level of difficulty"),
              ("token", "next-token loss"), ("pointer", "pointer loss"))  # fmt: skip
    for axis, (name, title) in zip(axes.flat, panels, strict=True):
        for task in sorted({record["task"] for record in records}):
            mine = [record for record in records if record["task"] == task]
            _curve(axis, mine, name, task)
        axis.set_title(title)
        axis.set_xlabel("minutes")
    axes.flat[0].legend()
    figure.savefig(target, dpi=110)
    pyplot.close(figure)


def _curve(axis: Axes, records: Sequence[dict[str, Any]], name: str, label: str) -> None:
    """Draw one value over time, smoothed over ten records."""
    values = [record[name] for record in records]
    smooth = [
        sum(values[max(0, at - 9) : at + 1]) / len(values[max(0, at - 9) : at + 1])
        for at in range(len(values))
    ]
    axis.plot([record["seconds"] / 60 for record in records], smooth, label=label)
