"""Does a contract of forty pages come back, each value with its page?

    python -m benchmarks.contract [--pictures] [--model nano]

prints what `extract` says of its terms and of its clauses, and what `ask` answers, with the pages
that they cite; exits 1 if a bar is missed. `--pictures` has it read as a scan.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.contract.document import clauses, write_contract
from docvision.local import Reader
from docvision.results.model import DocumentResult, Evidence
from docvision.settings import EngineSettings, Settings

SEED, EACH = 7, 3
LEAST = 0.95
"""Of the clauses' headings, with their pages; the terms and the answers must all be right."""
TERMS: Mapping[str, tuple[str, int]] = {
    "/effective_date": ("2025-05-01", 2),
    "/end_date": ("2032-04-30", 2),
    "/term": ("seven years", 2),
    "/amount": ("6420000", 11),
    "/notice_period": ("nine months", 46),
    "/governing_law": ("the laws of England and Wales", 71),
}
"""What `extract` should find, with the number of the clause in which it stands."""
QUESTIONS: Mapping[str, tuple[str, int]] = {
    "What law governs this Agreement?": ("the laws of England and Wales", 71),
    "How much notice must a party give to terminate this Agreement?": ("nine months", 46),
    "What interest is due on late payment?": ("4 per cent a year", 19),
    "To what amount is the liability of the Supplier limited?": ("GBP 2,500,000.00", 34),
    "How much public liability insurance shall the Supplier maintain?": ("GBP 10,000,000.00", 27),
    "Who nominates the adjudicator?": ("Institute of Railway Arbiters", 58),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was said of one thing: whether it is right, and whether its page is."""

    name: str
    said: str
    page: int | None
    right: bool
    cited: bool


def main() -> None:
    """Write it, read it, print and judge."""
    chosen = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "contract.pdf"
        pages = write_contract(file, SEED, EACH)
        settings = Settings(engine=EngineSettings(model=chosen.model))
        options = {"reader": "ocr"} if chosen.pictures else {}
        with Reader(settings) as reader:
            extracted, taken = _timed(reader, file, "extract", schema="contract", **options)
            asked, spent = _timed(reader, file, "ask", questions=list(QUESTIONS), **options)
    print(f"{asked.page_count} pages; extract {taken:.0f} s, ask {spent:.0f} s")
    parts = {
        "terms": terms_of(extracted, pages),
        "clauses": clauses_of(extracted, pages),
        "answers": answers_of(asked, pages),
    }
    for name, told in parts.items():
        for one in told if name != "clauses" else [one for one in told if not one.right]:
            print(f"{one.name}: {one.said} {_verdict(one)}")
    enough = [judged(name, told) for name, told in parts.items()]
    if not all(enough):
        sys.exit(1)


def terms_of(found: DocumentResult, pages: Mapping[str, int]) -> list[Told]:
    """Return what `extract` says of the contract's terms."""
    data, evidence = _data(found)
    return [
        _told(at, data.get(at[1:]), wanted, evidence.get(at), pages[f"term {clause}"])
        for at, (wanted, clause) in TERMS.items()
    ]


def clauses_of(found: DocumentResult, pages: Mapping[str, int]) -> list[Told]:
    """Return what `extract` says of each clause's number and heading, by number."""
    data, evidence = _data(found)
    given = {one.get("number"): (at, one) for at, one in enumerate(data.get("clauses") or [])}
    told = []
    for clause in clauses(SEED, EACH):
        at, one = given.get(str(clause.number), (-1, {}))
        place = evidence.get(f"/clauses/{at}/heading")
        name = f"{clause.number} {clause.heading}"
        heading = one.get("heading")
        told.append(_told(name, heading, clause.heading, place, pages[f"clause {clause.number}"]))
    return told


def answers_of(found: DocumentResult, pages: Mapping[str, int]) -> list[Told]:
    """Return what `ask` answers."""
    return [
        _told(
            answer.question,
            answer.answer,
            QUESTIONS[answer.question][0],
            next(iter(answer.citations), None),
            pages[f"term {QUESTIONS[answer.question][1]}"],
        )
        for answer in found.answers
    ]


def judged(name: str, told: Sequence[Told]) -> bool:
    """Print how many are right with their pages; return whether that is enough."""
    right = sum(one.right and one.cited for one in told)
    print(f"{name}: {right} of {len(told)} right, their pages cited")
    return right >= (LEAST if name == "clauses" else 1.0) * len(told)


def _told(name: str, said: Any, wanted: str, place: Evidence | None, page: int) -> Told:
    text = str(said)
    return Told(
        name=name,
        said=text,
        page=place.page if place else None,
        right=_plain(wanted) in _plain(text),
        cited=place is not None and place.page == page,
    )


def _verdict(one: Told) -> str:
    page = f"page {one.page}" if one.cited else f"page {one.page} is WRONG"
    return f"({'right' if one.right else 'WRONG'}, {page})"


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+|\.0$", "", text).casefold()


def _data(found: DocumentResult) -> tuple[Mapping[str, Any], Mapping[str, Evidence]]:
    extraction = found.extraction
    return (extraction.data, extraction.evidence) if extraction else ({}, {})


def _timed(reader: Reader, file: Path, task: str, **options: Any) -> tuple[DocumentResult, float]:
    began = time.perf_counter()
    (found,) = reader.read(file, task, **options).documents
    return found, time.perf_counter() - began


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", action="store_true", help="read its pages as pictures")
    parser.add_argument("--model", default="nano")
    return parser.parse_args()


if __name__ == "__main__":
    main()
