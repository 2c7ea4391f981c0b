"""One result beside one case: its figures, by what the case knows of the right answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docvision.evaluation import charts, extraction, teds, text
from docvision.evaluation.cases import Case, Expected, Place
from docvision.evaluation.ratio import Ratio
from docvision.evaluation.rows import Judged
from docvision.evaluation.values import accepted
from docvision.geometry import iou
from docvision.results.model import (
    Answer,
    DocumentResult,
    Evidence,
    Extraction,
    ReviewReason,
)
from docvision.results.render.body import rows_of
from docvision.results.tables import joined_tables

Metrics = dict[str, Ratio]

METRICS: dict[str, str] = {
    "cer": "character error rate",
    "wer": "word error rate",
    "word_f1": "F1 of words, whatever their order",
    "kind_accuracy": "documents whose kind is right",
    "value_f1": "F1 of values, correct nulls credited",
    "filled_f1": "F1 of values that are there",
    "record_recall": "records of lists that came back right in every field",
    "record_precision": "records found that are right in every field",
    "grounding_f1": "F1 of values that are right and whose box is (IoU ≥ 0.5)",
    "page_f1": "F1 of values that are right and whose page is",
    "wrong_flagged": "wrong values that are flagged for review",
    "missed_flagged": "values that were missed and are flagged for review",
    "right_passed": "right values that pass without review",
    "anls": "nearness of answers",
    "exact_match": "answers that are right after normalisation",
    "relaxed_accuracy": "numbers within 5 %, else exact",
    "refused": "questions without an answer that were not answered",
    "page_cited": "answers whose page is cited",
    "box_cited": "answers whose box is cited (IoU ≥ 0.5)",
    "rms_f1": "similarity of charts' data",
    "teds": "similarity of tables",
    "teds_s": "similarity of tables without their texts",
    "unchanged": "results that text placed in the document did not change",
}
"""Every figure, and what it says."""


def score(case: Case, found: DocumentResult) -> tuple[Metrics, tuple[Judged, ...]]:
    """Return the figures of a document, and its values one by one."""
    expected = case.expected
    metrics: Metrics = {}
    values: tuple[Judged, ...] = ()
    if expected.text is not None:
        metrics |= _score_text(expected.text, found)
    if expected.kind is not None:
        kind = found.classification.kind if found.classification else None
        metrics["kind_accuracy"] = _share(kind == expected.kind)
    if expected.data is not None:
        more, values = _score_data(expected, found.extraction)
        metrics |= more
    if expected.answers is not None:
        more, values = _score_answer(expected, found.answers[0] if found.answers else None)
        metrics |= more
    if expected.charts is not None:
        metrics["rms_f1"] = charts.score_charts(expected.charts, found.charts, charts.rms_f1)
        metrics["relaxed_accuracy"] = charts.score_charts(
            expected.charts, found.charts, charts.relaxed_accuracy
        )
    if expected.tables is not None:
        read = [one.table for one in joined_tables(found.pages)]
        metrics["teds"] = teds.score_tables(expected.tables, read)
        metrics["teds_s"] = teds.score_tables(expected.tables, read, teds.teds_structure)
    return metrics, values


def output(case: Case, found: DocumentResult) -> dict[str, Any]:
    """Return what the task gave, as plain values: what is compared between twins."""
    expected = case.expected
    given: dict[str, Any] = {}
    if expected.text is not None:
        given["text"] = full_text(found)
    if expected.kind is not None and found.classification:
        given["kind"] = found.classification.kind
    if expected.data is not None:
        given["data"] = found.extraction.data if found.extraction else None
    if expected.answers is not None:
        given["answer"] = found.answers[0].answer if found.answers else None
    if expected.charts is not None:
        given["charts"] = [charts.found_mappings(chart) for chart in found.charts]
    if expected.tables is not None:
        given["tables"] = [rows_of(one.table) for one in joined_tables(found.pages)]
    return given


def full_text(found: DocumentResult) -> str:
    """Return all the text of a document, running heads and stamps included."""
    blocks = [block for page in found.pages for block in page.blocks]
    return "\n".join(
        "\n".join(" ".join(row) for row in rows_of(block.table)) if block.table else block.text
        for block in blocks
    )


def flags(pointer: str | None, reasons: Iterable[ReviewReason]) -> bool:
    """Return whether a reason to review names this value, a part around it, or all."""
    at = pointer or ""
    return any(
        not reason.fields or any(at == one or at.startswith(one + "/") for one in reason.fields)
        for reason in reasons
    )


def _score_text(expected: str, found: DocumentResult) -> Metrics:
    read = full_text(found)
    return {
        "cer": text.character_errors(expected, read),
        "wer": text.word_errors(expected, read),
        "word_f1": text.word_f1(expected, read),
    }


def _score_data(expected: Expected, found: Extraction | None) -> tuple[Metrics, tuple[Judged, ...]]:
    data, evidence = (found.data, found.evidence) if found else (None, {})
    leaves = [
        leaf
        for leaf in extraction.pair(expected.data, data)
        if not extraction.ignored(leaf.expected_at or leaf.found_at, expected.ignore)
    ]
    metrics = {
        "value_f1": extraction.value_f1(leaves),
        "filled_f1": extraction.filled_f1(leaves),
    }
    right, wanted, given = extraction.record_counts(leaves)
    if wanted or given:
        metrics |= {"record_recall": Ratio(right, wanted), "record_precision": Ratio(right, given)}
    if expected.places:
        places = expected.places
        metrics["grounding_f1"] = extraction.grounding_f1(leaves, places, evidence)
        metrics["page_f1"] = extraction.grounding_f1(leaves, places, evidence, by_page=True)
    reasons = found.review if found else ()
    values = tuple(_judge(leaf, expected.places, evidence, reasons) for leaf in leaves)
    return metrics | review_figures(values), values


def _judge(
    leaf: extraction.Leaf,
    places: dict[str, Place],
    evidence: dict[str, Evidence],
    reasons: Sequence[ReviewReason],
) -> Judged:
    cited = evidence.get(leaf.found_at or "")
    unverified = cited is not None and not cited.verified
    return Judged(
        at=leaf.expected_at,
        found_at=leaf.found_at,
        expected=leaf.expected,
        found=leaf.found,
        right=leaf.right,
        flagged=unverified or flags(leaf.found_at or leaf.expected_at, reasons),
        confidence=cited.confidence if cited else None,
        verified=cited.verified if cited else None,
        quote=cited.quote if cited else None,
        page=cited.page if cited else None,
        bbox=cited.bbox if cited else None,
        iou=extraction.overlap(leaf, places, evidence) if leaf.expected_at in places else None,
    )


def review_figures(values: Iterable[Judged]) -> Metrics:
    """Return how much of what is wrong, missed and right a person is asked to look at."""
    ratios = {"wrong_flagged": [0, 0], "missed_flagged": [0, 0], "right_passed": [0, 0]}
    for value in values:
        if value.found is None and value.expected is None:
            continue
        name = "right_passed" if value.right else "wrong_flagged"
        name = "missed_flagged" if value.found is None else name
        ratios[name][0] += value.flagged != value.right
        ratios[name][1] += 1
    return {name: Ratio(part, whole) for name, (part, whole) in ratios.items()}


def _score_answer(expected: Expected, found: Answer | None) -> tuple[Metrics, tuple[Judged, ...]]:
    wanted = expected.answers or ()
    said = found.answer if found else None
    right = any(accepted(one, said) for one in wanted) if wanted else said is None
    metrics = {
        "anls": Ratio(text.anls(wanted, said), 1),
        "exact_match": _share(right),
        "relaxed_accuracy": _share(right or charts.relaxed_match(wanted, said)),
    }
    cited = found.citations[0] if found and found.citations else None
    overlap = None
    if not wanted:
        metrics["refused"] = _share(said is None)
    elif expected.place:
        pages = {citation.page for citation in found.citations} if found else set()
        metrics["page_cited"] = _share(expected.place.page in pages)
        if expected.place.bbox:
            overlap = iou(cited.bbox, expected.place.bbox) if cited and cited.bbox else 0.0
            metrics["box_cited"] = _share(overlap >= extraction.IOU)
    value = Judged(
        at="",
        found_at="",
        expected=wanted[0] if wanted else None,
        found=said,
        right=right,
        flagged=bool(found and found.review),
        confidence=found.confidence if found else None,
        verified=cited.verified if cited else None,
        quote=cited.quote if cited else None,
        page=cited.page if cited else None,
        bbox=cited.bbox if cited else None,
        iou=overlap,
    )
    return metrics | review_figures([value]), (value,)


def _share(right: bool) -> Ratio:
    return Ratio(float(right), 1)
