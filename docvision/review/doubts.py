"""What of a result a person should look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docvision.results.model import (
    Answer,
    Chart,
    DocumentResult,
    Extraction,
    Result,
    ReviewReason,
)
from docvision.review.model import Doubt, Part


def doubts_of(result: Result) -> tuple[Doubt, ...]:
    """Return every value that a reason for review names, in the order of the documents.

    A reason that names no field is a doubt about the extraction as a whole, with the pointer "".
    """
    return tuple(
        doubt
        for number, document in enumerate(result.documents)
        for doubt in _of_document(number, document)
    )


def least_certain(doubts: Sequence[Doubt]) -> float:
    """Return the lowest confidence among doubts, 1 where there are none."""
    return min((doubt.confidence for doubt in doubts), default=1.0)


def _of_document(number: int, document: DocumentResult) -> Iterator[Doubt]:
    if document.extraction is not None:
        yield from _of_extraction(number, document.extraction)
    holders: tuple[tuple[Part, Sequence[Answer | Chart]], ...] = (
        (Part.ANSWERS, document.answers),
        (Part.CHARTS, document.charts),
    )
    for part, found in holders:
        for at, holder in enumerate(found):
            if holder.review:
                codes = _codes(holder.review)
                yield Doubt(
                    document=number,
                    part=part,
                    pointer=f"/{at}",
                    codes=codes,
                    confidence=holder.confidence,
                )


def _of_extraction(number: int, extraction: Extraction) -> Iterator[Doubt]:
    reasons: dict[str, list[ReviewReason]] = {}
    for reason in extraction.review:
        for pointer in reason.fields or ("",):
            reasons.setdefault(pointer, []).append(reason)
    for pointer, found in reasons.items():
        evidence = extraction.evidence.get(pointer)
        yield Doubt(
            document=number,
            part=Part.EXTRACTION,
            pointer=pointer,
            codes=_codes(found),
            confidence=evidence.confidence if evidence else 0.0,
        )


def _codes(reasons: Sequence[ReviewReason]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.code for reason in reasons))
