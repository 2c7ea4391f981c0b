"""Scenes of a video, found in a cheap pass over small frames.

A scene lasts as long as the picture stays the same in substance: a moving cursor, film grain or a
speaker's small picture in a corner does not end it, a new line on a slide does. So does a single
number, where whoever can read (`slight.Settle`) says that it is another one. A scene that comes
back later unchanged is looked at only once. For a camera that moves all the time more must change,
or every frame would be a scene.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from docvision.documents.base import VideoFrame
from docvision.views.motion import (
    MOVED,
    Cells,
    Grey,
    Grid,
    difference,
    grey_of,
    grid,
    restless_cells,
)
from docvision.views.slight import (
    Settle,
    Slight,
    nothing_slight,
    same_dots,
    slight_changes,
    steady,
)

THUMBNAIL = (192, 108)
"""Width and height of the frames that the coarse pass needs."""

PER_SECOND = 2.0
"""Small frames a second."""

CHANGED = 0.005
"""Share of cells that must have changed: below a line of text, above two places of a cursor."""

CAMERA = 0.5
"""The share where most of the picture always moves."""

FADE = 1.5
"""Seconds that a blend of its neighbours may last and still be a fade between them."""


LEAD = 3
"""Frames that the last of a fade may seem to begin."""


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
class _Sample:
    time: float
    grey: Grey
    grid: Grid
    restless: Cells


@dataclass(frozen=True, kw_only=True)
class _Shot:
    """A scene being made: its samples, the one to look at, the picture that it shows."""

    start: float
    end: float
    look: _Sample
    samples: Sequence[_Sample]
    picture: int = 0


def sample_times(start: float, end: float, *, per_second: float = PER_SECOND) -> list[float]:
    """Return the times (seconds) of the small frames that `find_scenes` wants to see.

    They are multiples of one step from the start of the video, whatever stretch of it is asked
    for; there is one at least.
    """
    first, last = math.ceil(start * per_second), math.ceil(end * per_second)
    return [number / per_second for number in range(first, last)] or [start]


def find_scenes(
    thumbnails: Iterable[VideoFrame],
    *,
    duration: float,
    budget: int,
    settle: Settle = nothing_slight,
) -> list[Scene]:
    """Return the scenes of a video in order, looking at `budget` frames at most.

    Args:
        thumbnails: Small frames in order of time, about `THUMBNAIL` in size.
        duration: Seconds of the whole video; the last scene ends there.
        budget: Distinct `time`s at most; above it the most alike neighbours are merged.
        settle: Asked once about all slight changes.
    """
    samples = _samples(thumbnails)
    if not samples:
        return []
    large = _drop_blends(_mend(_cut(samples, max(duration, samples[-1].time))))
    shots = _number(_part(large, settle))
    return [
        Scene(start=shot.start, end=shot.end, time=shot.look.time)
        for shot in _join(_fit(shots, max(1, budget)))
    ]


def _samples(thumbnails: Iterable[VideoFrame]) -> list[_Sample]:
    seen = [(frame.time, grey_of(frame.pixels)) for frame in thumbnails]
    grids = [grid(grey) for _, grey in seen]
    return [
        _Sample(time=time, grey=grey, grid=cells, restless=restless)
        for (time, grey), cells, restless in zip(seen, grids, restless_cells(grids), strict=True)
    ]


def _differ(one: _Sample, other: _Sample) -> float:
    return difference(one.grid, other.grid, one.restless | other.restless)


def _is_another(one: _Sample, other: _Sample) -> bool:
    always_moving = (one.restless | other.restless).mean() > CAMERA
    return _differ(one, other) > (CAMERA if always_moving else CHANGED)


def _cut(samples: Sequence[_Sample], duration: float) -> list[_Shot]:
    """Cut the samples where the picture has become another one."""
    starts = [0]
    for index in range(1, len(samples)):
        if _is_another(samples[starts[-1]], samples[index]):
            starts.append(index)
    bounds = [samples[start].time for start in starts[1:]] + [duration]
    ends = [*starts[1:], len(samples)]
    return [
        _Shot(
            start=samples[start].time,
            end=until,
            look=_stillest(samples[start:end]),
            samples=samples[start:end],
        )
        for start, end, until in zip(starts, ends, bounds, strict=True)
    ]


def _stillest(samples: Sequence[_Sample]) -> _Sample:
    """Return the frame that differs least from its neighbours; of equals the last.

    The first frames after a cut are often blurred, and the last one shows the most where
    something is being built up.
    """
    steps = [0.0, *(difference(a.grid, b.grid) for a, b in pairwise(samples)), 0.0]
    unrest = [steps[index] + steps[index + 1] for index in range(len(samples))]
    inner = range(1, len(samples) - 1) if len(samples) > 2 else range(len(samples))
    return samples[min(inner, key=lambda index: (unrest[index], -index))]


def _mend(shots: Sequence[_Shot]) -> list[_Shot]:
    """Put short shots together with the next where only their first frame was another.

    That is the last of a fade: so near to what follows that it looked like its beginning.
    """
    mended: list[_Shot] = []
    for shot in shots:
        before = mended[-1] if mended else None
        if (
            before
            and 1 < len(before.samples) <= LEAD
            and not _is_another(before.samples[-1], shot.look)
        ):
            both = [*before.samples[1:], *shot.samples]
            mended[-1] = replace(shot, start=before.start, look=_stillest(both), samples=both)
        else:
            mended.append(shot)
    return mended


def _drop_blends(shots: Sequence[_Shot]) -> list[_Shot]:
    """Give a frame caught in the middle of a fade to the scene that follows it."""
    kept: list[_Shot] = []
    start: float | None = None
    for index, shot in enumerate(shots):
        begin = shot.start if start is None else start
        if 0 < index < len(shots) - 1 and _is_blend(shots[index - 1], shot, shots[index + 1]):
            start = begin
        else:
            kept.append(replace(shot, start=begin))
            start = None
    return kept


def _is_blend(before: _Shot, shot: _Shot, after: _Shot) -> bool:
    if len(shot.samples) > 1 or shot.end - shot.start > FADE:
        return False
    low = np.minimum(before.look.grid, after.look.grid) - MOVED
    high = np.maximum(before.look.grid, after.look.grid) + MOVED
    here = shot.look.grid
    restless = before.look.restless | shot.look.restless | after.look.restless
    strange = (here < low) | (here > high)
    always_moving = restless.mean() > CAMERA
    return bool(np.mean(strange if always_moving else strange & ~restless) <= CHANGED)


def _part(shots: Sequence[_Shot], settle: Settle) -> list[_Shot]:
    """Part shots where a slight change makes another picture."""
    found = [(at, *change) for at, shot in enumerate(shots) for change in _slight_in(shot)]
    cuts: dict[int, list[int]] = {}
    for (at, index, _), makes in zip(found, settle([one for *_, one in found]), strict=True):
        if makes:
            cuts.setdefault(at, []).append(index)
    return [part for at, shot in enumerate(shots) for part in _parts(shot, cuts.get(at, []))]


def _slight_in(shot: _Shot) -> Iterator[tuple[int, Slight]]:
    times = [sample.time for sample in shot.samples]
    greys = [sample.grey for sample in shot.samples]
    return slight_changes(times, greys, [sample.restless for sample in shot.samples])


def _parts(shot: _Shot, cuts: Sequence[int]) -> Iterator[_Shot]:
    if not cuts:
        yield shot
        return
    for first, last in pairwise([0, *cuts, len(shot.samples)]):
        samples = shot.samples[first:last]
        yield _Shot(
            start=samples[0].time if first else shot.start,
            end=shot.samples[last].time if last < len(shot.samples) else shot.end,
            look=_stillest(samples),
            samples=samples,
        )


def _number(shots: Sequence[_Shot]) -> list[_Shot]:
    """Give shots that show the same picture the same number."""
    seen: list[tuple[_Shot, Grey]] = []
    numbered: list[_Shot] = []
    for shot in shots:
        still = steady([sample.grey for sample in shot.samples])
        same = (old.picture for old, was in seen if _show_the_same(old, was, shot, still))
        numbered.append(replace(shot, picture=next(same, len(seen))))
        if numbered[-1].picture == len(seen):
            seen.append((numbered[-1], still))
    return numbered


def _show_the_same(one: _Shot, was: Grey, other: _Shot, now: Grey) -> bool:
    return _differ(one.look, other.look) <= CHANGED and same_dots(
        was, now, one.look.restless | other.look.restless
    )


def _fit(shots: Sequence[_Shot], budget: int) -> list[_Shot]:
    """Merge the most alike neighbours until few enough pictures are left."""
    left = list(shots)
    counts = Counter(shot.picture for shot in left)
    gaps = [_gap(one, other) for one, other in pairwise(left)]
    while len(counts) > budget:
        at = int(np.argmin(gaps))
        kept, lost = sorted(left[at : at + 2], key=lambda shot: shot.start - shot.end)
        counts[lost.picture] -= 1
        counts += Counter()  # forgets pictures that are shown no more
        left[at : at + 2] = [replace(kept, start=left[at].start, end=left[at + 1].end)]
        del gaps[at]
        for near in (at - 1, at):
            if 0 <= near < len(gaps):
                gaps[near] = _gap(left[near], left[near + 1])
    return left


def _gap(one: _Shot, other: _Shot) -> float:
    return 0.0 if one.picture == other.picture else difference(one.look.grid, other.look.grid)


def _join(shots: Sequence[_Shot]) -> list[_Shot]:
    """Join neighbours that show one picture, and let every picture be looked at once."""
    looks: dict[int, _Sample] = {}
    joined: list[_Shot] = []
    for shot in shots:
        look = looks.setdefault(shot.picture, shot.look)
        if joined and joined[-1].picture == shot.picture:
            joined[-1] = replace(joined[-1], end=shot.end)
        else:
            joined.append(replace(shot, look=look))
    return joined
