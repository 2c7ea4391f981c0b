"""Every endpoint, asked by two tenants: what is one's is not there for the other.

A route that is neither about one job or batch nor listed below fails here, until somebody has
said what its tenancy is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from fastapi.routing import APIRoute

from docvision.jobs.model import State, new_job_id
from tests.tenancy.conftest import CANARY, House

OPEN = {
    "GET /",
    "GET /assets/{digest}/{path:path}",
    "GET /docs",
    "GET /docs/{path:path}",
    "GET /healthz",
    "GET /readyz",
}
"""Routes that need no key and hold no data of anybody."""
SHARED = {
    "GET /metrics",
    "GET /v1/tasks",
    "GET /v1/models",
    "GET /v1/schemas/result",
}
"""Routes whose answer is the same for all tenants."""
OF_CALLER = {
    "POST /v1/jobs",
    "POST /v1/plan",
    "GET /v1/jobs",
    "POST /v1/batches",
    "GET /v1/batches",
    "GET /v1/reviews",
    "GET /v1/corrections",
    "GET /v1/stats",
    "GET /v1/schemas",
    "GET /v1/schemas/{name}",
    "PUT /v1/schemas/{name}",
    "DELETE /v1/schemas/{name}",
    "GET /v1/webhooks/secret",
    "GET /v1/audit",
}
"""Routes that make, list or name what is the caller's; each is asked in a test below."""
OF_ID = re.compile(r"\{(job_id|batch_id)\}")
"""Routes about one thing; a foreign id is an unknown one."""
FILLED = {"document": "0", "page": "1", "format": "png", "path": "x", "digest": "x"}
DECISION = {"pointer": "/total", "action": "accept"}
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/jobs/{job_id}/reviews": {"json": {"decisions": [DECISION]}}
}
"""What a request needs to get past the check of its form, by route."""


def routes(house: House) -> set[str]:
    found = set(_below(house.app.routes))
    assert len(found) > 20
    return found


def _below(branch: Sequence[Any]) -> Iterator[str]:
    """Yield the method and path of each route, those of included routers too."""
    for route in branch:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in route.methods)
        elif hasattr(route, "original_router"):
            yield from _below(route.original_router.routes)


def of_id(house: House) -> list[str]:
    return sorted(name for name in routes(house) if OF_ID.search(name))


def ask(house: House, name: str, thing: str, headers: dict[str, str]) -> Any:
    method, _, path = name.partition(" ")
    path = OF_ID.sub(thing, path)
    path = re.sub(r"\{(\w+)(:path)?\}", lambda match: FILLED.get(match[1], "0"), path)
    return house.http.request(method, path, headers=headers, **BODIES.get(name, {}))


def test_every_route_has_a_case(house: House) -> None:
    known = OPEN | SHARED | OF_CALLER | set(of_id(house))
    assert routes(house) == known


def test_a_foreign_id_is_an_unknown_id_everywhere(house: House) -> None:
    # given a finished job and a batch of acme's
    things = {"job_id": house.job("acme"), "batch_id": house.batch("acme")}
    stranger, made_up = house.headers("globex"), new_job_id()
    for name in of_id(house):
        thing = things[OF_ID.search(name)[1]].id
        # when globex asks for it, and for one that nobody ever made
        foreign = ask(house, name, thing, stranger)
        unknown = ask(house, name, made_up, stranger)
        # then both answers are the same, to the letter
        assert foreign.status_code == 404, (name, foreign.text)
        assert foreign.text.replace(thing, made_up) == unknown.text, name
        assert foreign.headers.keys() == unknown.headers.keys()
    # then nothing has happened to them
    for thing in things.values():
        assert house.ledger.get(thing.id) == thing


def test_a_foreign_id_takes_as_much_looking_up_as_an_unknown_one(house: House) -> None:
    things = {"job_id": house.job("acme"), "batch_id": house.batch("acme")}
    stranger = house.headers("globex")
    for name in of_id(house):
        counts = []
        for thing in (things[OF_ID.search(name)[1]].id, new_job_id()):
            before = house.ledger.asked
            ask(house, name, thing, stranger)
            counts.append(house.ledger.asked - before)
        assert counts[0] == counts[1], name


def test_the_owner_gets_what_the_other_does_not(house: House) -> None:
    job = house.job("acme")
    owner = house.headers("acme")
    assert house.http.get(f"/v1/jobs/{job.id}", headers=owner).json()["id"] == job.id
    assert CANARY in house.http.get(f"/v1/jobs/{job.id}/result", headers=owner).text


def test_no_list_of_one_tenant_shows_anything_of_another(house: House) -> None:
    acme = [house.job("acme").id, house.job("acme", State.QUEUED).id]
    own = house.job("globex", text="of globex")
    stranger = house.headers("globex")
    house.batch("acme")
    # when globex asks for everything that can be listed
    for name in sorted(name for name in OF_CALLER if name.startswith("GET") and "{" not in name):
        answer = house.http.get(name.partition(" ")[2], headers=stranger)
        assert answer.status_code == 200, name
        assert not [word for word in (CANARY, *acme) if word in answer.text], name
    # when it lists jobs, also with what it may have heard of acme's
    for query in ("", "?limit=200", f"?before={acme[1]}z", "?state=succeeded", "?state=queued"):
        answer = house.http.get(f"/v1/jobs{query}", headers=stranger)
        # then only its own jobs are there
        assert CANARY not in answer.text
        assert {job["id"] for job in answer.json()["jobs"]} <= {own.id}


def test_a_job_belongs_to_the_tenant_of_its_key(house: House, png: bytes) -> None:
    answer = house.http.post(
        "/v1/jobs", files={"file": ("a.png", png)}, headers=house.headers("globex")
    )
    assert answer.status_code == 202
    job = house.ledger.get(answer.json()["id"])
    assert job.tenant == "globex"
    assert house.access.book.find(job.key_id or "") is not None


def test_a_schema_is_its_tenants_own(house: House) -> None:
    # given a schema that acme has saved
    path, schema = "/v1/schemas/timesheet", {"type": "object", "properties": {CANARY: {}}}
    owner, stranger = house.headers("acme"), house.headers("globex")
    assert house.http.put(path, json=schema, headers=owner).status_code == 204
    # then for globex it is one that nobody ever saved, and nothing it does changes acme's
    unknown = house.http.get("/v1/schemas/nothing", headers=stranger).text
    assert house.http.get(path, headers=stranger).text.replace("timesheet", "nothing") == unknown
    assert house.http.delete(path, headers=stranger).status_code == 404
    house.http.put(path, json={"type": "object", "properties": {"x": {}}}, headers=stranger)
    assert house.http.get(path, headers=owner).json() == schema


def test_each_tenant_has_a_secret_of_its_own_for_webhooks(house: House) -> None:
    secrets = {
        house.http.get("/v1/webhooks/secret", headers=house.headers(tenant)).text
        for tenant in ("acme", "globex")
    }
    assert len(secrets) == 2


def test_a_batch_belongs_to_the_tenant_of_its_key(house: House, png: bytes) -> None:
    answer = house.http.post(
        "/v1/batches", files={"file": ("a.png", png)}, headers=house.headers("globex")
    )
    assert answer.status_code == 202
    path = answer.headers["location"]
    assert house.http.get(path, headers=house.headers("globex")).status_code == 200
    assert house.http.get(path, headers=house.headers("acme")).status_code == 404


def test_the_same_idempotency_key_is_another_for_another_tenant(house: House, png: bytes) -> None:
    ids = []
    for tenant in ("acme", "acme", "globex"):
        headers = {**house.headers(tenant), "Idempotency-Key": "k1"}
        answer = house.http.post("/v1/jobs", files={"file": ("a.png", png)}, headers=headers)
        assert answer.status_code == 202
        ids.append(answer.json()["id"])
    assert ids[0] == ids[1] != ids[2]


def test_shared_answers_are_the_same_for_all(house: House) -> None:
    house.job("acme")
    for name in SHARED - {"GET /metrics"}:
        method, path = name.split(" ")
        answers = [
            house.http.request(method, path, headers=house.headers(tenant)).text
            for tenant in ("acme", "globex")
        ]
        assert answers[0] == answers[1]
        assert CANARY not in answers[0]


def test_figures_name_no_tenant_job_or_file(house: House) -> None:
    job = house.job("acme")
    text = house.http.get("/metrics", headers=house.headers("globex")).text
    assert not [word for word in (CANARY, job.id, "acme") if word in text]


def test_the_audit_log_of_a_tenant_is_its_own(house: House) -> None:
    job = house.job("acme")
    house.http.delete(f"/v1/jobs/{job.id}", headers=house.headers("acme"))
    mine = house.http.get("/v1/audit", headers=house.headers("acme")).json()["entries"]
    assert [(entry["action"], entry["target"]) for entry in mine] == [
        ("DELETE /v1/jobs/{job_id}", job.id)
    ]
    assert house.http.get("/v1/audit", headers=house.headers("globex")).json()["entries"] == []


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer dv_0_x"}, {"Authorization": "x"}])
def test_without_a_key_only_what_holds_no_data_answers(
    house: House, header: dict[str, str]
) -> None:
    # given a house that others can reach, and somebody without a good key
    job = house.job("acme")
    for name in routes(house) - OPEN:
        answer = ask(house, name, job.id, header)
        # then every route that is not open says how to get one, and nothing else
        assert answer.status_code == 401, name
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
    for path in ("/nowhere", "/v1", "/v1/jobs/", "/docs/../v1/jobs", "//v1/jobs"):
        assert house.http.get(path, headers=header).status_code == 401
    assert house.http.get("/healthz", headers=header).status_code == 200
