"""A Valkey server of the benchmark's own, reached through a proxy that can go deaf."""

from __future__ import annotations

import asyncio
import contextlib
import glob
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from docvision.stack.valkey import answers, valkey_command

FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"
"""Debian's `faketime`; without it the server's clock cannot be set."""
CUT_BYTES = 20_000
"""Of the append-only file's end at most, as a power cut might."""


class Broker:
    """Runs the server; a context manager. `url` goes through the proxy, `direct` does not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True)
        self._socket, self._proxied = folder / "v.sock", folder / "p.sock"
        self.direct, self.url = f"unix://{self._socket}", f"unix://{self._proxied}"
        self._process: subprocess.Popen[bytes] | None = None
        self._proxy = Proxy(self._proxied, self._socket)
        self._clock = folder / "clock"
        self._offset = 0
        self.can_set_clock = bool(glob.glob(FAKETIME))

    def __enter__(self) -> Broker:
        self.start()
        self._proxy.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._proxy.stop()
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
        self._process.terminate()
        self._process.wait(20)

    def start(self) -> None:
        """Start the server on what is on disk and return when it has loaded that."""
        command = valkey_command(self._folder, self._socket, self._folder / "valkey.log", lock=0)
        with command.log.open("ab") as log:
            self._process = subprocess.Popen(
                command.argv, env=self._env(), stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 60
        while not answers(self.direct):
            if time.monotonic() > until:
                raise RuntimeError("Valkey does not come back")
            time.sleep(0.02)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Kill the server, and start it again after the block."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        yield
        self.start()

    def kill(self) -> None:
        """Kill the server and start it again."""
        with self.away():
            pass

    def stop_for(self, seconds: float) -> None:
        """Let the server stand still."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def cut(self, dice: random.Random) -> None:
        """Kill the server and cut off the end of its log, as a power cut does; start it again."""
        with self.away():
            log = max((self._folder / "appendonlydir").glob("*.incr.aof"), key=os.path.getmtime)
            size = log.stat().st_size
            os.truncate(log, max(0, size - dice.randrange(1, CUT_BYTES)))

    def set_clock(self, seconds: int) -> None:
        """Set the server's clock forward, or back, while it runs."""
        self._offset += seconds
        self._clock.write_text(f"{self._offset:+d}s")

    def _env(self) -> dict[str, str]:
        if not self.can_set_clock:
            return dict(os.environ)
        self.set_clock(0)
        fake = {
            "LD_PRELOAD": glob.glob(FAKETIME)[0],
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        return os.environ | fake

    def go_deaf(self) -> None:
        """Leave all connections open but pass nothing on any more; new ones are served."""
        self._proxy.go_deaf()


class Proxy:
    """Passes bytes between two unix sockets, on a thread of its own."""

    def __init__(self, here: Path, there: Path) -> None:
        self._here, self._there = here, there
        self._loop = asyncio.new_event_loop()
        self._generation = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        listening = asyncio.start_unix_server(self._serve, self._here)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()

    def stop(self) -> None:
        """Close everything."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def go_deaf(self) -> None:
        """Swallow what comes over the connections that are open now."""
        self._generation += 1

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            onwards = await asyncio.open_unix_connection(self._there)
        except OSError:
            writer.close()
            return
        mine = self._generation
        ways = [self._pass(reader, onwards[1], mine), self._pass(onwards[0], writer, mine)]
        tasks = [asyncio.create_task(way) for way in ways]
        self._tasks.update(tasks)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
            self._tasks.discard(task)
        for end in (writer, onwards[1]):
            end.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mine: int
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if mine == self._generation:
                    writer.write(data)
                    await writer.drain()

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.sleep(0.1)
