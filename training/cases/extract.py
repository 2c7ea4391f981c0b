"""Cases of `extract`: worn pictures and scans of invoices, receipts, forms and letters."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from docvision.evaluation.cases import Case, Expected, Place
from docvision.evaluation.convert.common import text_schema
from training.cases.pages import write_scan
from training.cases.truth import by_schema, seen_values
from training.documents import FORM_LABELS, MAKERS, key_of, template_of
from training.model import seeded

ABSENT = (0, 1, 1, 2)
"""How many labels a form is asked for that it does not have."""


def documents(kind: str, folder: Path, numbers: Sequence[int]) -> Iterator[Case]:
    """Yield cases of a built-in schema; every fourth document is a PDF that holds a scan."""
    for number in numbers:
        rng = seeded("cases", kind, number)
        sheet = MAKERS[kind](rng, template_of(rng, held_out=True))
        file = f"{kind}-{number:04}.{'pdf' if number % 4 == 3 else 'png'}"
        seen = seen_values(sheet, write_scan(sheet, rng, folder / file))
        if kind == "form":
            values = {str(path[0]): one for path, one in seen.items()}
            options, expected = _labels(rng, values)
        else:
            options, expected = {"schema": kind}, by_schema(kind, seen)
        yield Case(
            id=f"{kind}-{number:04}", file=file, task="extract", options=options, expected=expected
        )


def _labels(rng: random.Random, values: dict[str, Any]) -> tuple[dict[str, Any], Expected]:
    """Return a schema of a form's own labels, some of them absent, and what it should give."""
    absent = [label for label in sorted(FORM_LABELS) if label not in values]
    asked = [*values, *rng.sample(absent, rng.choice(ABSENT))]
    rng.shuffle(asked)
    keys = {key_of(label, rng): label for label in reversed(asked)}
    found = {key: values.get(label) for key, label in keys.items()}
    return {"schema": text_schema(dict.fromkeys(keys, ""))}, Expected(
        data={key: one.text if one else None for key, one in found.items()},
        places={
            "/" + key.replace("~", "~0").replace("/", "~1"): Place(bbox=one.box)
            for key, one in found.items()
            if one
        },
    )


invoice, receipt, form, letter = (
    partial(documents, kind) for kind in ("invoice", "receipt", "form", "letter")
)
