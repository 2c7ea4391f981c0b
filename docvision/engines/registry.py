"""Loads the engine that the settings name. Torch is imported only where a model is loaded."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from docvision.engines.base import Engine
from docvision.engines.cores import share_cores
from docvision.engines.late import Late
from docvision.engines.locate import locate, read_json
from docvision.engines.profile import Profile, profile_of
from docvision.settings import EngineSettings

log = logging.getLogger(__name__)

NANO = Path(__file__).resolve().parent.parent / "nano"
"""The folder of the checkpoint that ships with docvision."""


def load_engine(settings: EngineSettings) -> Engine | None:
    """Return the engine, or None where there is no model to ask (the readers answer then).

    `none` is no engine, `nano` the checkpoint that ships with docvision, `scripted:FILE` the
    answers in a file; with a `remote_url` the model is that server's; everything else is a
    checkpoint in a folder or on a hub.

    Raises:
        ModelNotFound: There is no such checkpoint, or no such model on the server.
        EngineUnavailable: The server does not answer.
        SettingsError: The device does not exist, or an optional package is missing.
    """
    if settings.remote_url:
        from docvision.engines.remote import Remote  # noqa: PLC0415 - the client loads slowly

        return Remote.connect(settings)
    if settings.model == "none":
        return None
    if settings.model.startswith("scripted:"):
        from docvision.engines.scripted import Scripted  # noqa: PLC0415 - for tests only

        return Scripted.load(Path(settings.model.removeprefix("scripted:")))
    if settings.model == "nano":
        return _load_nano(settings)
    return _load_checkpoint(locate(settings), settings)


def announced_profile(settings: EngineSettings) -> Profile | None:
    """Return the profile of the model that the settings name, without loading or fetching it.

    None where there is no model. Of one that is not here (a server's, a hub's) it is what its
    name tells.

    Raises:
        ModelNotFound: The folder holds no Qwen-VL checkpoint.
    """
    if settings.model == "none" and not settings.remote_url:
        return None
    if settings.model.startswith("scripted:") and not settings.remote_url:
        engine = load_engine(settings)
        return engine.profile if engine else None
    folder = NANO if settings.model == "nano" else Path(settings.model).expanduser()
    if not settings.remote_url and (folder / "config.json").is_file():
        return read_profile(folder, name=settings.model)
    # The client that this module needs loads slowly.
    from docvision.engines.remote_wire import profile_of_server  # noqa: PLC0415

    return profile_of_server(settings.model, {})


def read_profile(folder: Path, *, name: str, adapter: str | None = None) -> Profile:
    """Return the profile of the checkpoint in a folder, without loading it.

    What the profile.json of an adapter says goes before what the checkpoint's says.

    Raises:
        ModelNotFound: The folder holds no Qwen-VL checkpoint.
    """
    said: dict[str, Any] = {}
    for place in (folder, *((Path(adapter),) if adapter else ())):
        if (place / "profile.json").is_file():
            said |= read_json(place / "profile.json")
    profile = profile_of(read_json(folder / "config.json"), said, name=name)
    return replace(profile, adapters=() if adapter else tuple(_own_adapters(folder)))


def late_engines(settings: EngineSettings) -> dict[str, Late]:
    """Return the engines of tasks for which the checkpoint brings an adapter of its own.

    An adapter for a task lies in a folder of the task's name within the checkpoint's. Weights are
    read when an engine is first asked. None where another adapter is named, and none of a server's
    or a hub's checkpoint.
    """
    folder = NANO if settings.model == "nano" else Path(settings.model).expanduser()
    if settings.remote_url or settings.adapter or not (folder / "config.json").is_file():
        return {}
    return {task: _late(folder, settings, place) for task, place in _own_adapters(folder).items()}


def _own_adapters(folder: Path) -> dict[str, Path]:
    """Return the adapters' folders within a checkpoint's, by their tasks."""
    return {
        place.parent.name: place.parent for place in sorted(folder.glob("*/adapter_config.json"))
    }


def _late(folder: Path, settings: EngineSettings, adapter: Path) -> Late:
    adapted = settings.model_copy(update={"adapter": str(adapter)})
    profile = read_profile(folder, name=settings.model, adapter=str(adapter))
    return Late(profile, lambda: _load_checkpoint(folder, adapted))


def _load_nano(settings: EngineSettings) -> Engine | None:
    if not (NANO / "config.json").is_file():
        log.warning("This installation has no nano checkpoint; the readers work alone.")
        return None
    return _load_checkpoint(NANO, settings)


def _load_checkpoint(folder: Path, settings: EngineSettings) -> Engine:
    profile = read_profile(folder, name=settings.model, adapter=settings.adapter)
    share_cores()
    # Torch and transformers take seconds and hundreds of megabytes.
    from docvision.engines.loading import load_checkpoint  # noqa: PLC0415
    from docvision.engines.qwen_vl import QwenVL  # noqa: PLC0415

    return QwenVL(load_checkpoint(folder, settings), profile, settings)
