"""What was read of a job's units, from the blobs into the result.

The words of a long document are not held in memory: the result is decided on outlines, which are
answers without the lines of their blocks, and each page is copied from its answer as it is
written. So a unit's blob has two lines of JSON: the outline, and the page with everything on it.
(A video's few frames are all in the first line.)
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import TypeAdapter

from docvision.blobs.base import BlobStore
from docvision.jobs import keys
from docvision.jobs.model import Unit
from docvision.results.model import Page
from docvision.results.stream import page_json
from docvision.tasks.base import UnitAnswer

_ANSWER = TypeAdapter(UnitAnswer)


def dump_answer(answer: UnitAnswer) -> bytes:
    """Return what is stored of a unit's answer."""
    if answer.unit.start is not None:
        return _ANSWER.dump_json(answer)
    (page,) = answer.pages
    blocks = tuple(block.model_copy(update={"lines": ()}) for block in page.blocks)
    outline = UnitAnswer(
        unit=answer.unit,
        pages=(page.model_copy(update={"blocks": blocks}),),
        usage=answer.usage,
        problem=answer.problem,
    )
    return _ANSWER.dump_json(outline) + b"\n" + page_json(page)


class StoredAnswers:
    """The committed answers of a job."""

    def __init__(self, blobs: BlobStore, job_id: str, units: Sequence[Unit]) -> None:
        self._blobs = blobs
        self._job_id = job_id
        self._units = units
        self._at = {(unit.document, unit.page): unit.index for unit in units}

    def outlines(self) -> list[UnitAnswer]:
        """Return all answers, those of pages without lines."""
        return [_ANSWER.validate_json(self._stored(unit.index)[0]) for unit in self._units]

    def page(self, document: int, outline: Page) -> bytes:
        """Return the JSON of a page of the result: as it was read, its blocks as they are now."""
        if outline.time is not None or not outline.blocks:
            return page_json(outline)
        _, stored = self._stored(self._at[document, outline.number - 1])
        page = json.loads(stored)
        for block, decided in zip(page["blocks"], outline.blocks, strict=True):
            block |= decided.model_dump(mode="json", exclude={"lines"})
        return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()

    def _stored(self, unit: int) -> tuple[bytes, bytes]:
        outline, _, page = self._blobs.get(keys.unit_key(self._job_id, unit)).partition(b"\n")
        return outline, page
