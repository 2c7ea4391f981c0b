"""How a worker starts and stops.

Start: settings, stores, engine, sandbox; then messages are taken, and only then the worker shows
itself as present. Stop (SIGTERM): no more messages are taken; work under way has the drain time;
what is still not done then is dropped, its leases released and its messages sent again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from celery import Celery, signals

from docvision.access.book import RedisKeyBook
from docvision.access.meter import PageQuota, RedisMeter
from docvision.blobs.opening import open_store
from docvision.documents.sandbox import Sandbox
from docvision.errors import SettingsError, StorageError
from docvision.jobs.deliveries import RedisDeliveries
from docvision.jobs.dropped import listening
from docvision.jobs.keeper import LeaseKeeper
from docvision.jobs.once import RedisOnce
from docvision.jobs.presence import BEAT_SECONDS, RedisPresence, WorkerCard, this_place
from docvision.jobs.redis import RedisLedger, connect
from docvision.machine import used_memory
from docvision.net import Outbound
from docvision.run import Bench
from docvision.settings import Settings
from docvision.tasks.tools import open_tools
from docvision.traces import open_traces

from .app import make_app, open_publisher
from .sweeper import SWEEP_SECONDS, Mender, sweep
from .tasks import register
from .watch import WATCH_SECONDS, Watchdog, bury_the_dead, end_process
from .webhooks import POST_SECONDS, Postman

_log = logging.getLogger(__name__)
LET_GO_SECONDS = 8.0
"""After the drain time, dropped work has so long to let go; less than what supervisors grant."""


def serve(settings: Settings) -> None:
    """Run one worker until SIGTERM or SIGINT.

    Raises:
        SettingsError: There is no `redis_url`.
        ModelNotFound: The model cannot be loaded.
    """
    if settings.redis_url is None:
        raise SettingsError("Set DOCVISION_REDIS_URL, or run `docvision up`.", name="redis_url")
    app = make_app(settings.redis_url)
    with (
        contextlib.closing(open_traces(settings, "docvision-worker")) as traces,
        open_bench(settings, app) as bench,
    ):
        register(app, bench, traces)
        with (
            _ready(bench),
            _draining(bench),
            repeating(SWEEP_SECONDS, lambda: sweep(bench)),
            repeating(SWEEP_SECONDS, Mender(bench).look),
            repeating(WATCH_SECONDS, lambda: bury_the_dead(bench)),
            repeating(WATCH_SECONDS, Watchdog(bench).look),
            repeating(POST_SECONDS, _postman(settings, bench).go_round),
        ):
            _consume(app, settings)


@contextlib.contextmanager
def open_bench(settings: Settings, app: Celery) -> Iterator[Bench]:
    """Open the stores, load the engine and warm the sandbox; close all of it in the end."""
    assert settings.redis_url is not None
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(contextlib.closing(connect(settings.redis_url)))
        ledger = RedisLedger(client)
        tools = stack.enter_context(open_tools(settings))
        threads = settings.worker.threads
        keeper = LeaseKeeper(ledger, settings.worker.lease_seconds)
        stack.enter_context(contextlib.closing(keeper))
        stack.enter_context(listening(client, keeper.drop))
        yield Bench(
            ledger=ledger,
            blobs=open_store(settings),
            publisher=open_publisher(app, client),
            presence=RedisPresence(client),
            once=RedisOnce(client),
            keeper=keeper,
            sandbox=stack.enter_context(contextlib.closing(Sandbox(settings.limits, size=threads))),
            tools=tools,
            settings=settings,
            quota=PageQuota(RedisKeyBook(client), RedisMeter(client)),
            owner=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
        )


@contextlib.contextmanager
def repeating(seconds: float, action: Callable[[], None]) -> Iterator[None]:
    """Call `action` again and again from a thread of its own, at once and then every `seconds`.

    A store that does not answer is no end: the next time it may.
    """
    over = threading.Event()

    def loop() -> None:
        while not over.is_set():
            try:
                action()
            except StorageError as error:
                _log.warning("%s Trying again in %g s.", error.message, seconds)
            except Exception:  # noqa: BLE001  the edge of a thread: its work must go on
                _log.exception("A round failed. Trying again in %g s.", seconds)
            over.wait(seconds)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _postman(settings: Settings, bench: Bench) -> Postman:
    assert settings.redis_url is not None
    deliveries = RedisDeliveries(connect(settings.redis_url))
    return Postman(bench.ledger, deliveries, Outbound(settings.net), settings.net.seconds)


@contextlib.contextmanager
def _ready(bench: Bench) -> Iterator[None]:
    """Show the worker's card from the moment it takes messages until it stops."""
    started = time.time()
    with contextlib.ExitStack() as stack:

        def on_ready(**_: Any) -> None:
            _log.info("worker %s is ready", bench.owner)
            show = lambda: bench.presence.show(_card(bench, started))  # noqa: E731
            stack.enter_context(repeating(BEAT_SECONDS, show))

        signals.worker_ready.connect(on_ready)
        yield
    with contextlib.suppress(StorageError):
        bench.presence.leave(bench.owner)


@contextlib.contextmanager
def _draining(bench: Bench) -> Iterator[None]:
    """When a stop is asked for, give work under way its time, then drop it, then end anyhow."""
    drain = bench.settings.worker.drain_seconds
    timers = [
        threading.Timer(drain, bench.keeper.stop),
        threading.Timer(drain + LET_GO_SECONDS, end_process),
    ]
    for timer in timers:
        timer.daemon = True

    def on_stop(**_: Any) -> None:
        _log.info("worker %s stops", bench.owner)
        for timer in timers:
            if not timer.is_alive():
                timer.start()

    signals.worker_shutting_down.connect(on_stop)
    yield
    for timer in timers:
        timer.cancel()


def _consume(app: Celery, settings: Settings) -> None:
    worker = app.Worker(
        concurrency=settings.worker.threads,
        loglevel=settings.log_level.upper(),
        # Workers have nothing to say to each other.
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()


def _card(bench: Bench, started: float) -> WorkerCard:
    engine = bench.tools.engine
    model = {"name": "none"} if engine is None else dataclasses.asdict(engine.profile)
    return WorkerCard(
        owner=bench.owner,
        host=socket.gethostname(),
        pid=os.getpid(),
        threads=bench.settings.worker.threads,
        started=started,
        model=model,
        place=this_place(),
        busy=bench.pulse.busy,
        memory_bytes=used_memory(),
        gpu_bytes=_gpu_bytes(),
    )


def _gpu_bytes() -> int:
    """Return the GPU memory that this process holds; torch is there if it loaded a model."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return 0
    return sum(torch.cuda.memory_reserved(number) for number in range(torch.cuda.device_count()))
