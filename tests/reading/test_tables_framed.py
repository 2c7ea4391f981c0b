"""Frames whose rules part columns alone, as bookkeeping programs draw them, level and askew."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from docvision.documents.base import PageInfo
from docvision.geometry import Box
from docvision.reading.layout import blocks_of
from docvision.reading.layout.torn import mended
from docvision.reading.words import StyledWord
from docvision.results.model import Block, BlockKind, Cell, Source, Table

PAGE = PageInfo(width=1000, height=1400, unit="px")
EDGES = (100, 220, 600, 720, 860)
HEAD = ["Code", "Description", "Count", "Amount"]
ITEMS = [
    ["PL-27", "Plate, porcelain", "48.00", "151.20"],
    ["CV-04", "Glass, box of six", "8.00", "139.20"],
    ["BJ-40", "Tray", "5.00", "49.25"],
]


def _rows(table: Table) -> list[list[str]]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def _tables(words: Sequence[StyledWord], rules: Sequence[Box] = ()) -> list[list[list[str]]]:
    found = blocks_of(words, page=PAGE, source=Source.OCR, rules=rules)
    return [_rows(block.table) for block in found if block.table]


def _word(text: str, left: float, top: float, slope: float = 0.0) -> StyledWord:
    right = left + 9 * len(text)
    y = top + slope * (left + right) / 2
    box = (left / 1000, y / 1400, right / 1000, (y + 22) / 1400)
    return StyledWord(text=text, bbox=box, confidence=0.9)


def _line(cells: Sequence[str], top: float, slope: float) -> list[StyledWord]:
    words = []
    for edge, text in zip(EDGES, cells, strict=False):
        left = edge + 10.0
        for word in text.split():
            words.append(_word(word, left, top, slope))
            left += 9 * (len(word) + 1)
    return words


def _across(y: float, slope: float) -> Box:
    ends = y + slope * EDGES[0], y + slope * EDGES[-1]
    return (EDGES[0] / 1000, min(ends) / 1400, EDGES[-1] / 1000, (max(ends) + 2) / 1400)


def _down(x: float, top: float, bottom: float, slope: float) -> Box:
    """A rule turned with the page: its box is as wide as it leans."""
    lean = abs(slope) * (bottom - top) / 2
    y = slope * x
    return ((x - lean) / 1000, (top + y) / 1400, (x + lean + 2) / 1000, (bottom + y) / 1400)


@pytest.mark.parametrize("degrees", [0.0, -1.8, 1.5])
def test_rows_that_no_rule_parts_are_rows(degrees: float) -> None:
    slope = math.tan(math.radians(degrees))
    rules = [_across(y, slope) for y in (300, 340, 700)]
    rules += [_down(x, 300, 700, slope) for x in EDGES]
    words = _line(HEAD, 308, slope)
    for at, item in enumerate([["", "Delivery 25/02210"], *ITEMS]):
        words += _line(item, 360 + 45 * at, slope)

    found = _tables(words, rules)

    assert found == [[HEAD, ["", "Delivery 25/02210", "", ""], *ITEMS]]


def test_lines_of_a_cell_between_rules_stay_one_row() -> None:
    rules = [_across(y, 0.0) for y in (300, 340, 430, 520)]
    rules += [_down(x, 300, 520, 0.0) for x in EDGES]
    words = _line(HEAD, 308, 0.0)
    for top, item in ((350, ITEMS[0]), (440, ITEMS[1])):
        words += _line(item, top, 0.0) + _line(["", "as ordered by phone"], top + 30, 0.0)

    (found,) = _tables(words, rules)

    assert [row[1] for row in found] == [
        "Description",
        "Plate, porcelain as ordered by phone",
        "Glass, box of six as ordered by phone",
    ]


@pytest.mark.parametrize("degrees", [0.0, 1.8])
def test_headings_on_a_ground_of_their_own_head_the_columns(degrees: float) -> None:
    slope = math.tan(math.radians(degrees))
    rules = [_across(y, slope) for y in (340, 560)] + [_down(x, 345, 560, slope) for x in EDGES]
    words = _line(["", "We thank you for your order of Monday"], 200, slope)
    words += _line(HEAD, 308, slope)
    for at, item in enumerate(ITEMS):
        words += _line(item, 360 + 60 * at, slope)

    assert _tables(words, rules) == [[HEAD, *ITEMS]]


def test_headings_within_a_frame_that_no_rule_parts_head_the_columns() -> None:
    rules = [_across(y, 0.0) for y in (300, 340, 560)] + [_down(x, 340, 560, 0.0) for x in EDGES]
    words = _line(HEAD, 308, 0.0)
    for at, item in enumerate(ITEMS):
        words += _line(item, 360 + 60 * at, 0.0)

    assert _tables(words, rules) == [[HEAD, *ITEMS]]


def test_the_last_row_has_its_second_line_as_those_above_have() -> None:
    words = _line(HEAD, 300, 0.0)
    for at, item in enumerate(ITEMS):
        top = 345 + 80 * at
        words += _line(item, top, 0.0) + _line(["", "as ordered"], top + 28, 0.0)
    words += _line(["Thank you for your order, which we deliver on Monday by cart."], 640, 0.0)

    (found,) = _tables(words)

    assert [row[1] for row in found[1:]] == [f"{item[1]} as ordered" for item in ITEMS]


def test_prose_above_a_frame_is_no_heading() -> None:
    rules = [_across(y, 0.0) for y in (340, 560)] + [_down(x, 340, 560, 0.0) for x in EDGES]
    above = "We deliver the following goods to the kitchen in your old town hall by cart on Monday"
    words, left = [], 100.0
    for word in above.split():
        words.append(_word(word, left, 308))
        left += 9 * (len(word) + 1)
    for at, item in enumerate(ITEMS):
        words += _line(item, 360 + 60 * at, 0.0)

    assert _tables(words, rules) == [ITEMS]


def test_money_in_and_money_out_are_two_columns() -> None:
    """A narrow gap parts them, and but for the headings no row has both."""
    words = [_word(text, left, 300) for text, left in (("Date", 100), ("Booking", 250))]
    words += [_word(text, left, 300) for text, left in (("In", 560), ("(£)", 587))]
    words += [_word(text, left, 300) for text, left in (("Out", 627), ("(£)", 663))]
    movements = [("Rent", "725.00", 690), ("Water", "38.14", 690), ("Salary", "60.00", 614)]
    movements += [("Rail", "50.00", 690), ("Phone", "18.00", 690), ("Dinner", "12.50", 614)]
    for at, (text, amount, right) in enumerate(movements, start=1):
        words += [_word(f"0{at}.04.2025", 100, 300 + 40 * at), _word(text, 250, 300 + 40 * at)]
        words.append(_word(amount, right - 9 * len(amount), 300 + 40 * at))

    (found,) = _tables(words)

    assert found[0][2:] == ["In (£)", "Out (£)"]
    assert [row[2:] for row in found[1:4]] == [["", "725.00"], ["", "38.14"], ["60.00", ""]]


def test_an_address_with_lines_of_its_own_is_in_no_table() -> None:
    keys = [("Number", "20250418"), ("Date", "03/06/2025"), ("Due", "03/07/2025")]
    keys += [("Customer", "K1207"), ("Order", "B25-309")]
    address = ["Claes & Zonen NV", "Liersesteenweg 204", "2220 Heist", "Belgium", "BE0712334544"]
    words = []
    for at, ((key, value), line) in enumerate(zip(keys, address, strict=True)):
        words += [_word(key, 100, 310 + 36 * at), _word(value, 260, 310 + 36 * at)]
        left = 560.0
        for word in line.split():
            words.append(_word(word, left, 296 + 31 * at))
            left += 9 * (len(word) + 1)

    found = blocks_of(words, page=PAGE, source=Source.OCR)

    assert not any(block.table for block in found)
    texts = "\n".join(block.text for block in found)
    assert texts == "\n".join([*map(" ".join, keys), *address])


def test_a_column_of_days_beside_sums_makes_rows() -> None:
    rules = [_across(y, 0.0) for y in (300, 340, 700)]
    rules += [_down(x, 300, 700, 0.0) for x in EDGES]
    rows = [
        ["03/02", "Virement loyer", "820,00", ""],
        ["05/02", "Remise de chèque", "", "310,50"],
        ["11/02", "Carte boulangerie", "14,20", ""],
    ]
    words = _line(["Date", "Libellé", "Débit", "Crédit"], 308, 0.0)
    for at, row in enumerate(rows):
        words += _line(row, 360 + 45 * at, 0.0)
    assert _tables(words, rules)[0][1:] == rows


def _block(rows: Sequence[Sequence[str]], top: float, *, header: bool = False) -> Block:
    cells = [
        Cell(
            row=at,
            column=column,
            text=text,
            bbox=(0.1 + 0.2 * column, top + 0.03 * at, 0.2 + 0.2 * column, top + 0.02 + 0.03 * at),
        )
        for at, row in enumerate(rows)
        for column, text in enumerate(row)
    ]
    bottom = top + 0.03 * len(rows)
    table = Table(rows=len(rows), columns=4, header_rows=int(header), cells=tuple(cells))
    return Block(
        kind=BlockKind.TABLE,
        bbox=(0.1, top, 0.9, bottom),
        text="",
        lines=(),
        table=table,
        source=Source.OCR,
    )


def test_a_table_torn_beside_the_end_of_a_side_column_is_one() -> None:
    above = _block([HEAD, *ITEMS], 0.2, header=True)
    right_below, further_down = _block(ITEMS[:1], 0.32), _block(ITEMS[:1], 0.45)
    (whole,) = mended([above, right_below])
    assert whole.table is not None
    assert _rows(whole.table) == [HEAD, *ITEMS, ITEMS[0]]
    assert whole.bbox == pytest.approx((0.1, 0.2, 0.9, 0.35))
    assert len(mended([above, further_down])) == 2
