"""The dataset format: JSON Lines, one case a line; see docs/howto/eval.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from docvision.errors import InvalidRequest
from docvision.results.model import BBox


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Record):
    """Where a value stands: its page, from 1, and the box of just its words."""

    page: int = Field(1, ge=1)
    bbox: BBox | None = None


class ExpectedPoint(_Record):
    """A value of a chart: its series (None where there is but one), its category, the value."""

    series: str | None = None
    x: str | float
    y: float


class ExpectedChart(_Record):
    """The data of one chart."""

    page: int = Field(1, ge=1)
    kind: str | None = None
    title: str | None = None
    points: tuple[ExpectedPoint, ...]


class Expected(_Record):
    """What is known of the right result; what is None is not measured."""

    text: str | None = Field(None, description="The text of the document in reading order.")
    kind: str | None = Field(None, description="The kind of the document.")
    data: Any = Field(None, description="What `extract` should find.")
    places: dict[str, Place] = Field({}, description="By JSON Pointer into `data`.")
    ignore: tuple[str, ...] = Field(
        (), description="JSON Pointers into `data` that are not judged; `*` stands for any step."
    )
    answers: tuple[str, ...] | None = Field(
        None, description="Accepted answers; none at all where the document does not say."
    )
    place: Place | None = Field(None, description="Where the answer stands.")
    charts: tuple[ExpectedChart, ...] | None = None
    tables: tuple[str, ...] | None = Field(None, description="Each as HTML.")


class Case(_Record):
    """A document, a task, and what should come of it."""

    id: str
    file: str = Field(description="A path, from the folder of the dataset.")
    task: str
    options: dict[str, Any] = {}
    expected: Expected
    twin: str | None = Field(
        None, description="The same document without `added`; the result must be the same."
    )
    added: str = Field("", description="Text that was placed in the document of `twin`.")


def load_cases(path: Path) -> list[Case]:
    """Return the cases of a dataset.

    Raises:
        InvalidRequest: A line is no case, or two cases have one id; the message has the line.
    """
    cases: list[Case] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            cases.append(_parse(line, f"{path.name}, line {number}", number))
    (name, count), *_ = [*Counter(case.id for case in cases).most_common(1), ("", 0)]
    if count > 1:
        raise InvalidRequest(f"{path.name} has the id {name!r} {count} times.", field="id")
    return cases


def write_cases(path: Path, cases: Iterable[Case]) -> int:
    """Write a dataset, and return how many cases it has."""
    lines = [case.model_dump_json(exclude_defaults=True) + "\n" for case in cases]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return len(lines)


def select(cases: Sequence[Case], task: str | None, limit: int | None) -> list[Case]:
    """Return the cases of one task (or all), at most `limit`, twins kept together."""
    chosen = [case for case in cases if task in (None, case.task)]
    if limit is None:
        return chosen
    wanted: dict[str, None] = {}
    by_id = {case.id: case for case in chosen}
    for case in chosen:
        if len(wanted) >= limit:
            break
        wanted |= dict.fromkeys(one for one in (case.twin, case.id) if one in by_id)
    return [case for case in chosen if case.id in wanted]


def _parse(line: str, where: str, number: int) -> Case:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(step) for step in first["loc"]) or "case"
        raise InvalidRequest(f"{where}: {field}: {first['msg']}.", line=number) from error
