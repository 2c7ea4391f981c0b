"""Documents with instructions in them, each beside the same document without.

What an instruction says must not change what comes out: only the text that it adds may.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from docvision.evaluation.cases import Case, Expected
from training.cases.ask import draw_question
from training.cases.charts import chart_page, draw_chart, expected_chart
from training.cases.instructions import INSTRUCTIONS
from training.cases.pages import LOWEST, write_pdf, write_scan
from training.cases.truth import Boxes, by_schema, seen_values
from training.documents import MAKERS, template_of
from training.model import seeded
from training.sheet import Sheet, text_width

TASKS = (
    "extract", "ask", "auto", "extract", "ocr", "extract", "ask", "classify", "extract", "chart",
)  # fmt: skip
PLACES = ("foot", "head", "row", "white", "small", "block", "foot")
"""Where instructions stand: `row` is among the items, `white` on white, `block` like a QR code."""
_KINDS = ("invoice", "receipt", "letter")
_ROOM = 70.0
"""Pixels at 100 dpi above and below the document, for what is placed there."""
_SIZE = 11.0
_SCANS = 5
"""Every so many documents are worn pictures."""
_CHART_PLACES = ("prose", "caption")


def injection(folder: Path, numbers: Sequence[int]) -> Iterator[Case]:
    """Yield so many pairs: the document, and the same with an instruction in it."""
    for number in numbers:
        rng = seeded("cases", "injection", number)
        # Each round meets other tasks and places, so that no instruction keeps to one of them.
        turn = number // len(INSTRUCTIONS)
        task = TASKS[(number + turn) % len(TASKS)]
        added = INSTRUCTIONS[number % len(INSTRUCTIONS)]
        if task == "chart":
            yield from _charts(rng, number, added, folder)
        else:
            place = PLACES[(number + turn) % len(PLACES)]
            yield from _papers(rng, number, task, place, added, folder)


def _papers(
    rng: random.Random, number: int, task: str, place: str, added: str, folder: Path
) -> Iterator[Case]:
    kind = _KINDS[number % len(_KINDS)]
    sheet = MAKERS[kind](rng, template_of(rng, held_out=True))
    if place == "row" and not _items_end(sheet):
        place = "foot"
    plain = _with_room(sheet, added if place == "row" else "")
    is_scan = (number + number // _SCANS) % _SCANS == 0 and place != "white"
    name = f"injection-{number:04}-{task}-{place}"
    file = f"{name}.{'png' if is_scan else 'pdf'}"
    wear = rng.getrandbits(32)
    with_it = _placed(plain, added, place)
    # The wear of a page depends on how many texts were drawn before.
    without = _blanked(with_it, len(plain.items)) if is_scan else plain
    case = _plain_case(rng, kind, task, _boxes(without, wear, folder / file), plain)
    case = case.model_copy(update={"id": name, "file": file})
    yield case
    update = {
        "id": f"{name}-placed",
        "file": file.replace(".", "-placed."),
        "twin": name,
        "added": added,
    }
    placed = case.model_copy(update=update)
    _boxes(with_it, wear, folder / placed.file)
    yield placed


def _charts(rng: random.Random, number: int, added: str, folder: Path) -> Iterator[Case]:
    """Yield a page with a chart, with and without an instruction below all, or below the chart."""
    drawn, picture = draw_chart(rng, labels=number % 4 < 2)
    place = _CHART_PLACES[number // len(TASKS) % len(_CHART_PLACES)]
    name = f"injection-{number:04}-chart-{place}"
    expected = Expected(charts=(expected_chart(drawn),))
    plain = Case(id=name, file=f"{name}.png", task="chart", expected=expected)
    state = rng.getrandbits(32)
    chart_page(random.Random(state), picture).save(folder / plain.file)
    yield plain
    update = {"id": f"{name}-placed", "file": f"{name}-placed.png", "twin": name, "added": added}
    placed = plain.model_copy(update=update)
    page = chart_page(random.Random(state), picture, note=added, is_caption=place == "caption")
    page.save(folder / placed.file)
    yield placed


def _boxes(sheet: Sheet, wear: int, target: Path) -> Boxes:
    if target.suffix == ".png":
        return write_scan(sheet, random.Random(wear), target)
    (boxes,) = write_pdf([sheet], target)
    return boxes


def _plain_case(rng: random.Random, kind: str, task: str, boxes: Boxes, sheet: Sheet) -> Case:
    seen = seen_values(sheet, boxes)
    options: dict[str, Any] = {}
    expected = Expected(text="\n".join(item.text for item in sheet.items))
    if task == "extract":
        options, expected = {"schema": kind}, by_schema(kind, seen)
    elif task == "ask":
        question, expected = draw_question(rng, [kind], [seen])
        options = {"questions": [question]}
    elif task == "classify":
        expected = Expected(kind=kind)
    elif task == "auto":
        expected = by_schema(kind, seen).model_copy(update={"kind": kind})
    return Case(id="", file="", task=task, options=options, expected=expected)


def _with_room(sheet: Sheet, added: str) -> Sheet:
    """Return the sheet with room above and below its text; and below its items for a row."""
    after = _items_end(sheet)
    row = _line_count(sheet, added) * _SIZE * 1.5 if added else 0.0
    sheet.items = [
        replace(item, y=item.y + _ROOM + (row if item.y > after else 0.0)) for item in sheet.items
    ]
    lowest = max(item.y + item.size for item in sheet.items)
    sheet.height = min(LOWEST, max(sheet.height, lowest) + _ROOM)
    return sheet


def _items_end(sheet: Sheet) -> float:
    """Return where the last line item stands, 0 where there is none."""
    rows = [sheet.items[mark.item].y for mark in sheet.marks if mark.path[0] == "line_items"]
    return max(rows, default=0.0)


def _placed(sheet: Sheet, added: str, place: str) -> Sheet:
    """Return the sheet with a text in its place, on as many lines as its width asks for."""
    copy = deepcopy(sheet)
    size = 5.0 if place == "small" else _SIZE
    top = {
        "head": _ROOM * 0.3,
        "row": _items_end(sheet) + _SIZE * 1.8,
        "block": sheet.height - _ROOM,
    }.get(place, sheet.height - _ROOM * 0.9)
    left = 30.0
    if place == "block":
        for line in range(4):
            copy.put(_dots(line), 30, top + line * _SIZE, _SIZE)
        left, top = 140.0, top + _SIZE
    for number, text in enumerate(_lines(sheet, added, size, left)):
        copy.put(text, left, top + number * size * 1.4, size)
        if place == "white":
            copy.hidden.add(len(copy.items) - 1)
    return copy


def _blanked(sheet: Sheet, first: int) -> Sheet:
    """Return a sheet whose texts from `first` on are empty."""
    copy = deepcopy(sheet)
    copy.items[first:] = [replace(item, text="") for item in copy.items[first:]]
    return copy


def _dots(line: int) -> str:
    """Return a row of what looks like a code that machines read."""
    rng = seeded("cases", "injection", "dots", line)
    return "".join(rng.choice("#.") for _ in range(14))


def _line_count(sheet: Sheet, text: str) -> int:
    return len(_lines(sheet, text, _SIZE, 30.0))


def _lines(sheet: Sheet, text: str, size: float, left: float) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > sheet.width - left - 30:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
