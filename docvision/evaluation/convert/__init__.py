"""Public datasets, in the folders in which they are downloaded, as cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from docvision.evaluation.cases import Case
from docvision.evaluation.convert.chartqa import chartqa
from docvision.evaluation.convert.cord import cord
from docvision.evaluation.convert.docvqa import docvqa
from docvision.evaluation.convert.funsd import funsd
from docvision.evaluation.convert.sroie import sroie

Converter = Callable[[Path, Path], Iterable[Case]]
"""Takes the folder, and the folder of the new dataset, from which the files' paths are given."""

CONVERTERS: dict[str, Converter] = {
    "chartqa": chartqa,
    "cord": cord,
    "docvqa": docvqa,
    "funsd": funsd,
    "sroie": sroie,
}
