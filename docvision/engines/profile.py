"""What a checkpoint is: its family's conventions and what it is good at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from docvision.views.view import BoxConvention

__all__ = ["BoxConvention", "Profile", "Reads"]


class Reads(StrEnum):
    """How much of a page the model is asked to read at once."""

    NOTHING = "nothing"
    REGION = "region"
    PAGE = "page"


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
    figures: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def factor(self) -> int:
        """Side of the square of pixels that becomes one visual token."""
        return self.patch * self.merge
