"""When a request is sent again, and after how long: rules for tenacity, shared by both clients."""

from __future__ import annotations

from typing import Any

import httpx
from tenacity import RetryCallState, wait_random_exponential
from tenacity.stop import stop_after_attempt

from docvision.client.protocol import Call, retry_after

BUSY = frozenset({429, 502, 503, 504})
"""Answers of a server, or of a proxy before it, that a later try may turn out better."""
LONGEST_PAUSE = 30.0

_pause = wait_random_exponential(multiplier=0.2, max=8)


def rules(call: Call[Any], attempts: int) -> dict[str, Any]:
    """Return the arguments for `tenacity.Retrying` and `AsyncRetrying` that suit a call."""
    return {
        "stop": stop_after_attempt(attempts),
        "retry": lambda state: _worth_another_try(call, state),
        "wait": _pause_before,
        "retry_error_callback": _last_outcome,
    }


def _worth_another_try(call: Call[Any], state: RetryCallState) -> bool:
    outcome = state.outcome
    if outcome is None:
        return False
    error = outcome.exception()
    if error is None:
        status = outcome.result().status_code
        return status in (429, 503) or (call.repeatable and status in BUSY)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return True
    return call.repeatable and isinstance(error, httpx.TransportError)


def _pause_before(state: RetryCallState) -> float:
    outcome = state.outcome
    if outcome is not None and outcome.exception() is None:
        asked = retry_after(outcome.result())
        if asked is not None:
            return min(asked, LONGEST_PAUSE)
    return _pause(state)


def _last_outcome(state: RetryCallState) -> Any:
    outcome = state.outcome
    return outcome.result() if outcome is not None else None
