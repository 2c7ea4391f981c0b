"""What was read of a job's units, from the blobs into the result.

The words of a long document are not held in memory: the result is decided on outlines, which are
answers without the lines of their blocks, and each page gets its lines back as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from docvision.blobs.base import BlobStore
from docvision.jobs import keys
from docvision.jobs.model import Unit
from docvision.results.model import Page
from docvision.run.bench import load_answer
from docvision.tasks.base import UnitAnswer


class StoredAnswers:
    """The committed answers of a job."""

    def __init__(self, blobs: BlobStore, job_id: str, units: Sequence[Unit]) -> None:
        self._blobs = blobs
        self._job_id = job_id
        self._units = units
        self._at = {(unit.document, unit.page): unit.index for unit in units}

    def outlines(self) -> list[UnitAnswer]:
        """Return all answers, those of pages without lines. (A video's few frames keep theirs.)"""
        return [_outline(self._load(unit.index)) for unit in self._units]

    def fill(self, document: int, page: Page) -> Page:
        """Return a page of the result with its lines, read from its unit's answer."""
        if page.time is not None or not page.blocks:
            return page
        (whole,) = self._load(self._at[document, page.number - 1]).pages
        blocks = tuple(
            block.model_copy(update={"lines": full.lines})
            for block, full in zip(page.blocks, whole.blocks, strict=True)
        )
        return page.model_copy(update={"blocks": blocks})

    def _load(self, unit: int) -> UnitAnswer:
        return load_answer(self._blobs.get(keys.unit_key(self._job_id, unit)))


def _outline(answer: UnitAnswer) -> UnitAnswer:
    if answer.unit.start is not None:
        return answer
    pages = tuple(
        page.model_copy(
            update={"blocks": tuple(b.model_copy(update={"lines": ()}) for b in page.blocks)}
        )
        for page in answer.pages
    )
    return UnitAnswer(unit=answer.unit, pages=pages, usage=answer.usage, problem=answer.problem)
