"""A mixed archive in one go: each document's kind decides what is extracted."""

from __future__ import annotations

import json

import pytest

from docvision.documents.base import DocumentInfo, Kind
from docvision.errors import InvalidSchema, ModelNotFound
from docvision.jobs.model import Unit
from docvision.results.model import DocumentResult, Page, Usage
from docvision.tasks.auto import AutoTask
from docvision.tasks.base import UnitAnswer
from docvision.tasks.options import validate_options
from tests.tasks.papers import Listening, desk, paper

INFO = DocumentInfo(kind=Kind.PDF, media_type="application/pdf", page_count=1)
INVOICE = paper("#INVOICE", "Bill to: Acme", "Invoice Number: INV-7", "Amount due  12.00")
NOVEL = paper("It was a dark and stormy night", "and the rain fell in torrents")
SAID = json.dumps({"invoice_number": "INV-7"})


def auto(page: Page, engine: Listening | None, **options: object) -> tuple[DocumentResult, Usage]:
    answer = UnitAnswer(unit=Unit(index=0, document=0, page=0), pages=(page,), usage=Usage(pages=1))
    chosen = validate_options("auto", options)
    return AutoTask().merge("one.pdf", INFO, [answer], chosen, desk(engine))


def test_an_invoice_is_told_and_extracted_as_one() -> None:
    read, spent = auto(INVOICE, Listening({"text": SAID}, reads="page"))
    assert read.classification is not None
    assert read.classification.kind == "invoice"
    assert read.extraction is not None
    assert read.extraction.schema_name == "invoice"
    assert read.extraction.data["invoice_number"] == "INV-7"
    assert spent.prompt_tokens > 0


def test_what_is_of_no_kind_is_only_read() -> None:
    engine = Listening({"error": "engine_failed"})
    read, spent = auto(NOVEL, engine)
    assert read.classification is not None
    assert read.classification.kind == "other"
    assert read.extraction is None
    assert read.pages[0].blocks
    assert (engine.requests, spent) == ([], Usage())


def test_only_the_schemas_that_are_named_are_chosen_from() -> None:
    read, _ = auto(INVOICE, Listening({"text": SAID}), schemas=["letter", "contract"])
    assert read.classification is not None
    assert read.classification.kind != "invoice"


def test_an_unknown_schema_is_refused_at_once() -> None:
    with pytest.raises(InvalidSchema):
        validate_options("auto", {"schemas": ["spaceship"]})


def test_without_a_model_an_invoice_cannot_be_extracted_and_that_is_said() -> None:
    with pytest.raises(ModelNotFound):
        auto(INVOICE, None)
