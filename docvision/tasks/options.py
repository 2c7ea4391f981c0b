"""The options of every task. Light: the API checks a request with it before any work is done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from docvision.errors import InvalidRequest, UnknownTask
from docvision.geometry import Box
from docvision.schemas.accept import Schema, accept
from docvision.schemas.library import NAMES, get_schema

MOST_QUESTIONS = 64
"""Questions that one job asks of each document at most."""


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


def _one_line(text: str) -> str:
    """Return a question on one line, without control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


Question = Annotated[str, AfterValidator(_one_line), Field(min_length=2, max_length=1_000)]
"""A question in any language; its length counts once it stands on one line."""


class OcrOptions(ReadingOptions):
    """What `ocr` takes besides."""

    searchable_pdf: bool = Field(
        False, description="Also make a PDF of the page images with the text selectable."
    )


def _is_box(box: Box | None) -> Box | None:
    if box is not None and not (0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1):
        raise ValueError("a box is x0, y0, x1, y1 with 0 <= x0 < x1 <= 1 and the same for y")
    return box


class ChartOptions(ReadingOptions):
    """What `chart` takes besides."""

    bbox: Annotated[Box | None, AfterValidator(_is_box)] = Field(
        None,
        description="Where the chart stands, in fractions of the page; without it all are found.",
        examples=[[0.1, 0.2, 0.9, 0.5]],
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


class AskOptions(ReadingOptions):
    """What `ask` takes besides."""

    questions: tuple[Question, ...] = Field(
        min_length=1,
        max_length=MOST_QUESTIONS,
        description="What to ask of each document; a single question may stand alone.",
        examples=[["What is the total?"]],
    )
    mode: Mode = Field(Mode.AUTO, description="How answers come from the words of the document.")

    @field_validator("questions", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("mode")
    @classmethod
    def _cited(cls, value: Mode) -> Mode:
        if value is Mode.OFF:
            raise ValueError("answers are always cited: auto, verbatim or prefer")
        return value


class ClassifyOptions(ReadingOptions):
    """What `classify` takes besides."""

    kinds: dict[str, tuple[str, ...]] | tuple[str, ...] = Field(
        NAMES,
        min_length=1,
        max_length=100,
        description="Names of built-in schemas; or kinds of your own, each with words and phrases "
        "that stand on such documents. What fits none is `other`.",
        examples=[["invoice", "letter"], {"delivery_note": ["delivery note", "lieferschein"]}],
    )

    @field_validator("kinds")
    @classmethod
    def _known(cls, value: Any) -> Any:
        for name in value if isinstance(value, tuple) else ():
            get_schema(name)
        return value


class AutoOptions(ReadingOptions):
    """What `auto` takes besides: classify each document, then extract what its kind asks for."""

    schemas: tuple[str, ...] = Field(
        NAMES,
        min_length=1,
        description="Names of the built-in schemas to choose from; what fits none is only read.",
        examples=[["invoice", "receipt"]],
    )
    mode: Mode = Field(Mode.AUTO, description="How values come from the words of the document.")
    threshold: float | None = Field(
        None, ge=0, le=1, description="Values of less confidence are named for review."
    )

    @field_validator("schemas")
    @classmethod
    def _known(cls, value: Any) -> Any:
        for name in value:
            get_schema(name)
        return value


OPTIONS: dict[str, type[Options]] = {
    "ocr": OcrOptions,
    "chart": ChartOptions,
    "extract": ExtractOptions,
    "ask": AskOptions,
    "classify": ClassifyOptions,
    "auto": AutoOptions,
}
TITLES: dict[str, str] = {
    "chart": "Read the data of charts: series, values, boxes",
    "ocr": "Read all text, with layout, boxes and sources",
    "ask": "Answer questions, with the page, the box and the words that say so",
    "classify": "Tell what kind of document it is",
    "auto": "Tell the kind of each document and extract what that kind asks for",
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
