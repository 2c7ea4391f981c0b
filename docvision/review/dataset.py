"""What people settled, as a data set that `docvision eval` reads; see docs/howto/eval.md."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any

from docvision.jobs.model import Job
from docvision.results.model import DocumentResult, Result
from docvision.review.model import Part, Settled

FILES = "files"
"""The folder of the documents, beside the file of cases."""
_TASK = "extract"


def file_name(job: Job, document: int) -> str:
    """Return under which name a document lies in the data set."""
    suffix = posixpath.splitext(job.uploads[document].name)[1].lower()
    kept = suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""
    return f"{FILES}/{job.id}-{document}{kept}"


def cases_of(
    job: Job, corrected: Result, settled: Sequence[Settled]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield a case for each document of which a person settled a field, with its number.

    The data are as corrected. Fields that are doubtful and that nobody settled are not judged.
    """
    for number, document in enumerate(corrected.documents):
        if document.extraction is None or not any(
            one.document == number and one.part is Part.EXTRACTION for one in settled
        ):
            continue
        schema = job.options.get("schema") or document.extraction.schema_name
        yield (
            number,
            {
                "id": f"{job.id}-{number}",
                "file": file_name(job, number),
                "task": _TASK,
                "options": {"schema": schema} if schema else {},
                "expected": _expected(document),
            },
        )


def _expected(document: DocumentResult) -> dict[str, Any]:
    extraction = document.extraction
    assert extraction is not None
    doubtful = sorted({field for reason in extraction.review for field in reason.fields})
    places = {
        pointer: {"page": known.page, "bbox": list(known.bbox)}
        for pointer, known in extraction.evidence.items()
        if known.page and known.bbox and pointer not in doubtful
    }
    return {"data": extraction.data, "places": places, "ignore": doubtful}
