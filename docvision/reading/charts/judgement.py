"""How far the data of a chart can be believed, and why a person should look at it."""

from __future__ import annotations

from docvision.reading.charts.data import Reading
from docvision.reading.charts.legend import Legend
from docvision.results.model import ChartKind, ReviewReason

_DOUBTFUL = 0.6
"""Confidence below which a chart is to be looked at."""
_WORDS, _EACH = 15, 6
"""Words on a chart at most: so many, and so many more for each value. Drawn ones have under 5."""


def says_more(values: int, words: int) -> bool:
    """Whether there are far more words than a chart of so few values has: a table, or a page."""
    return words > _WORDS + _EACH * values


def confidence_of(found: Reading, legend: Legend) -> float:
    """Return the chance that a value of the chart is right within 10 %.

    Values that labels bear out are the surest; then those on a scale whose numbers stand where they
    should. Labels that contradict the geometry, and series without a name, count against it.
    """
    count = len(found.data)
    labelled = sum(datum.labelled for datum in found.data) / count
    measured = 0.85 if found.kind is ChartKind.PIE else 0.8
    if found.error is not None:
        measured = max(0.3, 0.85 - 12 * found.error)
    sure = labelled * 0.97 + (1 - labelled) * measured
    said = found.agreed + found.disputed
    if said:
        sure *= 1 - 0.5 * found.disputed / said
    sure *= 1 - 0.4 * _unnamed(found, legend)
    return round(max(0.05, min(0.97, sure)), 4)


def review_of(found: Reading, confidence: float) -> tuple[ReviewReason, ...]:
    """Return why a person should look at a chart before its data is used."""
    reasons = []
    if confidence < _DOUBTFUL:
        reasons.append(
            ReviewReason(code="uncertain", message="The chart could not be read surely.")
        )
    if found.disputed:
        reasons.append(
            ReviewReason(
                code="check_failed",
                message=f"{found.disputed} numbers in the chart do not fit what is drawn.",
            )
        )
    return tuple(reasons)


def _unnamed(found: Reading, legend: Legend) -> float:
    """Return the share of categories and series whose names were not found."""
    numbered = {str(at + 1) for at in range(len(found.data))}
    categories = {datum.category for datum in found.data}
    layers = {datum.layer for datum in found.data}
    missing = len([one for one in categories if one in numbered]) / len(categories)
    if found.kind is not ChartKind.PIE and len(layers) > 1:
        missing = max(
            missing, len([one for one in layers if one not in legend.names]) / len(layers)
        )
    return missing
