"""Every format says what the document says, and nothing in a document becomes markup."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from html.parser import HTMLParser

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docvision.errors import NotAcceptable
from docvision.results.model import (
    BlockKind,
    Cell,
    DocumentResult,
    OnScreen,
    Page,
    Problem,
    Result,
    Table,
    result_schema,
)
from docvision.results.render import FORMATS, render
from tests.results.make import BOX, block, result, table

MARKUP = st.sampled_from(
    [
        "<script>",
        "</p>",
        "&lt;",
        "&amp;",
        "**",
        "__",
        "`",
        "```",
        "~~~",
        "#",
        "> ",
        "- ",
        "1. ",
        "2)",
        "|",
        "---",
        "===",
        "[a](b)",
        "![",
        "<!--",
        "\\",
        "\n",
        "\n\n",
        "\t",
        "    ",
        "http://a.b",
        "*",
        "_",
        "+",
        "~~",
        "[^1]",
        "[x]: y",
        "=1+1",
        "@SUM",
        "]]>",
        '"',
        "'",
        "x",
        "Ä",
        "€",
        "字",
    ]
)
HOSTILE = st.lists(st.one_of(MARKUP, st.text(max_size=4)), max_size=8).map("".join)


def _text(given_result: Result, format: str) -> str:
    return render(given_result, format).data.decode("utf-8")


def _parsed(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def _plain(text: str) -> str:
    """Text as a renderer may show it: no control characters, single spaces."""
    cleaned = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text)
    return " ".join(cleaned.split())


def _shown(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        for child in token.children or ():
            assert child.type in {"text", "softbreak", "hardbreak", "text_special"}, child
            parts.append(" " if child.type.endswith("break") else child.content)
    return " ".join("".join(parts).split())


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_no_text_becomes_markdown(text: str) -> None:
    tokens = _parsed(_text(result(block(text)), "md"))

    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert _shown(tokens) == _plain(text)


@given(HOSTILE, HOSTILE)
@settings(max_examples=200, deadline=None)
def test_no_cell_breaks_out_of_its_table(first: str, second: str) -> None:
    tokens = _parsed(_text(result(table([["Head", "Other"], [first, second]])), "md"))

    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "td_open"]
    assert len(cells) == 2
    assert [_shown([cell]) for cell in cells] == [_plain(first), _plain(second)]


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_no_heading_or_item_becomes_more_than_that(text: str) -> None:
    given_result = result(
        block(text + " x", BlockKind.HEADING, level=2),
        block(text + " x", BlockKind.LIST_ITEM, level=1, marker=text[:3] or "-"),
    )

    kinds = [token.tag for token in _parsed(_text(given_result, "md")) if token.nesting == 1]

    assert kinds[:2] == ["h2", kinds[1]]
    assert kinds[1] in {"ul", "ol"}
    assert kinds[2:] == ["li", "p"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_no_text_becomes_html(text: str) -> None:
    given_result = result(
        block(text),
        block(text, BlockKind.HEADING, level=1),
        block(text, BlockKind.LIST_ITEM, marker=text[:2]),
        table([[text, text], [text, text]]),
        name=text,
    )
    reader = _Reader()
    reader.feed(_text(given_result, "html"))

    known = {"html", "head", "meta", "title", "style", "body", "article", "section", "h1", "p"}
    known |= {"ul", "li", "table", "tr", "th", "td", "br"}
    assert set(reader.tags) <= known
    if _plain(text):
        assert _plain(text) in _plain(" ".join(reader.text))


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_hocr_is_well_formed_whatever_the_text(text: str) -> None:
    tree = etree.fromstring(
        _text(result(block(text), name=text), "hocr").encode(),
        etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True),
    )

    words = tree.xpath("//*[@class='ocrx_word']")
    assert "".join("".join(word.itertext()) for word in words) == _plain(text).replace(" ", "")


@given(st.lists(HOSTILE, min_size=3, max_size=3))
@settings(max_examples=200, deadline=None)
def test_no_cell_is_a_formula(texts: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(_text(result(table([texts])), "csv"), newline="")))

    assert len(rows) == 1
    for cell, text in zip(rows[0], texts, strict=True):
        assert cell.removeprefix("'") == _plain(text).removeprefix("'")
        is_number = re.fullmatch(r"[+-]?\d[\d.,' ]*\s?%?", cell)
        assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_negative_amounts_stay_numbers_in_csv() -> None:
    text = _text(result(table([["Out", "-41.73"], ["In", "=SUM(A1)"]])), "csv")

    assert text == "Out,-41.73\r\nIn,'=SUM(A1)\r\n"


def test_markdown_reads_like_the_page() -> None:
    given_result = result(
        block("Port of Lethe", BlockKind.HEADER),
        block("Turnaround", BlockKind.HEADING, level=1),
        block("Ships wait\nless than before."),
        block("First", BlockKind.LIST_ITEM, level=1, marker="•"),
        block("below it", BlockKind.LIST_ITEM, level=2, marker="-"),
        block("counted", BlockKind.LIST_ITEM, level=1, marker="2."),
        table([["Port", "Calls"], ["Eastmoor", "1,284"]]),
        block("Table 1: Calls", BlockKind.CAPTION),
        block("3", BlockKind.PAGE_NUMBER),
        block("PAID", BlockKind.STAMP),
    )

    assert _text(given_result, "md") == (
        "# Turnaround\n\nShips wait  \nless than before.\n\n- First\n  - below it\n2. counted\n\n"
        "| Port | Calls |\n| --- | --- |\n| Eastmoor | 1,284 |\n\n*Table 1: Calls*\n"
    )


def test_a_paragraph_that_runs_over_a_column_and_a_page_is_made_whole() -> None:
    first = block(
        "Drying will take between three and four weeks, and the two fans will run day and"
    )
    second = block(
        "night. Their use of electricity is at our expense and is credited with the state-"
    )
    third = block("ment of May.")
    left, right = (0.1, 0.8, 0.45, 0.9), (0.55, 0.1, 0.9, 0.9)
    pages = (
        Page(
            number=1,
            width=600,
            height=800,
            unit="pt",
            blocks=(
                first.model_copy(update={"bbox": left}),
                second.model_copy(update={"bbox": right}),
                block("1", BlockKind.PAGE_NUMBER),
            ),
        ),
        Page(number=2, width=600, height=800, unit="pt", blocks=(third, block("Next."))),
    )
    document = DocumentResult(name="a.pdf", media_type="application/pdf", page_count=2, pages=pages)

    text = _text(Result(task="ocr", model="none", documents=(document,)), "md")

    assert "will run day and night." in text
    assert text.endswith("with the statement of May.\n\nNext.\n")


def test_a_greeting_is_not_joined_to_the_letter() -> None:
    text = _text(result(block("Dear Ms Adeyemi,"), block("thank you for your visit.")), "txt")

    assert text == "Dear Ms Adeyemi,\n\nthank you for your visit.\n"


def test_ordinary_punctuation_is_left_alone() -> None:
    text = "Invoice no. 2024-0871 (see file_name, p. 12): 5 - 3 = 2 & more, #4 costs €1.50!"

    assert _text(result(block(text)), "md").strip() == text.replace("#4", "\\#4")


def test_a_table_with_spans_is_html_within_markdown() -> None:
    cells = (
        Cell(row=0, column=0, column_span=2, text="Both <b>", bbox=BOX),
        Cell(row=1, column=0, text="a", bbox=BOX),
        Cell(row=1, column=1, text="b", bbox=BOX),
    )
    grid = Table(rows=2, columns=2, header_rows=1, cells=cells)

    markdown = _text(result(block("", BlockKind.TABLE, table=grid)), "md")

    assert '<tr><th colspan="2">Both &lt;b&gt;</th></tr>' in markdown
    assert [token.type for token in _parsed(markdown)] == ["html_block"]


def test_a_cell_that_is_not_there_keeps_its_place_in_html() -> None:
    cells = (
        Cell(row=0, column=0, row_span=2, text="May", bbox=BOX),
        Cell(row=0, column=2, text="7.00", bbox=BOX),
        Cell(row=1, column=1, text="3.00", bbox=BOX),
    )
    grid = Table(rows=2, columns=3, header_rows=0, cells=cells)

    page = _text(result(block("", BlockKind.TABLE, table=grid)), "html")

    assert '<tr><td rowspan="2">May</td><td></td><td>7.00</td></tr>' in page
    assert "<tr><td>3.00</td><td></td></tr>" in page


def test_text_aligns_tables_and_leaves_furniture_out() -> None:
    given_result = result(
        block("Header", BlockKind.HEADER),
        table([["Port", "Calls"], ["Eastmoor", "6"]]),
        block("Two\nlines"),
    )

    assert _text(given_result, "txt") == "Port      Calls\nEastmoor  6\n\nTwo\nlines\n"


def test_a_video_is_its_timeline() -> None:
    entry = OnScreen(text="Welcome | all", start=3.04, end=3725.5, bbox=BOX)
    page = Page(number=1, width=640, height=360, unit="px", time=3.0, blocks=(block("Welcome"),))
    document = DocumentResult(
        name="talk.mp4", media_type="video/mp4", page_count=1, pages=(page,), timeline=(entry,)
    )
    given_result = Result(task="ocr", model="none", documents=(document,))

    assert _text(given_result, "txt") == "[0:00:03.0 - 1:02:05.5] Welcome | all\n"
    assert "| 0:00:03.0 | 1:02:05.5 | Welcome \\| all |" in _text(given_result, "md")


def test_what_could_not_be_read_is_said() -> None:
    problem = Problem(code="corrupt", message="The page does not hold together.")
    page = Page(number=2, width=0, height=0, unit="px", problem=problem)
    document = DocumentResult(
        name="a.pdf", media_type="application/pdf", page_count=2, pages=(page,)
    )
    given_result = Result(task="ocr", model="none", documents=(document, document))

    for format in ("md", "txt", "html"):
        assert "The page does not hold together." in _text(given_result, format)
    assert _text(given_result, "md").count("# a.pdf") == 2


def test_hocr_gives_boxes_and_confidence_of_every_word() -> None:
    text = _text(result(block("Net total", bbox=(0.1, 0.2, 0.5, 0.25))), "hocr")

    assert "image &quot;letter.pdf&quot;; bbox 0 0 2500 3333; ppageno 0; scan_res 300 300" in text
    assert 'title="bbox 250 667 700 833; x_wconf 90">Net</span>' in text


def test_json_obeys_the_published_schema() -> None:
    given_result = result(block("Net total"), table([["a", "b"]]))

    jsonschema.validate(json.loads(_text(given_result, "json")), result_schema())


def test_html_loads_and_runs_nothing() -> None:
    html = _text(result(block("x")), "html")

    assert "default-src 'none'; style-src 'sha256-" in html
    assert "unsafe-inline" not in html


def test_every_format_has_its_media_type() -> None:
    for name, media_type in FORMATS.items():
        rendered = render(result(block("x")), name)
        assert rendered.media_type == media_type
        assert rendered.extension == f".{name}"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(NotAcceptable, match="json, md, txt"):
        render(result(), "docx")


def test_renderers_load_nothing_heavy() -> None:
    code = (
        "import sys, docvision.results.render as _;"
        "print([m for m in ('numpy', 'cv2', 'torch', 'PIL', 'pikepdf') if m in sys.modules])"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"
