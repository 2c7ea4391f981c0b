"""All samples, each made by the module of its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from samples.make import archive, fax, invoice, letter, receipt, report, slides, statement
from samples.make.expected import Sample

MAKERS: dict[tuple[str, ...], Callable[[], list[Sample]]] = {
    ("report.pdf",): report.make,
    ("statement.pdf",): statement.make,
    ("invoice.pdf", "invoice-photo.jpg"): invoice.make,
    ("letter-scan.pdf",): letter.make,
    ("receipt.jpg",): receipt.make,
    ("fax.tiff",): fax.make,
    ("slides.mp4",): slides.make,
}
ARCHIVE = "archive.zip"


def make(names: Collection[str] = ()) -> Iterator[Sample]:
    """Yield the samples of these file names, or all."""
    wanted = set(names) or {ARCHIVE, *(name for made in MAKERS for name in made)}
    needed = wanted | (set(archive.MEMBERS.values()) if ARCHIVE in wanted else set())
    made: dict[str, bytes] = {}
    for group, maker in MAKERS.items():
        if not needed & set(group):
            continue
        for sample in maker():
            made[sample.name] = sample.data
            if sample.name in wanted:
                yield sample
    if ARCHIVE in wanted:
        yield from archive.make(made)
