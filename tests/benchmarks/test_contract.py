"""A contract of forty pages is asked, and the page that says it is cited."""

from __future__ import annotations

import pytest

from benchmarks.contract.__main__ import QUESTIONS, answers_of
from benchmarks.contract.document import clauses, write_contract
from benchmarks.contract.prose import TERMS
from docvision.local import Reader
from docvision.settings import EngineSettings, Settings


def test_the_contract_has_each_clause_once_and_its_terms_where_they_belong(tmp_path):
    pages = write_contract(tmp_path / "contract.pdf", 7)

    written = list(clauses(7, 3))
    assert [clause.number for clause in written] == list(range(1, len(written) + 1))
    for number, (heading, term) in TERMS.items():
        assert written[number - 1].heading == heading
        assert term in written[number - 1].paragraphs
        assert pages[f"clause {number}"] <= pages[f"term {number}"]
    assert max(pages.values()) >= 40


@pytest.mark.slow
def test_questions_about_its_clauses_cite_the_right_pages(tmp_path):
    # given no model at all: the words alone must do
    pages = write_contract(tmp_path / "contract.pdf", 7)
    settings = Settings(engine=EngineSettings(model="none"))

    with Reader(settings) as reader:
        found = reader.read(tmp_path / "contract.pdf", "ask", questions=list(QUESTIONS))

    told = answers_of(found.documents[0], pages)
    assert [one.name for one in told if not one.right] == []
    assert [one.name for one in told if not one.cited] == []
