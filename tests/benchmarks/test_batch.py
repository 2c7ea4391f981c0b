"""The batch benchmark in small: under fire, nothing is missing and every bad file has a name."""

from __future__ import annotations

import pytest

from benchmarks.batch import run


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_batch_whose_workers_and_api_are_killed_ends_whole() -> None:
    # when a batch of a hundred files, ten of them broken, is killed twice on the way
    outcome = run(100, 10, kills=2, urgent=1)
    # then every file has its result or its reason, and the urgent job came through
    assert outcome.state == "partial"
    assert outcome.kills == 2
    assert outcome.results == 90
    assert outcome.reasons.total() == 10
    assert outcome.unnamed == 0
    assert len(outcome.waits) == 1
