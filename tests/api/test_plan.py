"""A plan over REST: measured, not read, and nothing kept."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def blobs(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and "upload" in str(path)}


def test_every_task_is_planned_and_the_files_are_gone(
    idle_service: Any, pdf: Callable[..., bytes]
) -> None:
    before = blobs(idle_service.folder)
    said = idle_service.http.post("/v1/plan", files=[("file", ("one.pdf", pdf(3)))])
    assert said.status_code == 200, said.text
    plan = said.json()
    assert plan["model"] == "none"
    assert {one["task"] for one in plan["totals"]} >= {"ocr", "extract", "ask", "classify", "auto"}
    assert {one["pages"] for one in plan["totals"]} == {3}
    assert blobs(idle_service.folder) == before


def test_one_task_is_planned_with_its_options(idle_service: Any, pdf: Callable[..., bytes]) -> None:
    fields = {"task": "ocr", "options": json.dumps({"pages": "1-2"})}
    said = idle_service.http.post("/v1/plan", files=[("file", ("one.pdf", pdf(3)))], data=fields)
    assert [one["pages"] for one in said.json()["totals"]] == [2]


def test_an_archive_is_planned_by_what_is_in_it(
    idle_service: Any, pdf: Callable[..., bytes]
) -> None:
    # given an archive with two documents, a note, and an archive
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.pdf", pdf(3))
        archive.writestr("notes.txt", "nobody reads this")
        archive.writestr("more/two.pdf", pdf(1))
        inner = io.BytesIO()
        zipfile.ZipFile(inner, "w").close()
        archive.writestr("inner.zip", inner.getvalue())

    # when it is planned, beside a document
    files = [("file", ("all.zip", packed.getvalue())), ("file", ("three.pdf", pdf(2)))]
    said = idle_service.http.post("/v1/plan", files=files, data={"task": "ocr"})

    # then its documents are measured, and the archive within counts as one more like them
    assert said.status_code == 200, said.text
    plan = said.json()
    assert [file["document"]["name"] for file in plan["files"]] == [
        "one.pdf",
        "more/two.pdf",
        "three.pdf",
    ]
    assert plan["unmeasured"] == 1
    assert plan["totals"][0]["pages"] == 8


def test_what_no_job_would_take_is_not_planned(idle_service: Any) -> None:
    files = [("file", ("one.pdf", b"plain words"))]
    assert idle_service.http.post("/v1/plan", files=files).status_code == 415
    assert idle_service.http.post("/v1/plan", data={"task": "ocr"}).status_code == 422
