"""Watches how much memory and processor time a group of processes takes, from the outside."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import psutil

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Track:
    """One process: its name and, sample by sample, the moment (Unix seconds), the resident MiB
    and the seconds of processor time that it has used so far.
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    @property
    def peak(self) -> float:
        """The most it held, in MiB."""
        return max(self.resident)

    @property
    def used(self) -> float:
        """The processor time that it used while it was watched, in seconds."""
        return self.busy[-1] - self.busy[0]

    def slope(self, start: float, end: float) -> float:
        """Return the growth between two moments by least squares, in MiB a second."""
        times, sizes = np.array(self.seconds), np.array(self.resident)
        inside = (times >= start) & (times <= end)
        if inside.sum() < 3:
            return 0.0
        return float(np.polyfit(times[inside], sizes[inside], 1)[0])


class Watch:
    """Samples named processes and all their children, in a thread, while the context lasts.

    Args:
        processes: Asked at each sample for the names and ids of the processes.
        every: Seconds between two samples.
    """

    def __init__(self, processes: Callable[[], Mapping[str, int]], every: float = 0.1) -> None:
        self._processes = processes
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.tracks: dict[int, Track] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            for name, pid in self._processes().items():
                with contextlib.suppress(psutil.NoSuchProcess):
                    self._sample(name, psutil.Process(pid))

    def _sample(self, name: str, process: psutil.Process) -> None:
        self._note(name, process)
        for child in process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._note(f"{name} > child", child)

    def _note(self, name: str, process: psutil.Process) -> None:
        track = self.tracks.setdefault(process.pid, Track(name=name))
        track.resident.append(process.memory_info().rss / MIB)
        used = process.cpu_times()
        track.busy.append(used.user + used.system)
        track.seconds.append(time.time())
