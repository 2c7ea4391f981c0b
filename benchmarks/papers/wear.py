"""What happens to a paper before it is read: skew, shadow, blur, a hand that holds a camera."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Warp = npt.NDArray[np.float64]

QUALITY = {"jpeg": 42, "jpegblur": 42, "photo": 70}
"""JPEG quality of those that are not kept as PNG."""


def wear(pixels: Pixels, how: str, rng: np.random.Generator) -> tuple[Pixels, Warp]:
    """Return a worn picture (H x W x 3) and the 3 x 3 perspective that moved its points.

    `how` is `rot` (1.6 degrees), `photo` (perspective, desk, shade), `shade`, `blur`, `jpegblur`;
    anything else leaves the pixels as they are.
    """
    if how == "rot":
        return _rotated(pixels)
    if how == "photo":
        return _photographed(pixels, rng)
    worn: Any = pixels
    if how == "shade":
        high, wide = pixels.shape[:2]
        down, across = np.mgrid[0:high, 0:wide]
        light = 0.55 + 0.45 * np.clip((across / wide + down / high) / 1.2, 0, 1)
        worn = _noisy(pixels * light[..., None], 6, rng)
    if how == "blur":
        worn = _noisy(cv2.GaussianBlur(pixels, (0, 0), 1.5), 5, rng)
    if how == "jpegblur":
        worn = cv2.GaussianBlur(pixels, (0, 0), 1.1)
    return worn, np.eye(3)


def _rotated(pixels: Pixels) -> tuple[Pixels, Warp]:
    high, wide = pixels.shape[:2]
    warp = np.eye(3)
    warp[:2] = cv2.getRotationMatrix2D((wide / 2, high / 2), 1.6, 1)
    white = (255, 255, 255)
    turned: Any = cv2.warpAffine(pixels, warp[:2], (wide, high), borderValue=white)
    return turned, warp


def _photographed(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Warp]:
    high, wide = pixels.shape[:2]
    edge = int(wide * 0.08)
    across, down = wide + 2 * edge, high + 2 * edge
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    seen = corners + edge * np.array(
        [[1.3, 0.8], [0.9, 0.4], [1.5, 1.1], [0.5, 1.4]], dtype=np.float32
    )
    warp: Any = cv2.getPerspectiveTransform(corners, seen)
    desk = 96 + rng.integers(0, 24, (down, across, 3))
    paper = cv2.warpPerspective(pixels, warp, (across, down))
    inside = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), warp, (across, down))
    photo = np.where(inside[..., None] > 127, paper, desk)
    light = np.linspace(0.78, 1.0, across)[None, :, None] * np.linspace(1, 0.9, down)[:, None, None]
    worn: Any = cv2.GaussianBlur((photo * light).astype(np.uint8), (0, 0), 0.8)
    return worn, warp


def _noisy(pixels: Any, much: float, rng: np.random.Generator) -> Pixels:
    noisy = pixels + rng.normal(0, much, pixels.shape)
    kept: Pixels = np.clip(noisy, 0, 255).astype(np.uint8)
    return kept
