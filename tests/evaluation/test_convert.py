"""Public datasets become cases from the very folders in which they are downloaded."""

from __future__ import annotations

import json

import pytest

from docvision.errors import InvalidRequest
from docvision.evaluation.cases import write_cases
from docvision.evaluation.convert import CONVERTERS
from docvision.schemas.accept import accept
from tests.evaluation.make import picture


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")


def convert(layout, folder):
    """The cases by id; every file is there and every schema acceptable."""
    cases = list(CONVERTERS[layout](folder, folder / "sets"))
    write_cases(folder / "sets" / "d.jsonl", cases)
    for case in cases:
        assert (folder / "sets" / case.file).resolve().exists()
        if "schema" in case.options:
            accept(case.options["schema"])
    return {case.id: case for case in cases}


FIELDS = {"company": "TAN SHOP", "date": "25/12/2018", "address": "NO 1, ROAD", "total": "9.00"}
LINES = "0,0,30,0,30,10,0,10,TAN SHOP\n0,12,60,12,60,20,0,20,NO 1, ROAD\n0,30,20,30,20,40,0,40,9.00"


@pytest.mark.parametrize(
    ("image", "lines", "fields"),
    [
        ("task1train/X1.jpg", "task1train/X1.txt", "task2train/X1.txt"),
        ("SROIE2019/img/X1.jpg", "SROIE2019/box/X1.txt", "SROIE2019/entities/X1.txt"),
        ("data/img/X1.jpg", "data/box/X1.csv", "data/key/X1.json"),
    ],
)  # fmt: skip
def test_sroie_in_each_of_its_layouts(tmp_path, image, lines, fields):
    picture(tmp_path / image, (60, 40))
    put(tmp_path / lines, LINES)
    put(tmp_path / fields, FIELDS)

    cases = convert("sroie", tmp_path)

    extract, ocr = cases["X1-extract"], cases["X1-ocr"]
    assert extract.expected.data == FIELDS
    assert extract.expected.places["/company"].bbox == (0.0, 0.0, 0.5, 0.25)
    assert set(extract.expected.places) == {"/company", "/address", "/total"}
    assert ocr.expected.text == "TAN SHOP\nNO 1, ROAD\n9.00"


def entity(number, text, label, box, linking=()):
    return {"id": number, "text": text, "label": label, "box": box, "linking": list(linking),
            "words": [{"text": text, "box": box}]}  # fmt: skip


def test_funsd_links_questions_to_answers(tmp_path):
    folder = tmp_path / "dataset" / "testing_data"
    picture(folder / "images" / "82092117.png", (100, 50))
    form = [
        entity(0, "Date:", "question", [0, 20, 20, 30], [[0, 1]]),
        entity(1, "12/10/98", "answer", [25, 20, 50, 30], [[0, 1]]),
        entity(2, "Fax/Tel", "question", [0, 35, 20, 45]),
        entity(3, "FORM", "header", [0, 0, 40, 10]),
    ]
    put(folder / "annotations" / "82092117.json", {"form": form})

    cases = convert("funsd", tmp_path)

    expected = cases["82092117-extract"].expected
    assert expected.data == {"Date": "12/10/98", "Fax/Tel": None}
    assert expected.places == {"/Date": expected.places["/Date"]}
    assert expected.places["/Date"].bbox == (0.25, 0.4, 0.5, 0.6)
    assert cases["82092117-ocr"].expected.text == "FORM\nDate:\n12/10/98\nFax/Tel"


def cord_line(category, group, *words):
    def word(text, x, is_key=0):
        quad = {
            "x1": x,
            "y1": 10,
            "x2": x + 10,
            "y2": 10,
            "x3": x + 10,
            "y3": 20,
            "x4": x,
            "y4": 20,
        }
        return {"quad": quad, "is_key": is_key, "row_id": 1, "text": text}

    return {"category": category, "group_id": group, "words": [word(*one) for one in words]}


def test_cord_takes_values_without_their_labels(tmp_path):
    folder = tmp_path / "CORD" / "test"
    picture(folder / "image" / "receipt_00001.png", (100, 40))
    lines = [
        cord_line("menu.nm", 3, ("ICE", 0), ("TEA", 12)),
        cord_line("menu.price", 3, ("12,000", 50)),
        cord_line("menu.nm", 4, ("CAKE", 0)),
        cord_line("total.total_price", 5, ("TOTAL", 0, 1), ("42,000", 50)),
    ]
    meta = {"image_size": {"width": 100, "height": 40}}
    put(folder / "json" / "receipt_00001.json", {"meta": meta, "valid_line": lines})

    cases = convert("cord", tmp_path)

    expected = cases["test-receipt_00001-extract"].expected
    assert [item["nm"] for item in expected.data["menu"]] == ["ICE TEA", "CAKE"]
    assert expected.data["menu"][0]["price"] == "12,000"
    assert expected.data["total"]["total_price"] == "42,000"
    assert expected.data["sub_total"]["tax_price"] is None
    assert expected.places["/total/total_price"].bbox == (0.5, 0.25, 0.6, 0.5)
    assert cases["test-receipt_00001-ocr"].expected.text.endswith("TOTAL 42,000")


@pytest.mark.parametrize(
    ("questions", "image"),
    [
        ("val/val_v1.0.json", "val/documents/xnbl0037_1.png"),
        ("spdocvqa_qas/val_v1.0_withQT.json", "spdocvqa_images/xnbl0037_1.png"),
    ],
)
def test_docvqa_asks_what_has_an_answer(tmp_path, questions, image):
    picture(tmp_path / image)
    asked = {"questionId": 7, "question": "What date?", "image": "documents/xnbl0037_1.png"}
    untold = asked | {"questionId": 8}
    gone = asked | {"questionId": 9, "image": "documents/gone_1.png", "answers": ["x"]}
    content = {"data": [asked | {"answers": ["1/8/93", "Jan 8"]}, untold, gone]}
    put(tmp_path / questions, content)

    cases = convert("docvqa", tmp_path)

    assert list(cases) == ["docvqa-7"]
    assert cases["docvqa-7"].expected.answers == ("1/8/93", "Jan 8")


def test_chartqa_gives_charts_and_questions(tmp_path):
    folder = tmp_path / "ChartQA Dataset" / "test"
    picture(folder / "png" / "10.png")
    put(folder / "tables" / "10.csv", "Year,Men,Women\n2000,1.5,\n2001,45%,1200\n")
    put(folder / "test_human.json", [{"imgname": "10.png", "query": "How many?", "label": "3"}])
    put(folder / "test_augmented.json", [])

    cases = convert("chartqa", tmp_path)

    (chart,) = cases["10-chart"].expected.charts
    assert [(one.series, one.x, one.y) for one in chart.points] == [
        ("Men", "2000", 1.5), ("Men", "2001", 45.0), ("Women", "2001", 1200.0),
    ]  # fmt: skip
    assert cases["test_human-0"].expected.answers == ("3",)


def test_cord_keeps_receipts_of_one_number_in_two_parts_apart(tmp_path):
    lines = [cord_line("total.total_price", 5, ("42,000", 50))]
    meta = {"image_size": {"width": 100, "height": 40}}
    for part in ("train", "dev", "test"):
        picture(tmp_path / part / "image" / "receipt_00000.png", (100, 40))
        put(tmp_path / part / "json" / "receipt_00000.json", {"meta": meta, "valid_line": lines})

    cases = convert("cord", tmp_path)

    assert {case.file.split("/")[-3] for case in cases.values()} == {"train", "dev", "test"}
    assert len(cases) == 6


def test_docvqa_takes_a_set_that_lies_there_twice_once(tmp_path):
    picture(tmp_path / "spdocvqa_images" / "a_1.png")
    asked = {"questionId": 7, "question": "Date?", "image": "documents/a_1.png", "answers": ["x"]}
    for name in ("val_v1.0.json", "val_v1.0_withQT.json"):
        put(tmp_path / name, {"data": [asked]})
    assert list(convert("docvqa", tmp_path)) == ["docvqa-7"]


@pytest.mark.parametrize("layout", sorted(CONVERTERS))
def test_another_folder_is_told_at_once(tmp_path, layout):
    picture(tmp_path / "holiday.png")
    with pytest.raises(InvalidRequest, match="does not look like"):
        list(CONVERTERS[layout](tmp_path, tmp_path))
