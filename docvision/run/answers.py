"""What was read of a job's units, from the blobs into the result.

The words of a long document are not held in memory: the result is decided on outlines, which are
answers without the lines of their blocks, and each page is copied from its answer as it is
written. So a unit's blob has two lines of JSON: the outline, and the page with everything on it.
(A video's few frames are all in the first line.)
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from docvision.blobs.base import BlobStore
from docvision.errors import BlobMissing
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
    outline = replace(answer, pages=(page.model_copy(update={"blocks": blocks}),))
    return _ANSWER.dump_json(outline) + b"\n" + page_json(page)


class StoredAnswers:
    """The committed answers of a job.

    Args:
        blobs: Where they lie.
        job_id: The job.
        units: What was planned.
        tokens: Under which token each unit was committed.
    """

    def __init__(
        self, blobs: BlobStore, job_id: str, units: Sequence[Unit], tokens: Mapping[int, int]
    ) -> None:
        self._blobs = blobs
        self._job_id = job_id
        self._units = units
        self._tokens = tokens
        self._at = {(unit.document, unit.page): unit.index for unit in units}

    def outlines(self) -> list[UnitAnswer]:
        """Return the answers that are there, those of pages without lines."""
        found = []
        for unit in self._units:
            with contextlib.suppress(BlobMissing):
                found.append(_ANSWER.validate_json(self._stored(unit.index)[0]))
        return found

    def page(self, document: int, outline: Page) -> bytes:
        """Return the JSON of a page of the result: as it was read, its blocks as they are now."""
        if outline.time is not None or not outline.blocks:
            return page_json(outline)
        _, stored = self._stored(self._at[document, outline.number - 1])
        page = json.loads(stored)
        for block, decided in zip(page["blocks"], outline.blocks, strict=True):
            block |= decided.model_dump(mode="json", exclude={"lines"})
        return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()

    def words(self, document: int, outline: Page) -> Page:
        """Return a page of an answer with all its words."""
        if outline.time is not None or not outline.blocks:
            return outline
        _, stored = self._stored(self._at[document, outline.number - 1])
        return Page.model_validate_json(stored)

    def _stored(self, unit: int) -> tuple[bytes, bytes]:
        key = keys.unit_key(self._job_id, unit, self._tokens[unit])
        outline, _, page = self._blobs.get(key).partition(b"\n")
        return outline, page
