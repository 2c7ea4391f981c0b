"""Finds the folder of a checkpoint, fetching it from a hub where it is not here yet."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

from docvision.errors import ModelNotFound, SettingsError
from docvision.settings import EngineSettings

_WANTED = ["*.json", "*.safetensors", "*.txt", "*.jinja"]


def locate(settings: EngineSettings) -> Path:
    """Return the folder of the checkpoint that the settings name.

    A name that is a folder here is that folder; `owner/name` is a hub's.

    Raises:
        ModelNotFound: There is no such folder, and no such model on the hub or in its cache.
        SettingsError: ModelScope is asked for and its package is missing.
    """
    folder = Path(settings.model).expanduser()
    if (folder / "config.json").is_file():
        return folder
    if folder.is_dir():
        raise ModelNotFound(f"{folder} holds no config.json; is it a checkpoint's folder?")
    if settings.model.count("/") != 1 or settings.model.startswith((".", "/", "~")):
        raise ModelNotFound(f"There is no model {settings.model!r}. {_advice(folder)}")
    fetch = _from_modelscope if settings.source == "modelscope" else _from_huggingface
    return fetch(settings.model)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file.

    Raises:
        ModelNotFound: The file is not there or holds no object.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelNotFound(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelNotFound(f"{path} holds no object.")
    return value


def _from_huggingface(name: str) -> Path:
    # Heavy, and not needed for a local checkpoint.
    from huggingface_hub import snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError  # noqa: PLC0415

    try:
        return Path(snapshot_download(name, allow_patterns=_WANTED))
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise _unfetched(name, "the Hugging Face hub", error) from error


def _from_modelscope(name: str) -> Path:
    try:
        # An optional package.
        from modelscope import snapshot_download  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            "Fetching from ModelScope needs its package: pip install 'docvision[modelscope]'."
        ) from error
    try:
        return Path(snapshot_download(name, allow_patterns=_WANTED))
    except (OSError, ValueError) as error:
        raise _unfetched(name, "ModelScope", error) from error


def _unfetched(name: str, hub: str, error: Exception) -> ModelNotFound:
    reason = str(error).strip().split("\n", 1)[0]
    return ModelNotFound(
        f"{name} is neither in the cache nor could it be fetched from {hub} ({reason}). "
        "Check the name, or fetch it where there is a network and name its folder.",
        model=name,
    )


def _advice(folder: Path) -> str:
    """Name the nearest folder beside the one that is missing."""
    parent = folder.parent
    beside = [path.name for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []
    near = difflib.get_close_matches(folder.name, beside, n=1)
    if near:
        return f"Did you mean {parent / near[0]}?"
    return (
        "Name `nano`, `none`, a checkpoint's folder, or a hub id such as Qwen/Qwen3-VL-8B-Instruct."
    )
