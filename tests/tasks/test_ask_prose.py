"""What a clerk asks of contracts and letters: a figure, a name out of a sentence, or a doubt."""

from __future__ import annotations

import pytest

from docvision.results.model import Answer, Page
from docvision.tasks.answering.answerer import Answerer
from docvision.tasks.answering.sentences import sentences
from docvision.tasks.answering.spans import bare, spans
from docvision.tasks.answering.wants import wants_of
from docvision.tasks.options import Mode
from docvision.tasks.passage import Run, passage_of, passage_of_text
from tests.tasks.papers import Listening, desk, paper

CONTRACT = paper(
    "#Gutter Cleaning Agreement",
    "The contractor shall clean the gutters whenever leaves have reached a depth of three (3)",
    "inches, and shall be done before 6:30 p.m. on that day.",
    "The services begin on March 2, 2026 and end on May 9, 2027, being two seasons.",
    "The owner shall pay a fee of $940.00 in four equal instalments of $235.00 on demand.",
    "Either party may end this agreement by giving 45 days notice to the other in writing.",
    "In technical matters please write to our inspector Orla Finch, tel. 0161 555 0147.",
    "Complaints may be sent to the Norland Board of Gutters within ten days of the work.",
)


def ask(question: str, page: Page) -> Answer:
    return Answerer(desk=desk(Listening({"text": "{}"})), pages=[page], mode=Mode.AUTO).answer(
        question
    )[0]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("At what depth of leaves must the gutters be cleaned?", "three (3) inches"),
        ("When do the services end?", "May 9, 2027"),
        ("How many equal instalments are there?", "four"),
        ("How many days notice must be given?", "45 days"),
        ("What is the inspector's phone number?", "0161 555 0147"),
        ("To whom may complaints be sent?", "Norland Board of Gutters"),
        ("Binnen hoeveel dagen kan een klacht gestuurd worden?", "ten days"),
    ],
)
def test_what_stands_nearest_in_its_sentence_is_the_answer(question: str, answer: str) -> None:
    assert ask(question, CONTRACT).answer == answer


def test_where_the_paper_has_the_words_a_refusal_is_doubted() -> None:
    letter = paper("#Duinrand Council", "The gutters of your house were cleaned by our own people.")

    near, far = ask("How much was paid for the gutters?", letter), ask("What is the IBAN?", letter)

    assert near.answer is None
    assert [reason.code for reason in near.review] == ["uncertain"]
    assert far.answer is None
    assert not far.review


def test_a_remark_beside_the_totals_is_read_by_itself() -> None:
    page = paper(
        "Thank you for your order. Please make  Subtotal  80.00",
        "cheques payable to Quill and Sons.  Tax  6.40",
    )
    found = [one.text for one in sentences(passage_of([page])) if one.whole]
    assert found[-1:] == ["Please make cheques payable to Quill and Sons."]


def test_short_words_end_no_sentence() -> None:
    page = paper("The board met at No. 7 Mill Lane and chose Dr. Finch as chair. It then ended.")
    assert next(one.text for one in sentences(passage_of([page]))).endswith("chair.")


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("measure", "no less than two (2) inches and 30 days, at 7 Mill Lane", "two (2) inches"),
        ("measure", "innerhalb von 3 Arbeitstagen nach Eingang", "3 Arbeitstagen"),
        ("hours", "open Monday, 8:00 a.m. to 4:30 p.m. only", "8:00 a.m. to 4:30 p.m."),
        ("amount", "a fee of 40 € on 3 items", "40 €"),
        ("date", "am 3. Mai 2024 im Haus", "3. Mai 2024"),
        ("code", "zum Beschluss 7/2026 des Rates", "7/2026"),
        ("phone", "call (360) 555-0124 and ask", "(360) 555-0124"),
        ("name", "it is the firm Quill and Sons that works", "Quill and Sons"),
    ],
)
def test_what_is_wanted_is_told_from_the_words_around_it(kind: str, text: str, found: str) -> None:
    passage = passage_of_text(text)
    first, *_ = spans(frozenset([kind]), passage, Run(first=0, last=len(passage.words)))
    assert bare(passage.quote(first)) == found


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("On what date was the sign installed?", "date"),
        ("Within how many days must it be sent?", "measure"),
        ("Hur många timmar?", "count"),
        ("What discount was given in euros?", "amount"),
        ("Quel est le SIRET ?", "code"),
        ("What are the office hours?", "hours"),
        ("Jaki jest numer telefonu?", "phone"),
        ("In which street is it?", "address"),
    ],
)
def test_how_one_asks_tells_what_is_wanted(question: str, wanted: str) -> None:
    assert wanted in wants_of(question)
