"""What the workbench asks of the API: pages as pictures, files, schemas, reviews, figures."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def job(service, pdf) -> str:
    """The id of a PDF of two pages that was read."""
    job_id = service.submit(pdf(2))["id"]
    service.done(job_id)
    return job_id


@pytest.mark.parametrize("format", ["png", "jpg"])
def test_a_page_is_drawn_at_the_width_asked_for(service, job, format):
    answer = service.http.get(f"/v1/jobs/{job}/documents/0/pages/2.{format}?width=450")
    picture = Image.open(BytesIO(answer.content))
    assert picture.size == (450, 300)
    assert picture.convert("L").getextrema()[0] < 128, "nothing is drawn on it"
    assert answer.headers["cache-control"] == "private, no-cache"


def test_a_picture_that_a_browser_has_is_not_sent_again(service, job):
    path = f"/v1/jobs/{job}/documents/0/pages/1.png?width=200"
    tag = service.http.get(path).headers["etag"]
    again = service.http.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = service.http.get(path.replace("200", "201"), headers={"If-None-Match": tag})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["0/pages/3.png", "1/pages/1.png", "0/pages/1.png?width=99999"])
def test_what_is_no_page_or_no_size_is_refused(service, job, path):
    answer = service.http.get(f"/v1/jobs/{job}/documents/{path}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=10-", 206, slice(10, None)),
        ("pages=1", 200, slice(None)),
        ("bytes=99999999-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_a_file_comes_back_as_it_was_sent_whole_or_in_part(service, job, pdf, asked, status, part):
    path = f"/v1/jobs/{job}/documents/0/file"
    whole = service.http.get(path).content
    answer = service.http.get(path, headers={"Range": asked})
    assert answer.status_code == status
    if part is not None:
        assert answer.content == whole[part]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")


def test_a_schema_is_saved_used_and_forgotten(service):
    body = {"type": "object", "properties": {"seat": {"type": ["string", "null"]}}}
    http = service.http
    assert http.put("/v1/schemas/ticket", json=body).status_code == 204
    assert http.get("/v1/schemas/ticket").json() == body
    listed = {one["name"]: one["built_in"] for one in http.get("/v1/schemas").json()["schemas"]}
    assert listed["ticket"] is False
    assert listed["invoice"] is True
    assert http.delete("/v1/schemas/ticket").status_code == 204
    assert http.get("/v1/schemas/ticket").status_code == 404


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("invoice", {"type": "object", "properties": {"a": {"type": "string"}}}),
        ("..", {"type": "object", "properties": {"a": {"type": "string"}}}),
        ("empty", {"type": "object"}),
    ],
)
def test_a_schema_or_a_name_that_will_not_do_is_refused(service, name, body):
    assert service.http.put(f"/v1/schemas/{name}", json=body).status_code in (404, 405, 422)


def test_the_figures_are_of_the_jobs_of_late(service, job):
    figures = service.http.get("/v1/stats").json()
    assert figures["jobs"] >= 1
    assert sum(minute["pages"] for minute in figures["minutes"]) >= 2
    assert figures["days"][-1]["jobs"] >= 1
    assert [worker["model"] for worker in figures["workers"]] == ["none"]


def test_a_result_without_fields_has_nothing_to_settle(service, job):
    decisions = {"decisions": [{"pointer": "/total", "action": "accept"}]}
    answer = service.http.post(f"/v1/jobs/{job}/reviews", json=decisions)
    assert answer.status_code == 422
    assert service.http.get(f"/v1/jobs/{job}/reviews").json()["left"] == []
