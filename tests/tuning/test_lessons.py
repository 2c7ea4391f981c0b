"""What a corrected document teaches: its words as they stand, nothing that is not there."""

import json

from docvision.engines.profile import Profile
from docvision.engines.registry import NANO, read_profile
from docvision.evaluation.cases import Case, Expected, Place
from docvision.results.model import Page
from docvision.tuning.lessons import Lesson, lessons_of
from tests.tasks.papers import paper

PROFILE: Profile = read_profile(NANO, name="nano")
SCHEMA = {
    "type": "object",
    "properties": {
        "number": {"type": ["string", "null"]},
        "issued": {"type": ["string", "null"], "format": "date"},
        "total": {"type": ["number", "null"]},
        "paid": {"type": ["number", "null"]},
    },
}
PAGE = paper("Invoice A-17  Due 4 June 2024", "Issued 3 May 2024", "Net 1.200,50", "Total 1.428,60")


def taught(page: Page, expected: Expected, schema: object = SCHEMA) -> list[Lesson]:
    case = Case(id="1", file="1.png", task="extract", options={"schema": schema}, expected=expected)
    return list(lessons_of(case, [page], PROFILE))


def box(page: Page, *texts: str) -> tuple[float, float, float, float]:
    words = [word for block in page.blocks for line in block.lines for word in line.words]
    boxes = [word.bbox for word in words if word.text in texts]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def test_values_are_taught_as_they_stand_on_the_page() -> None:
    # given corrected values, normalised, without boxes
    right = {"number": "A-17", "issued": "2024-05-03", "total": 1428.6, "paid": None}

    (lesson,) = taught(PAGE, Expected(data=right))

    # then the lesson copies the document's words, and says what is absent
    assert json.loads(lesson.answer) == {
        "number": "A-17",
        "issued": "3 May 2024",
        "total": "1.428,60",
        "paid": None,
    }
    # and the values alone count
    assert [lesson.answer[start:end] for start, end in lesson.values] == [
        '"A-17"',
        '"3 May 2024"',
        '"1.428,60"',
        "null",
    ]
    assert "Net 1.200,50" in lesson.prompt


def test_the_box_decides_which_words_are_meant() -> None:
    # given a page that says one date twice
    page = paper("From 3 May 2024", "Until 3 May 2024", "Issued on a Friday: 03/05/2024")
    place = Place(page=1, bbox=box(page, "03/05/2024"))

    (lesson,) = taught(page, Expected(data={"issued": "2024-05-03"}, places={"/issued": place}))

    assert json.loads(lesson.answer)["issued"] == "03/05/2024"


def test_what_the_reader_did_not_find_is_not_asked_for() -> None:
    right = {"number": "B-99", "issued": None, "total": 1428.6, "paid": None}

    (lesson,) = taught(PAGE, Expected(data=right))

    assert "number" not in json.loads(lesson.answer)
    assert '"number"' not in lesson.prompt


def test_what_is_not_judged_is_not_taught() -> None:
    right = {"number": None, "issued": None, "total": 1428.6, "paid": None}

    (lesson,) = taught(PAGE, Expected(data=right, ignore=("/number",)))

    assert set(json.loads(lesson.answer)) == {"issued", "total", "paid"}


def test_a_list_is_taught_whole_or_not_at_all() -> None:
    # given a list of which one value was not read
    schema = {
        "type": "object",
        "properties": {
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "price": {"type": "number"}},
                },
            }
        },
    }
    page = paper("Tea 2.50", "Milk 1.20")
    tea, milk = {"name": "Tea", "price": 2.5}, {"name": "Milk", "price": 1.2}

    (whole,) = taught(page, Expected(data={"items": [tea, milk]}), schema)
    broken = taught(page, Expected(data={"items": [tea, {"name": "Bread", "price": 9}]}), schema)

    assert json.loads(whole.answer) == {
        "items": [{"name": "Tea", "price": "2.50"}, {"name": "Milk", "price": "1.20"}]
    }
    assert broken == []
