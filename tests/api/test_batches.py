"""Many files sent as one: each is read, a bad one fails alone, and all of it ends together."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Service
from tests.documents import archives

Files = list[tuple[str, tuple[str, bytes]]]


def send(service: Service, *files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    parts: Files = [("file", file) for file in files]
    response = service.http.post("/v1/batches", files=parts, data=fields)
    assert response.status_code == 202, response.text
    assert response.headers["location"] == f"/v1/batches/{response.json()['id']}"
    batch: dict[str, Any] = response.json()
    return batch


def ended(service: Service, batch_id: str) -> dict[str, Any]:
    for _ in range(20):
        response = service.http.get(f"/v1/batches/{batch_id}", params={"wait": 20})
        assert response.status_code == 200, response.text
        batch: dict[str, Any] = response.json()
        if batch["finished"]:
            return batch
    raise AssertionError(service.logs())


def jobs(service: Service, batch_id: str, **params: Any) -> list[dict[str, Any]]:
    response = service.http.get(f"/v1/batches/{batch_id}/jobs", params=params)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["jobs"]
    return found


def test_every_file_of_an_archive_is_read_and_a_bad_one_fails_alone(
    service: Service, pdf: Callable[..., bytes]
) -> None:
    # given an archive with documents, one of them in an archive of its own, and bad files
    inner = archives.tar_of({"deep.pdf": pdf(1)}, "w:gz")
    archive = archives.zip_of(
        {
            "a.pdf": pdf(1),
            "more/b.pdf": pdf(2),
            "text.txt": b"no document",
            "empty.pdf": b"",
            "inner.tar.gz": inner,
        }
    )
    # when it is sent
    batch = send(service, ("files.zip", archive))
    done = ended(service, batch["id"])
    # then what can be read is read, and each bad file has its reason
    assert done["state"] == "partial"
    assert done["files"]["succeeded"] == 3
    assert done["progress"]["total"] == done["progress"]["done"] == 5
    reasons = {bad["name"]: bad["problem"]["code"] for bad in done["bad_files"]}
    assert reasons == {"text.txt": "unsupported_type", "empty.pdf": "empty"}
    # and the jobs stand in the order of the files
    names = [job["files"][0]["name"] for job in jobs(service, batch["id"])]
    assert names == ["a.pdf", "more/b.pdf", "text.txt", "empty.pdf", "deep.pdf"]
    result = service.http.get(f"/v1/jobs/{jobs(service, batch['id'])[4]['id']}/result?format=txt")
    assert "page number 1" in result.text


def test_loose_files_are_a_batch_too(service: Service, pdf: Callable[..., bytes]) -> None:
    files = [(f"folder/{number}.pdf", pdf(1)) for number in range(4)]
    batch = send(service, *files, metadata='{"year": 2026}', priority="normal")
    done = ended(service, batch["id"])
    assert done["state"] == "succeeded"
    assert done["files"]["succeeded"] == 4
    found = jobs(service, batch["id"])
    assert [job["files"][0]["name"] for job in found] == [name for name, _ in files]
    assert {job["metadata"]["year"] for job in found} == {2026}
    assert {job["batch"] for job in found} == {batch["id"]}
    assert {job["priority"] for job in found} == {"normal"}


def test_the_manifest_says_what_is_wanted_of_each_file(
    service: Service, pdf: Callable[..., bytes]
) -> None:
    manifest = 'file,options,metadata\na/1.pdf,"{""pages"": ""2""}","{""case"": 7}"\n'
    archive = archives.zip_of({"a/1.pdf": pdf(3), "2.pdf": pdf(3)})
    batch = send(service, ("x.zip", archive), manifest=manifest)
    ended(service, batch["id"])
    first, second = jobs(service, batch["id"])
    assert (first["progress"]["total"], first["metadata"]) == (1, {"case": 7})
    assert (second["progress"]["total"], second["metadata"]) == (3, {})


@pytest.mark.parametrize(
    ("manifest", "word"),
    [
        ("file,colour\na.pdf,red\n", "colour"),
        ("task\nocr\n", "file"),
        ("file\na.pdf\na.pdf\n", "before"),
        ('{"file": "a.pdf", "options": {"pages": "x"}}\n', "pages"),
        ('{"file": "a.pdf"}\n{"file": 7}\n', "file"),
        ("file,priority\na.pdf,soon\n", "priority"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused_with_its_row(
    service: Service, manifest: str, word: str
) -> None:
    parts: Files = [("file", ("a.pdf", b"%PDF-1.4"))]
    response = service.http.post("/v1/batches", files=parts, data={"manifest": manifest})
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "invalid_request"
    assert problem["field"] == "manifest"
    assert isinstance(problem["row"], int)
    assert word in problem["detail"]


def test_an_archive_that_is_no_archive_to_its_end_says_so(service: Service) -> None:
    batch = send(service, ("broken.zip", b"PK\x03\x04 and nothing else"))
    done = ended(service, batch["id"])
    assert done["state"] == "failed"
    assert done["problem"]["code"] == "batch_failed"
    assert [(bad["name"], bad["problem"]["code"]) for bad in done["bad_files"]] == [
        ("broken.zip", "corrupt")
    ]


def test_an_empty_archive_is_a_failed_batch(service: Service) -> None:
    done = ended(service, send(service, ("none.zip", archives.zip_of({})))["id"])
    assert (done["state"], done["problem"]["code"]) == ("failed", "empty")


def test_a_file_beyond_the_limit_fails_alone(service: Service, pdf: Callable[..., bytes]) -> None:
    # given one file over the service's three megabytes, loose and in an archive
    big = b"%PDF-1.4" + bytes(3_100_000)
    archive = archives.zip_of({"big.pdf": big, "small.pdf": pdf(1)})
    batch = send(service, ("loose.pdf", big), ("files.zip", archive))
    done = ended(service, batch["id"])
    assert done["files"]["succeeded"] == 1
    found = {bad["name"]: bad["problem"]["detail"]["limit"] for bad in done["bad_files"]}
    assert found == {"loose.pdf": "file_bytes", "big.pdf": "file_bytes"}


def test_a_form_without_a_file_is_refused(service: Service) -> None:
    response = service.http.post("/v1/batches", files=[("manifest", ("m.csv", b"file\n"))])
    assert (response.status_code, response.json()["field"]) == (422, "file")


def test_an_erased_batch_leaves_nothing(service: Service, pdf: Callable[..., bytes]) -> None:
    batch = send(service, ("x.zip", archives.zip_of({"1.pdf": pdf(1), "2.txt": b"x"})))
    ended(service, batch["id"])
    found = [batch["id"], *(job["id"] for job in jobs(service, batch["id"]))]
    assert service.http.delete(f"/v1/batches/{batch['id']}").status_code == 204
    assert service.http.get(f"/v1/batches/{batch['id']}").status_code == 404
    for job_id in found:
        assert service.http.get(f"/v1/jobs/{job_id}").status_code == 404
        assert not list(service.folder.rglob(f"{job_id}*"))


def test_a_cancelled_batch_enters_and_reads_nothing_more(
    own_service: Service, pdf: Callable[..., bytes]
) -> None:
    # given a batch that waits for a worker
    own_service.until(own_service.alive)
    batch = send(own_service, ("x.zip", archives.zip_of({f"{n}.pdf": pdf(1) for n in range(5)})))
    # when it is cancelled, and only then a worker comes
    response = own_service.http.post(f"/v1/batches/{batch['id']}/cancel")
    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    own_service.start("workers")
    own_service.until(own_service.ready)
    later = own_service.submit(pdf(1))
    assert own_service.done(later["id"])["state"] == "succeeded"
    # then no file of it was entered
    assert jobs(own_service, batch["id"]) == []


def test_a_job_is_no_batch_and_a_batch_is_no_job(
    service: Service, pdf: Callable[..., bytes]
) -> None:
    job = service.submit(pdf(1))
    batch = send(service, ("1.pdf", pdf(1)))
    assert service.http.get(f"/v1/batches/{job['id']}").status_code == 404
    assert service.http.get(f"/v1/jobs/{batch['id']}").status_code == 404
    assert service.http.get(f"/v1/jobs/{batch['id']}/result").status_code == 404
    listed = service.http.get("/v1/jobs", params={"limit": 200}).json()["jobs"]
    assert batch["id"] not in {one["id"] for one in listed}


def test_a_key_of_ones_own_makes_a_request_that_is_sent_twice_one_job(
    service: Service, pdf: Callable[..., bytes]
) -> None:
    key = {"Idempotency-Key": f"test-{time.time_ns()}"}
    document, other = pdf(1), pdf(2)

    def post(path: str, data: bytes, headers: dict[str, str]) -> Any:
        return service.http.post(path, files=[("file", ("a.pdf", data))], headers=headers)

    # given a job, and then a batch, each entered with a key
    for path in ("/v1/jobs", "/v1/batches"):
        headers = {"Idempotency-Key": key["Idempotency-Key"] + path[-4:]}
        first = post(path, document, headers)
        # when the same is sent again
        again = post(path, document, headers)
        # then it is the same one, and nothing of the second upload is kept
        assert (first.status_code, again.status_code) == (202, 202)
        assert again.json()["id"] == first.json()["id"]
        assert again.headers["location"] == first.headers["location"]
        # and with another body the key is refused
        refused = post(path, other, headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_conflict")
    known = {one["id"] for one in service.http.get("/v1/jobs?limit=200").json()["jobs"]}
    folders = {one.name for one in (service.folder / "blobs" / "jobs").iterdir()}
    batches = {one["id"] for one in service.http.get("/v1/batches?limit=200").json()["batches"]}
    assert folders <= known | batches


@pytest.mark.parametrize("key", ["", "with space", "x" * 256, "ümlaut"])
def test_a_key_that_is_none_is_refused(
    service: Service, pdf: Callable[..., bytes], key: str
) -> None:
    response = service.http.post(
        "/v1/jobs",
        files=[("file", ("a.pdf", pdf(1)))],
        headers={"Idempotency-Key": key.encode()},
    )
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_the_results_come_as_one_file_of_each_kind(
    service: Service, pdf: Callable[..., bytes]
) -> None:
    # given a batch with two files of the same name, and a bad one
    twice = archives.zip_of_pairs([("in/a.pdf", pdf(1)), ("in/a.pdf", pdf(2)), ("b", b"bad")])
    batch = send(service, ("x.zip", twice), metadata='{"case": "=7"}')
    at = f"/v1/batches/{batch['id']}/results"
    assert ended(service, batch["id"])["files"]["succeeded"] == 2, service.logs()
    # when its results are fetched as a ZIP
    packed = service.http.get(at, params={"render": "txt"}).content
    with zipfile.ZipFile(io.BytesIO(packed)) as one:
        # then each file that was read has a result, and the list names all three
        assert one.namelist() == ["in/a.pdf.txt", "in/a.pdf (2).txt", "files.jsonl"]
        assert b"page number 2" in one.read("in/a.pdf (2).txt")
        listed = [json.loads(line) for line in one.read("files.jsonl").splitlines()]
    assert [one["state"] for one in listed] == ["succeeded", "succeeded", "failed"]
    assert listed[2]["problem"]["code"] == "unsupported_type"
    # and as JSONL, CSV and XLSX
    lines = service.http.get(at, params={"format": "jsonl"}).text.splitlines()
    results = [json.loads(line)["result"] for line in lines]
    assert [one and one["documents"][0]["page_count"] for one in results] == [1, 2, None]
    table = service.http.get(at, params={"format": "csv"}).text
    assert list(csv.DictReader(io.StringIO(table)))[1]["metadata.case"] == "'=7"
    book = service.http.get(at, params={"format": "xlsx"})
    assert zipfile.is_zipfile(io.BytesIO(book.content))
    assert service.http.get(at, params={"format": "csv", "rows": "no"}).status_code == 406


def test_results_of_a_batch_that_goes_on_are_not_given(
    idle_service: Service, pdf: Callable[..., bytes]
) -> None:
    batch = send(idle_service, ("1.pdf", pdf(1)))
    response = idle_service.http.get(f"/v1/batches/{batch['id']}/results")
    assert (response.status_code, response.json()["code"]) == (409, "job_not_ready")
