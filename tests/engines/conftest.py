"""Tiny checkpoints and engines that the tests of this room share."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from docvision.documents.base import VideoFrame
from docvision.engines.base import Film, Message, Part, Picture, Request, Text
from docvision.engines.registry import load_engine
from docvision.settings import EngineSettings
from tests.engines import tiny


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory) -> dict[str, Path]:
    """A folder for each family, built when it is first asked for."""
    root = tmp_path_factory.mktemp("checkpoints")

    class Built(dict):
        def __missing__(self, family: str) -> Path:
            self[family] = tiny.build(root / family, family)
            return self[family]

    return Built()


@pytest.fixture(scope="session")
def engines(checkpoints) -> Iterator[dict]:
    """A loaded engine for each family."""

    class Loaded(dict):
        def __missing__(self, family: str):
            settings = EngineSettings(model=str(checkpoints[family]))
            self[family] = load_engine(settings)
            return self[family]

    loaded = Loaded()
    yield loaded
    for engine in loaded.values():
        engine.close()


def picture(width: int, height: int, seed: int = 0) -> Picture:
    rng = np.random.default_rng(seed)
    return Picture(pixels=rng.integers(0, 255, (height, width, 3), dtype=np.uint8))


def film(times, width: int, height: int) -> Film:
    return Film(
        frames=tuple(
            VideoFrame(time=time, pixels=picture(width, height, seed).pixels)
            for seed, time in enumerate(times)
        )
    )


def ask(*parts: Part | str, **options) -> Request:
    """A request of one user message; plain strings become text."""
    made = tuple(Text(text=part) if isinstance(part, str) else part for part in parts)
    return Request(messages=(Message(role="user", parts=made),), **options)
