"""Values that were read in two ways, chosen so that the checks of the schema hold.

Where the label says 20.08 and the model 16.54, and the items add up to 20.08, it is 20.08; where
two dates could be the date of issue, it is the one that does not come after the due date.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from docvision.schemas.accept import Schema
from docvision.schemas.checks import Check, ProductCheck, run_checks
from docvision.schemas.pointer import pointer
from docvision.schemas.shape import Path
from docvision.tasks.extraction.data import build
from docvision.tasks.extraction.found import Found, FoundRecord

_MOST = 512
"""Combinations that are tried at most, the likeliest values first."""
_WAYS = 4
"""Values of one field that are tried at most."""
_WORTH = 2.0
"""What a check that holds weighs beside the logarithm of the confidence in a value."""


def reconciled(schema: Schema, found: FoundRecord) -> FoundRecord:
    """Return what was found with the values that the checks of a schema speak for."""
    open_ = {
        leaf.key: (leaf.path, _ways(found.leaves[leaf.key]))
        for leaf in schema.shape.leaves
        if leaf.key in found.leaves and found.leaves[leaf.key].others
    }
    # A product is a matter of one item, and none of those is open.
    checks = [check for check in schema.checks if not isinstance(check, ProductCheck)]
    if not open_ or not checks:
        return found
    data = build(schema, found).value
    paths = [path for path, _ in open_.values()]
    best = max(
        islice(product(*(ways for _, ways in open_.values())), _MOST),
        key=lambda chosen: _worth(checks, data, paths, chosen),
    )
    return replace(found, leaves={**found.leaves, **dict(zip(open_, best, strict=True))})


def _ways(found: Found) -> list[Found]:
    """Return the values that a field may have, each once, with the others at hand."""
    ways: dict[Any, Found] = {}
    for one in (found, *found.others):
        ways.setdefault(one.value, one)
    return list(islice(ways.values(), _WAYS))


def _worth(
    checks: Sequence[Check], data: Any, paths: Sequence[Path], chosen: Sequence[Found]
) -> float:
    for path, one in zip(paths, chosen, strict=True):
        data = _with(data, path, one.value)
    named = {pointer(path) for path in paths}
    outcomes = [one for one in run_checks(checks, data) if named.intersection(one.fields)]
    held = sum(1 if outcome.passed else -1 for outcome in outcomes)
    # Of two that are as good as equally sure it is the first: that of who writes, at the head.
    return _WORTH * held + sum(math.log(max(round(one.confidence, 2), 1e-3)) for one in chosen)


def _with(data: Any, path: Path, value: Any) -> Any:
    """Return data with another value at a place, if there is such a place."""
    if not path:
        return value
    if not isinstance(data, dict):
        return data
    return {**data, path[0]: _with(data.get(path[0]), path[1:], value)}
