"""Tables that only white space draws: wrapped cells, words without figures; and what is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from docvision.reading.furniture import mark_furniture
from docvision.results.model import Block, Table
from docvision.results.tables import joined_tables
from tests.reading.sheet import HEIGHT, PROSE, Draw, blocks, page, paragraph, sheets

SHORT = (
    "The water was cold and the men were tired. Nobody had slept since the lamp went out, and "
    "the pilot kept asking for bread. In the morning a boat came out to meet them. It brought "
    "letters, oranges and a dog that nobody would own. "
)


def _rows(table: Table) -> list[list[str]]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def _tables(found: tuple[Block, ...]) -> list[list[list[str]]]:
    return [_rows(block.table) for block in found if block.table]


def _write(
    canvas: Canvas,
    rows: Sequence[Sequence[str]],
    xs: Sequence[float],
    *,
    y: float = HEIGHT - 150,
    lead: float = 16,
    width: float = 130,
    line: float = 11.5,
) -> None:
    """Write rows at these left edges; cells wider than `width` run over several lines."""
    for row in rows:
        cells = [simpleSplit(text, "Helvetica", 10, width) for text in row]
        for x, lines in zip(xs, cells, strict=True):
            for at, text in enumerate(lines):
                canvas.drawString(x, y - line * at, text)
        y -= lead + line * (max(map(len, cells)) - 1)


@pytest.mark.parametrize("lead", [12.5, 24.0])
def test_cells_that_run_over_lines_are_one_row(lead: float) -> None:
    rows = [
        ["Date", "Booking text", "Amount"],
        ["01.05.2026", "Standing order for the rent of the flat in Mill Lane", "900.00"],
        ["02.05.2026", "Water", "41.73"],
        ["03.05.2026", "Card payment at the bookshop by the old town hall of Grindle", "35.00"],
        ["04.05.2026", "Salary", "2,770.57"],
        ["05.05.2026", "Refund", "12.00"],
    ]

    found = blocks(lambda canvas: _write(canvas, rows, (60, 150, 330), lead=lead))

    assert _tables(found) == [rows]


def test_two_wrapped_cells_in_one_row_stay_in_it() -> None:
    rows = [
        ["Company", "Town", "Code", "Total"],
        ["International Harbour & Dredging", "24103 Saltholm-on-the-Water", "K-1", "12.00"],
        ["Eastmoor Ltd", "Grindle", "K-2", "8.50"],
        ["Old Ferry Quay and Sons of Saltholm", "85156 Northgate under Lyme", "K-3", "19.99"],
        ["Reed", "Moorgate", "K-4", "1.00"],
    ]

    found = blocks(lambda canvas: _write(canvas, rows, (50, 180, 300, 400), width=110, lead=20))

    assert _tables(found) == [rows]


def test_columns_of_words_alone_are_a_table() -> None:
    rows = [
        ["Name", "Role", "Town"],
        ["Ann Hale", "Pilot", "24103 Grindle"],
        ["Jonas Brandt", "Harbour master", "85156 Saltholm"],
        ["Mia Okafor", "Clerk", "09349 Eastmoor"],
        ["Lea Sommer", "Diver", "57120 Northgate"],
    ]

    found = blocks(lambda canvas: _write(canvas, rows, (60, 200, 340)))

    assert _tables(found) == [rows]


def test_counts_before_their_names_are_a_table() -> None:
    rows = [["Qty", "Item"], ["7", "Lamp oil"], ["32", "Rope"], ["15", "Tar"], ["4", "Oars"]]

    found = blocks(lambda canvas: _write(canvas, rows, (60, 120)))

    assert _tables(found) == [rows]


def test_a_numbered_list_is_no_table() -> None:
    rows = [[f"{at}.", text] for at, text in enumerate(("Rope", "Tar", "Oars", "Oil", "Bread"), 1)]

    assert not _tables(blocks(lambda canvas: _write(canvas, rows, (60, 90))))


def test_three_narrow_columns_of_text_are_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        for x in (50, 220, 390):
            paragraph(canvas, x, HEIGHT - 100, 150, SHORT * 2)

    assert not _tables(blocks(draw))


def test_addresses_side_by_side_are_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, 60, HEIGHT - 60, 470, PROSE)
        for x, lines in (
            (60, ("Harbour Works Ltd", "Mill Lane 4", "24103 Grindle", "United Kingdom")),
            (230, ("Ann Hale", "12 Quay Street", "Saltholm", "Tel 05251 180420")),
            (400, ("Brandt & Sons", "Am Kai 77", "85156 Eastmoor", "Germany")),
        ):
            for at, line in enumerate(lines):
                canvas.drawString(x, HEIGHT - 200 - 13 * at, line)

    assert not _tables(blocks(draw))


def test_forms_side_by_side_are_no_table() -> None:
    rows = [
        ["Name:", "Ann Hale", "Telephone:", "05251 180420"],
        ["Born:", "4 May 1980", "E-mail:", "ann@hale.example"],
        ["Street:", "Mill Lane 4", "Passport:", "K99012"],
        ["Town:", "Grindle", "Signed:", "7 June 2026"],
        ["Trade:", "Pilot", "Insured:", "yes"],
    ]

    assert not _tables(blocks(lambda canvas: _write(canvas, rows, (60, 130, 320, 400))))


def test_a_statement_over_three_pages_is_one_list() -> None:
    head = ["Date", "Details", "Amount", "Balance"]
    entries = [
        [f"{1 + at % 28:02}.05.2026", f"Payment {at}", f"{at + 1}.50", f"{9000 - at}.00"]
        for at in range(75)
    ]

    def part(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(60, HEIGHT - 40, "Meridian Lane Savings Bank")
            canvas.drawRightString(530, 30, f"Page {number + 1} of 3")
            rows = [head, *entries[25 * number : 25 * number + 25]]
            _write(canvas, rows, (60, 150, 300, 420), y=HEIGHT - 110, lead=22)

        return draw

    drawn = sheets(*(part(number) for number in range(3)))
    pages = mark_furniture([page(sheet, at + 1) for at, sheet in enumerate(drawn)])
    (table,) = joined_tables(pages)

    assert table.header == tuple(head)
    assert [[cell.text if cell else "" for cell in row] for row in table.rows] == entries
    assert [row[0].page for row in table.rows if row[0]] == [1] * 25 + [2] * 25 + [3] * 25
