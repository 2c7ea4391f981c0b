"""Counting requests, and showing what the ledger and the workers know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docvision.jobs.presence import WorkerCard
from docvision.machine import used_memory

from .parts import Parts

SUMS = ("jobs", "pages", "seconds", "prompt_tokens", "answer_tokens")
"""Told from the start, with 0: a rate needs a first value, and a dashboard has nothing to miss."""
HISTOGRAMS = {
    "wait_seconds": "Seconds from a job's entry until a worker began with it.",
    "page_seconds": "Seconds that a page took.",
}


class Metrics:
    """The figures of one API process; the stores are asked when the figures are."""

    def __init__(self, parts: Parts) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Stores(parts))
        labels = ("method", "route", "status")
        self.requests = Counter(
            "docvision_http_requests", "Requests answered.", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "docvision_http_seconds",
            "Seconds from a request to its answer, long polls included.",
            ("method", "route"),
            registry=self.registry,
        )


class CountRequests:
    """ASGI middleware that counts requests by route, never by the path's own ids."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"]
            self._metrics.requests.labels(method, route, status).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - began)


class _Stores(Collector):
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def describe(self) -> Iterator[Metric]:
        """Name nothing ahead, so that registering asks no store."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("docvision_jobs", "Jobs by state.", labels=["state"])
        for state, count in self._parts.ledger.counts().items():
            jobs.add_metric([state.value], count)
        yield jobs
        waiting = GaugeMetricFamily(
            "docvision_waiting_messages", "Messages that no worker has taken.", labels=["step"]
        )
        for step, count in self._parts.publisher.waiting().items():
            waiting.add_metric([step.value], count)
        yield waiting
        yield from _of_workers(self._parts.presence.seen())
        yield from of_counters(self._parts.presence.counters())
        memory = GaugeMetricFamily("docvision_api_memory_bytes", "Memory of this API process.")
        memory.add_metric([], used_memory())
        yield memory


def _of_workers(cards: Sequence[WorkerCard]) -> Iterator[Metric]:
    """Yield what the workers that were seen lately tell of themselves."""
    yield GaugeMetricFamily("docvision_workers", "Workers seen lately.", value=len(cards))
    gauges: dict[str, tuple[str, Callable[[WorkerCard], int]]] = {
        "threads": ("Pieces of work that a worker can do at once.", lambda card: card.threads),
        "busy": ("Pieces of work that a worker has under way.", lambda card: card.busy),
        "memory_bytes": ("Memory of a worker process.", lambda card: card.memory_bytes),
        "gpu_bytes": ("GPU memory that a worker process holds.", lambda card: card.gpu_bytes),
    }
    for name, (sentence, value) in gauges.items():
        family = GaugeMetricFamily(f"docvision_worker_{name}", sentence, labels=["worker"])
        for card in cards:
            family.add_metric([card.owner], value(card))
        yield family


def of_counters(counters: Mapping[str, float]) -> Iterator[Metric]:
    """Yield what all workers have counted together; `docvision.run.figures` says how it is named.

    A histogram comes as NAME_sum, NAME_count and NAME_bucket:BOUND, a labelled count as NAME:LABEL.
    """
    histograms = {name.removesuffix("_count") for name in counters if name.endswith("_count")}
    for name in sorted(histograms):
        rows = (
            (bound.partition(":")[2], amount)
            for bound, amount in counters.items()
            if bound.startswith(f"{name}_bucket:")
        )
        bounds = sorted(rows, key=lambda row: float(row[0]))
        yield HistogramMetricFamily(
            f"docvision_{name}",
            HISTOGRAMS.get(name, "Seconds."),
            buckets=[*bounds, ("+Inf", counters[f"{name}_count"])],
            sum_value=counters.get(f"{name}_sum", 0.0),
        )
    errors = CounterMetricFamily(
        "docvision_errors", "Jobs and pages that ended with an error.", labels=["code"]
    )
    costs = CounterMetricFamily(
        "docvision_cost",
        "What the models' tokens cost, at their profiles' prices.",
        labels=["currency"],
    )
    for name, amount in sorted((dict.fromkeys(SUMS, 0.0) | dict(counters)).items()):
        stem, _, label = name.partition(":")
        if stem == "errors":
            errors.add_metric([label], amount)
        elif stem == "cost":
            costs.add_metric([label], amount)
        elif not label and name.rpartition("_")[0] not in histograms:
            yield CounterMetricFamily(
                f"docvision_worker_{name}", f"Sum of {name} over all workers.", value=amount
            )
    yield errors
    yield costs
