"""FUNSD: scanned forms, their questions linked to answers, every word with its box.

Layout: `training_data` and `testing_data`, each with `images/*.png` and `annotations/*.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docvision.evaluation.cases import Case, Expected, Place
from docvision.evaluation.convert.common import (
    annotated,
    read_json,
    relative,
    share,
    size_of,
    text_schema,
)
from docvision.evaluation.text import one_spaced
from docvision.geometry import union

Entity = dict[str, Any]


def funsd(folder: Path, base: Path) -> Iterator[Case]:
    """Yield an `extract` case and an `ocr` case for each form; the questions are the keys."""
    for picture, notes in annotated(folder, "annotations", "FUNSD").items():
        entities: list[Entity] = read_json(notes)["form"]
        file = relative(picture, base)
        expected = _answers(entities, size_of(picture))
        if expected.data:
            schema = text_schema(dict.fromkeys(expected.data, ""))
            yield Case(
                id=f"{picture.stem}-extract",
                file=file,
                task="extract",
                options={"schema": schema},
                expected=expected,
            )
        text = "\n".join(one["text"] for one in sorted(entities, key=_down_then_across))
        yield Case(id=f"{picture.stem}-ocr", file=file, task="ocr", expected=Expected(text=text))


def _answers(entities: list[Entity], size: tuple[int, int]) -> Expected:
    """Return the text of each question with the texts that it is linked to; null without any.

    A wording that stands on the form twice is left out: nobody could tell which is asked for.
    """
    by_id = {one["id"]: one for one in entities}
    asked = [one for one in entities if one["label"] == "question" and _key(one)]
    keys = [_key(one) for one in asked]
    data: dict[str, str | None] = {}
    places: dict[str, Place] = {}
    for question, key in zip(asked, keys, strict=True):
        if keys.count(key) > 1:
            continue
        linked = {other for pair in question["linking"] for other in pair} - {question["id"]}
        answers = [by_id[one] for one in sorted(linked) if by_id[one]["label"] == "answer"]
        answers = [one for one in answers if one["text"].strip()]
        data[key] = one_spaced(" ".join(one["text"] for one in answers)) or None
        if answers:
            pointer = "/" + key.replace("~", "~0").replace("/", "~1")
            places[pointer] = Place(bbox=union(share(one["box"], size) for one in answers))
    return Expected(data=data, places=places)


def _key(question: Entity) -> str:
    return one_spaced(question["text"]).rstrip(" :")


def _down_then_across(entity: Entity) -> tuple[int, int]:
    x0, y0, _, y1 = entity["box"]
    return (int((y0 + y1) / 2) // 12, x0)
