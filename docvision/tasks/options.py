"""The options of every task. Light: the API checks a request with it before any work is done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from docvision.errors import InvalidRequest, UnknownTask


class Options(BaseModel):
    """What every task takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pages: str | None = Field(
        None,
        pattern=r"^\s*-?\d+(\s*-\s*-?\d+)?(\s*,\s*-?\d+(\s*-\s*-?\d+)?)*\s*$",
        description="Pages to read, counted from 1; negative from the end: `1-3,7,-1`.",
        examples=["1-3,7"],
    )
    password: str | None = Field(None, description="Opens an encrypted PDF.")


class Reader(StrEnum):
    """Who reads the text of a page."""

    AUTO = "auto"
    """The text layer where it can be trusted, else OCR and the model together."""
    OCR = "ocr"
    """Always the OCR reader, never the text layer or the model."""
    MODEL = "model"
    """The model alone, where it reads whole pages; OCR only if its answer is of no use."""


class Sampling(StrEnum):
    """How the frames of a video are chosen."""

    ADAPTIVE = "adaptive"
    """One frame for each change of scene."""
    UNIFORM = "uniform"
    """Frames at a steady rate."""


class OcrOptions(Options):
    """What `ocr` takes besides."""

    reader: Reader = Field(Reader.AUTO, description="Who reads the text of a page.")
    searchable_pdf: bool = Field(
        False, description="Also make a PDF of the page images with the text selectable."
    )
    sampling: Sampling = Field(
        Sampling.ADAPTIVE, description="How the frames of a video are chosen."
    )
    fps: float = Field(2.0, gt=0, le=30, description="Frames a second that are looked at (video).")


OPTIONS: dict[str, type[Options]] = {"ocr": OcrOptions}
TITLES: dict[str, str] = {"ocr": "Read all text, with layout, boxes and sources"}


def validate_options(task: str, raw: Mapping[str, Any]) -> Options:
    """Return the checked options of a task.

    Raises:
        UnknownTask: No task has this name; the known ones are named.
        InvalidRequest: An option is unknown or does not fit; the detail has its `field`.
    """
    if task not in OPTIONS:
        raise UnknownTask(f"No task is called {task!r}. There is: {', '.join(OPTIONS)}.", task=task)
    try:
        return OPTIONS[task].model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(step) for step in first["loc"])
        message = f"The option {field!r} of task {task!r} does not fit: {first['msg']}."
        raise InvalidRequest(message, field=field) from error
