"""The one result model: what every task gives and every renderer reads.

Boxes are `[x0, y0, x1, y1]` as fractions of the page as displayed, origin top left (see
`docvision.geometry`). Everything is frozen; a change makes a new value.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from docvision.geometry import Box

VERSION: Final = "1.0"

BBox = Annotated[
    Box,
    PlainSerializer(lambda box: [round(value, 5) for value in box], return_type=list[float]),
]
Confidence = Annotated[
    float, Field(ge=0, le=1), PlainSerializer(lambda value: round(value, 4), return_type=float)
]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(StrEnum):
    """Where a text comes from."""

    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    MODEL = "model"


class Rung(StrEnum):
    """What it took to read something after the model's first answer was of no use."""

    WARMER = "warmer"
    """Asked again at a higher temperature."""
    RESIZED = "resized"
    """Asked again at another resolution."""
    SPLIT = "split"
    """Shown in two halves, as the answer had been cut off."""
    READERS = "readers"
    """Left to the readers: no answer of the model was of use."""


class BlockKind(StrEnum):
    """What a block is on its page. Those from HEADER on are kept but left out of the Markdown."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CAPTION = "caption"
    FIGURE = "figure"
    CHART = "chart"
    HEADER = "header"
    FOOTER = "footer"
    PAGE_NUMBER = "page_number"
    STAMP = "stamp"


FURNITURE = frozenset({BlockKind.HEADER, BlockKind.FOOTER, BlockKind.PAGE_NUMBER, BlockKind.STAMP})


class Word(_Record):
    """A word, its box, and how sure its source is of it (1 for a text layer)."""

    text: str
    bbox: BBox
    confidence: Confidence = 1.0


class Line(_Record):
    """Words on one baseline, in reading order."""

    words: tuple[Word, ...]
    bbox: BBox

    @property
    def text(self) -> str:
        """The words joined by spaces."""
        return " ".join(word.text for word in self.words)


class Cell(_Record):
    """A cell of a table; `row` and `column` count from 0."""

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    text: str
    bbox: BBox


class Table(_Record):
    """A grid of cells; the first `header_rows` rows are its header."""

    rows: int
    columns: int
    header_rows: int = 0
    continues: bool = Field(
        False,
        description="Whether it goes on with the table at the end of the page before; its header "
        "rows then repeat that one's. The other formats show such tables as one.",
    )
    cells: tuple[Cell, ...]


class Block(_Record):
    """A piece of a page that is read as one: a paragraph, a heading, a table.

    `level` is 1–6 for headings and the nesting (from 1) for list items; `marker` is a list
    item's bullet or number, which is not repeated in its text.
    """

    kind: BlockKind
    bbox: BBox
    text: str
    lines: tuple[Line, ...] = ()
    level: int | None = None
    marker: str | None = None
    table: Table | None = None
    source: Source
    confidence: Confidence = 1.0
    rung: Rung | None = Field(
        None, description="What it took where the model's first answer was of no use."
    )


class Problem(_Record):
    """What went wrong with a page or a document, without ending the job."""

    code: str
    message: str


class Page(_Record):
    """A page with its blocks in reading order, or the frame that stands for a scene of a video.

    `width` and `height` are those of the page as displayed: points for a PDF, pixels for a
    picture or a frame.
    """

    number: int = Field(ge=1, description="Counted from 1 within the document.")
    width: float
    height: float
    unit: Literal["pt", "px"]
    time: float | None = Field(None, description="Seconds from the start of the video.")
    until: float | None = Field(None, description="Seconds; when the scene of a frame ends.")
    blocks: tuple[Block, ...] = ()
    problem: Problem | None = None


class OnScreen(_Record):
    """A text of a video and the time it stood on screen."""

    text: str
    start: float = Field(description="Seconds; the first frame that shows the text.")
    end: float = Field(description="Seconds; when the text was last on screen.")
    bbox: BBox


class Evidence(_Record):
    """Where a value stands: the page, the box of just its words, and the words themselves.

    `verified` says that the words of `quote` stand at `bbox`, as the readers see them, and that the
    value follows from them. Without it `page`, `bbox` and `quote` may be missing.
    """

    page: int | None = Field(None, ge=1, description="Counted from 1 within the document.")
    bbox: BBox | None = Field(None, description="Surrounds all the words of the value.")
    boxes: tuple[BBox, ...] = Field((), description="One for each line that the value runs over.")
    quote: str | None = Field(None, description="The words as they stand, before normalisation.")
    source: Source | None = None
    confidence: Confidence = Field(description="The chance that the value is right.")
    verified: bool
    time: float | None = Field(None, description="Videos only: seconds from the start.")


class ReviewReason(_Record):
    """Why a person should look at a result before it is used."""

    code: str = Field(description="`unverified`, `uncertain`, `check_failed`, `incomplete`, …")
    message: str
    fields: tuple[str, ...] = Field((), description="JSON Pointers into `data`.")


class Correction(_Record):
    """What a person made of a value; `before` is what stood there until then."""

    action: Literal["accept", "correct", "absent"]
    before: Any = None
    by: str | None = Field(None, description="Who: the name of their API key.")
    at: datetime


class Extraction(_Record):
    """What `extract` found: `data` obeys the schema, `evidence` has each leaf that is not null."""

    schema_name: str | None = Field(None, description="The built-in or saved schema, if named.")
    data: Any
    evidence: dict[str, Evidence] = Field({}, description="By JSON Pointer into `data`.")
    review: tuple[ReviewReason, ...] = ()
    corrections: dict[str, Correction] = Field(
        {}, description="By JSON Pointer into `data`, which has the values as corrected."
    )


class Answer(_Record):
    """The answer to one question; None where the document does not say."""

    question: str
    answer: str | None
    citations: tuple[Evidence, ...] = ()
    confidence: Confidence
    review: tuple[ReviewReason, ...] = ()
    correction: Correction | None = None


class ChartKind(StrEnum):
    """What a chart draws."""

    BAR = "bar"
    GROUPED_BAR = "grouped_bar"
    STACKED_BAR = "stacked_bar"
    LINE = "line"
    PIE = "pie"
    SCATTER = "scatter"
    OTHER = "other"


class Point(_Record):
    """One value of a series: its place on the category axis, its value, its mark's box."""

    x: str | float
    y: float | None
    bbox: BBox | None = None


class Series(_Record):
    """The points of one colour, in the order of the axis."""

    name: str | None = None
    points: tuple[Point, ...]


class Axis(_Record):
    """An axis's title and unit."""

    title: str | None = None
    unit: str | None = None


class Chart(_Record):
    """The data that a chart draws, and where the chart stands."""

    page: int = Field(ge=1)
    bbox: BBox
    kind: ChartKind
    title: str | None = None
    x_axis: Axis = Axis()
    y_axis: Axis = Axis()
    series: tuple[Series, ...] = ()
    source: Source
    confidence: Confidence = 1.0
    review: tuple[ReviewReason, ...] = ()
    correction: Correction | None = None


class Classification(_Record):
    """The kind of a document, from a list of kinds."""

    kind: str
    confidence: Confidence


class DocumentResult(_Record):
    """What was read from one file."""

    name: str
    media_type: str
    page_count: int = Field(description="Pages (or sampled frames) of the whole document.")
    pages: tuple[Page, ...] = ()
    timeline: tuple[OnScreen, ...] = Field((), description="Videos only: texts with their times.")
    classification: Classification | None = None
    extraction: Extraction | None = None
    answers: tuple[Answer, ...] = ()
    charts: tuple[Chart, ...] = ()
    problem: Problem | None = None


class Usage(_Record):
    """What the work cost."""

    pages: int = 0
    visual_tokens: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0
    retries: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Return the sum, field by field."""
        mine, theirs = self.model_dump(), other.model_dump()
        return Usage(**{name: mine[name] + theirs[name] for name in mine})


class Result(_Record):
    """The result of one job: its documents in the order in which they were sent."""

    version: Literal["1.0"] = VERSION
    task: str
    model: str = Field(description="The checkpoint that was there to be asked, or `none`.")
    documents: tuple[DocumentResult, ...]
    usage: Usage = Usage()

    @property
    def needs_review(self) -> bool:
        """Whether any value should be looked at by a person before it is used."""
        return any(
            holder.review
            for document in self.documents
            for holder in (
                *((document.extraction,) if document.extraction else ()),
                *document.answers,
                *document.charts,
            )
        )


def result_schema() -> dict[str, Any]:
    """Return the published JSON Schema of `Result` (draft 2020-12)."""
    schema = Result.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
