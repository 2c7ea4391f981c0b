"""A video as pages: a frame for each scene, and which text was on screen from when to when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
from PIL import Image
from rapidfuzz import fuzz

from docvision.documents.base import Document, PageInfo, Pixels, VideoFrame
from docvision.geometry import WHOLE, Box, intersection, union
from docvision.jobs.model import Unit
from docvision.results.model import Block, OnScreen, Page, Usage
from docvision.tasks.base import Tools, UnitAnswer
from docvision.tasks.options import ReadingOptions, Sampling
from docvision.tasks.sight import Sight, check, read_sights
from docvision.tasks.strips import words_settle
from docvision.views.scenes import THUMBNAIL, Scene, find_scenes, sample_times
from docvision.views.slight import Settle

FRAMES_AT_ONCE = 4
"""Frames whose lines go through OCR together."""

BEYOND = 2.0
"""Seconds before and after a stretch that are looked at too, to find scenes that cross its edge."""

SAME_TEXT = 88.0
"""Similarity (0–100) from which a line is the same as the one on screen before; its numbers must
be equal."""

_NUMBER = re.compile(r"(?<!\w)\d+(?!\w)")


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
    settle = words_settle(document, tools.ocr, cancelled)
    scenes = _scenes(document, unit, options, tools.limits.video_frames, settle)
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
    """Number the scenes, and join one that was parted by the end of a stretch.

    Such a one starts before its stretch does, which is before the last one of the stretch before
    ends.
    """
    joined: list[Page] = []
    for page in pages:
        before = joined[-1] if joined else None
        if before and (page.time or 0.0) < (before.until or 0.0):
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


def _scenes(
    document: Document, unit: Unit, options: ReadingOptions, most: int, settle: Settle
) -> list[Scene]:
    start, end = unit.start or 0.0, unit.end or 0.0
    duration = document.info.duration or end
    # The stretch's share of the frames that the whole video may cost.
    budget = max(1, int(most * (end - start) / (duration or 1.0)))
    if options.sampling is Sampling.UNIFORM:
        count = max(1, round((end - start) * options.fps))
        return _evenly(start, end, min(count, budget))
    # Both sides of an edge are needed to tell whether the picture changes there.
    earlier, later = max(0.0, start - BEYOND), min(duration, end + BEYOND)
    times = sample_times(earlier, later, per_second=options.fps)
    small = _small_frames(document, times, most)
    scenes = find_scenes(small, duration=later, budget=budget, settle=settle)
    return [replace(scene, end=min(end, scene.end)) for scene in _within(scenes, start, end)]


def _small_frames(document: Document, times: Sequence[float], at_once: int) -> Iterator[VideoFrame]:
    """Yield small frames, asked for as many at a time as a document may give large ones."""
    for first in range(0, len(times), at_once):
        yield from document.frames(times[first : first + at_once], *THUMBNAIL)


def _within(scenes: Sequence[Scene], start: float, end: float) -> Iterator[Scene]:
    """Yield the scenes of a stretch; a first one that goes on from before it starts before it."""
    for scene in scenes:
        if scene.end > start and scene.start < end:
            yield scene


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


def _entries(page: Page) -> Iterator[OnScreen]:
    start = page.time or 0.0
    end = start if page.until is None else page.until
    for block in page.blocks:
        for line in block.lines:
            yield OnScreen(text=line.text, start=start, end=end, bbox=line.bbox)


def _continues(before: OnScreen, now: OnScreen) -> bool:
    return (
        intersection(before.bbox, now.bbox) > 0
        and fuzz.ratio(before.text, now.text) >= SAME_TEXT
        and _NUMBER.findall(before.text) == _NUMBER.findall(now.text)
    )


def _lengthened(before: OnScreen, now: OnScreen) -> OnScreen:
    return before.model_copy(update={"end": now.end, "bbox": union((before.bbox, now.bbox))})
