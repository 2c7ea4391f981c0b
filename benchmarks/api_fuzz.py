"""Sends the API what its description allows and what it does not.

`python -m benchmarks.api_fuzz` starts a whole service, has it do a few jobs so that there is
something to ask for, then lets schemathesis make requests from `/openapi.json`, half of them valid
and half not. Each answer must have a status, a content type and a body that the description names,
and none may be a server error. Prints one line for each operation and, at the end, the counts.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from docvision.settings import AdmissionSettings, ApiSettings, EngineSettings, NetSettings, Settings
from docvision.stack import Stack

CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
FILES = ("invoice.pdf", "receipt.jpg", "report.pdf")


@dataclass
class Tally:
    """What came of the requests."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def server_errors(self) -> int:
        """How many answers were a 500 or above, but for a 503, which says when to come back."""
        return sum(
            count for status, count in self.statuses.items() if status >= 500 and status != 503
        )


def fuzz_operation(
    operation: Any, count: int, known: dict[str, Sequence[str]], tally: Tally, **transport: Any
) -> None:
    """Send requests of one operation; half of the ids in them are of things that exist."""
    dice = random.Random(operation.label)
    for mode in GenerationMode:

        def send(case: Any) -> None:
            for name, ids in known.items():
                if name in (case.path_parameters or {}) and ids and dice.random() < 0.5:
                    case.path_parameters[name] = dice.choice(ids)
            response = case.call(**transport)
            tally.requests += 1
            tally.statuses[response.status_code] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as group:
                for failure in group.exceptions:
                    label = f"{operation.label}: {type(failure).__name__}: {response.status_code}"
                    tally.failures.setdefault(label, f"{failure}"[:600])

        _drawn(operation, mode, count, send)


def _drawn(operation: Any, mode: GenerationMode, count: int, send: Callable[[Any], None]) -> None:
    strategy = operation.as_strategy(generation_mode=mode)
    run = settings(
        max_examples=max(1, count // 2),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(case=strategy)(send))
    try:
        run()
    except Unsatisfiable:
        return  # there is no wrong way to ask for it


def operations(schema: Any) -> list[Any]:
    """Return the operations that the description names."""
    return [found.ok() for found in schema.get_all_operations()]


def main() -> None:
    """Fuzz a service of this machine and exit with 1 where it answered wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=3600, help="Stop after so long.")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder, Stack(_settings(Path(folder))) as stack:
        jobs = _some_jobs(stack.url)
        schema = schemathesis.openapi.from_url(f"{stack.url}/openapi.json")
        tally = _fuzz_all(schema, jobs, arguments.requests, arguments.seconds)
        alive = httpx.get(f"{stack.url}/healthz").status_code == 200
    print(json.dumps({"statuses": dict(sorted(tally.statuses.items()))}))
    for label, told in sorted(tally.failures.items()):
        print(f"FAILED {label}\n{told}\n")
    print(
        f"{tally.requests} requests, {tally.server_errors} server errors, "
        f"{len(tally.failures)} kinds of schema violations, alive at the end: {alive}"
    )
    sys.exit(1 if tally.failures or tally.server_errors or not alive else 0)


def _fuzz_all(schema: Any, jobs: list[str], wanted: int, seconds: float) -> Tally:
    tally, began = Tally(), time.monotonic()
    found = operations(schema)
    # In rounds, so that what one operation leaves behind is met by the others; few of them,
    # because to prepare an operation takes longer than to ask a hundred times.
    rounds = max(1, wanted // (len(found) * 200))
    with requests.Session() as session:
        while tally.requests < wanted and time.monotonic() - began < seconds:
            for operation in found:
                if time.monotonic() - began > seconds:
                    break
                count = max(2, wanted // (len(found) * rounds))
                fuzz_operation(operation, count, {"job_id": jobs}, tally, session=session)
                seconds_so_far = time.monotonic() - began
                print(f"{tally.requests} in {seconds_so_far:.0f} s: {operation.label}", flush=True)
    return tally


def _settings(folder: Path) -> Settings:
    """Long polls are short, nothing is fetched for long, and no amount of jobs is too much."""
    return Settings(
        data_dir=folder,
        engine=EngineSettings(model="none"),
        api=ApiSettings(port=0, max_wait_seconds=0.05),
        net=NetSettings(seconds=0.5),
        admission=AdmissionSettings(queued_jobs=10_000_000),
    )


def _some_jobs(url: str) -> list[str]:
    samples = Path(__file__).resolve().parents[1] / "samples"
    jobs = []
    for name in FILES:
        with (samples / name).open("rb") as file:
            jobs.append(httpx.post(f"{url}/v1/jobs", files={"file": file}).json()["id"])
    for job in jobs:
        deadline = time.monotonic() + 120
        while httpx.get(f"{url}/v1/jobs/{job}").json()["finished"] is None:
            if time.monotonic() > deadline:
                break
            time.sleep(0.2)
    return jobs


if __name__ == "__main__":
    main()
