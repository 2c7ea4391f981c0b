"""What people settle: results as corrected, doubts that go away, and the data set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.blobs.local import LocalBlobs
from docvision.errors import InvalidRequest
from docvision.evaluation.cases import Case
from docvision.jobs import keys
from docvision.jobs.model import Job, State, Upload
from docvision.results.model import (
    Answer,
    DocumentResult,
    Evidence,
    Extraction,
    Result,
    ReviewReason,
)
from docvision.review.apply import apply, value_at
from docvision.review.dataset import cases_of
from docvision.review.doubts import doubts_of, least_certain
from docvision.review.model import Action, Part, Settled, Words
from docvision.review.store import corrected_result, keep, kept, note_doubts, open_doubts

AT = datetime(2025, 11, 3, 9, 30, tzinfo=UTC)
BOX = (0.1, 0.2, 0.3, 0.25)


def known(confidence: float = 0.5) -> Evidence:
    return Evidence(
        page=1, bbox=BOX, boxes=(BOX,), quote="12.50", confidence=confidence, verified=True
    )


def result(**changes: Any) -> Result:
    """A result with three fields, two of which are doubted, and an answer."""
    extraction = Extraction(
        schema_name="receipt",
        data={"total": 12.5, "lines": [{"price": 2.0}, {"price": 3.0}], "paid": None},
        evidence={"/total": known(0.4), "/lines/0/price": known(), "/lines/1/price": known(0.9)},
        review=(
            ReviewReason(code="check_failed", message="…", fields=("/total", "/lines/0/price")),
            ReviewReason(code="uncertain", message="…", fields=("/total",)),
            ReviewReason(code="incomplete", message="A page was not read."),
        ),
    )
    answer = Answer(
        question="Paid?",
        answer="yes",
        confidence=0.3,
        review=(ReviewReason(code="uncertain", message="…"),),
    )
    document = DocumentResult(
        name="a.pdf",
        media_type="application/pdf",
        page_count=1,
        extraction=extraction,
        answers=(answer,),
    )
    return Result(task="extract", model="none", documents=(document,))


def settled(pointer: str, action: Action, **changes: Any) -> Settled:
    return Settled(pointer=pointer, action=action, by="Ada", at=AT, **changes)


def test_the_doubts_of_a_result_are_its_fields_its_answers_and_the_whole():
    doubts = doubts_of(result())
    assert {(doubt.part, doubt.pointer) for doubt in doubts} == {
        (Part.EXTRACTION, "/total"),
        (Part.EXTRACTION, "/lines/0/price"),
        (Part.EXTRACTION, ""),
        (Part.ANSWERS, "/0"),
    }
    assert doubts[0].codes == ("check_failed", "uncertain")
    assert least_certain(doubts) == 0.0
    assert least_certain(()) == 1.0


def test_a_corrected_value_stands_in_the_data_with_who_when_and_what_it_was():
    # when a person corrects a value in a list, and points at its words
    words = Words(page=1, boxes=((0.5, 0.5, 0.6, 0.6), (0.1, 0.6, 0.2, 0.7)), quote="2.20")
    one = settled("/lines/0/price", Action.CORRECT, value=2.2, before=2.0, words=words)
    extraction = apply(result(), [one]).documents[0].extraction

    # then it is there, with what the person said, and nothing else has changed
    assert extraction.data == {
        "total": 12.5,
        "lines": [{"price": 2.2}, {"price": 3.0}],
        "paid": None,
    }
    correction = extraction.corrections["/lines/0/price"]
    assert (correction.action, correction.before, correction.by) == ("correct", 2.0, "Ada")
    evidence = extraction.evidence["/lines/0/price"]
    assert (evidence.quote, evidence.confidence) == ("2.20", 1.0)
    assert evidence.bbox == (0.1, 0.5, 0.6, 0.7)


def test_an_absent_value_is_null_and_has_no_evidence():
    extraction = apply(result(), [settled("/total", Action.ABSENT)]).documents[0].extraction
    assert extraction.data["total"] is None
    assert "/total" not in extraction.evidence


def test_an_accepted_value_stays_and_is_certain():
    extraction = apply(result(), [settled("/total", Action.ACCEPT)]).documents[0].extraction
    assert extraction.data["total"] == 12.5
    assert extraction.evidence["/total"].confidence == 1.0
    assert [reason.fields for reason in extraction.review] == [("/lines/0/price",), ()]


def test_nothing_is_left_to_review_once_every_doubt_was_settled():
    doubts = doubts_of(result())
    decisions = [
        settled(doubt.pointer, Action.ACCEPT, part=doubt.part, document=doubt.document)
        for doubt in doubts
    ]
    assert result().needs_review
    assert not apply(result(), decisions).needs_review


@given(st.lists(st.tuples(st.sampled_from(list(Action)), st.floats(-1e6, 1e6)), max_size=6))
def test_the_last_word_about_a_value_counts(words):
    decisions = [
        settled("/total", action, value=value if action is Action.CORRECT else None)
        for action, value in words
    ]
    expected = 12.5
    for action, value in words:
        expected = {Action.ACCEPT: expected, Action.CORRECT: value, Action.ABSENT: None}[action]
    assert apply(result(), decisions).documents[0].extraction.data["total"] == expected


@pytest.mark.parametrize("pointer", ["/nothing", "/lines/7/price", "total", "/lines/x"])
def test_a_pointer_to_no_value_is_refused(pointer):
    with pytest.raises(InvalidRequest):
        value_at(result(), 0, Part.EXTRACTION, pointer)
    with pytest.raises(InvalidRequest):
        apply(result(), [settled(pointer, Action.ACCEPT)])


def test_a_list_that_is_doubted_can_be_accepted_and_not_overwritten():
    # given a doubt about a list as a whole
    read = result()
    extraction = read.documents[0].extraction
    doubted = extraction.model_copy(
        update={"review": (ReviewReason(code="invalid", message="…", fields=("/lines",)),)}
    )
    document = read.documents[0].model_copy(update={"extraction": doubted, "answers": ()})
    read = read.model_copy(update={"documents": (document,)})

    # then a person's word that it is right settles it, and one value does not replace it
    assert not apply(read, [settled("/lines", Action.ACCEPT)]).needs_review
    for action in (Action.ABSENT, Action.CORRECT):
        with pytest.raises(InvalidRequest):
            apply(read, [settled("/lines", action, value=None)])


def test_a_list_is_written_anew_where_rows_are_missing():
    rows = [{"price": 2.0}, {"price": 3.0}, {"price": 7.5}]
    fixed = apply(result(), [settled("/lines", Action.CORRECT, value=rows, before=[1])])
    extraction = fixed.documents[0].extraction
    assert extraction.data["lines"] == rows
    assert extraction.corrections["/lines"].before == [1]
    assert list(extraction.evidence) == ["/total"]
    assert {field for reason in extraction.review for field in reason.fields} == {"/total"}


def test_an_answer_is_corrected():
    one = settled("/0", Action.CORRECT, part=Part.ANSWERS, value="no", before="yes")
    answer = apply(result(), [one]).documents[0].answers[0]
    assert (answer.answer, answer.review) == ("no", ())
    assert answer.correction is not None
    assert answer.correction.before == "yes"
    with pytest.raises(InvalidRequest):
        apply(result(), [settled("/1", Action.ACCEPT, part=Part.ANSWERS)])


@pytest.fixture
def job(tmp_path) -> tuple[LocalBlobs, Job]:
    """A job in a store, with its result and its doubts."""
    blobs = LocalBlobs(tmp_path)
    upload = Upload(name="a.PDF", media_type="application/pdf", size=1, sha256="0", key="k")
    job = Job(
        id="j1",
        task="extract",
        options={"schema": "receipt"},
        uploads=(upload,),
        created=0,
        state=State.SUCCEEDED,
        fence=3,
    )
    blobs.put(keys.result_key("j1", 3), result().model_dump_json().encode())
    note_doubts(blobs, "j1", 3, result())
    return blobs, job


def test_what_two_people_decide_at_once_is_all_kept(job):
    blobs, one = job
    assert [doubt.confidence for doubt in open_doubts(blobs, one)] == [0.0, 0.3, 0.4, 0.5]

    # when two calls keep their decisions
    keep(blobs, one, [settled("/total", Action.CORRECT, value=13.0, before=12.5)])
    keep(blobs, one, [settled("", Action.ACCEPT), settled("/lines/0/price", Action.ACCEPT)])

    # then both count, and the doubts that are left are the others
    assert len(kept(blobs, one)) == 3
    assert [doubt.part for doubt in open_doubts(blobs, one)] == [Part.ANSWERS]
    assert corrected_result(blobs, one).documents[0].extraction.data["total"] == 13.0


def test_a_data_set_has_the_values_as_corrected_and_leaves_out_what_is_doubtful(job):
    # given a receipt of which one value was corrected, and one is still doubted
    blobs, one = job
    decisions = [settled("/total", Action.CORRECT, value=13.0, before=12.5)]
    keep(blobs, one, decisions)

    # when its case is made
    ((number, case),) = cases_of(one, corrected_result(blobs, one), decisions)

    # then `docvision eval` can read it
    parsed = Case.model_validate(case)
    assert (number, parsed.file, parsed.options) == (0, "files/j1-0.pdf", {"schema": "receipt"})
    assert parsed.expected.data["total"] == 13.0
    assert parsed.expected.ignore == ("/lines/0/price",)
    assert set(parsed.expected.places) == {"/lines/1/price"}


def test_a_document_of_which_nothing_was_settled_is_no_case(job):
    blobs, one = job
    assert list(cases_of(one, corrected_result(blobs, one), [])) == []
