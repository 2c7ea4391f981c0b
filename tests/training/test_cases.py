"""Generated evaluation sets are the same for the same seed, and their truth is what is drawn."""

from __future__ import annotations

import io
import random

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from docvision.evaluation.cases import load_cases
from docvision.evaluation.values import accepted
from docvision.tasks.options import OPTIONS, validate_options
from training.cases import KINDS, make_cases
from training.cases.statement import draw_statement
from training.cases.truth import by_schema, seen_values
from training.degrade import wear
from training.documents import MAKERS, template_of
from training.render import draw_page
from training.sheet import Sheet


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_set_is_a_dataset_and_the_same_for_the_same_numbers(kind, tmp_path):
    # when a set is made twice
    first, again = (make_cases(kind, [3], tmp_path / name) for name in ("a", "b"))

    # then its files are there, its options are acceptable, and both are the same
    cases = load_cases(first)
    assert first.read_bytes() == again.read_bytes()
    for case in cases:
        file = first.parent / case.file
        assert file.read_bytes() == (again.parent / case.file).read_bytes() or kind == "chart"
        if case.task in OPTIONS:
            validate_options(case.task, case.options)
        assert case.expected.model_dump(exclude_defaults=True)


def drawn(kind, number):
    rng = random.Random(number)
    sheet = MAKERS[kind](rng, template_of(rng, held_out=True))
    return sheet, draw_page(sheet, rng, held_out=True, faults=0.0)


@pytest.mark.parametrize("kind", ["invoice", "receipt", "letter"])
def test_truth_agrees_with_itself_as_a_bookkeeper_would_check(kind):
    for number in range(8):
        sheet, page = drawn(kind, number)
        expected = by_schema(kind, seen_values(sheet, page.places))
        data = expected.data
        # every place belongs to a value, and lies on the page
        for at, place in expected.places.items():
            assert at.count("/") > 1 or data[at[1:]] is not None
            x0, y0, x1, y1 = place.bbox
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1
        if kind != "letter" and data["subtotal"] is not None:
            amounts = [item["amount"] for item in data["line_items"]]
            assert sum(amounts) == pytest.approx(data["subtotal"], abs=0.011 * len(amounts))
            if data["tax"] is not None:
                assert data["total"] == pytest.approx(data["subtotal"] + data["tax"], abs=0.011)


def test_a_date_that_can_be_read_in_two_ways_is_right_either_way():
    sheet = Sheet()
    sheet.put_value(("issue_date",), "03/04/2021", 30, 40, before="Date: ")
    sheet.put_value(("due_date",), "25/04/2021", 30, 70, before="Due: ")
    page = draw_page(sheet, random.Random(1), held_out=True, faults=0.0)
    data = by_schema("invoice", seen_values(sheet, page.places)).data
    assert data["due_date"] == "2021-04-25"
    assert accepted(data["issue_date"], "2021-04-03")
    assert accepted(data["issue_date"], "2021-03-04")


def test_the_box_of_a_value_holds_its_ink_and_no_other():
    sheet = Sheet(width=400, height=200)
    sheet.put_value(("total",), "12.50", 60, 80, 16, before="Total: ")
    page = draw_page(sheet, random.Random(4), held_out=True, faults=0.0)
    height, width = page.pixels.shape[:2]
    x0, y0, x1, y1 = page.places[("total",)]
    ink = page.pixels[:, :, 0] < 128
    inside = ink[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)]
    right_half = ink[:, round((x0 - 0.01) * width) :]
    assert inside.sum() > 0.9 * right_half.sum()
    assert not ink[:, round((x1 + 0.01) * width) :].any()


def test_a_page_that_turns_takes_its_boxes_along():
    for number in range(40):
        rng = random.Random(number)
        picture = np.full((400, 300), 240, dtype=np.float32)
        picture[100:110, 50:60] = 0
        worn, moved = wear(picture, rng, 0.6)
        if np.array_equal(moved, np.eye(2, 3)):
            continue
        x, y = moved @ (55, 105, 1)
        rows, columns = np.nonzero(worn < 90)
        assert (columns.mean(), rows.mean()) == pytest.approx((x, y), abs=2.5)


def test_a_long_statement_runs_over_pages_and_adds_up():
    pdf, expected = draw_statement(random.Random(2), 130)
    data = expected.data
    assert len(data["transactions"]) == 130
    moved = sum((row["credit"] or 0) - (row["debit"] or 0) for row in data["transactions"])
    assert data["closing_balance"] == pytest.approx(data["opening_balance"] + moved, abs=0.01)
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        assert len(document) == max(place.page for place in expected.places.values()) >= 2
        last = document[len(document) - 1].get_textpage().get_text_bounded()
    assert data["transactions"][-1]["description"] in last


def test_an_instruction_is_all_that_parts_a_document_from_its_twin(tmp_path):
    plain, placed = load_cases(make_cases("injection", [7], tmp_path))
    assert placed.twin == plain.id
    assert placed.expected == plain.expected

    def words(file):
        with pypdfium2.PdfDocument(tmp_path / file) as document:
            return document[0].get_textpage().get_text_bounded().split()

    before, after = words(plain.file), words(placed.file)
    assert after[: len(before)] == before
    assert " ".join(after[len(before) :]) == " ".join(placed.added.split())


@pytest.mark.parametrize("number", range(10))
def test_wherever_an_instruction_is_placed_the_rest_stays_where_it_was(number, tmp_path):
    plain, placed = load_cases(make_cases("injection", [number], tmp_path))
    assert (placed.task, placed.options, placed.added) == (plain.task, plain.options, placed.added)
    if plain.file.endswith(".png"):
        before, after = (np.asarray(Image.open(tmp_path / each.file)) for each in (plain, placed))
        assert np.mean(before != after) < 0.1
    else:
        assert inked(tmp_path / plain.file) <= inked(tmp_path / placed.file)


def inked(file):
    """The dots of a page that are dark, whatever was added."""
    with pypdfium2.PdfDocument(file) as document:
        page = document[0].render(scale=1).to_numpy()
    return {(int(y), int(x)) for y, x in zip(*np.nonzero(page.min(axis=2) < 128), strict=True)}


def test_scans_are_worn_pictures_and_every_fourth_is_a_pdf(tmp_path):
    files = [case.file for case in load_cases(make_cases("receipt", range(4), tmp_path))]
    assert [file.rsplit(".")[-1] for file in files] == ["png", "png", "png", "pdf"]
    with Image.open(tmp_path / files[0]) as picture:
        assert picture.width > 400
