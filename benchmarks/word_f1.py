"""How well words are read: docvision beside tesseract and plain RapidOCR, in one run.

`python -m benchmarks.word_f1` reads every sample whose words are known and exits 1 if docvision
misses a bar. `--folder` reads real receipts instead, beside which lies what AWS Textract read;
that is a reference, not the truth, so there is no bar.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.material import Material, samples, textract_folder
from benchmarks.readers import Docvision, Pages, PlainRapidOcr, Reader, Tesseract
from docvision.evaluation.words import Score, order, score_pages

BARS = {"digital": 0.99, "scan": 0.93, "photo": 0.93, "video": 0.93}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one reader made of one file, in how many seconds a page, and how well in order."""

    material: Material
    reader: str
    score: Score
    seconds: float
    order: float | None


def main() -> None:
    """Read, print, judge."""
    parser = argparse.ArgumentParser(description="Word-level F1 on the samples.")
    parser.add_argument("names", nargs="*", help="samples to read; all without any")
    parser.add_argument("--folder", type=Path, help="pictures with *_blocks.json beside them")
    parser.add_argument("--dpi", type=int, default=200, help="for the readers beside docvision")
    parser.add_argument("--languages", default="eng", help="tesseract's")
    parser.add_argument("--only", help="the one reader to run")
    chosen = parser.parse_args()
    found = list(textract_folder(chosen.folder) if chosen.folder else samples())
    found = [one for one in found if not chosen.names or one.path.name in chosen.names]
    makers = _readers(chosen.dpi, chosen.languages)
    makers = {name: make for name, make in makers.items() if chosen.only in (None, name)}
    measured = list(measure(found, makers))
    Console(width=120).print(table(measured, list(makers)))
    if not chosen.folder and misses(measured):
        sys.exit(1)


def _readers(dpi: int, languages: str) -> dict[str, Callable[[], Reader]]:
    makers: dict[str, Callable[[], Reader]] = {Docvision.name: Docvision}
    if Tesseract.installed():
        makers[Tesseract.name] = lambda: Tesseract(dpi, languages)
    makers[PlainRapidOcr.name] = lambda: PlainRapidOcr(dpi)
    return makers


def measure(
    found: Iterable[Material], makers: dict[str, Callable[[], Reader]]
) -> Iterable[Measured]:
    """Let each reader read each file, one after the other, after warming up on the smallest."""
    files = list(found)
    for name, make in makers.items():
        reader = make()
        reader.read(min(files, key=lambda one: sum(map(len, one.pages))))
        for material in files:
            began = time.perf_counter()
            pages = reader.read(material)
            yield Measured(
                material=material,
                reader=name,
                seconds=(time.perf_counter() - began) / len(material.pages),
                score=score_pages([page.words for page in pages], material.pages),
                order=_order(pages, material),
            )


def _order(pages: Pages, material: Material) -> float | None:
    """Return how alike the order of the words is, page by page, None where it is not told."""
    pairs = list(zip(pages, material.bodies, strict=False))
    told = [order(page.body, body) for page, body in pairs if page.body is not None]
    return sum(told) / len(material.bodies) if told else None


def table(measured: list[Measured], readers: list[str]) -> Table:
    """Return F1 and seconds a page by file and reader, and each look's sum."""
    heads = (f"{name} F1 (s/page)" for name in readers)
    shown = Table("file", "look", "words", *heads, "docvision order")
    by_look: dict[str, list[Measured]] = {}
    for one in measured:
        by_look.setdefault(one.material.look, []).append(one)
    for look, group in by_look.items():
        for path in dict.fromkeys(one.material.path for one in group):
            same = [one for one in group if one.material.path == path]
            cells = [f"{one.score.f1:.4f} ({one.seconds:.2f})" for one in same]
            told = next((f"{one.order:.3f}" for one in same if one.order is not None), "")
            shown.add_row(path.name, look, str(same[0].score.expected), *cells, told)
        sums = [total(one for one in group if one.reader == name) for name in readers]
        cells = [f"{whole.f1:.4f}" for whole in sums]
        shown.add_row(f"all {look}", look, str(sums[0].expected), *cells, style="bold")
        shown.add_section()
    return shown


def total(measured: Iterable[Measured]) -> Score:
    """Return the micro average."""
    return sum((one.score for one in measured), Score())


def misses(measured: list[Measured]) -> bool:
    """Print each file that docvision reads below its bar; return whether there is one."""
    low = [
        one
        for one in measured
        if one.reader == Docvision.name and one.score.f1 < BARS[one.material.look]
    ]
    for one in low:
        bar = BARS[one.material.look]
        print(f"MISSED: {one.material.path.name}: F1 {one.score.f1:.4f}, the bar is {bar}")
    return bool(low)


if __name__ == "__main__":
    main()
