"""Loads what tasks work with: the model, tuned ones for single tasks, and the OCR reader."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from docvision.engines.base import Engine
from docvision.engines.registry import late_engines, load_engine
from docvision.errors import SettingsError
from docvision.reading.ocr import Ocr
from docvision.settings import EngineSettings, Settings
from docvision.tasks.base import Tools
from docvision.tasks.options import OPTIONS


@contextlib.contextmanager
def open_tools(settings: Settings) -> Iterator[Tools]:
    """Lend the tools, and give back the models' memory in the end.

    Raises:
        ModelNotFound: There is no such checkpoint or adapter.
        EngineUnavailable: The model's server does not answer.
        SettingsError: A task that does not exist has a tuned model, the device does not exist, or
            an optional package is missing.
    """
    with contextlib.ExitStack() as stack:

        def load(wanted: EngineSettings) -> Engine | None:
            engine = load_engine(wanted)
            if engine is not None:
                stack.callback(engine.close)
            return engine

        tuned = _tuned_settings(settings.engine)
        loaded = {said: load(said) for said in dict.fromkeys((settings.engine, *tuned.values()))}
        late = late_engines(settings.engine)
        for engine in late.values():
            stack.callback(engine.close)
        ocr = Ocr()
        stack.callback(ocr.close)
        yield Tools(
            engine=loaded[settings.engine],
            tuned={**late, **{task: loaded[said] for task, said in tuned.items()}},
            ocr=ocr,
            engine_settings=settings.engine,
            limits=settings.limits,
        )


def _tuned_settings(settings: EngineSettings) -> dict[str, EngineSettings]:
    """Return the settings of the models of single tasks; raises SettingsError."""
    found = settings.for_tasks()
    if strange := sorted(set(found) - set(OPTIONS)):
        names = ", ".join(OPTIONS)
        message = f"There is no task {strange[0]!r} to tune for; there are {names}."
        raise SettingsError(message, name="engine.tuned")
    return found
