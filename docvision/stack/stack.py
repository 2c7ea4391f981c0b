"""The whole service on one machine: what `docvision up` runs, as a context manager."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Self

import httpx

from docvision.errors import StackError, StorageError
from docvision.jobs.presence import RedisPresence
from docvision.jobs.redis import connect
from docvision.settings import Settings
from docvision.stack.address import free_port, url_of
from docvision.stack.child import RestartPolicy
from docvision.stack.lock import DataLock
from docvision.stack.logs import Follower, rotate
from docvision.stack.services import api_command, worker_commands
from docvision.stack.supervisor import BEAT, Supervisor
from docvision.stack.valkey import (
    answers,
    require_answer,
    socket_path,
    valkey_command,
    write_url,
)
from docvision.stack.watchman import Watchman

START_SECONDS = 90.0
"""In which Valkey and the API must answer."""
MODEL_SECONDS = 1800.0
"""In which a worker must have loaded its model, which may have to be fetched first."""
ROTATE_SECONDS = 10.0
RESTARTS = RestartPolicy()


def _silent(message: str) -> None:
    pass


class Stack:
    """Valkey, the API and the workers as child processes, for as long as the context lasts.

    A thread of its own starts, tends and stops them, because the kernel ends a child together
    with the *thread* that started it.

    Args:
        settings: What to run. Without a `redis_url` a Valkey server is started; port 0 becomes
            a free one. The attribute `settings` says what came of it.
        say: Told of each death and restart.
        policy: How children are restarted.
        echo_logs: Whether `say` is told each line of the children's logs too.

    Raises (from `start` and `wait`):
        StackError: The data folder or the port is in use, or a part cannot be started.
    """

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], None] = _silent,
        policy: RestartPolicy = RESTARTS,
        *,
        echo_logs: bool = False,
    ) -> None:
        self.settings = settings.model_copy(update={"data_dir": settings.data_dir.resolve()})
        self.logs = self.settings.data_dir / "logs"
        self._rotate_at = 0.0
        self._follower = Follower(self.logs, say) if echo_logs else None
        self._supervisor = Supervisor(say, policy, lambda: self._stop, self._show_logs)
        self._stop = False
        self._hurry = False
        self._ready = threading.Event()
        self._ended = threading.Event()
        self._error: StackError | None = None
        self._thread = threading.Thread(target=self._run, name="docvision-stack", daemon=True)

    @property
    def url(self) -> str:
        """The API's address."""
        return url_of(self.settings.api.host, self.settings.api.port)

    @property
    def pids(self) -> dict[str, int]:
        """The processes that are running now: `valkey`, `api`, `worker-1`, …"""
        return self._supervisor.pids

    @property
    def stopping(self) -> bool:
        """Whether an end was asked for."""
        return self._stop

    def start(self) -> None:
        """Start everything and return once jobs can be done (or an end was asked for)."""
        self._thread.start()
        while not (self._ready.wait(BEAT) or self._ended.is_set()):
            pass
        self._raise_error()

    def wait(self) -> None:
        """Return once an end was asked for and everything has stopped."""
        while not self._ended.wait(BEAT):
            pass
        self._raise_error()

    def request_stop(self) -> None:
        """Ask for an end; a signal handler may. The second time, running work is not awaited."""
        self._hurry = self._stop
        self._stop = True

    def stop(self) -> None:
        """Stop everything in order: the API, then the workers, then Valkey."""
        self._stop = True
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            with contextlib.ExitStack() as undo:
                self._bring_up(undo)
                self._ready.set()
                watchman = Watchman(lambda: self._supervisor.pids, self._answering)
                watchman.start()
                undo.callback(watchman.stop)
                while not self._stop:
                    self._supervisor.tend()
                    self._supervisor.kill(watchman.silent())
        except StackError as error:
            self._error = error
        finally:
            self._ended.set()

    def _bring_up(self, undo: contextlib.ExitStack) -> None:
        lock = DataLock(self.settings.data_dir)
        undo.callback(lock.release)
        self.logs.mkdir(exist_ok=True)
        self._choose_port()
        undo.callback(self._supervisor.stop, lambda: self._hurry)
        if self.settings.redis_url is None:
            self._start_valkey(lock, undo)
        else:
            require_answer(self.settings.redis_url)
        api, workers = (
            api_command(self.settings, self.logs),
            worker_commands(self.settings, self.logs),
        )
        self._supervisor.start(*workers)
        self._supervisor.start(api)
        self._supervisor.until(lambda: self._is_good("/healthz"), api, START_SECONDS)
        self._supervisor.until(lambda: self._is_good("/readyz"), workers[0], MODEL_SECONDS)

    def _choose_port(self) -> None:
        api = self.settings.api
        port = free_port(api.host, api.port)
        self._amend(api=api.model_copy(update={"port": port}))

    def _start_valkey(self, lock: DataLock, undo: contextlib.ExitStack) -> None:
        home = self.settings.data_dir / "valkey"
        home.mkdir(mode=0o700, exist_ok=True)
        socket = undo.enter_context(socket_path(home))
        url = f"unix://{socket}"
        command = valkey_command(home, socket, self.logs / "valkey.log", lock.descriptor)
        self._supervisor.start(command)
        self._supervisor.until(lambda: answers(url), command, START_SECONDS)
        write_url(home, url)
        self._amend(redis_url=url)

    def _amend(self, **changes: object) -> None:
        self.settings = self.settings.model_copy(update=changes)

    def _show_logs(self) -> None:
        if self._follower is not None:
            self._follower.look()
        if time.monotonic() >= self._rotate_at:
            rotate(self.logs)
            self._rotate_at = time.monotonic() + ROTATE_SECONDS

    def _answering(self) -> set[str]:
        """Return the names of the children that give a sign of life.

        Without the ledger nobody can tell of the workers; they have the benefit of the doubt.
        """
        url = self.settings.redis_url
        assert url is not None
        names = {"api"} if self._is_good("/healthz") else set()
        try:
            with contextlib.closing(connect(url)) as client:
                shown = {card.pid for card in RedisPresence(client).seen()}
            pids = self._supervisor.pids
            return names | {"valkey"} | {name for name, pid in pids.items() if pid in shown}
        except StorageError:
            return names | (set(self._supervisor.pids) - {"api", "valkey"})

    def _is_good(self, path: str) -> bool:
        try:
            return httpx.get(f"{self.url}{path}", timeout=5.0, trust_env=False).is_success
        except httpx.TransportError:
            return False
