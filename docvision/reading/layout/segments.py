"""From words to segments: runs of words on one baseline with no wide gap between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from docvision.reading.layout.placed import Placed, Segment, segment_of

_WIDEST_SPACE = 0.8
"""Words further apart than so many times their height are parts of different segments."""
_OVERLAP = 0.5
"""Words of one line share at least so much of the height of the lower one."""
_CHUNK = 64
"""Words compared at a time with those near their height on the page."""
_LEAST_SKEW = 0.003
"""Radians; less moves the end of a line by less than a pixel in 300."""

Ints = NDArray[np.intp]


def segments_of(words: Sequence[Placed]) -> list[Segment]:
    """Join words into segments, from the top left."""
    if not words:
        return []
    chains = _chains(_right_neighbours(words))
    segments = [segment_of([words[at] for at in chain]) for chain in chains]
    return sorted(segments, key=lambda segment: (segment.y0, segment.x0))


def skew_of(words: Sequence[Placed]) -> float:
    """Return how far lines fall per unit to the right, 0 where they are as good as level."""
    skew = _skew(words, _right_neighbours(words)) if words else 0.0
    return skew if abs(skew) >= _LEAST_SKEW else 0.0


def _right_neighbours(words: Sequence[Placed]) -> Ints:
    """Return for each word the one that follows it at no wide gap, or -1.

    Each word is chosen by one other at most, so that following them gives chains.
    """
    order = sorted(range(len(words)), key=lambda at: words[at].middle)
    frame = np.array([(words[at].x0, words[at].y0, words[at].x1, words[at].y1) for at in order])
    middle = (frame[:, 1] + frame[:, 3]) / 2
    reach = float((frame[:, 3] - frame[:, 1]).max())
    nexts = np.full(len(words), -1, dtype=np.intp)
    gaps = np.full(len(words), np.inf)
    for start in range(0, len(order), _CHUNK):
        some = slice(start, min(start + _CHUNK, len(order)))
        first = int(np.searchsorted(middle, middle[some][0] - reach))
        last = int(np.searchsorted(middle, middle[some][-1] + reach))
        near = _gaps(frame[some], frame[first:last])
        near[np.arange(some.stop - some.start), np.arange(some.start, some.stop) - first] = np.inf
        nexts[some] = near.argmin(axis=1) + first
        gaps[some] = near.min(axis=1)
    nexts[np.isinf(gaps)] = -1
    _keep_nearest(nexts, gaps)
    result = np.full(len(words), -1, dtype=np.intp)
    for at, following in zip(order, nexts, strict=True):
        result[at] = order[following] if following >= 0 else -1
    return result


def _gaps(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each of `b` stands to the right of each of `a`; inf for no neighbours."""
    ax0, ay0, ax1, ay1 = (a[:, at, None] for at in range(4))
    bx0, by0, bx1, by1 = (b[None, :, at] for at in range(4))
    low = np.minimum(ay1 - ay0, by1 - by0)
    shared = np.minimum(ay1, by1) - np.maximum(ay0, by0)
    gap = bx0 - ax1
    follows = (shared >= _OVERLAP * low) & (gap <= _WIDEST_SPACE * low)
    follows &= (bx0 + bx1 > ax0 + ax1) & (gap > -0.5 * (ax1 - ax0))
    return np.where(follows, gap, np.inf)


def _keep_nearest(nexts: Ints, gaps: NDArray[np.float64]) -> None:
    taken: dict[int, int] = {}
    for at in np.argsort(gaps, kind="stable"):
        following = int(nexts[at])
        if following < 0:
            continue
        if following in taken:
            nexts[at] = -1
        else:
            taken[following] = int(at)


def _chains(nexts: Ints) -> Iterator[list[int]]:
    followers = set(nexts.tolist())
    for start in range(len(nexts)):
        if start in followers:
            continue
        chain, at = [start], int(nexts[start])
        while at >= 0:
            chain.append(at)
            at = int(nexts[at])
        yield chain


def _skew(words: Sequence[Placed], nexts: Ints) -> float:
    """Return the median over neighbours."""
    rises, runs = [], []
    for at, following in enumerate(nexts):
        if following >= 0:
            a, b = words[at], words[int(following)]
            if abs(a.height - b.height) < 0.25 * a.height:
                rises.append((b.y0 + b.y1 - a.y0 - a.y1) / 2)
                runs.append((b.x0 + b.x1 - a.x0 - a.x1) / 2)
    if len(rises) < 5:
        return 0.0
    return float(np.median(np.array(rises) / np.maximum(runs, 1e-6)))
