"""What a person decides about doubtful values, and what is kept of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from docvision.results.model import BBox


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Action(StrEnum):
    """What can be made of a value."""

    ACCEPT = "accept"
    CORRECT = "correct"
    ABSENT = "absent"


class Part(StrEnum):
    """What of a document's result a pointer points into."""

    EXTRACTION = "extraction"
    ANSWERS = "answers"
    CHARTS = "charts"


class Words(_Record):
    """The words of a page that a person took a value from."""

    page: int = Field(ge=1)
    boxes: tuple[BBox, ...] = Field(min_length=1)
    quote: str


class Decision(_Record):
    """What a person makes of one value.

    `pointer` is a JSON Pointer into the data of an extraction, where "" stands for what is said of
    it as a whole; or `/0`, `/1`, … for an answer or a chart.
    """

    document: int = Field(0, ge=0, description="Which file of the job, from 0.")
    part: Part = Part.EXTRACTION
    pointer: str
    action: Action
    value: Any = Field(
        None, description="The right value; `correct` only. For a list, all of its rows."
    )
    words: Words | None = Field(None, description="Where the right value stands, if pointed at.")

    @property
    def place(self) -> tuple[int, Part, str]:
        """What is decided about."""
        return self.document, self.part, self.pointer


class Settled(Decision):
    """A decision as it is kept: with who, when, and what stood there until then."""

    before: Any = None
    by: str | None = None
    at: datetime


class Doubt(_Record):
    """A value that a person should look at, or one that a person has looked at already."""

    document: int
    part: Part
    pointer: str
    codes: tuple[str, ...]
    confidence: float
