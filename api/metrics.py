"""Counting requests, and showing what the ledger and the workers know."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .parts import Parts


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
        cards = self._parts.presence.seen()
        yield GaugeMetricFamily("docvision_workers", "Workers seen lately.", value=len(cards))
        for name, amount in sorted(self._parts.presence.counters().items()):
            yield CounterMetricFamily(
                f"docvision_worker_{name}", f"Sum of {name} over all workers.", value=amount
            )
