"""Fit how far a checkpoint's own probability can be believed, and draw it.

    python -m training cases --kind invoice --count 40 --first 10000 --out fit/invoice
    docvision eval fit/invoice/invoice.jsonl --out invoice-rows.jsonl
    python -m benchmarks.calibration invoice-rows.jsonl --on other-rows.jsonl [--save]

Takes the confidence of every value that was given and whether it was right, fits the rising curve
that is nearest to the truth (isotonic regression), and lays it over the curve in use, so that what
was said of 0.9 comes out as it was measured. The threshold for review is the lowest that flags
enough of the wrong values, with what checks and missing evidence flag already. Draws the
reliability diagram before and after on the rows of `--on`, which should be of other documents.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from docvision.evaluation.calibration import Judged as Pairs
from docvision.evaluation.calibration import calibration_error, reliability
from docvision.evaluation.rows import Judged, read_rows
from docvision.tasks.extraction import calibration

TABLE = Path(calibration.__file__).with_name("calibration.json")
KNOTS = 8
FLAGGED = 0.85
"""The share of wrong values that the threshold has to flag: a little more than the bar."""

Curve = list[tuple[float, float]]
Numbers = NDArray[np.float64]


def main() -> None:
    """Fit, print, draw, and save where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="+", type=Path, help="rows of `docvision eval`")
    parser.add_argument("--on", nargs="*", type=Path, default=[], help="rows to judge the fit on")
    parser.add_argument("--model", default="nano")
    parser.add_argument("--picture", type=Path, default=Path("docs/calibration.png"))
    parser.add_argument("--save", action="store_true", help="write the curve into the product")
    chosen = parser.parse_args()
    values = given(chosen.rows)
    measured = fit([(value.confidence or 0.0, value.right) for value in values])
    threshold = choose_threshold(values, measured)
    judged = given(chosen.on) or values
    pairs = [(value.confidence or 0.0, value.right) for value in judged]
    after = [(float(at(measured, confidence)), right) for confidence, right in pairs]
    curve = compose(calibration.calibration_of(chosen.model).curve, measured)
    wrong, passed = flagged(judged, measured, threshold)
    print(f"fitted on {len(values)} values, judged on {len(judged)}")
    print(f"ECE {calibration_error(pairs):.4f} as it is, {calibration_error(after):.4f} fitted")
    print(f"threshold {threshold:.2f}: {wrong:.3f} of wrong flagged, {passed:.3f} of right passed")
    print("curve", json.dumps(curve))
    draw(pairs, after, chosen.picture, chosen.model)
    if chosen.save:
        save(chosen.model, curve, threshold)


def given(files: Iterable[Path]) -> list[Judged]:
    """Return the values of rows that were given, with a confidence."""
    rows = (row for file in files for row in read_rows(file))
    return [
        value
        for row in rows
        for value in row.values
        if value.found is not None and value.confidence is not None
    ]


def fit(pairs: Pairs) -> Curve:
    """Return the rising curve from confidence to the share that is right, in a few knots.

    However few were wrong, nothing is certain: a step on which all n are right counts as
    1 - 1 / (n + 2) (Laplace's rule of succession).
    """
    ordered = np.array(sorted(pairs), dtype=np.float64)
    rising = isotonic_regression(ordered[:, 1]).x
    top = 1 - 1 / (int((rising == rising.max()).sum()) + 2)
    parts = np.array_split(np.arange(len(ordered)), min(KNOTS, len(ordered)))
    inner = [
        (float(ordered[part, 0].mean()), min(top, float(rising[part].mean()))) for part in parts
    ]
    return _rising([(0.0, inner[0][1]), *inner, (1.0, inner[-1][1])])


def compose(used: Sequence[tuple[float, float]], measured: Curve) -> Curve:
    """Return the curve from what the model says to what was measured of it."""
    xs, ys = (np.array(axis, dtype=np.float64) for axis in zip(*used, strict=True))
    said = [float(np.interp(confidence, ys, xs)) for confidence, _ in measured[1:-1]]
    inner = list(zip(said, (share for _, share in measured[1:-1]), strict=True))
    ends = [(0.0, float(at(measured, ys[0]))), (1.0, float(at(measured, ys[-1])))]
    return _rising([ends[0], *inner, ends[1]])


def at(curve: Curve, confidence: float | Numbers) -> Numbers:
    """Return the value of a curve, linear between its knots."""
    xs, ys = zip(*curve, strict=True)
    return np.asarray(np.interp(confidence, xs, ys), dtype=np.float64)


def choose_threshold(values: Sequence[Judged], measured: Curve) -> float:
    """Return the lowest threshold in hundredths that flags enough of the wrong values."""
    for hundredth in range(101):
        wrong, _ = flagged(values, measured, hundredth / 100)
        if wrong >= FLAGGED:
            return hundredth / 100
    return 1.0


def flagged(values: Sequence[Judged], measured: Curve, threshold: float) -> tuple[float, float]:
    """Return the share of wrong values flagged, and of right ones passed.

    What was flagged although its confidence was enough, was so for another reason and stays so.
    """
    wrong: list[bool] = []
    passed: list[bool] = []
    for value in values:
        other = value.flagged and not value.verified
        doubted = bool(at(measured, value.confidence or 0.0) < threshold)
        (passed if value.right else wrong).append((doubted or other) != value.right)
    return _share(wrong), _share(passed)


def draw(before: Pairs, after: Pairs, target: Path, model: str) -> None:
    """Draw both reliability diagrams beside each other."""
    figure = Figure(figsize=(9, 4.2), dpi=110, layout="constrained")
    for number, (title, pairs) in enumerate((("as it was", before), ("fitted", after))):
        axes: Any = figure.add_subplot(1, 2, number + 1)
        bins = reliability(pairs)
        axes.plot((0, 1), (0, 1), color="0.6", linestyle="--", linewidth=1)
        axes.bar(
            [one.low for one in bins],
            [one.accuracy for one in bins],
            width=0.1,
            align="edge",
            color="#7aa6c2",
            edgecolor="white",
        )
        axes.plot([one.confidence for one in bins], [one.accuracy for one in bins], "ko", ms=3)
        for one in bins:
            axes.annotate(str(one.count), (one.low + 0.05, 0.02), ha="center", fontsize=7)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share that is right")
        axes.set_title(f"{model}, {title}: ECE {calibration_error(pairs):.3f}")
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target)


def save(model: str, curve: Curve, threshold: float) -> None:
    """Write a checkpoint's curve into the product's table."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    table[model] = {"curve": [list(knot) for knot in curve], "threshold": threshold}
    TABLE.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


def _rising(curve: Iterable[tuple[float, float]]) -> Curve:
    """Return the knots with each place once, rounded, none lower than the one before."""
    found: dict[float, float] = {}
    highest = 0.0
    for x, y in sorted(curve):
        highest = max(highest, y)
        found[round(x, 3)] = round(highest, 4)
    return list(found.items())


def _share(flags: Sequence[bool]) -> float:
    return float(np.mean(flags)) if flags else 1.0


if __name__ == "__main__":
    main()
