"""What is doubted: an answer that nothing around it backs, a refusal where the words are there."""

from __future__ import annotations

import pytest

from docvision.results.model import Answer, Page
from docvision.tasks.answering.answerer import Answerer
from docvision.tasks.answering.asked import asked_of
from docvision.tasks.answering.backing import is_backed, may_answer, sheet_of
from docvision.tasks.answering.finding import Finding
from docvision.tasks.answering.terms import is_opposed, part_meant
from docvision.tasks.answering.tongues import tongue_of
from docvision.tasks.evidence import evidence_of
from docvision.tasks.options import Mode
from docvision.tasks.passage import Run, passage_of
from tests.tasks.papers import Listening, desk, paper

BILL = paper(
    "#Ketelhuis Brandsma", "Factuurdatum: 14-03-2026", "Vervaldatum: 28-03-2026",
    "Einkäufer: Wiebe Postma", "Kortingscode: LENTE7", "info@ketelhuis.example",
    "Lohnsteuer  412,80", "Gehalt  3.050,00", "Onderhoud  7,5 uur  390,00",
    "Installatie door twee monteurs  260,00", "Verkoop van 31 Dorpsweg",
    "Overeenkomst eindigt op 9 mei 2027",
    "Bankrekening bij Waddenbank, rekening 5520 1187",
)  # fmt: skip


def ask(question: str, page: Page = BILL) -> Answer:
    answerer = Answerer(desk=desk(Listening({"text": "{}"})), pages=[page], mode=Mode.AUTO)
    return answerer.answer(question)[0]


def doubts(answer: Answer) -> list[str]:
    return [reason.code for reason in answer.review]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who is the buyer in charge?", "Wiebe Postma"),
        ("What discount code was used?", "LENTE7"),
        ("What is the email address?", "info@ketelhuis.example"),
        ("How much wage tax was deducted?", "412,80"),
        ("How many hours did the maintenance take?", "7,5 uur"),
        ("By what date must it be paid?", "28-03-2026"),
        ("When do we have to pay?", "28-03-2026"),
    ],
)
def test_the_thing_that_is_named_is_found(question: str, answer: str) -> None:
    assert ask(question).answer == answer


@pytest.mark.parametrize(
    "question",
    [
        "When was the invoice paid?",
        "What is the purchase order number?",
        "What is the sale price?",
        "What is the customer number?",
        "When does the contract begin?",
    ],
)
def test_what_is_not_said_is_not_answered_without_a_doubt(question: str) -> None:
    answer = ask(question)
    assert answer.answer is None or doubts(answer) == ["uncertain"]


def test_an_answer_is_backed_by_the_words_around_it() -> None:
    sheet = sheet_of(passage_of([BILL]))
    at = next(at for at, word in enumerate(sheet.passage.words) if word.text == "412,80")
    evidence = evidence_of(sheet.passage, Run(first=at, last=at + 1))
    found = Finding(text="412,80", evidence=evidence, sure=0.9)

    assert is_backed(asked_of("How much income tax was withheld?"), found, sheet)
    assert not is_backed(asked_of("How much rent was paid for the warehouse?"), found, sheet)
    assert not is_backed(asked_of("How much wage tax did the tenant owe?"), found, sheet)


def test_a_refusal_is_doubted_where_the_words_of_the_question_may_be_there() -> None:
    sheet = sheet_of(passage_of([BILL]))

    assert may_answer(asked_of("How much is the salary?"), sheet)
    assert may_answer(asked_of("How much does the glockenspiel weigh?"), sheet)
    assert not may_answer(asked_of("Hoeveel weegt het klokkenspel?"), sheet)
    assert not may_answer(asked_of("What is the IBAN?"), sheet)


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("Wann wurde die Rechnung bezahlt?", "de"),
        ("Gelieve te betalen binnen 30 dagen op onze rekening", "nl"),
        ("Termin płatności: 14 dni od daty faktury", "pl"),
        ("Por favor pague la factura antes del vencimiento", "es"),
        ("4711 0815", ""),
    ],
)
def test_small_words_tell_the_language(text: str, tongue: str) -> None:
    assert tongue_of(text) == tongue


def test_words_of_two_meanings_are_no_compounds_and_opposites_exclude() -> None:
    assert part_meant("einkaufer", ["buyer"]) == 1.0
    assert part_meant("rechnungsnummer", ["number"]) == 0.5
    assert is_opposed(["begin"], "ending on")
    assert not is_opposed(["begin"], "from the start to the end")
