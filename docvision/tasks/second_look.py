"""Lines that OCR is unsure of, read once more by a model that reads regions.

OCR's reading stands unless the model is surer. Where both read the same, the confidence rises to
that of two independent readers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from docvision.documents.base import PageInfo
from docvision.engines.base import Answer, Engine, Message, Picture, Request, Text
from docvision.reading.layout import words_of_line
from docvision.results.model import Block, Line, Source, Usage
from docvision.settings import EngineSettings
from docvision.tasks.base import Draw
from docvision.tasks.prompts import region_prompt
from docvision.views.plan import Planner
from docvision.views.view import View

DOUBTFUL = 0.85
"""Below this confidence OCR's reading of a line gets a second look."""
MAX_TOKENS = 96
"""Tokens of a line at most."""


@dataclass(frozen=True, kw_only=True)
class _Doubt:
    block: int
    line: int


def look_again(
    info: PageInfo,
    draw: Draw,
    blocks: Sequence[Block],
    engine: Engine,
    settings: EngineSettings,
    cancelled: Callable[[], bool],
) -> tuple[tuple[Block, ...], Usage]:
    """Return the blocks with their doubtful lines settled, and what that cost."""
    doubts = _doubts(blocks)
    if not doubts:
        return tuple(blocks), Usage()
    lines = [blocks[doubt.block].lines[doubt.line] for doubt in doubts]
    boxes = [[word.bbox for word in line.words] for line in lines]
    views = Planner(engine.profile, settings).lines(info, boxes)
    answers = engine.generate(
        [_request(draw, view, cancelled) for row in views for view in row],
    )
    usage = sum((answer.usage for answer in answers), Usage())
    rest = iter(answers)
    settled = {
        doubt: _settle(line, list(islice(rest, len(row))))
        for doubt, line, row in zip(doubts, lines, views, strict=True)
    }
    return tuple(_mended(number, block, settled) for number, block in enumerate(blocks)), usage


def _doubts(blocks: Sequence[Block]) -> list[_Doubt]:
    return [
        _Doubt(block=number, line=row)
        for number, block in enumerate(blocks)
        for row, line in enumerate(block.lines)
        if line.words and _sureness(line) < DOUBTFUL and block.table is None
    ]


def _sureness(line: Line) -> float:
    return sum(word.confidence for word in line.words) / len(line.words)


def _request(draw: Draw, view: View, cancelled: Callable[[], bool]) -> Request:
    pixels = draw(view.width, view.height, view.region)
    return Request(
        messages=(
            Message(role="user", parts=(Picture(pixels=pixels), Text(text=region_prompt()))),
        ),
        max_tokens=MAX_TOKENS,
        cancelled=cancelled,
    )


def _settle(line: Line, answers: Sequence[Answer]) -> tuple[Line, Source]:
    """Return the surer reading of a line that was shown in one or several views."""
    text = " ".join(" ".join(answer.text for answer in answers).split())
    tokens = [token.logprob for answer in answers for token in answer.tokens]
    if not text or not tokens or any(answer.finish != "stop" for answer in answers):
        return line, Source.OCR
    sure, doubt = math.exp(sum(tokens) / len(tokens)), _sureness(line)
    if text == line.text:
        agreed = 1 - (1 - sure) * (1 - doubt)
        words = tuple(word.model_copy(update={"confidence": agreed}) for word in line.words)
        return line.model_copy(update={"words": words}), Source.OCR
    if sure <= doubt:
        return line, Source.OCR
    return Line(words=words_of_line(text, line.bbox, sure), bbox=line.bbox), Source.MODEL


def _mended(number: int, block: Block, settled: dict[_Doubt, tuple[Line, Source]]) -> Block:
    changed = {doubt.line: found for doubt, found in settled.items() if doubt.block == number}
    if not changed:
        return block
    lines = tuple(
        changed[row][0] if row in changed else line for row, line in enumerate(block.lines)
    )
    by_model = any(source is Source.MODEL for _, source in changed.values())
    words = [word for line in lines for word in line.words]
    return block.model_copy(
        update={
            "lines": lines,
            "text": "\n".join(line.text for line in lines) if by_model else block.text,
            "source": Source.MODEL if by_model else block.source,
            "confidence": sum(word.confidence for word in words) / len(words),
        }
    )
