"""What a checkpoint is: its family's conventions and what it is good at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from docvision.errors import ModelNotFound
from docvision.views.view import BoxConvention

__all__ = ["BoxConvention", "Prices", "Profile", "Reads", "Speed", "box_convention", "profile_of"]


class Reads(StrEnum):
    """How much of a page the model is asked to read at once."""

    NOTHING = "nothing"
    REGION = "region"
    PAGE = "page"


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What a million tokens cost, in one currency (ISO 4217)."""

    prompt: float = 0.0
    answer: float = 0.0
    currency: str = "USD"


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Tokens a second: of the prompt (pictures included) as it is taken in, of the answer."""

    prompt: float
    answer: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What the planner and the tasks must know of a checkpoint.

    Attributes:
        name: The checkpoint, as the user named it.
        family: transformers' model type, such as `qwen3_vl`.
        patch: Side of a vision patch in pixels.
        merge: Patches merged along a side into one token.
        temporal_patch: Frames merged into one step of time.
        boxes: How boxes are written in answers.
        context: Tokens of prompt and answer together.
        reads: How much of a page it may be asked to read.
        charts: Whether it tells the data of a chart from the words on it alone.
        adapters: The tasks for which it brings an adapter of its own.
        prompt_tokens: Tokens of a prompt that it understands well at once; a longer document is
            shown in several windows.
        characters_per_token: Characters of ordinary text in a token, on average.
        thinking: Whether it thinks aloud before it answers.
        speed: Tokens a second, where they are known.
        prices: What tokens cost; nothing on one's own machine.
        figures: Measured figures, shown by `docvision models`.
    """

    name: str
    family: str
    patch: int
    merge: int
    temporal_patch: int = 2
    boxes: BoxConvention
    context: int
    reads: Reads
    charts: bool = False
    adapters: tuple[str, ...] = ()
    prompt_tokens: int = 8_192
    characters_per_token: float = 3.5
    thinking: bool = False
    speed: Speed | None = None
    prices: Prices = field(default_factory=lambda: Prices())
    figures: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def factor(self) -> int:
        """Side of the square of pixels that becomes one visual token."""
        return self.patch * self.merge

    def tokens_of(self, characters: int) -> int:
        """Return about how many tokens a text of so many characters has."""
        return math.ceil(characters / self.characters_per_token)


_CONTEXT = 32_768
"""Taken where a checkpoint does not say how long its context is."""

_SMALL_WINDOW = 512
"""Tokens of words that a checkpoint below `_SMALLEST_READER` is shown at once."""

_SMALL_TOKEN = 2.0
"""Characters of a token of such a checkpoint, whose vocabulary is small too."""

_SMALL_SPEED = Speed(prompt=4_000, answer=250)
"""Tokens a second of such a checkpoint on two cores."""

_WITH_PIXEL_BOXES = ("qwen2_vl", "qwen2_5_vl")

_SMALLEST_READER = 1024
"""Hidden size from which a Qwen checkpoint is trusted to read a page: the smallest published one
(Qwen3.5-0.8B) has it. A smaller one must say in its profile.json what it can do."""


def profile_of(config: Mapping[str, Any], said: Mapping[str, Any], *, name: str) -> Profile:
    """Return the profile of a checkpoint.

    Args:
        config: Its `config.json`.
        said: Its `profile.json` (any of the fields from `reads` on), or nothing.
        name: The checkpoint, as the user named it.

    Raises:
        ModelNotFound: The configuration is not that of a Qwen-VL model.
    """
    family = str(config.get("model_type", ""))
    vision = config.get("vision_config")
    if not family.startswith("qwen") or not isinstance(vision, Mapping):
        raise ModelNotFound(
            f"{name} is of the family {family or 'unknown'!r}; docvision runs Qwen-VL models "
            "(qwen2_vl, qwen2_5_vl, qwen3_vl, qwen3_5 and their MoE kin).",
            family=family,
        )
    # Qwen2-VL keeps the language model's fields at the top.
    text = {**config, **config.get("text_config", {})}
    known = int(text.get("hidden_size", 0)) >= _SMALLEST_READER
    context = int(text.get("max_position_embeddings", _CONTEXT))
    return Profile(
        name=name,
        family=family,
        patch=int(vision.get("patch_size", 14)),
        merge=int(vision.get("spatial_merge_size", 2)),
        temporal_patch=int(vision.get("temporal_patch_size", 2)),
        boxes=box_convention(family),
        context=context,
        reads=Reads(said.get("reads", Reads.PAGE if known else Reads.NOTHING)),
        charts=bool(said.get("charts", False)),
        prompt_tokens=int(
            said.get("prompt_tokens", min(8_192, context // 2) if known else _SMALL_WINDOW)
        ),
        characters_per_token=float(
            said.get("characters_per_token", 3.5 if known else _SMALL_TOKEN)
        ),
        thinking=bool(said.get("thinking", "thinking" in name.lower())),
        speed=Speed(**said["speed"]) if "speed" in said else None if known else _SMALL_SPEED,
        prices=Prices(**said.get("prices", {})),
        figures=dict(said.get("figures", {})),
    )


def box_convention(family: str) -> BoxConvention:
    """Return in what a family (transformers' model type) writes boxes."""
    pixels = family in _WITH_PIXEL_BOXES
    return BoxConvention.RESIZED_PIXELS if pixels else BoxConvention.PER_MILLE
