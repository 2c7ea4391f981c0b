"""A result as JSON, written page by page, so that a long one never lies in memory as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from docvision.results.model import DocumentResult, Page, Result

PageJson = Callable[[int, Page], bytes]
"""Gives the JSON of a page of the result; the number is its document's, from 0."""


def page_json(page: Page) -> bytes:
    """Return a page as JSON on one line."""
    return page.model_dump_json().encode()


def result_json(
    result: Result, write: PageJson = lambda document, page: page_json(page)
) -> Iterator[bytes]:
    """Yield the JSON of a result in pieces, one for each page.

    Put together they are what `Result.model_dump_json` gives of the pages as `write` has them,
    but for the order of a document's fields: its pages come last.
    """
    head = json.loads(result.model_dump_json(exclude={"documents"}))
    yield f'{_open(head)}, "documents": ['.encode()
    for number, document in enumerate(result.documents):
        yield b"," if number else b""
        yield from _document(number, document, write)
    yield b"]}"


def _document(number: int, document: DocumentResult, write: PageJson) -> Iterator[bytes]:
    head = json.loads(document.model_dump_json(exclude={"pages"}))
    yield f'{_open(head)}, "pages": ['.encode()
    for at, page in enumerate(document.pages):
        yield (b"," if at else b"") + write(number, page)
    yield b"]}"


def _open(head: dict[str, object]) -> str:
    """Return a JSON object of at least one field without its closing brace."""
    return json.dumps(head, ensure_ascii=False).removesuffix("}")
