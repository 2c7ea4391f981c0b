"""Questions as people ask them, over papers as tills and offices print them, with no model's help.

The model says nothing of use, so that what is found is what rules find.
"""

from __future__ import annotations

import pytest

from docvision.results.model import Answer, Page
from docvision.tasks.answering.answerer import Answerer
from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.terms import same_term
from docvision.tasks.options import Mode
from tests.tasks.papers import Listening, desk, paper

TILL = paper(
    "#Hofladen Brinkmann", "Am Deich 4", "26382 Norden", "Tel. 04931 / 55 01 20",
    "www.hofladen-brinkmann.de", "UNSERE ÖFFNUNGSZEITEN", "Mo - Sa: 8:00 - 19:00 Uhr",
    "Apfelsaft 1,5 l  2,19 B", "Quark natur  0,95 A", "Honig Sommer  6,49 A", "Posten: 3",
    "SUMME EUR  9,63", "Kreditkarte  9,63", "MwSt  NETTO  MwSt-Betrag  BRUTTO",
    "A 7%  6,95  0,49  7,44", "B 19%  1,84  0,35  2,19", "Terminal-ID :  61310837",
    "Genehmigungs-Nr 5GV8P0", "Datum 14.05.2020  Uhrzeit 17:36", "Es bediente Sie: Frau Janssen",
)  # fmt: skip

LETTER = paper(
    "#A Paper about Paper", "Ada Quill", "3 March 2024", "Capital  Population  Currency",
    "Norland  8,935,112  Crown", "Sudland  453  Mark",
    "Errors should never pass in silence, as this paper shows at length.",
    "Please make cheques payable to Quill and Sons.",
)  # fmt: skip


def over(page: Page) -> Answerer:
    """Return who answers over a page, with a model that knows nothing."""
    return Answerer(desk=desk(Listening({"text": "{}"})), pages=[page], mode=Mode.AUTO)


ASKED = {"till": over(TILL), "letter": over(LETTER)}
"""Kept, as what is read of a page is kept between questions."""


def ask(question: str, page: Page) -> Answer:
    return over(page).answer(question)[0]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What did the honey (Honig) cost?", "6,49"),
        ("Was kostet der Apfelsaft?", "2,19"),
        ("How much was paid in all?", "9,63"),
        ("How was it paid?", "Kreditkarte"),
        ("Which card was used?", "Kreditkarte"),
        ("What is the website?", "www.hofladen-brinkmann.de"),
        ("In which town is the shop?", "26382 Norden"),
        ("Wie lautet die Telefonnummer?", "04931 / 55 01 20"),
        ("Was sind die Öffnungszeiten?", "Mo - Sa: 8:00 - 19:00 Uhr"),
        ("How many items are there?", "3"),
        ("How much VAT at 19 % is in it?", "0,35"),
        ("What is the terminal ID?", "61310837"),
        ("Genehmigungsnummer?", "5GV8P0"),
        ("When was this bought?", "14.05.2020"),
        ("Um wie viel Uhr wurde eingekauft?", "17:36"),
        ("Wer hat bedient?", "Frau Janssen"),
    ],
)
def test_what_a_clerk_asks_of_a_receipt_is_found(question: str, answer: str) -> None:
    found, _ = ASKED["till"].answer(question)

    assert found.answer == answer
    assert found.citations[0].page == 1
    assert found.citations[0].bbox is not None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the title?", "A Paper about Paper"),
        ("Who is the author?", "Ada Quill"),
        ("What is the population of Norland?", "8,935,112"),
        ("To whom are cheques payable?", "Quill and Sons"),
    ],
)
def test_headlines_cells_and_sentences_answer_too(question: str, answer: str) -> None:
    found, _ = ASKED["letter"].answer(question)
    assert found.answer == answer


@pytest.mark.parametrize(
    "question",
    [
        "What is the IBAN?",
        "What is the due date?",
        "How much was the discount?",
        "Wie lautet die Kundennummer?",
        "What is the tracking number?",
        "Wie viel Trinkgeld gab es?",
        "What is the fax number?",
        "What is the date of delivery?",
    ],
)
def test_what_a_receipt_does_not_say_is_refused(question: str) -> None:
    found, _ = ASKED["till"].answer(question)
    assert found.answer is None


def test_a_card_is_not_what_was_paid_with_in_cash() -> None:
    till = paper("#Kiosk", "Tee  2,10", "SUMME  2,10", "BAR  5,00", "RÜCKGELD  2,90")
    assert ask("How was it paid?", till).answer == "BAR"
    assert ask("Which credit card was used?", till).answer is None


def test_the_account_of_a_bank_is_no_number_of_a_customer() -> None:
    bill = paper("Invoice", "Account: DE89370400440532013000", "Total: 12.00")
    assert ask("What is the customer number?", bill).answer is None


def test_a_doubtful_answer_names_its_question() -> None:
    # given two fields of the same name with different values
    form = paper("Batch: 4410-A", "Weight: 12 kg", "Batch: 4410-B")
    question = "What is the batch?"

    found = ask(question, form)

    assert found.review
    assert question in found.review[0].message


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How much does it cost?", "amount"),
        ("Wie viele Kiwis waren es?", "count"),
        ("Bis wann muss bezahlt werden?", "date"),
        ("Wie ist die Umsatzsteuernummer?", "code"),
        ("Comment a-t-on payé ?", "payment"),
        ("Hoe laat was het?", "time"),
        ("Why was it returned?", "text"),
    ],
)
def test_how_one_asks_tells_what_the_answer_looks_like(question: str, wanted: str) -> None:
    assert wanted in asked_of(question).wants


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ship", "shipped", True),
        ("genehmigungs", "genehmigungsnummer", True),
        ("7,00", "7", True),
        ("70", "7", False),
        ("cash", "cashier", False),
        ("employer", "employee", False),
        ("clementinen", "clernentinen", True),
    ],
)
def test_words_are_the_same_in_other_forms_and_where_they_are_misread(
    one: str, other: str, same: bool
) -> None:
    assert same_term(one, other) is same_term(other, one) is same
