"""The service as a whole: light, honest about its health, and able to lose a worker."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from docvision.jobs.presence import SEEN_SECONDS
from docvision.results.model import Result

HEAVY = ("torch", "transformers", "onnxruntime", "rapidocr", "cv2", "boto3")
MEGABYTE = 1_000_000


def test_the_api_imports_nothing_heavy() -> None:
    code = f"import api.__main__, sys; print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_api_stays_small(service: Any) -> None:
    api = service.processes[0]
    assert psutil.Process(api.pid).memory_info().rss < 150 * MEGABYTE


def test_a_large_upload_is_never_in_memory(make_service: Any, valkey_url: str) -> None:
    service = make_service(f"{valkey_url}?db=15")
    api = psutil.Process(service.processes[0].pid)
    before = api.memory_info().rss
    with tempfile.TemporaryFile() as large:
        large.write(b"%PDF-1.7")
        large.truncate(200 * MEGABYTE)
        large.seek(0)
        job = service.http.post("/v1/jobs", files={"file": ("large.pdf", large)}).json()
    assert job["files"][0]["size"] == 200 * MEGABYTE
    assert api.memory_info().rss - before < 40 * MEGABYTE


def test_an_api_that_is_asked_to_stop_answers_its_long_polls(
    make_service: Any, valkey_url: str, png: bytes
) -> None:
    service = make_service(f"{valkey_url}?db=15")
    job = service.submit(png)["id"]
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(service.job, job, wait=50)
        time.sleep(0.5)
        service.processes[0].terminate()
        assert poll.result(10)["state"] == "queued"
    service.processes[0].wait(10)


def test_health_tells_alive_from_ready(service: Any) -> None:
    assert service.http.get("/healthz").json() == {"status": "ok"}
    ready = service.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"] == {"ledger": "ok", "blobs": "ok", "workers": "ok"}


def test_without_a_worker_the_service_is_alive_but_not_ready(idle_service: Any) -> None:
    assert idle_service.http.get("/healthz").status_code == 200
    ready = idle_service.http.get("/readyz")
    assert ready.status_code == 503
    assert "worker" in ready.json()["checks"]["workers"]


def test_tasks_and_models_are_listed(service: Any) -> None:
    tasks = {task["name"]: task for task in service.http.get("/v1/tasks").json()["tasks"]}
    assert "pages" in tasks["ocr"]["options"]["properties"]
    assert service.http.get("/v1/models").json()["models"] == [
        {"name": "none", "workers": 1, "profile": {"name": "none"}}
    ]


def test_a_result_obeys_the_published_schema(service: Any, pdf: Callable[..., bytes]) -> None:
    import jsonschema

    job = service.done(service.submit(pdf(2))["id"])
    result = service.http.get(job["links"]["result"]).json()
    jsonschema.validate(result, service.http.get("/v1/schemas/result").json())
    assert Result.model_validate(result).documents[0].page_count == 2


def test_metrics_count_requests_jobs_and_pages(service: Any, pdf: Callable[..., bytes]) -> None:
    service.done(service.submit(pdf(2))["id"])

    def figures() -> dict[str, float]:
        lines = service.http.get("/metrics").text.splitlines()
        rows = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in rows}

    posted = 'docvision_http_requests_total{method="POST",route="/v1/jobs",status="202"}'
    assert figures()[posted] >= 1
    assert figures()['docvision_jobs{state="succeeded"}'] >= 1
    assert figures()["docvision_workers"] == 1
    assert "docvision_worker_answer_tokens_total" in figures()
    assert 'docvision_waiting_messages{step="read"}' in figures()
    service.until(lambda: figures().get("docvision_worker_pages_total", 0) >= 2)


def test_openapi_describes_every_route(service: Any) -> None:
    document = service.http.get("/openapi.json").json()
    paths = {f"{method} {path}" for path, item in document["paths"].items() for method in item}
    assert {
        "post /v1/jobs",
        "get /v1/jobs",
        "get /v1/jobs/{job_id}",
        "delete /v1/jobs/{job_id}",
        "post /v1/jobs/{job_id}/cancel",
        "get /v1/jobs/{job_id}/result",
        "get /v1/schemas/result",
        "get /v1/models",
        "get /v1/tasks",
        "get /healthz",
        "get /readyz",
        "get /metrics",
    } <= paths
    assert "application/problem+json" in json.dumps(document["paths"]["/v1/jobs"])


def test_the_examples_in_openapi_work_when_pasted(
    service: Any, pdf: Callable[..., bytes], tmp_path: Path
) -> None:
    (tmp_path / "report.pdf").write_bytes(pdf(1))
    paths = service.http.get("/openapi.json").json()["paths"]
    routes = {
        f"{method} {path}": re.findall(r"^(curl .*)$", route["description"], re.MULTILINE)
        for path, item in paths.items()
        for method, route in item.items()
    }

    def paste(route: str, **variables: str) -> str:
        (command,) = routes[route]
        return subprocess.run(
            ["bash", "-c", command.replace("http://127.0.0.1:8400", service.url)],
            cwd=tmp_path,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    job = json.loads(paste("post /v1/jobs"))["id"]
    assert json.loads(paste("get /v1/jobs/{job_id}", JOB=job))["state"] == "succeeded"
    assert "page number 1" in paste("get /v1/jobs/{job_id}/result", JOB=job)
    assert job in paste("get /v1/jobs")
    conflict = json.loads(paste("post /v1/jobs/{job_id}/cancel", JOB=job))
    assert conflict["code"] == "job_conflict"
    assert paste("delete /v1/jobs/{job_id}", JOB=job) == ""


@pytest.mark.slow
def test_a_killed_worker_costs_time_but_no_page(
    own_service: Any, pdf: Callable[..., bytes]
) -> None:
    first = own_service.start("workers")
    own_service.until(own_service.ready)
    job = own_service.submit(pdf(150))
    own_service.until(lambda: own_service.job(job["id"])["progress"]["done"] >= 10)
    own_service.kill(first)
    before = own_service.job(job["id"])
    assert before["state"] == "running"

    own_service.start("workers")
    done = own_service.done(job["id"])
    assert (done["state"], done["progress"]["done"]) == ("succeeded", 150)
    pages = own_service.http.get(done["links"]["result"]).json()["documents"][0]["pages"]
    assert [page["number"] for page in pages] == list(range(1, 151))


@pytest.mark.slow
def test_a_worker_that_is_asked_to_stop_leaves_in_order(
    own_service: Any, pdf: Callable[..., bytes]
) -> None:
    worker = own_service.start("workers")
    own_service.until(own_service.ready)
    job = own_service.submit(pdf(150))
    own_service.until(lambda: own_service.job(job["id"])["progress"]["done"] >= 2)
    worker.terminate()
    assert worker.wait(30) == 0
    assert own_service.http.get("/v1/models").json()["models"] == []

    began = time.monotonic()
    own_service.start("workers")
    assert own_service.done(job["id"])["progress"]["done"] == 150
    assert time.monotonic() - began < 60 + SEEN_SECONDS
