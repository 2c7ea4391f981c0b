"""Questions in one language over papers in another, and what only its words around tell."""

from __future__ import annotations

import pytest

from docvision.results.model import Answer, Page
from docvision.tasks.answering.answerer import Answerer
from docvision.tasks.answering.concepts import first_words, terms_in
from docvision.tasks.answering.kinds import tidied
from docvision.tasks.answering.terms import alike
from docvision.tasks.answering.wants import wants_of
from docvision.tasks.options import Mode
from tests.tasks.papers import Listening, desk, paper

BILL = paper(
    "#Glaserei Ottensen KG", "Rechnung  Lieferschein", "R-7712  LS-40961",
    "Ihr Ansprechpartner: Maike Thode", "Durchwahl: 040 555 01-27",
    "Bezeichnung  Stk  Einzelpreis",
    "Isolierglas  120  48,50",
    "Dichtbänder  340  6,20",
    "Nachlass auf Isolierglas 15 %",
    "Zahlbar in 30 Tagen netto, 10 Tage 2 % Skonto",
    "Registriert unter HRB 55120, Konto 4471180", "Amtsgericht Altona", "Mo-Fr 7:00-16:30 Uhr",
    "Sa 8:00-12:00 Uhr", "Montag geschlossen im August", "Jule Petersen",
    "Unterschrift des Ausstellers",
)  # fmt: skip

LETTER = paper(
    "#Duinrand Verzekeringen", "Polisnummer: 71.220.4",
    "Volgens de voorwaarden geldt voor u een eigen risico van € 175,00 per jaar.",
    "Stuur ons de facturen vóór 4 maart 2024 en uiterlijk niet later.",
    "Bij te late betaling rekenen wij een rente van 1,5 % per maand over het bedrag.",
)  # fmt: skip


def over(page: Page) -> Answerer:
    """Return who answers over a page, with a model that knows nothing."""
    return Answerer(desk=desk(Listening({"text": "{}"})), pages=[page], mode=Mode.AUTO)


ASKED = {"bill": over(BILL), "letter": over(LETTER)}
"""Kept, as what is read of a page is kept between questions."""


def ask(question: str, page: Page) -> Answer:
    return over(page).answer(question)[0]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the delivery note number?", "LS-40961"),
        ("Quel est le numéro du bon de livraison ?", "LS-40961"),
        ("Which extension does the contact have?", "040 555 01-27"),
        ("¿Quién es la persona de contacto?", "Maike Thode"),
        ("What is the unit price of the glass?", "48,50"),
        ("Quanti sono i vetri isolanti (Isolierglas)?", "120"),
        ("What discount applies to the insulating glass (Isolierglas)?", "15 %"),
        ("What cash discount is offered?", "2 %"),
        ("What is the account number?", "4471180"),
        ("Bei welchem Registergericht ist die Firma eingetragen?", "Amtsgericht Altona"),
        ("When is it open on Saturday?", "8:00-12:00"),
        ("When is it open on Wednesdays?", "7:00-16:30"),
        ("Which day is it closed?", "Montag"),
        ("Who issued this bill?", "Jule Petersen"),
    ],
)
def test_labels_are_found_by_what_they_mean(question: str, answer: str) -> None:
    found, _ = ASKED["bill"].answer(question)
    assert found.answer == answer
    assert found.citations[0].page == 1


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the policy number?", "71.220.4"),
        ("How much is the deductible?", "€ 175,00"),
        ("By when must the invoices be sent?", "4 maart 2024"),
        ("What interest is charged on late payment?", "1,5 % per maand"),
    ],
)
def test_sentences_answer_questions_in_another_language(question: str, answer: str) -> None:
    found, _ = ASKED["letter"].answer(question)
    assert found.answer == answer


@pytest.mark.parametrize(
    "question",
    [
        "What is the overdraft limit?",
        "What is the licence plate?",
        "Quelle est la caution ?",
        "What is the phone number of the landlord?",
        "Jaki jest numer IBAN?",
    ],
)
def test_what_no_word_means_is_refused(question: str) -> None:
    found, _ = ASKED["bill"].answer(question)
    assert found.answer is None


def test_whose_it_is_counts_where_the_paper_says_it() -> None:
    lands = paper("Land  Norland  Sudland", "Hauptstadt  Ostra  Westra", "Sprache  Nor  Sud")
    assert ask("What is the Hauptstadt of Sudland?", lands).answer == "Westra"


def test_who_issued_a_paper_is_not_who_it_is_for() -> None:
    bill = paper("Invoice to: Marl Dairy", "Issued by: Ridge Data", "Total: 12.00")
    assert ask("Who issued the invoice?", bill).answer == "Ridge Data"


def test_the_last_day_to_pay_is_not_the_day_of_the_paper() -> None:
    bill = paper("#Rechnung", "Datum: 12.09.2024", "Summe: 44,00 EUR")
    assert ask("Bis wann muss bezahlt werden?", bill).answer is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("lieferscheinnummer", "lieferschein", True),
        ("lieferscheinnummer", "rechnungsnummer", False),
        ("overdraft", "uberziehungsrahmen", True),
        ("salary", "wynagrodzenie", True),
        ("water", "acqua", True),
        ("rate", "corporate", False),
    ],
)
def test_words_of_several_languages_mean_the_same(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def test_a_phrase_is_one_word() -> None:
    assert "eigen_risico" in terms_in("een eigen risico van")
    assert first_words("eigen_risico") == ["excess"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is the net pay year to date?", "amount"),
        ("Quel est le numéro de TVA du fournisseur ?", "code"),
        ("Jaka jest stawka VAT?", "rate"),
        ("Kiedy otwarte w niedzielę?", "hours"),
        ("¿Qué día cierra la tienda?", "weekday"),
        ("Quanto costa al metro il cavo?", "unit"),
        ("What is the value date of the lease payment?", "date"),
        ("What is the IBAN?", "iban"),
    ],
)
def test_what_is_asked_in_any_language_has_its_looks(question: str, wanted: str) -> None:
    assert wanted in wants_of(question)


@pytest.mark.parametrize(
    ("wanted", "text", "kept"),
    [
        ("date", "ON 06/12/2025", "06/12/2025"),
        ("amount", "2,85A", "2,85"),
        ("amount", "0,25*C", "0,25"),
        ("name", "Sehr geehrte Frau Thode,", "Frau Thode"),
        ("code", "ON 44", "ON 44"),
    ],
)
def test_what_sticks_to_an_answer_is_left_off(wanted: str, text: str, kept: str) -> None:
    assert tidied(frozenset([wanted]), text) == kept


def test_the_day_an_invoice_is_due_is_not_the_day_of_its_delivery() -> None:
    # An order's due date is when it is to be delivered; an invoice's never is.
    bill = paper("#INVOICE", "Invoice Number: 12", "Due Date: 13 Jun 2025", "Amount due  12.00")
    found = ask("What is the delivery date?", bill)
    assert found.answer is None or found.review
