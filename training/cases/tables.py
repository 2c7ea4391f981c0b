"""Cases of `ocr` on tables in pages, ruled and unruled by turns: PDFs, and worn scans of them."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from docvision.evaluation.cases import Case, Expected
from docvision.results.render.html import table_html
from training.cases.pages import FAULTS
from training.degrade import degrade
from training.model import seeded
from training.table_pages import table_page

_DPI = 150


def table(folder: Path, numbers: Sequence[int]) -> Iterator[Case]:
    """Yield pages with a table each; of each kind, every other one is a scan."""
    for number in numbers:
        rng = seeded("cases", "table", number)
        ruled, scan = number % 2 == 0, number % 4 > 1
        pdf, truth = table_page(rng, ruled=ruled)
        kind = f"{'ruled' if ruled else 'unruled'}-{'scan' if scan else 'pdf'}"
        file = f"table-{number:04}-{kind}.{'png' if scan else 'pdf'}"
        (folder / file).write_bytes(_scan(pdf, rng) if scan else pdf)
        expected = Expected(tables=(table_html(truth),))
        yield Case(id=f"table-{number:04}-{kind}", file=file, task="ocr", expected=expected)


def _scan(pdf: bytes, rng: random.Random) -> bytes:
    """Return the first page as a worn PNG."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=_DPI / 72, grayscale=True).to_numpy()
    worn = degrade(np.asarray(page, dtype=np.float32).squeeze(), rng, FAULTS)
    out = io.BytesIO()
    Image.fromarray(np.clip(worn, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()
