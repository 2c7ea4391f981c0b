"""What the API's description says is so, whatever is sent; the long form is benchmarks.api_fuzz."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis

from benchmarks.api_fuzz import Tally, fuzz_operation, operations
from docvision.jobs.model import State
from docvision.settings import ApiSettings, Settings
from tests.tenancy.conftest import make_house

API = ApiSettings(host="0.0.0.0", keys="off", max_wait_seconds=0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_answer_is_one_that_the_description_does_not_name(tmp_path: Path) -> None:
    # given jobs in several states
    house = make_house(tmp_path, Settings(data_dir=tmp_path, api=API))
    jobs = [house.job("default", state).id for state in (State.QUEUED, State.FAILED)]
    schema = schemathesis.openapi.from_asgi("/openapi.json", house.app)
    tally = Tally()
    # when requests of the most used operations are made up from the description
    wanted = {"POST /v1/jobs", "GET /v1/jobs", "GET /v1/jobs/{job_id}", "GET /v1/audit"}
    for operation in operations(schema):
        if operation.label in wanted:
            fuzz_operation(operation, 10, {"job_id": jobs}, tally)
    # then every answer is one that it names
    assert tally.requests >= 20
    assert tally.failures == {}
    assert tally.server_errors == 0
