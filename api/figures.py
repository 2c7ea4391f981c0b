"""How it goes: figures of the jobs of late, for people to look at.

They are worked out from the ledger, and from what people settled, when somebody asks; nothing is
counted while the work is done. For alarms and long times there is `/metrics`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from docvision.jobs.model import Job, Review, State
from docvision.review.model import Action, Part, Settled

MINUTES = 60
_STEP = re.compile(r"/\d+(?=/|$)")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Minute(_Record):
    """What ended in one minute."""

    at: datetime
    pages: int
    jobs: int


class Day(_Record):
    """What ended on one day (UTC)."""

    day: str
    jobs: int
    pages: int
    failed: int
    to_review: int = Field(description="Jobs with a value that a person had to look at.")
    waited: float = Field(description="Mean seconds until a worker began.")


class Settlements(_Record):
    """How many values were settled, and how many of them were wrong."""

    settled: int
    corrected: int = Field(description="Those that were wrong: corrected, or not there.")


class FieldDay(Settlements):
    """What people made of a field on one day (UTC): whether it gets worse shows here."""

    day: str


class FieldFigures(Settlements):
    """What people made of one field of a schema; list indexes are `*`."""

    schema_name: str
    field: str
    days: tuple[FieldDay, ...] = Field(description="The days on which it was settled.")


class WorkerFigures(_Record):
    """A worker that was seen lately."""

    owner: str
    host: str
    model: str
    threads: int
    started: datetime


class Figures(_Record):
    """How it goes: the jobs of late, what waits, who works."""

    jobs: int = Field(description="How many jobs, the newest ones, the figures are of.")
    states: dict[State, int]
    to_review: int
    minutes: tuple[Minute, ...]
    days: tuple[Day, ...]
    errors: dict[str, int] = Field(description="Failed jobs by the code of their problem.")
    fields: tuple[FieldFigures, ...] = Field(description="The most often corrected first.")
    workers: tuple[WorkerFigures, ...]
    counters: dict[str, float] = Field(description="Sums over all workers since the start.")


def minutes_of(jobs: Iterable[Job], now: float) -> tuple[Minute, ...]:
    """Return the last hour, minute by minute; a job's pages count when it ends."""
    first = int(now // 60) - MINUTES + 1
    pages: Counter[int] = Counter()
    ended: Counter[int] = Counter()
    for job in jobs:
        if job.finished is not None and job.finished // 60 >= first:
            pages[int(job.finished // 60)] += job.units_done
            ended[int(job.finished // 60)] += 1
    return tuple(
        Minute(at=moment(minute * 60), pages=pages[minute], jobs=ended[minute])
        for minute in range(first, first + MINUTES)
    )


def days_of(jobs: Iterable[Job]) -> tuple[Day, ...]:
    """Return the days on which jobs ended, the oldest first."""
    by_day: defaultdict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.finished is not None:
            by_day[moment(job.finished).date().isoformat()].append(job)
    return tuple(_day(day, found) for day, found in sorted(by_day.items()))


def errors_of(jobs: Iterable[Job]) -> dict[str, int]:
    """Return how many jobs failed for each reason, the most frequent first."""
    codes = Counter(job.problem.code for job in jobs if job.problem is not None)
    return dict(codes.most_common())


def fields_of(jobs: Iterable[tuple[str, Sequence[Settled]]]) -> tuple[FieldFigures, ...]:
    """Return what people made of each field of a schema.

    Args:
        jobs: Of each job the schema's name, and what people decided, in that order; the last word
            about a value counts.
    """
    by_field: defaultdict[tuple[str, str], list[Settled]] = defaultdict(list)
    for schema, decisions in jobs:
        for one in {one.place: one for one in decisions}.values():
            if one.part is Part.EXTRACTION and one.pointer:
                by_field[schema, _STEP.sub("/*", one.pointer)].append(one)
    found = [_field(*name, decisions) for name, decisions in by_field.items()]
    return tuple(sorted(found, key=lambda one: (-one.corrected, -one.settled, one.field)))


def schema_of(options: Mapping[str, Any]) -> str:
    """Return by what name a job's schema goes."""
    schema = options.get("schema")
    if isinstance(schema, Mapping):
        return str(schema.get("title") or "unnamed")
    return str(schema or "unnamed")


def _field(schema: str, field: str, decisions: Sequence[Settled]) -> FieldFigures:
    by_day: defaultdict[str, list[Settled]] = defaultdict(list)
    for one in decisions:
        by_day[one.at.astimezone(UTC).date().isoformat()].append(one)
    days = (FieldDay(day=day, **_settlements(found)) for day, found in sorted(by_day.items()))
    return FieldFigures(
        schema_name=schema, field=field, days=tuple(days), **_settlements(decisions)
    )


def _settlements(decisions: Sequence[Settled]) -> dict[str, int]:
    wrong = sum(one.action is not Action.ACCEPT for one in decisions)
    return {"settled": len(decisions), "corrected": wrong}


def _day(day: str, jobs: Sequence[Job]) -> Day:
    waits = [job.started - job.created for job in jobs if job.started is not None]
    return Day(
        day=day,
        jobs=len(jobs),
        pages=sum(job.units_done for job in jobs),
        failed=sum(job.state is State.FAILED for job in jobs),
        to_review=sum(job.review in (Review.NEEDED, Review.DONE) for job in jobs),
        waited=round(sum(waits) / len(waits), 3) if waits else 0.0,
    )


def moment(seconds: float) -> datetime:
    """Return a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
