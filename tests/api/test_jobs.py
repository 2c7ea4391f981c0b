"""A job over HTTP, from the upload to the result, as a user goes through it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest

Pdf = Callable[..., bytes]


def test_a_document_goes_in_and_its_text_comes_out(service: Any, pdf: Pdf) -> None:
    document = pdf(2)
    files = {"file": ("report.pdf", document)}
    response = service.http.post("/v1/jobs", files=files, data={"options": '{"pages": "1-2"}'})
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == f"/v1/jobs/{job['id']}"
    assert response.headers["retry-after"]
    assert job["state"] == "queued"
    assert job["options"] == {"pages": "1-2"}
    assert job["files"] == [
        {
            "name": "report.pdf",
            "media_type": "application/pdf",
            "size": len(document),
            "sha256": sha256(document).hexdigest(),
        }
    ]

    done = service.done(job["id"])
    assert done["state"] == "succeeded"
    assert done["progress"]["rate"] > 0
    counts = {name: done["progress"][name] for name in ("unit", "done", "failed", "total")}
    assert counts == {"unit": "page", "done": 2, "failed": 0, "total": 2}
    result = service.http.get(done["links"]["result"]).json()
    assert (result["version"], result["task"], result["model"]) == ("1.0", "ocr", "none")
    assert "page number 2" in result["documents"][0]["pages"][1]["blocks"][0]["text"]


@pytest.mark.parametrize(
    ("format", "accept", "media_type"),
    [
        ("md", "*/*", "text/markdown"),
        ("txt", "application/json", "text/plain"),
        ("html", "*/*", "text/html"),
        ("json", "*/*", "application/json"),
        (None, "text/markdown", "text/markdown"),
        (None, "image/png, text/plain;q=0.5, text/html;q=0.8", "text/html"),
        (None, "*/*", "application/json"),
    ],
)
def test_a_result_comes_in_the_format_asked_for(
    service: Any, pdf: Pdf, format: str | None, accept: str, media_type: str
) -> None:
    job = service.done(service.submit(pdf(1))["id"])
    params = {} if format is None else {"format": format}
    response = service.http.get(job["links"]["result"], params=params, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert "page number 1" in response.text


def test_a_picture_is_read_in_one_message(service: Any, png: bytes) -> None:
    done = service.done(service.submit(png)["id"])
    assert done["state"] == "succeeded"
    assert done["progress"]["total"] == 1


def test_a_long_document_shows_progress_page_by_page(service: Any, pdf: Pdf) -> None:
    job = service.submit(pdf(30))
    seen = {0}
    while job["finished"] is None:
        job = service.job(job["id"], wait=10, revision=job["revision"])
        seen.add(job["progress"]["done"])
    assert job["progress"]["done"] == 30
    assert len(seen) > 3
    pages = service.http.get(job["links"]["result"]).json()["documents"][0]["pages"]
    assert [page["number"] for page in pages] == list(range(1, 31))


def test_one_broken_file_of_three_makes_the_job_partial(service: Any, pdf: Pdf, png: bytes) -> None:
    done = service.done(service.submit(pdf(1), b"%PDF-1.4 torn", png)["id"])
    assert done["state"] == "partial"
    documents = service.http.get(done["links"]["result"]).json()["documents"]
    assert [one["problem"] and one["problem"]["code"] for one in documents] == [
        None,
        "corrupt",
        None,
    ]


def test_twelve_jobs_at_once_all_come_back(service: Any, pdf: Pdf) -> None:
    documents = [pdf(number % 3 + 1) for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        jobs = list(pool.map(service.submit, documents))
        done = list(pool.map(lambda job: service.done(job["id"]), jobs))
    assert [job["state"] for job in done] == ["succeeded"] * 12
    assert [job["progress"]["total"] for job in done] == [n % 3 + 1 for n in range(12)]


def test_jobs_are_listed_newest_first(service: Any, png: bytes) -> None:
    ids = [service.done(service.submit(png)["id"])["id"] for _ in range(3)]
    listed = service.http.get("/v1/jobs", params={"limit": 3, "state": "succeeded"}).json()["jobs"]
    assert [job["id"] for job in listed] == ids[::-1]
    older = service.http.get("/v1/jobs", params={"limit": 1, "before": ids[1]}).json()["jobs"]
    assert [job["id"] for job in older] == [ids[0]]


def test_a_list_is_narrowed_by_task_review_and_name_and_goes_on(service: Any, png: bytes) -> None:
    # given jobs of two names, between others
    wanted = [service.submit(png, named=f"Narrow {n}.png")["id"] for n in range(3)]
    other = service.submit(png, named="other.png")["id"]
    for one in [*wanted, other]:
        service.done(one)

    def listed(**params: Any) -> tuple[list[str], str | None]:
        answer = service.http.get("/v1/jobs", params=params).json()
        return [job["id"] for job in answer["jobs"]], answer["next"]

    # when they are looked for by name, two at a time
    first, following = listed(find="narrow", limit=2)
    rest, end = listed(find="narrow", limit=2, before=following)

    # then all are found, newest first, and the list says when it is at its end
    assert first + rest == wanted[::-1]
    assert end is None
    assert listed(find=other[:20])[0] == [other]
    assert listed(find="narrow", task="chart") == ([], None)
    assert listed(find="narrow", review="done") == ([], None)


def test_a_deleted_job_leaves_no_byte(service: Any, pdf: Pdf) -> None:
    job = service.done(service.submit(pdf(3))["id"])
    kept = [path for path in service.folder.rglob("*") if job["id"] in str(path)]
    assert kept

    assert service.http.delete(f"/v1/jobs/{job['id']}").status_code == 204
    assert [path for path in service.folder.rglob("*") if job["id"] in str(path)] == []
    assert service.http.get(f"/v1/jobs/{job['id']}").status_code == 404
    assert service.http.get(f"/v1/jobs/{job['id']}/result").status_code == 404
    assert service.http.delete(f"/v1/jobs/{job['id']}").status_code == 404


def test_a_password_is_never_shown(service: Any, pdf: Pdf) -> None:
    job = service.submit(pdf(1, password="sesame"), options='{"password": "sesame"}')
    done = service.done(job["id"])
    assert done["state"] == "succeeded"
    assert "sesame" not in str(job) + str(done)


def test_a_queued_job_tells_its_place_and_can_be_cancelled(idle_service: Any, png: bytes) -> None:
    first, second = (idle_service.submit(png)["id"] for _ in range(2))
    ahead = idle_service.job(first)["position"]
    assert idle_service.job(second)["position"] == ahead + 1
    cancelled = idle_service.http.post(f"/v1/jobs/{first}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert idle_service.job(second)["position"] == ahead
    assert idle_service.http.post(f"/v1/jobs/{first}/cancel").status_code == 200


def test_a_long_poll_is_woken_by_the_change(idle_service: Any, png: bytes) -> None:
    job = idle_service.submit(png)
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(idle_service.job, job["id"], wait=30)
        time.sleep(0.5)
        assert not poll.done()
        began = time.perf_counter()
        idle_service.http.post(f"/v1/jobs/{job['id']}/cancel")
        assert poll.result(10)["state"] == "cancelled"
        assert time.perf_counter() - began < 2


def test_a_long_poll_without_news_ends_when_it_said(idle_service: Any, png: bytes) -> None:
    job = idle_service.submit(png)
    began = time.perf_counter()
    assert idle_service.job(job["id"], wait=1)["state"] == "queued"
    assert 0.9 < time.perf_counter() - began < 5


def test_a_cancelled_job_is_done_again_when_somebody_asks(service: Any, pdf: Pdf) -> None:
    # given a job that was cancelled before or while it was read
    job = service.submit(pdf(30))["id"]
    service.http.post(f"/v1/jobs/{job}/cancel")

    # when it is asked for again
    again = service.http.post(f"/v1/jobs/{job}/retry")
    assert (again.status_code, again.headers["location"]) == (202, f"/v1/jobs/{job}")

    # then it is read to its end
    done = service.done(job)
    assert (done["state"], done["progress"]["done"]) == ("succeeded", 30)
