"""Extracted values of many documents as one CSV or one workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docvision.errors import NotAcceptable
from docvision.results.model import DocumentResult, Extraction, Result
from docvision.results.rows import DOCUMENTS, Row, result_rows
from docvision.results.sheets import to_csv_stream, write_xlsx

INVOICES = [
    {
        "number": "A-1",
        "total": 12.5,
        "vendor": {"name": "Meyer"},
        "tags": ["x", "y"],
        "items": [{"text": "Screws", "count": 2}, {"text": "=1+1", "count": 1}],
    },
    {"number": "A-2", "total": -3, "paid": True, "vendor": {"name": None}, "items": []},
]


def rows(*data: Any) -> list[Row]:
    found = []
    for number, one in enumerate(data, start=1):
        document = DocumentResult(
            name="x", media_type="application/pdf", page_count=1, extraction=Extraction(data=one)
        )
        result = Result(task="extract", model="none", documents=(document,))
        found += result_rows(result, {"file": f"{number}.pdf"})
    return found


def table(found: list[Row], sheet: str | None = None) -> list[dict[str, str]]:
    text = b"".join(to_csv_stream(lambda: found, sheet)).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_only_list_gives_the_rows_and_each_has_its_documents_values() -> None:
    found = table(rows(*INVOICES))
    assert [(row["file"], row["number"], row["items.text"]) for row in found] == [
        ("1.pdf", "A-1", "Screws"),
        ("1.pdf", "A-1", "'=1+1"),
        ("2.pdf", "A-2", ""),
    ]
    assert (found[0]["vendor.name"], found[0]["total"]) == ("Meyer", "12.5")
    assert (found[2]["paid"], found[2]["total"], found[0]["paid"]) == ("True", "-3", "")


def test_a_value_that_is_called_like_a_column_of_ours_keeps_apart() -> None:
    (found,) = table(rows({"file": "theirs", "pages": 9}))
    assert (found["file"], found["data.file"]) == ("1.pdf", "theirs")
    assert (found["pages"], found["data.pages"]) == ("1", "9")


def test_documents_alone_are_one_row_each() -> None:
    found = table(rows(*INVOICES), DOCUMENTS)
    assert [row["number"] for row in found] == ["A-1", "A-2"]
    assert found[0]["tags"] == "x; y"


def test_a_sheet_that_is_not_there_is_refused_by_name_of_those_that_are() -> None:
    with pytest.raises(NotAcceptable, match="documents, items"):
        table(rows(*INVOICES), "lines")


def cells(found: list[Row]) -> dict[str, list[list[Any]]]:
    """Read a workbook's cells without a library that might be kinder than a spreadsheet."""
    from xml.etree import ElementTree

    file = io.BytesIO()
    write_xlsx(lambda: found, file)
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    sheets: dict[str, list[list[Any]]] = {}
    with zipfile.ZipFile(file) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        for number, sheet in enumerate(book.findall(".//x:sheet", space), start=1):
            tree = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            assert tree.find(".//x:f", space) is None, "a formula"
            assert tree.find(".//x:hyperlink", space) is None, "a link"
            sheets[str(sheet.get("name"))] = [
                ["".join(cell.itertext()) for cell in row]
                for row in tree.findall(".//x:row", space)
            ]
    return sheets


def test_a_workbook_has_a_sheet_for_documents_and_one_for_each_list() -> None:
    sheets = cells(rows(*INVOICES))
    assert list(sheets) == ["documents", "items"]
    assert sheets["items"] == [
        ["file", "#", "text", "count"],
        ["1.pdf", "1", "Screws", "2"],
        ["1.pdf", "2", "=1+1", "1"],
    ]


def test_no_rows_are_still_a_workbook() -> None:
    assert cells([]) == {"documents": [[]]} or cells([]) == {"documents": []}


def test_names_of_sheets_are_made_to_fit() -> None:
    long = {
        "a" * 40: [{"x": 1}],
        "b[]:*?/": [{"x": 1}],
        "History": [{"x": 1}],
        "A" * 40: [{"x": 2}],
    }
    sheets = cells(rows(long))
    assert len(sheets) == 5
    assert all(len(name) <= 31 for name in sheets)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(DATA, max_size=4))
def test_any_data_becomes_rows_in_which_nothing_is_a_formula(data: list[Any]) -> None:
    found = rows(*data)
    assert len([row for row in found if row.sheet == DOCUMENTS]) == len(data)
    text = b"".join(to_csv_stream(lambda: found, DOCUMENTS)).decode() if data else ""
    for line in csv.reader(io.StringIO(text)):
        for cell in line:
            risky = cell.lstrip()[:1] in set("=@|%＝＋－＠")
            assert not risky, cell


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=40), DATA, min_size=1, max_size=4))
def test_any_data_becomes_a_workbook(data: dict[str, Any]) -> None:
    file = io.BytesIO()
    write_xlsx(lambda: rows(data), file)
    assert zipfile.is_zipfile(file)
