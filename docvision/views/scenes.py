"""Scenes of a video, found in a cheap pass over small frames.

A scene lasts as long as the picture stays the same in substance: a moving cursor, film grain or
a speaker's small picture in a corner does not end it, a new line on a slide does. A scene that
comes back later is looked at only once.

Each small frame becomes a grid of grey means. Two frames differ by the share of cells whose mean
moved by more than `MOVED` grey levels. What counts as a new scene follows the video: where
everything always moves (a camera), more must change than on a slide.
"""

from __future__ import annotations

import statistics
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels, VideoFrame

THUMBNAIL = (192, 108)
"""Width and height of the frames that the coarse pass needs."""

GRID = (96, 54)
"""Cells across and down."""

MOVED = 16
"""Grey levels (of 255) by which a cell's mean must move to count."""

CHANGED = 0.005
"""Share of cells that must have moved: below a line of text, above two places of a cursor."""

RESTLESS = 3.0
"""Times the usual change between neighbouring frames, where that is more than `CHANGED`."""

MOST_CHANGED = 0.5
"""A change of half the picture is a new scene however restless the video is."""

NEIGHBOURS = 15
"""Steps inside scenes over which the usual change is judged (their median)."""

_Grid = NDArray[np.int16]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A stretch of video that shows one picture.

    Attributes:
        start: Seconds; the first small frame that shows it.
        end: Seconds; when the next scene starts, or the video ends.
        time: Seconds; the frame to look at. Scenes that show the same picture share it.
    """

    start: float
    end: float
    time: float


@dataclass(frozen=True, kw_only=True)
class _Shot:
    """A scene being made: the grid of its frame to look at, and the picture it shows."""

    start: float
    end: float
    time: float
    grid: _Grid
    picture: int


def coarse_times(duration: float, *, per_second: float = 2.0, most: int = 4096) -> list[float]:
    """Return the times of the small frames that `find_scenes` wants to see."""
    count = min(most, max(1, round(duration * per_second)))
    return [index * duration / count for index in range(count)]


def find_scenes(thumbnails: Iterable[VideoFrame], *, duration: float, budget: int) -> list[Scene]:
    """Return the scenes of a video in order, looking at `budget` frames at most.

    Args:
        thumbnails: Small frames in order of time, about `THUMBNAIL` in size.
        duration: Seconds of the whole video; the last scene ends there.
        budget: Distinct `time`s at most; above it the most alike neighbours are merged.
    """
    samples = [(frame.time, _grid(frame.pixels)) for frame in thumbnails]
    if not samples:
        return []
    shots = _number(_drop_blends(_cut(samples, duration)))
    return [
        Scene(start=shot.start, end=shot.end, time=shot.time)
        for shot in _join(_fit(shots, max(1, budget)))
    ]


def difference(one: _Grid, other: _Grid) -> float:
    """Return the share of cells that differ between two grids."""
    return float(np.mean(np.abs(one - other) > MOVED))


def _grid(pixels: Pixels) -> _Grid:
    """Return the grey means of a frame's cells, shape (rows, columns)."""
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    rows, columns = min(GRID[1], grey.shape[0]), min(GRID[0], grey.shape[1])
    tops = np.arange(rows) * grey.shape[0] // rows
    lefts = np.arange(columns) * grey.shape[1] // columns
    sums = np.add.reduceat(np.add.reduceat(grey, tops, axis=0), lefts, axis=1)
    heights = np.diff(tops, append=grey.shape[0])
    widths = np.diff(lefts, append=grey.shape[1])
    return (sums / np.outer(heights, widths)).astype(np.int16)


def _cut(samples: Sequence[tuple[float, _Grid]], duration: float) -> list[_Shot]:
    """Cut the samples where the picture has become another one."""
    steps = [difference(a[1], b[1]) for a, b in pairwise(samples)]
    starts, first = [0], samples[0][1]
    recent: deque[float] = deque(maxlen=NEIGHBOURS)
    for index, step in enumerate(steps, start=1):
        usual = statistics.median(recent) if recent else 0.0
        needed = min(MOST_CHANGED, max(CHANGED, RESTLESS * usual))
        if difference(first, samples[index][1]) > needed:
            starts.append(index)
            first = samples[index][1]
        else:
            recent.append(step)
    ends = [*starts[1:], len(samples)]
    return [
        _shot(samples, steps, start, end, duration) for start, end in zip(starts, ends, strict=True)
    ]


def _shot(
    samples: Sequence[tuple[float, _Grid]],
    steps: Sequence[float],
    start: int,
    end: int,
    duration: float,
) -> _Shot:
    """Look at the stillest frame; of equally still ones at the last, which shows the most."""

    def unrest(index: int) -> float:
        # A step across the cut itself says nothing about this scene.
        before = steps[index - 1] if index > start else 0.0
        after = steps[index] if index + 1 < end else 0.0
        return before + after

    inner = range(start + 1, end - 1) if end - start > 2 else range(start, end)
    best = min(inner, key=lambda index: (unrest(index), -index))
    until = samples[end][0] if end < len(samples) else max(duration, samples[-1][0])
    return _Shot(
        start=samples[start][0], end=until, time=samples[best][0], grid=samples[best][1], picture=0
    )


def _drop_blends(shots: list[_Shot]) -> list[_Shot]:
    """Give a frame caught in the middle of a fade to the scene that follows it."""
    kept: list[_Shot] = []
    start: float | None = None
    for index, shot in enumerate(shots):
        begin = shot.start if start is None else start
        inner = 0 < index < len(shots) - 1 and shot.time == shot.start
        if inner and kept and _is_blend(shots[index - 1], shot, shots[index + 1]):
            start = begin
        else:
            kept.append(replace(shot, start=begin))
            start = None
    return kept


def _is_blend(before: _Shot, shot: _Shot, after: _Shot) -> bool:
    if shot.end - shot.start > 1.5:
        return False
    low = np.minimum(before.grid, after.grid) - MOVED
    high = np.maximum(before.grid, after.grid) + MOVED
    return bool(np.mean((shot.grid < low) | (shot.grid > high)) <= CHANGED)


def _number(shots: Sequence[_Shot]) -> list[_Shot]:
    """Give shots that show the same picture the same number."""
    seen: list[_Shot] = []
    numbered: list[_Shot] = []
    for shot in shots:
        same = next((old for old in seen if difference(old.grid, shot.grid) <= CHANGED), None)
        picture = same.picture if same else len(seen)
        numbered.append(replace(shot, picture=picture))
        if same is None:
            seen.append(numbered[-1])
    return numbered


def _fit(shots: Sequence[_Shot], budget: int) -> list[_Shot]:
    """Merge the most alike neighbours until few enough pictures are left."""
    left = list(shots)
    counts = Counter(shot.picture for shot in left)
    gaps = [_gap(a, b) for a, b in pairwise(left)]
    while len(counts) > budget:
        at = int(np.argmin(gaps))
        one, other = left[at], left[at + 1]
        longer = one if one.end - one.start >= other.end - other.start else other
        lost = other if longer is one else one
        counts[lost.picture] -= 1
        counts += Counter()
        left[at : at + 2] = [replace(longer, start=one.start, end=other.end)]
        del gaps[at]
        for near in (at - 1, at):
            if 0 <= near < len(gaps):
                gaps[near] = _gap(left[near], left[near + 1])
    return left


def _gap(one: _Shot, other: _Shot) -> float:
    return 0.0 if one.picture == other.picture else difference(one.grid, other.grid)


def _join(shots: Sequence[_Shot]) -> list[_Shot]:
    """Join neighbours that show one picture, and let every picture be looked at once."""
    times: dict[int, float] = {}
    joined: list[_Shot] = []
    for shot in shots:
        time = times.setdefault(shot.picture, shot.time)
        if joined and joined[-1].picture == shot.picture:
            joined[-1] = replace(joined[-1], end=shot.end)
        else:
            joined.append(replace(shot, time=time))
    return joined
