"""What a chart's picture and words show before they are read: labels, colours, marks, a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docvision.documents.base import Pixels
from docvision.reading.charts.bars import read_bars
from docvision.reading.charts.colours import Layer, layers_of
from docvision.reading.charts.data import Reading
from docvision.reading.charts.labels import Label, labels_of
from docvision.reading.charts.legend import Legend, legend_of
from docvision.reading.charts.lines import read_lines
from docvision.reading.charts.marks import Mark, foreground, marks_of
from docvision.reading.charts.pies import read_pie
from docvision.results.model import Word


@dataclass(frozen=True, kw_only=True)
class Look:
    """A chart as it is seen; `size` is the picture's (width, height) in pixels."""

    size: tuple[int, int]
    labels: tuple[Label, ...]
    layers: tuple[Layer, ...]
    chosen: tuple[int, ...]
    marks: tuple[Mark, ...]
    legend: Legend


def look_at(picture: Pixels, words: Sequence[Word]) -> Look:
    """Return what a chart shows; `words` have their boxes in fractions of the picture."""
    height, width = picture.shape[:2]
    labels = labels_of(words, width, height)
    layers = layers_of(np.ascontiguousarray(picture))
    chosen = foreground(layers)
    marks = marks_of(layers, chosen)
    return Look(
        size=(width, height),
        labels=tuple(labels),
        layers=tuple(layers),
        chosen=tuple(chosen),
        marks=tuple(marks),
        legend=legend_of(marks, labels),
    )


def measure(look: Look) -> Reading | None:
    """Return the data that the marks have on their scale, None where they are no chart's."""
    return (
        read_pie(look.layers, look.chosen, look.legend, look.labels)
        or read_bars(look.marks, look.legend, look.labels, look.size)
        or read_lines(look.layers, look.marks, look.legend, look.labels)
    )
