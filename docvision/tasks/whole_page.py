"""A page read by a model that reads whole pages, checked against what OCR saw."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from docvision.documents.base import PageInfo
from docvision.engines.base import Answer, Engine, Message, Picture, Request, Text, Token
from docvision.geometry import Box, iou
from docvision.reading.layout import words_of_line
from docvision.results.model import Rung, Usage, Word
from docvision.settings import EngineSettings
from docvision.tasks.base import Draw
from docvision.tasks.ladder import climb
from docvision.tasks.spotting import PROMPT, SpottedLine, parse_lines
from docvision.views.plan import Planner
from docvision.views.view import BoxConvention, View

AGREEING = 90.0
"""Similarity (0–100) from which OCR and the model are said to have read the same."""
UNSUPPORTED = 0.5
"""What is left of the confidence in a line where OCR saw nothing at all."""


@dataclass(frozen=True, kw_only=True)
class PageReading:
    """What the model read of a page (nothing if READERS is the rung), and what that took."""

    words: tuple[Word, ...] = ()
    usage: Usage = field(default_factory=Usage)
    rung: Rung | None = None


def read_whole_page(
    info: PageInfo,
    draw: Draw,
    seen: Sequence[Word] | None,
    engine: Engine,
    settings: EngineSettings,
    cancelled: Callable[[], bool],
) -> PageReading:
    """Return the words that the model read, and what that cost.

    `seen` is what OCR saw on the page: it tells how small the text is and how far the model can
    be believed; without it (None) the budget is spent whole and only the model's own
    probabilities tell. Answers that loop or are cut climb the ladder; no words are returned
    where that does not help, or the answer is no list of lines.
    """
    height = _text_height(seen) if seen else None
    views = Planner(engine.profile, settings).page(info, height)

    def ask(view: View, temperature: float) -> Request:
        return _request(draw, view, settings, temperature, cancelled)

    answers = engine.generate([ask(view, 0.0) for view in views])
    usage = sum((answer.usage for answer in answers), Usage())
    whole: list[tuple[View, Answer]] = []
    rung: Rung | None = None
    for view, answer in zip(views, answers, strict=True):
        if answer.finish == "stop":
            whole.append((view, answer))
            continue
        again, how, spent = climb(engine, view, answer, ask)
        usage += spent
        if how is None:
            return PageReading(usage=usage, rung=Rung.READERS)
        rung = how
        whole += again
    words: list[Word] = []
    for line, confidence in _without_repeats(whole, engine.profile.boxes):
        sure = confidence if seen is None else _checked(line, confidence, seen)
        words += words_of_line(line.text, line.bbox, sure)
    if not words:
        return PageReading(usage=usage, rung=Rung.READERS)
    return PageReading(words=tuple(words), usage=usage, rung=rung)


def _request(
    draw: Draw,
    view: View,
    settings: EngineSettings,
    temperature: float,
    cancelled: Callable[[], bool],
) -> Request:
    pixels = draw(view.width, view.height, view.region)
    return Request(
        messages=(Message(role="user", parts=(Picture(pixels=pixels), Text(text=PROMPT))),),
        max_tokens=settings.max_new_tokens,
        temperature=temperature,
        cancelled=cancelled,
    )


def _without_repeats(
    whole: Sequence[tuple[View, Answer]], convention: BoxConvention
) -> Iterator[tuple[SpottedLine, float]]:
    """Yield each line once, though neighbouring views overlap."""
    kept: list[SpottedLine] = []
    for view, answer in whole:
        lines = parse_lines(answer, view, convention)
        for line, confidence in zip(lines, _confidences(answer, lines), strict=True):
            if not any(_same(line, other) for other in kept):
                kept.append(line)
                yield line, confidence


def _same(a: SpottedLine, b: SpottedLine) -> bool:
    return iou(a.bbox, b.bbox) > 0.5 and fuzz.ratio(a.text, b.text) >= AGREEING


def _confidences(answer: Answer, lines: Sequence[SpottedLine]) -> Iterator[float]:
    """Yield the geometric mean of the probabilities of each line's tokens."""
    cursor = 0
    for line in lines:
        quoted = json.dumps(line.text, ensure_ascii=False)[1:-1]
        start = answer.text.find(quoted, cursor)
        if start >= 0:
            cursor = start + len(quoted)
        yield _mean_probability(answer.tokens, start, cursor) if start >= 0 else 0.5


def _mean_probability(tokens: Sequence[Token], start: int, end: int) -> float:
    offset, found = 0, []
    for token in tokens:
        if offset < end and offset + len(token.text) > start:
            found.append(token.logprob)
        offset += len(token.text)
    return math.exp(sum(found) / len(found)) if found else 0.5


def _checked(line: SpottedLine, confidence: float, seen: Sequence[Word]) -> float:
    below = [word for word in seen if _centre_in(word.bbox, line.bbox)]
    if not below:
        return confidence * UNSUPPORTED
    agreement = fuzz.ratio(line.text, " ".join(word.text for word in below))
    if agreement >= AGREEING:
        return max(confidence, sum(word.confidence for word in below) / len(below))
    return confidence * agreement / 100


def _centre_in(inner: Box, outer: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _text_height(words: Sequence[Word]) -> float:
    """Return the height of small text: the lower decile of the words' heights."""
    heights = sorted(word.bbox[3] - word.bbox[1] for word in words)
    return heights[len(heights) // 10]
