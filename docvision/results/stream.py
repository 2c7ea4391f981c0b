"""A result as JSON, written page by page, so that a long one never lies in memory as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from docvision.results.model import DocumentResult, Page, Result

Fill = Callable[[int, Page], Page]
"""Gives a document's number (from 0) and a page of the result its lines back."""


def as_it_is(document: int, page: Page) -> Page:
    """Return the page: it has its lines already."""
    return page


def result_json(result: Result, fill: Fill = as_it_is) -> Iterator[bytes]:
    """Yield the JSON of a result in pieces, one for each page.

    Put together they are what `Result.model_dump_json` gives of the filled pages, but for the
    order of a document's fields: its pages come last.
    """
    head = json.loads(result.model_dump_json(exclude={"documents"}))
    yield f'{_open(head)}, "documents": ['.encode()
    for number, document in enumerate(result.documents):
        yield b"," if number else b""
        yield from _document(number, document, fill)
    yield b"]}"


def _document(number: int, document: DocumentResult, fill: Fill) -> Iterator[bytes]:
    head = json.loads(document.model_dump_json(exclude={"pages"}))
    yield f'{_open(head)}, "pages": ['.encode()
    for at, page in enumerate(document.pages):
        yield (b"," if at else b"") + fill(number, page).model_dump_json().encode()
    yield b"]}"


def _open(head: dict[str, object]) -> str:
    """Return a JSON object of at least one field without its closing brace."""
    return json.dumps(head, ensure_ascii=False).removesuffix("}")
