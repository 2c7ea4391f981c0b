"""An evaluation as one HTML page that loads nothing: figures, reliability, pictures of misses."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from docvision.documents.sandbox import Sandbox
from docvision.evaluation.calibration import reliability
from docvision.evaluation.cases import Case
from docvision.evaluation.pictures import Drawn, page_pictures
from docvision.evaluation.rows import Judged, Row
from docvision.evaluation.scoring import METRICS
from docvision.evaluation.summary import Summary, by_field, judged, summarise
from docvision.results.render.body import clean
from docvision.settings import Limits

MISSES = 40
"""Cases that are shown with their pictures, the worst first."""
_LONGEST = 3000
"""Characters of what was expected, or found, that are shown."""
_RIGHT, _WRONG = "#0a0", "#d00"
_JUDGES = ("value_f1", "exact_match", "rms_f1", "teds", "kind_accuracy", "word_f1")
"""The figure that says how bad a miss is: the first of these that a case has."""

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; margin: .7rem 0; }
td, th { border: 1px solid #bbb; padding: .15rem .5rem; text-align: left; vertical-align: top; }
th { background: #f2f2f2; }
article { border-top: 1px solid #ccc; margin-top: 2rem; }
pre { white-space: pre-wrap; background: #f7f7f7; padding: .5rem; }
img { max-width: 100%; border: 1px solid #ddd; }
.wrong { color: #a00; } .flagged { background: #fff4d6; }
"""
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; img-src data:; style-src 'sha256-{_DIGEST}'; base-uri 'none'"


def write_report(
    path: Path, rows: Sequence[Row], cases: Sequence[Case], folder: Path, limits: Limits
) -> None:
    """Write the report of rows and their cases, whose files are in `folder`."""
    by_id = {case.id: case for case in cases}
    with Sandbox(limits, size=1) as sandbox:
        body = [
            *_opening(rows),
            *(part for summary in summarise(rows) for part in _summary(summary)),
            *_reliability(rows),
            *_fields(rows),
            *_legend(rows),
            *(
                part
                for row in misses(rows)[:MISSES]
                for part in _miss(row, by_id[row.id], folder, sandbox)
            ),
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_page("\n".join(body)), encoding="utf-8")


def misses(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that fall short, the worst first."""
    return sorted((row for row in rows if shortfall(row) > 0), key=shortfall, reverse=True)


def shortfall(row: Row) -> float:
    """Return how much of what was expected a case lacks, 0…1."""
    if row.problem is not None:
        return 1.0
    values = {name: ratio.value for name, ratio in row.metrics.items()}
    if values.get("unchanged") == 0:
        return 1.0
    name = next((one for one in _JUDGES if values.get(one) is not None), None)
    return 1.0 - (values[name] or 0.0) if name else 0.0


def _page(body: str) -> str:
    return f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>Evaluation</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _opening(rows: Sequence[Row]) -> Iterator[str]:
    yield "<h1>Evaluation</h1>"
    yield f"<p>{_count(len(rows))} read and compared with what they should give, by task. "
    yield "Each figure is a mean over its cases, with the interval in which it lies for 95 of 100 "
    yield "such samples: where that is wide, there are too few cases to tell. The cases that fall "
    yield "short are shown below with their pages, the worst first.</p>"


def _count(cases: int) -> str:
    return "1 case" if cases == 1 else f"{cases} cases"


def _summary(summary: Summary) -> Iterator[str]:
    failed = f", {summary.failed} could not be read" if summary.failed else ""
    yield f"<h2>{_text(summary.task)}: {_count(summary.cases)}{failed}</h2>"
    lines = [
        (name, METRICS[name], f"{one.value:.4f}", f"{one.low:.4f} – {one.high:.4f}", one.cases)
        for name, one in summary.figures.items()
    ]
    yield _table(("figure", "what it says", "value", "95 % interval", "cases"), lines)
    if summary.ece is not None:
        yield f"<p>Expected calibration error: {summary.ece:.4f}</p>"


def _reliability(rows: Sequence[Row]) -> Iterator[str]:
    bins = reliability(judged(rows))
    if bins:
        yield "<h2>Confidence and truth</h2>"
        lines = [
            (f"{one.low:.1f} – {one.high:.1f}", one.count, f"{one.confidence:.3f}",
             f"{one.accuracy:.3f}")
            for one in bins
        ]  # fmt: skip
        yield _table(("confidence", "values", "mean confidence", "share right"), lines)


def _fields(rows: Sequence[Row]) -> Iterator[str]:
    counts = by_field(rows)
    if counts:
        heads = [name.replace("_", " ") for name in asdict(counts[0])]
        yield "<h2>Fields</h2>"
        yield _table(heads, [list(asdict(one).values()) for one in counts])


def _legend(rows: Sequence[Row]) -> Iterator[str]:
    found = len(misses(rows))
    shown = f", the worst {MISSES} of {found}" if found > MISSES else ""
    yield f"<h2>Misses{shown}</h2>"
    yield "<p>Green: where a value should be. Red: where a wrong one, or its box, was seen. "
    yield "Shaded: flagged for review.</p>"


def _miss(row: Row, case: Case, folder: Path, sandbox: Sandbox) -> Iterator[str]:
    yield f"<article><h3>{_text(row.id)}</h3><p>{_text(row.file)}, {row.seconds:.1f} s</p>"
    if row.problem:
        yield f'<p class="wrong">{_text(row.problem.message)} [{_text(row.problem.code)}]</p>'
    yield from (f"<p><b>{_text(one)}</b></p>" for one in _questions(case))
    figures = [
        (name, f"{ratio.value:.3f}")
        for name, ratio in row.metrics.items()
        if ratio.value is not None
    ]
    yield _table(("figure", "value"), figures)
    bad = [value for value in row.values if not value.right or _misplaced(value)]
    if bad:
        yield _values(bad)
    yield from _texts(row, case)
    for uri in page_pictures(sandbox, folder / case.file, _boxes(case, bad)):
        yield f'<p><img src="{uri}" alt=""></p>'
    yield "</article>"


def _questions(case: Case) -> Sequence[str]:
    asked = case.options.get("questions", ())
    return (asked,) if isinstance(asked, str) else asked


def _texts(row: Row, case: Case) -> Iterator[str]:
    if case.options:
        yield f"<details><summary>Options</summary><pre>{_json(case.options)}</pre></details>"
    wanted = case.expected.model_dump(mode="json", exclude_defaults=True, exclude={"places"})
    yield f"<details><summary>Expected</summary><pre>{_json(wanted)}</pre></details>"
    yield f"<details><summary>Found</summary><pre>{_json(row.output)}</pre></details>"


def _values(values: Iterable[Judged]) -> str:
    lines = []
    for one in values:
        confidence = "" if one.confidence is None else f"{one.confidence:.2f}"
        overlap = "" if one.iou is None else f"{one.iou:.2f}"
        cells = (one.at or one.found_at, one.expected, one.found, one.quote, confidence, overlap)
        tag = '<tr class="flagged">' if one.flagged else "<tr>"
        lines.append(tag + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>")
    heads = ("field", "expected", "found", "quote", "confidence", "IoU")
    return _rows(heads, lines)


def _misplaced(value: Judged) -> bool:
    return value.iou is not None and value.found is not None and value.iou < 0.5


def _boxes(case: Case, bad: Iterable[Judged]) -> list[Drawn]:
    found: list[Drawn] = []
    for value in bad:
        place = case.expected.places.get(value.at or "", case.expected.place)
        if place and place.bbox and value.at is not None:
            found.append(Drawn(page=place.page, bbox=place.bbox, color=_RIGHT))
        if value.bbox and value.page:
            found.append(Drawn(page=value.page, bbox=value.bbox, color=_WRONG))
    return found


def _table(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    return _rows(
        heads,
        ["<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in line) + "</tr>" for line in lines],
    )


def _rows(heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f"<th>{_text(one)}</th>" for one in heads)
    return "\n".join(["<table>", f"<tr>{head}</tr>", *rows, "</table>"])


def _json(value: Any) -> str:
    shown = json.dumps(value, indent=1, ensure_ascii=False)
    return _text(shown if len(shown) <= _LONGEST else shown[:_LONGEST] + " …")


def _text(value: Any) -> str:
    return escape(clean("" if value is None else str(value)))
