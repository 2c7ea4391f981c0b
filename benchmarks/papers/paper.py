"""The papers: a page of HTML each, and beside it what it says and how it is to be worn.

A value's place is the element whose `data-at` is its JSON Pointer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PAGES = Path(__file__).parent / "pages"
_QUESTIONS = Path(__file__).parent / "questions.jsonl"
_STYLE = (
    "*{box-sizing:border-box}body{margin:0;position:relative;color:#111;background:#fff}"
    "@page{size:A4;margin:0}"
)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper.

    Attributes:
        worn: `pdf` (digital) or how its picture is spoilt; see `wear`.
        kept_back: Whether it was kept back while rules were made.
        width: CSS pixels across; `height` those down at least.
        schema: The name of a built-in schema, or a JSON Schema.
        data: What an extraction should find.
    """

    name: str
    html: str
    worn: str
    kept_back: bool
    width: int
    height: int
    schema: Any
    data: dict[str, Any]


def papers() -> Iterator[Paper]:
    """Yield the papers in the order of their names."""
    for page in sorted(_PAGES.glob("*.html")):
        about = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
        head = f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>"
        yield Paper(name=page.stem, html=head + page.read_text(encoding="utf-8"), **about)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question over a paper; without answers it is to be refused.

    Attributes:
        paper: The paper's name.
        question: In the words of a clerk, in the paper's language or in English.
        answers: What is right, as printed; each is.
        page: Where the answer stands, from 1.
        kept_back: Whether it was kept back while rules were made.
    """

    paper: str
    question: str
    answers: tuple[str, ...]
    page: int | None
    kept_back: bool


def questions() -> Iterator[Question]:
    """Yield the questions in the order of their papers' names."""
    for line in _QUESTIONS.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        yield Question(**{**said, "answers": tuple(said["answers"])})
