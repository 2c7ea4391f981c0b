"""Answers and kinds in the formats that people read."""

import pytest

from docvision.results.model import (
    Answer,
    Classification,
    DocumentResult,
    Evidence,
    Result,
    ReviewReason,
)
from docvision.results.render import render

CITED = Evidence(page=3, quote="Total due 12.50", confidence=0.91, verified=True)
DOUBT = ReviewReason(code="uncertain", message="No sure answer was found.")


def shown(fmt: str, **fields: object) -> str:
    document = DocumentResult(name="bill.pdf", media_type="application/pdf", page_count=3, **fields)
    result = Result(task="ask", model="nano", documents=(document,))
    return render(result, fmt).data.decode()


@pytest.mark.parametrize("fmt", ["md", "txt", "html", "csv"])
def test_an_answer_is_shown_with_its_page_and_its_words(fmt: str) -> None:
    said = Answer(question="The total?", answer="12.50", citations=(CITED,), confidence=0.91)
    unsaid = Answer(question="The IBAN?", answer=None, confidence=0.6, review=(DOUBT,))
    text = shown(fmt, answers=(said, unsaid))
    for piece in ("The total?", "12.50", "Total due 12.50", "3", "not in the document"):
        assert piece in text
    assert "No sure answer" in text or fmt == "csv"


def test_a_kind_is_shown_and_no_kind_is_not() -> None:
    assert "letter" in shown("md", classification=Classification(kind="letter", confidence=0.9))
    assert "other" not in shown("md", classification=Classification(kind="other", confidence=0.9))
