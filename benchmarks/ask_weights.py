"""Fits how far answers of `ask` can be believed, and writes docvision's `weights.json`.

`python -m benchmarks.ask_weights --count 200` asks the model over made-up documents (other seeds
than `python -m training cases ask` uses), weighs what speaks for each candidate by logistic
regression, and prints how many answers of each confidence were right.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from docvision.engines.base import Engine, never
from docvision.engines.registry import load_engine
from docvision.evaluation.values import accepted
from docvision.results.model import Block, BlockKind, Line, Page, Source, Word
from docvision.settings import EngineSettings
from docvision.tasks.answering import weighing
from docvision.tasks.answering.answerer import fits_of
from docvision.tasks.answering.copied import FEATURES, Candidate, candidates, features
from docvision.tasks.answering.fields import FieldReader
from docvision.tasks.extraction.windows import budget_of, windows
from docvision.tasks.normalise import conventions_of
from training import text
from training.cases.ask import PAGES, draw_question
from training.cases.truth import Seen
from training.documents import MAKERS, template_of
from training.model import seeded
from training.sheet import CHAR_WIDTH, Sheet, misread

NOISE = 0.004
"""Rate of misread characters."""
PROSE = 0.3
"""Share of documents that have pages of prose besides."""
TARGET = Path(weighing.__file__).parent / "weights.json"
BOX = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question over a document: its answer and page (None without), and what was found."""

    question: str
    answer: str | None
    page: int | None
    found: Sequence[Candidate]

    def is_right(self, candidate: Candidate) -> bool:
        """Whether a candidate is the answer, read from the page where it stands."""
        return (
            self.answer is not None
            and candidate.page == self.page
            and accepted(self.answer, candidate.text)
        )


def ask_all(engine: Engine, count: int, split: str) -> Iterator[Asked]:
    """Yield so many questions with the candidates that the product finds for them."""
    for number in range(count):
        rng = seeded("benchmarks", "ask", split, number)
        pages, question, answer, page = make_document(rng)
        budget = budget_of(engine.profile, len(question))
        shown = list(windows(pages, budget))
        fields = FieldReader(conventions_of(block.text for one in pages for block in one.blocks))
        fits = fits_of(question, shown)
        found, _ = candidates(engine, question, shown, fits, fields, never)
        yield Asked(question=question, answer=answer, page=page, found=found)


def make_document(rng: random.Random) -> tuple[list[Page], str, str | None, int | None]:
    """Return a document's pages, a question, its answer and the answer's page."""
    kinds = rng.sample(PAGES, rng.randint(1, 4))
    sheets = [MAKERS[kind](rng, template_of(rng, held_out=True)) for kind in kinds]
    seen = [{mark.path: Seen(_marked(sheet, mark.item, mark.start, mark.end), BOX)
             for mark in sheet.marks} for sheet in sheets]  # fmt: skip
    question, expected = draw_question(rng, kinds, seen)
    if rng.random() < PROSE:
        for _ in range(rng.randint(1, 4)):
            sheets.append(prose(rng))
    pages = [page_of(sheet, number, rng) for number, sheet in enumerate(sheets, start=1)]
    if not expected.answers or expected.place is None:
        return pages, question, None, None
    return pages, question, expected.answers[0], expected.place.page


def page_of(sheet: Sheet, number: int, rng: random.Random) -> Page:
    """Return a sheet as a page whose words a reader found."""
    height = min(sheet.height, 1169)
    lines = []
    for item in sheet.items:
        offset = 0
        for piece in item.text.split(" "):
            left = item.x + offset * item.size * CHAR_WIDTH
            right = left + len(piece) * item.size * CHAR_WIDTH
            offset += len(piece) + 1
            sides = (left / sheet.width, item.y / height,
                     right / sheet.width, (item.y + item.size) / height)  # fmt: skip
            x0, y0, x1, y1 = (min(1.0, max(0.0, side)) for side in sides)
            if piece:
                word = Word(text=misread(piece, rng, NOISE), bbox=(x0, y0, x1, y1))
                lines.append(Line(words=(word,), bbox=(x0, y0, x1, y1)))
    block = Block(
        kind=BlockKind.PARAGRAPH,
        bbox=BOX,
        text="\n".join(item.text for item in sheet.items),
        lines=tuple(lines),
        source=Source.OCR,
    )
    return Page(number=number, width=sheet.width, height=height, unit="px", blocks=(block,))


def prose(rng: random.Random) -> Sheet:
    """Return a page of headed paragraphs."""
    sheet, y = Sheet(), 60.0
    for _ in range(rng.randint(2, 5)):
        sheet.put(text.phrase(rng, 2, 4).capitalize(), 60, y, 18, bold=True)
        y += 34
        for _ in range(rng.randint(2, 6)):
            sheet.put(text.sentence(rng)[:88], 60, y, 13)
            y += 22
        y += 18
    return sheet


def _marked(sheet: Sheet, item: int, start: int, end: int) -> str:
    return sheet.items[item].text[start:end]


def fit(asked: Sequence[Asked]) -> dict[str, float]:
    """Return the weights under which what was right is likeliest (ridge 0.05), and thresholds."""
    rows = [(one.is_right(each), features(each)) for one in asked for each in one.found]
    right = np.array([row[0] for row in rows], dtype=float)
    known = np.array([(1.0, *row[1]) for row in rows])

    def loss(weights: NDArray[np.float64]) -> float:
        odds = known @ weights
        cost = np.logaddexp(0, odds) - right * odds
        return float(cost.sum() + 0.05 * np.square(weights[1:]).sum())

    # Everything that is weighed speaks for a candidate; a negative weight would be chance.
    bounds = [(None, None)] + [(0.0, None)] * len(FEATURES)
    best = minimize(loss, np.zeros(known.shape[1]), bounds=bounds).x
    named = dict(zip(("bias", *FEATURES), (round(float(one), 3) for one in best), strict=True))
    return named | thresholds(asked, best)


def thresholds(asked: Sequence[Asked], weights: NDArray[np.float64]) -> dict[str, float]:
    """Return from where to answer (most questions right), from where not to doubt (90 %)."""
    tops = [top for one in asked if (top := best_of(one, weights))]
    unanswerable = sum(one.answer is None for one in asked)
    steps = [step / 100 for step in range(20, 60, 5)]

    def score(threshold: float) -> int:
        given = [one for one in tops if one[0] >= threshold]
        wrongly = sum(one.answer is None for _, _, one in given)
        return sum(right for _, right, _ in given) + unanswerable - wrongly

    answer = max(steps, key=lambda step: (score(step), step))
    sure = [step / 100 for step in range(50, 100, 5)]
    good = [step for step in sure if _share(tops, step) >= 0.9]
    return {"answer": answer, "review": min(good, default=0.95)}


def _share(tops: Sequence[tuple[float, bool, Asked]], threshold: float) -> float:
    given = [right for sure, right, _ in tops if sure >= threshold]
    return sum(given) / len(given) if given else 0.0


def best_of(one: Asked, weights: NDArray[np.float64]) -> tuple[float, bool, Asked] | None:
    """Return the confidence of the likeliest candidate, and whether it is right."""
    if not one.found:
        return None
    odds = [float(np.dot(weights, (1.0, *features(each)))) for each in one.found]
    at = int(np.argmax(odds))
    return float(1 / (1 + np.exp(-odds[at]))), one.is_right(one.found[at]), one


def report(asked: Sequence[Asked], said: dict[str, float]) -> None:
    """Print how many answers are right, by confidence."""
    weights = np.array([said[name] for name in ("bias", *FEATURES)])
    tops = [top for one in asked if (top := best_of(one, weights))]
    given = [top for top in tops if top[0] >= said["answer"]]
    answerable = sum(one.answer is not None for one in asked)
    refused = len(asked) - answerable - sum(one.answer is None for _, _, one in given)
    print(f"answerable: {sum(right for _, right, _ in given)} of {answerable} right")
    print(f"others:     {refused} of {len(asked) - answerable} refused")
    for low in (0.0, 0.2, 0.4, 0.6, 0.8, 0.9):
        high = {0.8: 0.9, 0.9: 1.01}.get(low, low + 0.2)
        bin_ = [right for sure, right, _ in tops if low <= sure < high]
        if bin_:
            print(f"confidence {low:.1f}-{min(high, 1):.1f}: {np.mean(bin_):.2f} of {len(bin_)}")


def main() -> None:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--model", default="nano")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    engine = load_engine(EngineSettings(model=options.model))
    if engine is None:
        raise SystemExit("There is no model to fit.")
    asked = list(ask_all(engine, options.count, "fit"))
    said = fit(asked)
    report(asked, said)
    if not options.dry:
        TARGET.write_text(json.dumps(said, indent=2) + "\n")


if __name__ == "__main__":
    main()
