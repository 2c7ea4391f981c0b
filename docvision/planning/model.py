"""What a plan says: for each file and each task the pages, tokens, seconds and money."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(_Record):
    """What is known of a document without reading it.

    `characters` is estimated from some of its pages; `drawn` is the share of pages that have no
    words of their own and must be looked at.
    """

    name: str
    media_type: str
    kind: Literal["pdf", "image", "video"]
    pages: int = Field(description="Pages to read; of a video the scenes, by its length.")
    seconds: float | None = Field(None, description="A video's length.")
    characters: int
    drawn: float = Field(ge=0, le=1)
    width: float
    height: float
    unit: Literal["pt", "px"]


class Estimate(_Record):
    """What one task will take of one document, or of all."""

    task: str
    pages: int
    visual_tokens: int
    prompt_tokens: int = Field(description="Those of pictures included.")
    answer_tokens: int
    seconds: float = Field(description="Of one worker with nothing else to do.")
    cost: float

    def __add__(self, other: Estimate) -> Estimate:
        """Return the sum of two estimates of one task."""
        mine, theirs = self.model_dump(), other.model_dump()
        sums = {name: mine[name] + theirs[name] for name in mine if name != "task"}
        return Estimate(task=self.task, **sums)

    def times(self, factor: float) -> Estimate:
        """Return the estimate for so many times as much; whole numbers stay whole."""
        mine = self.model_dump(exclude={"task"})
        grown = {name: type(value)(round(value * factor, 6)) for name, value in mine.items()}
        return Estimate(task=self.task, **grown)


class PlannedFile(_Record):
    """One file and what each task will take of it."""

    document: Measured
    estimates: tuple[Estimate, ...]


class Plan(_Record):
    """What a job of some files will take, by task."""

    model: str
    currency: str
    speed_is_known: bool = Field(description="Else tokens a second are a guess.")
    files: tuple[PlannedFile, ...]
    unmeasured: int = Field(
        0, description="Files of archives that were not opened; taken to be like the others."
    )
    totals: tuple[Estimate, ...] = Field(description="Of all files, those not opened too.")
