"""All samples, each made by the module of its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from samples.make import fax, invoice, letter, receipt
from samples.make.expected import Sample

MAKERS: dict[tuple[str, ...], Callable[[], list[Sample]]] = {
    ("invoice.pdf", "invoice-photo.jpg"): invoice.make,
    ("letter-scan.pdf",): letter.make,
    ("receipt.jpg",): receipt.make,
    ("fax.tiff",): fax.make,
}


def make(names: Collection[str] = ()) -> Iterator[Sample]:
    """Yield the samples of these file names, or all."""
    for made, maker in MAKERS.items():
        if not names or set(names) & set(made):
            yield from (sample for sample in maker() if not names or sample.name in names)
