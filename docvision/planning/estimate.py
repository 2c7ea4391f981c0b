"""Estimating what tasks take of a measured document, with a given model.

The model is given as the plain values of its profile, as workers announce it, so that whoever
plans needs no engine. Figures that are not in a profile are measured averages, named below.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from docvision.documents.base import PageInfo
from docvision.planning.model import Estimate, Measured
from docvision.schemas.accept import Schema
from docvision.schemas.library import get_schema
from docvision.schemas.shape import Record
from docvision.settings import EngineSettings
from docvision.tasks.options import (
    AskOptions,
    AutoOptions,
    ClassifyOptions,
    ExtractOptions,
    Mode,
    Options,
)
from docvision.views.plan import Planner

LAYER_SECONDS = 0.04
"""Of a page that brings its words along."""
DRAWN_SECONDS = 2.5
"""Of a page that goes through OCR, on two cores."""
VIDEO_RATIO = 0.04
"""Seconds of looking for scenes for a second of video."""
LINE_CHARACTERS = 45
"""Of a line of text."""
SPOTTED_TOKENS = 26
"""What the box and the quotes of a line cost in an answer that reads a page."""
DOUBTFUL = 0.1
"""Share of lines that a model which reads regions is shown."""
REGION_TOKENS = 24
"""Visual tokens of a line."""
TEXT_HEIGHT = 0.012
"""Small text on a page, in fractions of its height."""
WORDING = 60
"""Tokens of the wording of a prompt, the chat's marks included."""
ASK_WINDOWS = 16
"""Windows that one question is put to; equal to `tasks.answering.choosing.WINDOWS`."""
LEAF_TOKENS = 14
"""Of a value and its key in an answer."""
LIST_SHARE = 0.5
"""Tokens of a list in an answer, for a token of the document."""
LEAVES_AT_ONCE = 24
"""Leaves in one question; equal to `tasks.extraction.asking.LEAVES_AT_ONCE`."""
THOUGHTS = 800
"""Tokens that a thinking model spends before it answers."""
PROMPT_SPEED, ANSWER_SPEED = 2_000.0, 40.0
"""Tokens a second where the profile knows none."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """What an estimate must know of a model; `name` is `none` where there is none to ask."""

    name: str = "none"
    reads: str = "nothing"
    factor: int = 32
    prompt_tokens: int = 512
    characters_per_token: float = 3.5
    thinking: bool = False
    prompt_speed: float = PROMPT_SPEED
    answer_speed: float = ANSWER_SPEED
    speed_is_known: bool = False
    prompt_price: float = 0.0
    answer_price: float = 0.0
    currency: str = "USD"

    @staticmethod
    def of(profile: Mapping[str, Any]) -> Model:
        """Return the model of a profile's plain values (as `dataclasses.asdict` gives them)."""
        if profile.get("name", "none") == "none":
            return Model()
        speed, prices = profile.get("speed") or {}, profile.get("prices") or {}
        return Model(
            name=str(profile["name"]),
            reads=str(profile["reads"]),
            factor=int(profile["patch"]) * int(profile["merge"]),
            prompt_tokens=int(profile["prompt_tokens"]),
            characters_per_token=float(profile["characters_per_token"]),
            thinking=bool(profile["thinking"]),
            prompt_speed=float(speed.get("prompt", PROMPT_SPEED)),
            answer_speed=float(speed.get("answer", ANSWER_SPEED)),
            speed_is_known=bool(speed),
            prompt_price=float(prices.get("prompt", 0.0)),
            answer_price=float(prices.get("answer", 0.0)),
            currency=str(prices.get("currency", "USD")),
        )

    def tokens(self, characters: float) -> int:
        """Return about how many tokens a text has."""
        return math.ceil(characters / self.characters_per_token)


@dataclass(frozen=True, kw_only=True)
class _Spent:
    """Tokens of some requests; those of the prompt include the visual ones."""

    requests: int = 0
    visual: int = 0
    prompt: int = 0
    answer: int = 0

    def __add__(self, other: _Spent) -> _Spent:
        return _Spent(
            requests=self.requests + other.requests,
            visual=self.visual + other.visual,
            prompt=self.prompt + other.prompt,
            answer=self.answer + other.answer,
        )


def estimate(
    document: Measured, task: str, options: Options, model: Model, settings: EngineSettings
) -> Estimate:
    """Return what a task takes of a document.

    Args:
        document: What was measured of it.
        task: The task's name.
        options: Its options.
        model: Who is asked.
        settings: The installation's budgets.
    """
    spent = _reading(document, model, settings)
    if model.name != "none":
        spent += _ASKING.get(task, _nothing)(document, options, model)
    answer = spent.answer + (THOUGHTS * spent.requests if model.thinking else 0)
    drawn = document.pages * document.drawn
    seconds = (document.pages - drawn) * LAYER_SECONDS + drawn * DRAWN_SECONDS
    seconds += (document.seconds or 0.0) * VIDEO_RATIO
    seconds += spent.prompt / model.prompt_speed + answer / model.answer_speed
    cost = (spent.prompt * model.prompt_price + answer * model.answer_price) / 1e6
    return Estimate(
        task=task,
        pages=document.pages,
        visual_tokens=spent.visual,
        prompt_tokens=spent.prompt,
        answer_tokens=answer,
        seconds=round(seconds, 3),
        cost=round(cost, 6),
    )


def _reading(document: Measured, model: Model, settings: EngineSettings) -> _Spent:
    """Return what the model is shown so that pages that are pictures become words."""
    drawn = math.ceil(document.pages * document.drawn)
    each = document.characters / max(1, document.pages)
    lines = math.ceil(each / LINE_CHARACTERS)
    if model.reads == "page":
        size = PageInfo(width=document.width, height=document.height, unit=document.unit)
        views = Planner(model, settings).page(size, TEXT_HEIGHT)
        visual = sum(view.tokens for view in views)
        return _Spent(
            requests=drawn * len(views),
            visual=drawn * visual,
            prompt=drawn * (visual + WORDING * len(views)),
            answer=drawn * (model.tokens(each) + lines * SPOTTED_TOKENS),
        )
    if model.reads == "region":
        shown = math.ceil(drawn * lines * DOUBTFUL)
        return _Spent(
            requests=shown,
            visual=shown * REGION_TOKENS,
            prompt=shown * (REGION_TOKENS + WORDING),
            answer=shown * model.tokens(LINE_CHARACTERS),
        )
    return _Spent()


def _nothing(document: Measured, options: Options, model: Model) -> _Spent:
    return _Spent()


def _ask(document: Measured, options: Options, model: Model) -> _Spent:
    assert isinstance(options, AskOptions)
    free = _is_free(options.mode, model)
    spent = _Spent()
    for question in options.questions:
        room = _room(model, len(question))
        windows = min(math.ceil(document.characters / room), ASK_WINDOWS)
        shown = min(document.characters, windows * room)
        asked = model.tokens(len(question))
        spent += _Spent(
            requests=windows,
            prompt=model.tokens(shown) + windows * (WORDING + asked),
            # One window says it, the others that it is not there.
            answer=windows * 60 if free else windows * asked + LEAF_TOKENS,
        )
    return spent


def _classify(document: Measured, options: Options, model: Model) -> _Spent:
    assert isinstance(options, ClassifyOptions | AutoOptions)
    if model.reads != "page":
        return _Spent()
    kinds = options.kinds if isinstance(options, ClassifyOptions) else options.schemas
    shown = min(2 * document.characters / max(1, document.pages), _room(model, 500))
    return _Spent(requests=1, prompt=model.tokens(shown) + WORDING * 2 + 14 * len(kinds), answer=8)


def _extract(document: Measured, options: Options, model: Model) -> _Spent:
    assert isinstance(options, ExtractOptions)
    return _extracting(document, options.accepted, model)


def _auto(document: Measured, options: Options, model: Model) -> _Spent:
    """Return what telling the kind takes, and the mean of what the kinds' schemas take."""
    assert isinstance(options, AutoOptions)
    each = [_extracting(document, get_schema(name), model) for name in options.schemas]
    mean = _Spent(
        requests=round(sum(one.requests for one in each) / len(each)),
        prompt=round(sum(one.prompt for one in each) / len(each)),
        answer=round(sum(one.answer for one in each) / len(each)),
    )
    return _classify(document, options, model) + mean


def _extracting(document: Measured, schema: Schema, model: Model) -> _Spent:
    """Return what the questions of a schema take, each put to every window."""
    shape = schema.shape
    groups = [
        len(shape.leaves[start : start + LEAVES_AT_ONCE])
        for start in range(0, len(shape.leaves), LEAVES_AT_ONCE)
    ]
    spent = _Spent()
    for leaves in groups:
        spent += _over_windows(document, model, leaves, leaves * LEAF_TOKENS)
    for listing in shape.lists:
        columns = _leaves(listing.item)
        rows = model.tokens(document.characters) * LIST_SHARE
        spent += _over_windows(document, model, columns, rows)
    return spent


def _over_windows(document: Measured, model: Model, leaves: int, answer: float) -> _Spent:
    asked = 30 * leaves
    windows = math.ceil(document.characters / _room(model, asked))
    prompt = model.tokens(document.characters) + windows * (WORDING + model.tokens(asked))
    total = max(answer, windows * leaves * LEAF_TOKENS)
    return _Spent(requests=windows, prompt=prompt, answer=math.ceil(total))


def _leaves(record: Record) -> int:
    return len(record.leaves) + sum(_leaves(listing.item) for listing in record.lists)


def _room(model: Model, asked: int) -> int:
    """Return the characters of a window; see `tasks.extraction.windows.budget_of`."""
    whole = int(model.prompt_tokens * model.characters_per_token)
    return max(whole - asked, whole // 4)


def _is_free(mode: Mode, model: Model) -> bool:
    return model.reads == "page" if mode is Mode.AUTO else mode is Mode.PREFER


_ASKING: Mapping[str, Callable[[Measured, Options, Model], _Spent]] = {
    "ocr": _nothing,
    "extract": _extract,
    "ask": _ask,
    "classify": _classify,
    "auto": _auto,
}
