"""How hard each task is right now, driven by how much the model gets right."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from training import chart_lessons, extraction, regions
from training.example import Example


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A task's level, and the running share of counted tokens the model gets right."""

    level: float = 0.0
    right: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a task gets harder: `right` above `raise_at`, by `pace` a step, up to `top`.

    It gets easier again, at half the pace, while `right` is below `lower_at`.
    """

    top: float
    raise_at: float
    lower_at: float
    pace: float
    memory: float = 0.9


RULES: Mapping[str, Rule] = {
    "extract": Rule(top=extraction.MAX_LEVEL, raise_at=0.8, lower_at=0.65, pace=0.05),
    "ask": Rule(top=extraction.MAX_LEVEL, raise_at=0.8, lower_at=0.65, pace=0.1),
    "chart": Rule(top=chart_lessons.MAX_LEVEL, raise_at=0.85, lower_at=0.65, pace=0.2),
    "sight": Rule(top=regions.MAX_LEVEL, raise_at=0.85, lower_at=0.5, pace=0.02),
    "region": Rule(top=regions.MAX_LEVEL, raise_at=0.85, lower_at=0.5, pace=0.1),
}


def advance(progress: Progress, rule: Rule, right: float) -> Progress:
    """Return the progress after one more batch of which `right` was right."""
    mean = rule.memory * progress.right + (1 - rule.memory) * right
    step = rule.pace if mean > rule.raise_at else -rule.pace / 2 if mean < rule.lower_at else 0.0
    level = min(rule.top, max(0.0, progress.level + step))
    return replace(progress, level=level, right=mean)


#: tokens of a text batch and pixels of a region batch, per process and step
TEXT_BUDGET = 4000
PIXEL_BUDGET = 32 * 256 * 32

_MAKERS: Mapping[str, Callable[[random.Random, float, bool], Example]] = {
    "extract": extraction.extraction,
    "ask": extraction.asking,
    "chart": chart_lessons.chart_lesson,
}


def draw_batch(
    task: str, rng: random.Random, level: float, scale: float = 1.0, *, held_out: bool = False
) -> list[Example]:
    """Return the examples of one batch; `scale` multiplies the usual size of a batch."""
    if task in ("region", "sight"):
        seen = regions.region_batch(rng, level, int(PIXEL_BUDGET * scale), held_out)
        return [replace(one, task=task) for one in seen]
    make = _MAKERS[task]
    examples: list[Example] = []
    # About 2.4 characters a token; the chat's own tokens and padding come on top.
    room = TEXT_BUDGET * scale * 2.4
    while room > 0:
        example = make(rng, level, held_out)
        room -= len(example.prompt) + len(example.answer) + 40
        examples.append(example)
    return examples
