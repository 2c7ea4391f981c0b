"""Tables that run over pages are one table; tables that merely follow one another are not."""

from __future__ import annotations

from collections.abc import Sequence

from docvision.results.model import (
    Block,
    BlockKind,
    Cell,
    DocumentResult,
    Page,
    Problem,
    Result,
    Source,
    Table,
)
from docvision.results.render import render
from docvision.results.tables import joined_tables, mark_continued

HEAD = ("Date", "Details", "Amount")


def _table(
    *rows: Sequence[str], header: int = 0, left: float = 0.1, lefts: Sequence[float] = ()
) -> Block:
    columns = len(rows[0])
    lefts = lefts or [left + 0.25 * column for column in range(columns)]
    cells = tuple(
        Cell(
            row=row,
            column=column,
            text=text,
            bbox=(lefts[column], 0.1 + 0.02 * row, lefts[column] + 0.15, 0.115 + 0.02 * row),
        )
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if text
    )
    table = Table(rows=len(rows), columns=columns, header_rows=header, cells=cells)
    return Block(
        kind=BlockKind.TABLE,
        bbox=(lefts[0], 0.1, 0.9, 0.115 + 0.02 * len(rows)),
        text="",
        table=table,
        source=Source.OCR,
    )


def _text(text: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
    return Block(kind=kind, bbox=(0.1, 0.05, 0.9, 0.07), text=text, source=Source.OCR)


def _pages(*blocks: Sequence[Block]) -> list[Page]:
    return [
        Page(number=at + 1, width=595, height=842, unit="pt", blocks=tuple(some))
        for at, some in enumerate(blocks)
    ]


def _texts(pages: Sequence[Page]) -> list[list[list[str]]]:
    return [
        [[cell.text if cell else "" for cell in row] for row in table.rows]
        for table in joined_tables(pages)
    ]


def test_rows_on_following_pages_are_one_list_under_one_header() -> None:
    pages = _pages(
        [_text("Statement"), _table(HEAD, ("1 May", "Rent", "900.00"), header=1)],
        [
            _text("Example Bank", BlockKind.HEADER),
            _text("continued"),
            _table(HEAD, ("2 May", "Water", "41.00"), header=1),
        ],
        [_table(("3 May", "Books", "12.00")), _text("The end.")],
    )

    (table,) = joined_tables(pages)

    assert table.header == HEAD
    assert [row[1].text for row in table.rows if row[1]] == ["Rent", "Water", "Books"]
    assert [row[0].page for row in table.rows if row[0]] == [1, 2, 3]
    assert table.blocks == ((0, 1), (1, 2), (2, 0))


def test_a_column_that_is_empty_on_one_page_stays_where_it_is() -> None:
    head = ("Date", "Details", "Out", "In")
    pages = _pages(
        [_table(head, ("1 May", "Rent", "900.00", ""), header=1, lefts=(0.1, 0.3, 0.55, 0.75))],
        [_table(("2 May", "Pay", "88.00"), ("3 May", "Gift", "5.00"), lefts=(0.1, 0.3, 0.75))],
    )

    assert _texts(pages) == [
        [
            ["1 May", "Rent", "900.00", ""],
            ["2 May", "Pay", "", "88.00"],
            ["3 May", "Gift", "", "5.00"],
        ]
    ]


def test_another_header_makes_another_table() -> None:
    pages = _pages(
        [_table(HEAD, ("1 May", "Rent", "900.00"), header=1)],
        [_table(("Item", "Colour", "Price"), ("Cup", "blue", "4.00"), header=1)],
    )

    assert len(joined_tables(pages)) == 2


def test_other_columns_make_another_table() -> None:
    pages = _pages(
        [_table(("1 May", "Rent", "900.00"))],
        [_table(("2 May", "900.00"), lefts=(0.1, 0.48))],
        [_table(("a", "b", "c"), left=0.26)],
    )

    assert len(joined_tables(pages)) == 3


def test_running_text_between_parts_tables() -> None:
    long = "This paragraph has a good deal to say about the rows above it, and so ends the table."
    pages = _pages([_table(("1", "2", "3")), _text(long)], [_table(("4", "5", "6"))])

    assert len(joined_tables(pages)) == 2


def test_nothing_is_joined_over_a_page_that_could_not_be_read() -> None:
    first, last = _pages([_table(("1", "2", "3"))], [_table(("4", "5", "6"))])
    gap = Page(
        number=2, width=0, height=0, unit="px", problem=Problem(code="broken", message="Broken.")
    )

    assert len(joined_tables([first, gap, last.model_copy(update={"number": 3})])) == 2
    assert len(joined_tables([first, last.model_copy(update={"number": 3})])) == 2


def test_the_json_says_which_tables_continue_and_the_formats_show_one() -> None:
    pages = mark_continued(
        _pages(
            [_table(HEAD, ("1 May", "Rent", "900.00"), header=1)],
            [_table(HEAD, ("2 May", "Water", "41.00"), header=1)],
        )
    )
    result = Result(
        task="ocr",
        model="none",
        documents=(
            DocumentResult(name="a.pdf", media_type="application/pdf", page_count=2, pages=pages),
        ),
    )

    assert [page.blocks[0].table.continues for page in pages if page.blocks[0].table] == [
        False,
        True,
    ]
    assert render(result, "csv").data.decode().split("\r\n") == [
        "Date,Details,Amount",
        "1 May,Rent,900.00",
        "2 May,Water,41.00",
        "",
    ]
    for format in ("md", "html", "txt"):
        assert render(result, format).data.decode().count("Details") == 1
    assert render(result, "html").data.decode().count("<table>") == 1
