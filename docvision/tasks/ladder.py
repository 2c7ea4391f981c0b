"""What is tried where a model's answer to a view runs in a loop or is cut off.

A cut answer had more to say than it may: the view is shown in two halves. A loop is asked again
warmer, which leads out of most, then at another resolution, which makes other tokens of the same
picture. What is left after that is for the readers. No repetition penalty: it damages tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from docvision.engines.base import Answer, Engine, Request
from docvision.results.model import Rung, Usage
from docvision.views.resolution import tokens
from docvision.views.view import View

WARMER = 0.5
"""Temperature of further tries."""
SMALLER = 0.75
"""Of a view's sides, at the other resolution."""
HALF = 0.55
"""Of a view's height: two halves share a tenth of it, so that no line is lost."""

Ask = Callable[[View, float], Request]
"""Makes the request for a view at a temperature."""


def climb(
    engine: Engine, view: View, broken: Answer, ask: Ask
) -> tuple[list[tuple[View, Answer]], Rung | None, Usage]:
    """Return views with whole answers in place of a broken one, how, and what that cost.

    No view is returned, and no rung, where no try gave a whole answer.
    """
    spent = Usage()
    for rung, views, temperature in _tries(view, broken, engine.profile.factor):
        answers = engine.generate([ask(one, temperature) for one in views])
        spent += sum((answer.usage for answer in answers), Usage(retries=len(answers)))
        if all(answer.finish == "stop" for answer in answers):
            return list(zip(views, answers, strict=True)), rung, spent
        if any(answer.finish == "cancelled" for answer in answers):
            break
    return [], None, spent


def _tries(view: View, broken: Answer, factor: int) -> Iterator[tuple[Rung, Sequence[View], float]]:
    if broken.finish == "cancelled":
        return
    if broken.finish == "length" and view.height >= 2 * factor:
        yield Rung.SPLIT, halves(view, factor), 0.0
        return
    yield Rung.WARMER, [view], WARMER
    yield Rung.RESIZED, [smaller(view, factor)], WARMER


def halves(view: View, factor: int) -> list[View]:
    """Return the upper and the lower part of a view, at its scale and with a shared strip."""
    high = min(view.height, math.ceil(view.height * HALF / factor) * factor)
    x0, y0, x1, y1 = view.region
    part = (y1 - y0) * high / view.height
    return [
        View(
            page=view.page,
            region=region,
            width=view.width,
            height=high,
            tokens=tokens(view.width, high, factor),
        )
        for region in ((x0, y0, x1, y0 + part), (x0, y1 - part, x1, y1))
    ]


def smaller(view: View, factor: int) -> View:
    """Return a view at a lower resolution."""
    wide, high = (
        max(1, round(side * SMALLER / factor)) * factor for side in (view.width, view.height)
    )
    return View(
        page=view.page,
        region=view.region,
        width=wide,
        height=high,
        tokens=tokens(wide, high, factor),
    )
