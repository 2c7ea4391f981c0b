"""The results of a batch as one file, given out piece by piece."""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from docvision.blobs.base import BlobStore
from docvision.errors import BlobMissing
from docvision.jobs import keys
from docvision.jobs.model import Job, State
from docvision.results.render import render
from docvision.results.rows import Row, Scalar, result_rows
from docvision.results.sheets import to_csv_stream, write_xlsx
from docvision.review.store import corrected_result, has_decisions

PIECE_BYTES = 256 * 1024
FILES_LIST = "files.jsonl"
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f]')
_READ = (State.SUCCEEDED, State.PARTIAL)

Jobs = Callable[[], Iterable[Job]]
"""The jobs of the batch, from the first each time that it is called."""


class BatchResults:
    """The results of a batch's jobs, in the order of the files."""

    def __init__(self, blobs: BlobStore, jobs: Jobs) -> None:
        self._blobs = blobs
        self._jobs = jobs

    def jsonl(self) -> Iterator[bytes]:
        """Yield a line for each file: what it is, how its job stands, and its result or null."""
        for job in self._jobs():
            head = json.dumps(_about(job), ensure_ascii=False).removesuffix("}")
            yield f'{head}, "result": '.encode()
            yield (self._json(job) or b"null").replace(b"\n", b" ")
            yield b"}\n"

    def zip(self, fmt: str) -> Iterator[bytes]:
        """Yield a ZIP with a result for each file that was read, and a list of all files."""
        out = _Outlet()
        taken: set[str] = {FILES_LIST}
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            lines: list[str] = []
            for job in self._jobs():
                about = _about(job)
                data = self._rendered(job, fmt)
                if data is not None:
                    about["result"] = _entry_name(about["file"], fmt, taken)
                    archive.writestr(about["result"], data)
                    yield from out.taken()
                lines.append(json.dumps(about, ensure_ascii=False))
            archive.writestr(FILES_LIST, "\n".join([*lines, ""]))
        yield from out.taken(last=True)

    def csv(self, sheet: str | None) -> Iterator[bytes]:
        """Yield the rows as CSV; raises NotAcceptable, see `to_csv_stream`."""
        return to_csv_stream(self._rows, sheet)

    def xlsx(self) -> Iterator[bytes]:
        """Yield all rows as a workbook, which is made on disk."""
        with tempfile.TemporaryFile() as file:
            write_xlsx(self._rows, file)
            file.seek(0)
            while piece := file.read(PIECE_BYTES):
                yield piece

    def _rows(self) -> Iterator[Row]:
        for job in self._jobs():
            if job.state not in _READ:
                continue
            about = _about(job)
            lead: dict[str, Scalar] = {name: about[name] for name in ("file", "job", "state")}
            lead |= {f"metadata.{name}": value for name, value in job.metadata.items()}
            try:
                yield from result_rows(corrected_result(self._blobs, job), lead)
            except BlobMissing:  # it was erased meanwhile
                continue

    def _json(self, job: Job) -> bytes | None:
        if job.state not in _READ:
            return None
        try:
            if has_decisions(self._blobs, job):
                return corrected_result(self._blobs, job).model_dump_json().encode()
            return self._blobs.get(keys.result_key(job.id, job.fence))
        except BlobMissing:  # it was erased meanwhile
            return None

    def _rendered(self, job: Job, fmt: str) -> bytes | None:
        if fmt == "json" or job.state not in _READ:
            return self._json(job)
        try:
            return render(corrected_result(self._blobs, job), fmt).data
        except BlobMissing:
            return None


class _Outlet(io.RawIOBase):
    """Where a ZIP is written to: it cannot be sought, and hands on what has come in."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pending += data
        return len(data)

    def taken(self, *, last: bool = False) -> Iterator[bytes]:
        if last or len(self._pending) >= PIECE_BYTES:
            data = bytes(self._pending)
            self._pending.clear()
            yield data


def _about(job: Job) -> dict[str, Any]:
    return {
        "file": job.uploads[0].name if job.uploads else "",
        "job": job.id,
        "state": job.state.value,
        "metadata": job.metadata,
        "problem": job.problem.model_dump() if job.problem else None,
    }


def _entry_name(name: str, fmt: str, taken: set[str]) -> str:
    """Return a name in the ZIP that is safe to unpack anywhere, and that no other has."""
    parts = [_UNSAFE.sub("_", part).strip(" .") or "_" for part in name.split("/")]
    plain = "/".join(parts)
    number, chosen = 1, f"{plain}.{fmt}"
    while chosen.lower() in taken:
        number += 1
        chosen = f"{plain} ({number}).{fmt}"
    taken.add(chosen.lower())
    return chosen
