"""Tables come out as grids of cells; what merely looks like one does not."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from docvision.results.model import Block, BlockKind, Table
from tests.reading.sheet import HEIGHT, PROSE, blocks, grid, paragraph, texts

PORTS = [
    ["Terminal", "Berths", "Calls", "Share"],
    ["Eastmoor", "6", "1,284", "41%"],
    ["Grindle Point", "4", "902", "36%"],
    ["Saltholm Basin", "3", "655", "22%"],
    ["Old Ferry Quay", "2", "318", "9%"],
]


def _rows(table: Table) -> list[list[str]]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def _tables(found: tuple[Block, ...]) -> list[Table]:
    return [block.table for block in found if block.table]


def test_a_ruled_table_gives_its_cells() -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, 60, HEIGHT - 80, 470, PROSE)
        grid(canvas, 60, HEIGHT - 180, [150, 80, 80, 80], PORTS)
        paragraph(canvas, 60, HEIGHT - 320, 470, PROSE)

    found = blocks(draw)

    assert [block.kind for block in found] == [
        BlockKind.PARAGRAPH,
        BlockKind.TABLE,
        BlockKind.PARAGRAPH,
    ]
    assert _rows(_tables(found)[0]) == PORTS
    assert _tables(found)[0].header_rows == 1


def test_a_cell_that_spans_columns_says_so() -> None:
    def draw(canvas: Canvas) -> None:
        top, x = HEIGHT - 100, 60
        for at in range(4):
            canvas.line(x, top - 20 * at, x + 300, top - 20 * at)
        for edge in (0, 100, 300):
            canvas.line(x + edge, top, x + edge, top - 60)
        canvas.line(x + 200, top - 20, x + 200, top - 60)  # not in the first row
        for text, column, row in (
            ("Port", 0, 0),
            ("Calls in both years", 1, 0),
            ("Eastmoor", 0, 1),
            ("1,284", 1, 1),
            ("1,367", 2, 1),
            ("Northgate", 0, 2),
            ("1,107", 1, 2),
            ("1,189", 2, 2),
        ):
            canvas.drawString(x + 100 * column + 4, top - 20 * row - 14, text)

    table = _tables(blocks(draw))[0]

    spanning = next(cell for cell in table.cells if cell.text == "Calls in both years")
    assert (spanning.column, spanning.column_span, spanning.row_span) == (1, 2, 1)
    assert sum(cell.row_span * cell.column_span for cell in table.cells) == 9


def test_a_table_without_rules_is_found_by_its_columns() -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, 60, HEIGHT - 80, 470, PROSE)
        for at, (name, *figures) in enumerate(PORTS):
            canvas.drawString(60, HEIGHT - 180 - 16 * at, name)
            for column, figure in enumerate(figures):
                canvas.drawRightString(260 + 80 * column, HEIGHT - 180 - 16 * at, figure)

    assert [_rows(table) for table in _tables(blocks(draw))] == [PORTS]


def test_empty_cells_stay_empty() -> None:
    rows = [
        ("Date", "Details", "Out", "In"),
        ("1 July", "Water", "41.73", ""),
        ("2 July", "Takings", "", "770.57"),
        ("3 July", "Books", "35.00", ""),
        ("4 July", "Takings", "", "88.10"),
    ]

    def draw(canvas: Canvas) -> None:
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                canvas.drawString(60 + 110 * column, HEIGHT - 180 - 16 * at, text)

    assert _rows(_tables(blocks(draw))[0]) == [list(row) for row in rows]


def test_a_running_header_close_above_is_no_row_of_the_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, HEIGHT - 40, "Meridian Lane Savings Bank")
        canvas.drawRightString(500, HEIGHT - 40, "Page 2 of 4")
        for at, row in enumerate(PORTS):
            for column, text in enumerate(row):
                canvas.drawString(60 + 140 * column, HEIGHT - 60 - 18 * at, text)

    assert [_rows(table) for table in _tables(blocks(draw))] == [PORTS]


def test_two_columns_of_text_are_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        paragraph(canvas, 60, HEIGHT - 80, 225, PROSE * 2)
        paragraph(canvas, 310, HEIGHT - 80, 225, PROSE * 2)  # lines level with one another

    found = blocks(draw)

    assert not _tables(found)
    assert " ".join(block.text for block in found) == " ".join((PROSE * 4).split())


def test_keys_and_values_are_no_table_and_are_read_across() -> None:
    pairs = [
        ("Date:", "4 December 2025"),
        ("Our sign:", "HB/kl"),
        ("Your letter:", "1 December"),
        ("Telephone:", "05251 180420"),
    ]

    def draw(canvas: Canvas) -> None:
        for at, (key, value) in enumerate(pairs):
            canvas.drawString(60, HEIGHT - 100 - 14 * at, key)
            canvas.drawString(200, HEIGHT - 100 - 14 * at, value)

    found = blocks(draw)

    assert not _tables(found)
    assert found[0].text.split("\n") == [f"{key} {value}" for key, value in pairs]


def test_names_and_amounts_are_a_table_of_two_columns() -> None:
    rows = [
        ("Cooling pump", "1,248.00"),
        ("Gasket set", "36.40"),
        ("Inspection", "890.00"),
        ("Milk filter", "58.75"),
        ("Travel", "412.30"),
    ]

    def draw(canvas: Canvas) -> None:
        for at, (name, price) in enumerate(rows):
            canvas.drawString(60, HEIGHT - 100 - 16 * at, name)
            canvas.drawRightString(400, HEIGHT - 100 - 16 * at, price)

    assert _rows(_tables(blocks(draw))[0]) == [list(row) for row in rows]


def test_a_frame_around_a_page_is_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(30, 30, 535, 780)
        paragraph(canvas, 60, HEIGHT - 80, 470, PROSE)

    found = blocks(draw)

    assert texts(found, BlockKind.PARAGRAPH) == [PROSE.strip()]
    assert not _tables(found)
