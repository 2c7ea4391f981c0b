"""The kind of a document: by its cues, and by a model where one is good at it."""

from __future__ import annotations

import json

import pytest

from docvision.errors import InvalidSchema
from docvision.results.model import Page
from docvision.schemas.library import NAMES
from docvision.tasks.options import validate_options
from docvision.tasks.sorting.classifier import classify
from docvision.tasks.sorting.cues import OTHER, kinds_of
from tests.tasks.papers import Listening, desk, paper

KINDS = kinds_of(NAMES)
INVOICE = paper("#INVOICE", "Bill to: Acme", "Invoice Number: 12", "Amount due  12.00")
LETTER = paper("Dear Mr Smith,", "thank you for the invoice of 3 May.", "Yours faithfully")
NOVEL = paper("It was a dark and stormy night", "and the rain fell in torrents")


def kind(page: Page, engine: Listening | None = None) -> str:
    found, _ = classify([page], KINDS, desk(engine))
    return found.kind


def test_a_headline_says_more_than_a_word_in_a_sentence() -> None:
    assert kind(INVOICE) == "invoice"
    assert kind(LETTER) == "letter"


def test_what_fits_no_kind_is_other() -> None:
    assert kind(NOVEL) == OTHER
    assert kind(paper()) == OTHER


def test_kinds_of_ones_own_are_told_by_their_cues() -> None:
    kinds = kinds_of({"delivery_note": ["lieferschein", "goods received"], "menu": ["starters"]})
    found, _ = classify([paper("#Lieferschein", "4 Stück")], kinds, desk(None))
    assert found.kind == "delivery_note"


def test_a_large_model_that_agrees_makes_it_surer() -> None:
    alone, _ = classify([INVOICE], KINDS, desk(None))
    engine = Listening({"text": json.dumps({"kind": "invoice"})}, reads="page")
    both, spent = classify([INVOICE], KINDS, desk(engine))
    assert both.kind == "invoice"
    assert both.confidence > alone.confidence
    assert spent.prompt_tokens > 0


def test_a_large_model_that_differs_leaves_doubt() -> None:
    engine = Listening({"text": json.dumps({"kind": "letter"})}, reads="page")
    found, _ = classify([INVOICE], KINDS, desk(engine))
    assert found.confidence <= 0.5


@pytest.mark.parametrize("text", ["nonsense", '{"kind": "spaceship"}'])
def test_a_broken_answer_leaves_the_cues(text: str) -> None:
    assert kind(INVOICE, Listening({"text": text}, reads="page")) == "invoice"


def test_a_blank_document_is_shown_to_no_model() -> None:
    engine = Listening({"error": "engine_failed"}, reads="page")
    assert kind(paper(), engine) == OTHER
    assert engine.requests == []


def test_a_small_model_is_not_asked() -> None:
    engine = Listening({"error": "engine_failed"})
    assert kind(INVOICE, engine) == "invoice"


def test_an_unknown_kind_is_refused_at_once() -> None:
    with pytest.raises(InvalidSchema):
        validate_options("classify", {"kinds": ["invoice", "spaceship"]})


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("#HOFLADEN", "Apfel  1,20", "SUMME EUR  1,20", "Gegeben BAR  2,00", "Rückgeld  0,80",
          "Kasse 3  17:36 Uhr", "MwSt  Netto"), "receipt"),
        (("#Piekarnia", "Chleb  4,20", "Razem  4,20", "Gotówka  5,00", "Reszta  0,80",
          "Paragon 118  Kasa 2"), "receipt"),
        (("Rechnungs-Nr. 12  Kundennummer 4", "Einzelpreis  Betrag", "Zahlbar bis 3.4.2024",
          "Nettobetrag  10,00", "IBAN DE02 1203"), "invoice"),
        (("Onderwerp: schade", "Ons kenmerk 12", "Geachte heer Vos,", "Met vriendelijke groet"),
         "letter"),
    ],
)  # fmt: skip
def test_a_paper_without_a_title_is_told_by_what_stands_on_it(
    lines: tuple[str, ...], name: str
) -> None:
    assert kind(paper(*lines)) == name
