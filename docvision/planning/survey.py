"""Measuring a file as it comes: a document, or an archive with documents in it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docvision.documents.sniff import HEAD_BYTES, archive_type
from docvision.errors import InputError
from docvision.planning.measure import measure
from docvision.planning.model import Measured
from docvision.settings import Limits
from docvision.tasks.options import Options

if TYPE_CHECKING:
    from docvision.documents.archive import ArchiveEntry
    from docvision.documents.sandbox import Sandbox

MOST_MEASURED = 100
"""Files of an archive that are opened; those beyond are taken to be like them."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a file holds: its documents as measured, and how many more there are."""

    documents: tuple[Measured, ...]
    unmeasured: int = 0


def survey(sandbox: Sandbox, path: Path, name: str, options: Options, limits: Limits) -> Survey:
    """Measure a document, or the documents of an archive; none of them is read.

    Files of an archive that no job could read count for nothing. An archive within an archive
    counts as one more file.

    Raises:
        InputError: The file cannot be opened.
        InvalidRequest: The options name pages that a document does not have.
    """
    if _is_archive(path):
        return _archive(sandbox, path, options, limits)
    return Survey(documents=(_document(sandbox, path, name, options, limits),))


def _document(
    sandbox: Sandbox, path: Path, name: str, options: Options, limits: Limits
) -> Measured:
    with sandbox.open(path, password=options.password) as document:
        return measure(name, document, options.pages, limits.video_frames)


def _archive(sandbox: Sandbox, path: Path, options: Options, limits: Limits) -> Survey:
    found: list[Measured] = []
    unmeasured = 0
    with sandbox.open_archive(path) as archive:
        for entry in archive:
            if len(found) >= MOST_MEASURED:
                unmeasured += 1
                continue
            try:
                measured = _entry(sandbox, entry, options, limits)
            except InputError:
                continue
            if measured is None:
                unmeasured += 1
            else:
                found.append(measured)
    return Survey(documents=tuple(found), unmeasured=unmeasured)


def _entry(
    sandbox: Sandbox, entry: ArchiveEntry, options: Options, limits: Limits
) -> Measured | None:
    """Measure a file of an archive; None where it is an archive itself. Raises InputError."""
    with tempfile.NamedTemporaryFile() as file:
        for piece in entry.pieces():
            file.write(piece)
        file.flush()
        if _is_archive(Path(file.name)):
            return None
        return _document(sandbox, Path(file.name), entry.name, options, limits)


def _is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return archive_type(file.read(HEAD_BYTES)) is not None
