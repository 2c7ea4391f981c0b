"""A plan for some files: each is opened in the sandbox and measured; nothing is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from docvision.planning.estimate import Model, estimate
from docvision.planning.model import Estimate, Measured, Plan, PlannedFile
from docvision.settings import EngineSettings
from docvision.tasks.options import OPTIONS, Options, validate_options

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "extract": {"schema": "invoice"},
    "ask": {"questions": ["What is the total?"]},
}
"""Options of tasks that need some, where a plan of all tasks is asked for."""


def wanted(task: str | None, raw: Mapping[str, Any]) -> dict[str, Options]:
    """Return the tasks to plan with their options: one, or all of them.

    Raises:
        UnknownTask, InvalidRequest: See `validate_options`.
    """
    if task is not None:
        return {task: validate_options(task, raw)}
    return {name: validate_options(name, {**EXAMPLES.get(name, {}), **raw}) for name in OPTIONS}


def plan(
    documents: Sequence[Measured],
    tasks: Mapping[str, Options],
    profile: Mapping[str, Any],
    settings: EngineSettings,
    unmeasured: int = 0,
) -> Plan:
    """Return what tasks take of measured documents with the model of a profile.

    `unmeasured` documents more are taken to be like them.
    """
    model = Model.of(profile)
    files = tuple(
        PlannedFile(
            document=one,
            estimates=tuple(
                estimate(one, name, options, model, settings) for name, options in tasks.items()
            ),
        )
        for one in documents
    )
    return Plan(
        model=model.name,
        currency=model.currency,
        speed_is_known=model.speed_is_known,
        files=files,
        unmeasured=unmeasured,
        totals=tuple(_total(files, at, unmeasured) for at in range(len(tasks))) if files else (),
    )


def _total(files: Sequence[PlannedFile], task: int, unmeasured: int) -> Estimate:
    known = reduce(add, [file.estimates[task] for file in files])
    return known.times(1 + unmeasured / len(files)) if unmeasured else known
