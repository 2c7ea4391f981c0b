"""Questions in a paper's own language, as people put them: verbs, forms of words, which and where.

The model says nothing of use, so that what is found is what rules find.
"""

from __future__ import annotations

import pytest

from docvision.results.model import Answer, Page
from docvision.tasks.answering.answerer import Answerer
from docvision.tasks.answering.concepts import first_words
from docvision.tasks.answering.spans import spans
from docvision.tasks.answering.terms import is_weak, related
from docvision.tasks.answering.wants import wants_of
from docvision.tasks.options import Mode
from docvision.tasks.passage import Run, passage_of_text
from tests.tasks.papers import Listening, desk, paper

BILL = paper(
    "#Skovly VVS ApS", "Fakturanr.  Kundenr.  Sag",
    "60418  K-2207  Havnegade 12, 3. sal", "Betegnelse  Antal  Pris  Beløb",
    "Radiator  3  1.240,00  3.720,00", "Ventil  7  85,50  598,50",
    "Aconto betalt  -1.500,00", "Din rådgiver er Mette Lund, telefon 70 55 50 12.",
    "Reklamationer modtages mellem 9:00 og 11:30 på hverdage.",
)  # fmt: skip

PAYSLIP = paper(
    "#Tischlerei Grabner", "Mitarbeiter  Ole Tamm", "Steuerklasse  IV", "Eintritt  01.03.2018",
    "Lohnart  Betrag", "Gehalt  3.120,00", "Urlaubsanspruch  Verbraucht  Resturlaub",
    "25,0 Tage  9,5 Tage  15,5 Tage",
)  # fmt: skip


def over(page: Page) -> Answerer:
    """Return who answers over a page, with a model that knows nothing."""
    return Answerer(desk=desk(Listening({"text": "{}"})), pages=[page], mode=Mode.AUTO)


ASKED = {"bill": over(BILL), "payslip": over(PAYSLIP)}
"""Kept, as what is read of a page is kept between questions."""


def ask(question: str, of: str) -> Answer:
    return ASKED[of].answer(question)[0]


@pytest.mark.parametrize(
    ("question", "of", "answer"),
    [
        ("Hvor meget har kunden allerede betalt aconto?", "bill", "-1.500,00"),
        ("Hvem er kundens rådgiver i firmaet?", "bill", "Mette Lund"),
        ("Hvor mange ventiler blev der leveret?", "bill", "7"),
        ("Hvilken sag drejer fakturaen sig om?", "bill", "Havnegade 12, 3. sal"),
        ("Wie viele Urlaubstage hat der Mitarbeiter noch übrig?", "payslip", "15,5 Tage"),
        ("In welcher Steuerklasse ist er?", "payslip", "IV"),
    ],
)
def test_a_paper_is_asked_in_its_own_language(question: str, of: str, answer: str) -> None:
    assert ask(question, of).answer == answer


@pytest.mark.parametrize(
    "question",
    ["Hvad er kundens kortnummer?", "Hvilken bank bruger kunden?", "Hvor stor var rabatten?"],
)
def test_what_a_paper_does_not_say_is_not_answered(question: str) -> None:
    assert ask(question, "bill").answer is None


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("geliefert", "delivery"), ("reszty", "change"), ("betalt", "pay"), ("kontoen", "account")],
)
def test_words_are_known_in_other_forms(word: str, meaning: str) -> None:
    assert meaning in first_words(word)


def test_what_only_asks_in_other_languages_says_little() -> None:
    assert all(map(is_weak, ("compraron", "gekost", "wydano", "alloggiato", "betalar")))


def test_words_of_different_meanings_are_not_related_for_their_letters() -> None:
    assert not related("depose", "deposit")
    assert related("extended", "extending")


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("Hvor meget skal der betales?", {"amount"}),
        ("Ile kilogramów jabłek kupiono?", {"count", "measure"}),
        ("Hoeveel ketels zijn er vervangen?", {"count"}),
        ("Hoeveel voorrijkosten zijn er berekend?", {"amount"}),
        ("Op welke rekening moet het bedrag komen?", {"code"}),
        ("¿Con cuánto preaviso se resuelve?", {"measure"}),
        ("In which year was it laid?", {"year"}),
    ],
)
def test_words_that_ask_tell_what_is_wanted(question: str, wants: set[str]) -> None:
    assert wants_of(question) == wants


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("time", "nur werktags von 7 bis 11 Uhr geöffnet", "7 bis 11 Uhr"),
        ("time", "off between 9 am and 3 pm today", "9 am and 3 pm"),
        ("date", "begins on Monday 6 July and lasts", "6 July"),
        ("date", "voted on 12 June, begins 6 October 2025", "6 October 2025"),
        ("year", "was laid in 1958 and burst", "1958"),
        ("code", "naar rekening NL82 RABO 0318 4729 56 onder", "NL82 RABO 0318 4729 56"),
        ("name", "Ambas partes y doña Marta Ruiz firman", "Marta Ruiz"),
    ],
)
def test_spans_are_whole_and_no_more(kind: str, text: str, found: str) -> None:
    passage = passage_of_text(text)
    first, *_ = spans(frozenset([kind]), passage, Run(first=0, last=len(passage.words)))
    assert passage.quote(first) == found
