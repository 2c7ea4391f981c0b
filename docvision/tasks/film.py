"""A video as pages: a frame for each scene, and which text was on screen from when to when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from PIL import Image
from rapidfuzz import fuzz

from docvision.documents.base import Document, PageInfo, Pixels
from docvision.geometry import WHOLE, Box, intersection, union
from docvision.jobs.model import Unit
from docvision.results.model import Block, OnScreen, Page, Usage
from docvision.tasks.base import Tools, UnitAnswer
from docvision.tasks.options import ReadingOptions, Sampling
from docvision.tasks.sight import Sight, check, read_sights
from docvision.views.scenes import THUMBNAIL, Scene, coarse_times, find_scenes

FRAMES_AT_ONCE = 4
"""Frames whose lines go through OCR together."""

SAME_TEXT = 88.0
"""Similarity (0–100) from which a line is the same as the one on screen before."""


def read_scenes(
    document: Document,
    unit: Unit,
    options: ReadingOptions,
    tools: Tools,
    cancelled: Callable[[], bool],
) -> UnitAnswer:
    """Read a stretch of video: one page for each scene.

    Raises:
        Cancelled: `cancelled()` was true.
    """
    info = document.page(0)
    scenes = _scenes(document, unit, options, _budget(document, unit, tools))
    read: dict[float, tuple[Block, ...]] = {}
    spent = Usage()
    times = sorted({scene.time for scene in scenes})
    for first in range(0, len(times), FRAMES_AT_ONCE):
        check(cancelled)
        some = times[first : first + FRAMES_AT_ONCE]
        sights = [_sight(frame.pixels, info) for frame in document.frames(some)]
        found = read_sights(sights, options.reader, tools, cancelled)
        # A video with a broken tail gives fewer frames than were asked for.
        for time, seen in zip(some, found, strict=False):
            read[time] = seen.blocks
            spent += seen.usage
    pages = tuple(_page(scene, info, read[scene.time]) for scene in scenes if scene.time in read)
    return UnitAnswer(unit=unit, pages=pages, usage=spent + Usage(pages=len(read)))


def join_scenes(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Number the scenes, and join one that was parted by the end of a stretch."""
    joined: list[Page] = []
    for page in pages:
        before = joined[-1] if joined else None
        if before and before.until == page.time and _text(before) == _text(page):
            joined[-1] = before.model_copy(update={"until": page.until})
        else:
            joined.append(page.model_copy(update={"number": len(joined) + 1}))
    return tuple(joined)


def timeline(pages: Sequence[Page]) -> tuple[OnScreen, ...]:
    """Return each line of text with the time it stood on screen.

    A line that is found again at about the same place in the very next scene is one entry; a
    line that comes back later is a new one. `pages` are in order of time.
    """
    gone: list[OnScreen] = []
    standing: list[OnScreen] = []
    for page in pages:
        now: list[OnScreen] = []
        for entry in _entries(page):
            before = next((old for old in standing if _continues(old, entry)), None)
            if before:
                standing.remove(before)
                entry = _lengthened(before, entry)
            now.append(entry)
        gone += standing
        standing = now
    return tuple(sorted(gone + standing, key=lambda entry: (entry.start, entry.bbox[1])))


def _budget(document: Document, unit: Unit, tools: Tools) -> int:
    """Return the stretch's share of the frames that the whole video may cost."""
    whole = document.info.duration or 1.0
    share = ((unit.end or whole) - (unit.start or 0.0)) / whole
    return max(1, int(tools.limits.video_frames * share))


def _scenes(document: Document, unit: Unit, options: ReadingOptions, budget: int) -> list[Scene]:
    start, end = unit.start or 0.0, unit.end or 0.0
    count = max(1, round((end - start) * options.fps))
    if options.sampling is Sampling.UNIFORM:
        return _evenly(start, end, min(count, budget))
    times = [start + time for time in coarse_times(end - start, per_second=options.fps, most=count)]
    return find_scenes(document.frames(times, *THUMBNAIL), duration=end, budget=budget)


def _evenly(start: float, end: float, count: int) -> list[Scene]:
    edges = [start + (end - start) * index / count for index in range(count + 1)]
    return [
        Scene(start=edge, end=after, time=(edge + after) / 2) for edge, after in pairwise(edges)
    ]


def _sight(pixels: Pixels, info: PageInfo) -> Sight:
    return Sight(info=info, draw=partial(_draw, pixels))


def _draw(pixels: Pixels, width: int, height: int, region: Box = WHOLE) -> Pixels:
    high, wide = pixels.shape[:2]
    box = (region[0] * wide, region[1] * high, region[2] * wide, region[3] * high)
    picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS, box=box)
    return np.asarray(picture)


def _page(scene: Scene, info: PageInfo, blocks: tuple[Block, ...]) -> Page:
    return Page(
        number=1,
        width=info.width,
        height=info.height,
        unit="px",
        time=scene.start,
        until=scene.end,
        blocks=blocks,
    )


def _text(page: Page) -> str:
    return "\n".join(block.text for block in page.blocks)


def _entries(page: Page) -> Iterator[OnScreen]:
    start = page.time or 0.0
    end = start if page.until is None else page.until
    for block in page.blocks:
        for line in block.lines:
            yield OnScreen(text=line.text, start=start, end=end, bbox=line.bbox)


def _continues(before: OnScreen, now: OnScreen) -> bool:
    return (
        intersection(before.bbox, now.bbox) > 0 and fuzz.ratio(before.text, now.text) >= SAME_TEXT
    )


def _lengthened(before: OnScreen, now: OnScreen) -> OnScreen:
    return before.model_copy(update={"end": now.end, "bbox": union((before.bbox, now.bbox))})
