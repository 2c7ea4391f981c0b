"""All samples, each made by the module of its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from samples.make import archive, fax, form, invoice, letter, receipt, report, slides, statement
from samples.make.expected import Sample

MAKERS: dict[str, Callable[[], Sample]] = {
    "report.pdf": report.make,
    "statement.pdf": statement.make,
    "invoice.pdf": invoice.make,
    "form.pdf": form.make,
    "invoice-photo.jpg": invoice.make_photo,
    "letter-scan.pdf": letter.make,
    "receipt.jpg": receipt.make,
    "fax.tiff": fax.make,
    "slides.mp4": slides.make,
}
ARCHIVE = "archive.zip"


def make(names: Collection[str] = ()) -> Iterator[Sample]:
    """Yield the samples of these file names, or all."""
    wanted = set(names) or {ARCHIVE, *MAKERS}
    needed = wanted | (set(archive.MEMBERS.values()) if ARCHIVE in wanted else set())
    made = {}
    for name in (name for name in MAKERS if name in needed):
        sample = MAKERS[name]()
        made[name] = sample.data
        if name in wanted:
            yield sample
    if ARCHIVE in wanted:
        yield archive.make(made)
