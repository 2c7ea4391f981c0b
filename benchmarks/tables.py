"""Tables in pages, with rules and without: `python -m benchmarks.tables [--pages 60] [--ocr 8]`.

Draws seeded pages with one table each between other text, in many styles, reads them from the text
layer and, fewer of them, as scans by OCR, and prints TEDS (the similarity of the trees of cells,
with texts) and how often something else (a form, an address, prose in columns) was taken for a
table.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from docvision.documents.sandbox import Sandbox
from docvision.evaluation.teds import teds
from docvision.reading.layout import blocks_of
from docvision.reading.ocr import Ocr
from docvision.reading.rules import rules_of
from docvision.reading.text_layer import words_of
from docvision.results.model import Block, Source
from docvision.settings import Limits
from docvision.views.reader import reader_size
from training.table_pages import plain_page, table_page

BARS = {"ruled": 0.85, "unruled": 0.75}


class Desk:
    """Opens pages and lays them out."""

    def __init__(self, sandbox: Sandbox, ocr: Ocr) -> None:
        self._sandbox = sandbox
        self._ocr = ocr

    def blocks(self, pdf: bytes, *, scan: bool) -> tuple[Block, ...]:
        """Return a page's blocks, from its text layer or from a picture of it."""
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            with self._sandbox.open(Path(file.name)) as document:
                info = document.page(0)
                if not scan:
                    layer = document.text_layer(0)
                    return blocks_of(
                        words_of(layer), page=info, source=Source.TEXT_LAYER, rules=layer.rules
                    )
                picture = document.render(0, *reader_size(info))
        (words,) = self._ocr.read([picture])
        return blocks_of(words, page=info, source=Source.OCR, rules=rules_of(picture))


def scores(desk: Desk, count: int, *, ruled: bool, scan: bool, seed: int) -> Iterator[float]:
    """Yield the TEDS of each page's table; 0 where none was found."""
    for number in range(count):
        pdf, truth = table_page(random.Random(f"{seed}-{ruled}-{number}"), ruled=ruled)
        found = [block.table for block in desk.blocks(pdf, scan=scan) if block.table]
        yield max((teds(truth, table) for table in found), default=0.0)


def false_tables(desk: Desk, count: int, seed: int) -> int:
    """Return on how many of so many pages without a table one was found."""
    pages = (plain_page(random.Random(f"{seed}-plain-{number}")) for number in range(count))
    return sum(any(block.table for block in desk.blocks(page, scan=False)) for page in pages)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Tables in pages.")
    parser.add_argument("--pages", type=int, default=60, help="of each kind, from the text layer")
    parser.add_argument("--ocr", type=int, default=8, help="of each kind, as scans")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with Sandbox(Limits(), size=1) as sandbox, Ocr() as ocr:
        desk = Desk(sandbox, ocr)
        for scan, count in ((False, chosen.pages), (True, chosen.ocr)):
            for kind, bar in BARS.items():
                found = list(
                    scores(desk, count, ruled=kind == "ruled", scan=scan, seed=chosen.seed)
                )
                if found:
                    reader = "ocr" if scan else "text layer"
                    mean = statistics.mean(found)
                    print(f"{kind:8} {reader:10} TEDS {mean:.3f} (bar {bar}, n={len(found)})")
        wrong = false_tables(desk, chosen.pages, chosen.seed)
        print(f"pages without a table on which one was found: {wrong} of {chosen.pages}")


if __name__ == "__main__":
    main()
