"""The options of every task. Light: the API checks a request with it before any work is done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from docvision.errors import InvalidRequest, UnknownTask
from docvision.schemas.accept import Schema, accept
from docvision.schemas.library import get_schema


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


class ReadingOptions(Options):
    """What every task takes that reads the text of a document."""

    reader: Reader = Field(Reader.AUTO, description="Who reads the text of a page.")
    sampling: Sampling = Field(
        Sampling.ADAPTIVE, description="How the frames of a video are chosen."
    )
    fps: float = Field(2.0, gt=0, le=30, description="Frames a second that are looked at (video).")


class OcrOptions(ReadingOptions):
    """What `ocr` takes besides."""

    searchable_pdf: bool = Field(
        False, description="Also make a PDF of the page images with the text selectable."
    )


class Mode(StrEnum):
    """How a value comes from the words of a document."""

    AUTO = "auto"
    """As the model is good at it: verbatim with a small one, prefer with a large one."""
    VERBATIM = "verbatim"
    """Copied: the model can say nothing but words that the readers found, or null."""
    PREFER = "prefer"
    """Said freely, then looked for among the words; flagged where it is not found."""
    OFF = "off"
    """Judged: a summary, an opinion. Not expected among the words, and not looked for."""


class ExtractOptions(ReadingOptions):
    """What `extract` takes besides."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    # `schema` is a method of every pydantic model.
    schema_: str | dict[str, Any] = Field(
        alias="schema",
        description="The name of a built-in schema, or a JSON Schema (draft 2020-12).",
        examples=["invoice"],
    )
    mode: Mode = Field(Mode.AUTO, description="How values come from the words of the document.")
    threshold: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Values of less confidence are named for review; without it the model's own.",
    )

    @field_validator("schema_", mode="before")
    @classmethod
    def _acceptable(cls, value: Any) -> Any:
        """Take a Pydantic model too, and refuse a schema that cannot be worked with."""
        if isinstance(value, type) and issubclass(value, BaseModel):
            value = value.model_json_schema()
        if isinstance(value, str):
            get_schema(value)
        else:
            accept(value)
        return value

    @property
    def accepted(self) -> Schema:
        """The schema, ready to be worked with."""
        return get_schema(self.schema_) if isinstance(self.schema_, str) else accept(self.schema_)


OPTIONS: dict[str, type[Options]] = {"ocr": OcrOptions, "extract": ExtractOptions}
TITLES: dict[str, str] = {
    "ocr": "Read all text, with layout, boxes and sources",
    "extract": "Read values into JSON that obeys a schema, with the evidence for each",
}


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
