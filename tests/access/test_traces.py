"""A job's trace holds what was done on it, by whichever process, under the job's own id."""

from __future__ import annotations

import sys

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from docvision.jobs.model import new_job_id
from docvision.settings import Settings
from docvision.traces import NoTraces, OtelTraces, open_traces

SENDER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_jobs_spans_are_one_trace_across_processes() -> None:
    # given an API and a worker that share nothing but the job's id
    seen = InMemorySpanExporter()
    api = OtelTraces("docvision-api", SimpleSpanProcessor(seen))
    worker = OtelTraces("docvision-worker", SimpleSpanProcessor(seen))
    job = new_job_id()
    # when a request enters the job and the worker does it
    with api.request("POST", {"traceparent": SENDER}) as request:
        request.set(status=202)
        with api.job("enter", job, tenant="acme"):
            pass
    with worker.job("prepare", job, units=0):
        pass
    api.close()
    worker.close()
    # then the job's spans have its id, and the request that of its sender, linked from the job's
    enter, posted, prepare = seen.get_finished_spans()
    assert enter.context.trace_id == prepare.context.trace_id == int(job, 16)
    assert enter.parent.span_id == prepare.parent.span_id
    assert f"{posted.context.trace_id:032x}" == SENDER.split("-")[1]
    assert [link.context.span_id for link in enter.links] == [posted.context.span_id]
    assert dict(enter.attributes) == {"docvision.job": job, "tenant": "acme"}


def test_a_span_does_not_quote_the_exception_that_ended_it() -> None:
    seen = InMemorySpanExporter()
    traces = OtelTraces("docvision-worker", SimpleSpanProcessor(seen))
    with pytest.raises(ValueError, match="CANARY"), traces.job("read", new_job_id()):
        raise ValueError("CANARY")
    with pytest.raises(ValueError, match="CANARY"), traces.request("GET", {}):
        raise ValueError("CANARY")
    traces.close()
    assert "CANARY" not in "".join(span.to_json() for span in seen.get_finished_spans())


def test_without_a_collector_nothing_is_done() -> None:
    traces = open_traces(Settings(), "docvision-api")
    assert isinstance(traces, NoTraces)
    with traces.request("GET", {}) as span, traces.job("read", "no id at all"):
        span.set(status=200)
    traces.close()


def test_a_service_without_traces_loads_no_exporter() -> None:
    import subprocess

    code = "import api.__main__, sys; print('opentelemetry.exporter' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
