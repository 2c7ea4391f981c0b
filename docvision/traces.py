"""Traces for OpenTelemetry: what each request and each step of a job took, across processes.

A job's id is the id of its trace. So every process that works on a job adds to one trace without
handing anything on, also where the work was lost and sent again, and whoever knows a job's id
finds its trace. A request has the trace that its sender says (W3C `traceparent`), or one of its
own; entering a job links the two.

Nothing is recorded, and no exporter loaded, unless `DOCVISION_TRACE_URL` says where traces go.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from docvision.errors import SettingsError
from docvision.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import SpanProcessor

Value = str | int | float | bool


class Span(Protocol):
    """A piece of work that is under way."""

    def set(self, **attributes: Value) -> None:
        """Add what was learned on the way."""


class Traces(Protocol):
    """Where spans go."""

    def request(
        self, name: str, headers: Mapping[str, str]
    ) -> contextlib.AbstractContextManager[Span]:
        """Span a request, in its sender's trace."""

    def job(
        self, name: str, job_id: str, **attributes: Value
    ) -> contextlib.AbstractContextManager[Span]:
        """Span a piece of work on a job, in the job's trace, linked to the span around it."""

    def close(self) -> None:
        """Send what was not sent yet."""


class NoTraces:
    """Implements `Traces` and `Span` where nobody asks for them."""

    @contextlib.contextmanager
    def request(self, name: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """Do nothing."""
        yield self

    @contextlib.contextmanager
    def job(self, name: str, job_id: str, **attributes: Value) -> Iterator[Span]:
        """Do nothing."""
        yield self

    def set(self, **attributes: Value) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def open_traces(settings: Settings, service: str) -> Traces:
    """Return what sends spans to the collector that the settings name, if they name one.

    Raises:
        SettingsError: One is named, but `docvision[otel]` is not installed.
    """
    if settings.trace_url is None:
        return NoTraces()
    try:  # optional: most installations have no collector
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        message = "DOCVISION_TRACE_URL needs the extra: pip install docvision[otel]."
        raise SettingsError(message, name="trace_url") from error
    endpoint = settings.trace_url.rstrip("/") + "/v1/traces"
    return OtelTraces(service, BatchSpanProcessor(OTLPSpanExporter(endpoint)))


class OtelTraces:
    """Implements `Traces` with OpenTelemetry's SDK.

    Args:
        service: Names the process, such as `docvision-api`.
        processor: Takes the spans.
    """

    def __init__(self, service: str, processor: SpanProcessor) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  optional, see open_traces
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("docvision")

    @contextlib.contextmanager
    def request(self, name: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """Span a request, in its sender's trace."""
        from opentelemetry.trace import SpanKind  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        parent = TraceContextTextMapPropagator().extract(headers)
        with self._tracer.start_as_current_span(
            name,
            parent,
            SpanKind.SERVER,
            # An exception's text may quote what it choked on.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _OtelSpan(span)

    @contextlib.contextmanager
    def job(self, name: str, job_id: str, **attributes: Value) -> Iterator[Span]:
        """Span a piece of work on a job, in the job's trace, linked to the span around it."""
        from opentelemetry.trace import Link, get_current_span  # noqa: PLC0415

        around = get_current_span().get_span_context()
        with self._tracer.start_as_current_span(
            name,
            _trace_of(job_id),
            attributes={"docvision.job": job_id, **attributes},
            links=[Link(around)] if around.is_valid else [],
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _OtelSpan(span)

    def close(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()


class _OtelSpan:
    def __init__(self, span: object) -> None:
        self._span = span

    def set(self, **attributes: Value) -> None:
        self._span.set_attributes(attributes)  # type: ignore[attr-defined]


def _trace_of(job_id: str) -> Context:
    """Return the context of a job's trace: 128 bits from its id, below a root that nobody sends."""
    from opentelemetry.trace import (  # noqa: PLC0415
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    root = SpanContext(
        trace_id=int(job_id, 16),
        span_id=int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:8], "big"),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    return set_span_in_context(NonRecordingSpan(root))
