"""The colours that a chart's marks are drawn in, each with the pixels that have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

_BIN = 8
_NEAR = 17.0
"""Distance (Lab of 8 bits a channel, lightness at half weight) within which colours are one."""
_MOST = 24
"""Colours looked at, the most frequent first."""
_LEAST = 0.0003
"""Share of the picture that a colour covers at least."""
_CHROMA = 13.0
"""Less is black, white or grey."""
_EDGE = 0.8
"""So much of a colour along the edges of another is the blur of those edges."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A colour and where it is: `mask` has the picture's height and width."""

    lab: tuple[float, float, float]
    mask: Mask

    @property
    def chroma(self) -> float:
        """How far it is from grey."""
        return float(np.hypot(self.lab[1] - 128, self.lab[2] - 128))

    @property
    def grey(self) -> bool:
        """Whether it is black, white or grey."""
        return self.chroma < _CHROMA


def layers_of(picture: Pixels) -> list[Layer]:
    """Return the colours of a picture, the most frequent first; blurred edges are joined."""
    lab = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), dtype=np.float32)
    lab[:, :, 0] *= 0.5
    centres = _centres(lab)
    nearest, distance = _nearest(lab, centres)
    found: list[Layer] = []
    for at, centre in enumerate(centres):
        mask = (nearest == at) & (distance < _NEAR)
        if mask.sum() < _LEAST * mask.size:
            continue
        layer = Layer(lab=(float(centre[0]), float(centre[1]), float(centre[2])), mask=mask)
        home = next((number for number, one in enumerate(found) if _is_edge(layer, one)), None)
        if home is None:
            found.append(layer)
        elif not found[home].grey and not layer.grey:
            whole = found[home].mask | layer.mask
            found[home] = Layer(lab=found[home].lab, mask=whole)
    return found


def _centres(lab: Floats) -> list[Floats]:
    """Return the most frequent colours, none near to a more frequent one."""
    bins = (lab / _BIN).astype(np.int32)
    keys = (bins[:, :, 0] << 10) | (bins[:, :, 1] << 5) | bins[:, :, 2]
    counts = np.bincount(keys.ravel(), minlength=1 << 15)
    centres: list[Floats] = []
    for key in np.argsort(counts)[::-1]:
        if counts[key] < _LEAST * keys.size / 3 or len(centres) == _MOST:
            break
        centre = (np.array([key >> 10, (key >> 5) & 31, key & 31], np.float32) + 0.5) * _BIN
        if all(np.linalg.norm(centre - one) >= _NEAR for one in centres):
            centres.append(centre)
    return [_refined(lab, keys, centre) for centre in centres]


def _refined(lab: Floats, keys: NDArray[np.int32], centre: Floats) -> Floats:
    """Return the mean of the pixels in the bin of a colour."""
    low = (centre / _BIN).astype(np.int32)
    inside = lab[keys == ((low[0] << 10) | (low[1] << 5) | low[2])]
    return np.asarray(inside.mean(axis=0), dtype=np.float32) if len(inside) else centre


def _nearest(lab: Floats, centres: Sequence[Floats]) -> tuple[NDArray[np.int8], Floats]:
    nearest = np.full(lab.shape[:2], -1, dtype=np.int8)
    distance = np.full(lab.shape[:2], np.inf, dtype=np.float32)
    for at, centre in enumerate(centres):
        away = np.sqrt(((lab - centre) ** 2).sum(axis=2))
        closer = away < distance
        nearest[closer] = at
        distance[closer] = away[closer]
    return nearest, distance


def _is_edge(layer: Layer, of: Layer) -> bool:
    """Whether a colour lies only along the pixels of another of about the same hue, or of grey."""
    if not of.grey and not layer.grey and _turn(layer, of) > 0.5:
        return False
    if of.grey and not layer.grey:
        return False
    around = cv2.dilate(of.mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    covered = (layer.mask & around).sum() >= _EDGE * layer.mask.sum()
    core = cv2.erode(layer.mask.astype(np.uint8), np.ones((3, 3), np.uint8)).sum()
    return bool(covered and core < 0.1 * layer.mask.sum())


def _turn(a: Layer, b: Layer) -> float:
    """Return the angle between two hues in radians."""
    angles = [np.arctan2(one.lab[2] - 128, one.lab[1] - 128) for one in (a, b)]
    turn = abs(angles[0] - angles[1])
    return float(min(turn, 2 * np.pi - turn))
