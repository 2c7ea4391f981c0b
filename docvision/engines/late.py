"""An engine that is loaded when it is first asked: many documents never need it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from docvision.engines.base import Answer, Engine, Request
from docvision.engines.profile import Profile


class Late:
    """Stands for an engine whose profile is known before its weights are read. Thread-safe."""

    def __init__(self, profile: Profile, load: Callable[[], Engine]) -> None:
        """Keep `load` for the first question."""
        self._profile = profile
        self._load = load
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    @property
    def profile(self) -> Profile:
        """What the checkpoint is and is good at."""
        return self._profile

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer each request, in order; see `Engine.generate`.

        Raises:
            ModelNotFound, SettingsError: The engine cannot be loaded.
        """
        with self._lock:
            if self._engine is None:
                self._engine = self._load()
        return self._engine.generate(requests)

    def close(self) -> None:
        """Close the engine if it was loaded."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
