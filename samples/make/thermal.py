"""A thermal printer and a hand that put its receipt into a pocket."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samples.make.camera import Map, Pixels, Values, blur, jpeg, render, stretch

DOTS_PER_INCH = 203.2  # eight dots to the millimetre
ZOOM = 2
MARGIN = (150, 90)  # pixels of counter above and beside the paper


def receipt(pdf: bytes, *, seed: int) -> tuple[bytes, Map, tuple[int, int]]:
    """Print the PDF's first page as dots, crumple the paper and photograph it from above.

    Returns the JPEG, the map of points from page to picture, and the size (width, height).
    """
    rng = np.random.default_rng(seed)
    paper = _printed(render(pdf, 0, dpi=DOTS_PER_INCH * 2), rng)
    high, wide = paper.shape
    shift, shade = _crumple(high, wide, rng)
    top, side = MARGIN
    size = (wide + 2 * side, high + 2 * top)
    scene = _counter(size, rng)
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), -1.6, 1.0)
    turn[:, 2] += turn[:, :2] @ np.array([side, top])
    grid = np.indices((high, wide), np.float32)
    creased = cv2.remap(
        paper, grid[1] + shift[1], grid[0] + shift[0], cv2.INTER_LINEAR, borderValue=236
    )
    lit = (creased * shade).clip(0, 255).astype(np.float32)
    mask = cv2.warpAffine(np.ones((high, wide), np.float32), turn, size)[..., None]
    cast = blur(np.roll(mask[..., 0], (10, 8), (0, 1)), 9)[..., None]
    sheet = cv2.warpAffine(lit, turn, size)[..., None] * np.array([1.0, 0.985, 0.955])
    scene = scene * (1 - 0.6 * cast) * (1 - mask) + sheet * mask
    scene = blur(scene, 0.8) + rng.normal(0, 3.5, scene.shape)

    def point(x: float, y: float) -> tuple[float, float]:
        px, py = x * wide, y * high
        row, column = int(np.clip(py, 0, high - 1)), int(np.clip(px, 0, wide - 1))
        px, py = px - shift[1][row, column], py - shift[0][row, column]
        moved = turn @ np.array([px, py, 1.0])
        return float(moved[0] / size[0]), float(moved[1] / size[1])

    return jpeg(scene.clip(0, 255).astype(np.uint8), quality=80, dpi=300), point, size


def _printed(page: Pixels, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return grey paper on which heated dots stand; some failed, and the head is worn."""
    grey = cv2.resize(
        cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA
    )
    high, wide = grey.shape
    heat: Values = (grey < 150).astype(np.float32)
    heat *= rng.random((high, wide)) > 0.035  # dots that did not take
    heat += (rng.random((high, wide)) > 0.9993) * 0.6  # spots of heat and dirt
    heat[:, [int(wide * 0.31), int(wide * 0.72)]] *= 0.25  # dead elements of the print head
    fade = 0.82 + 0.18 * stretch(rng.random((6, 2)).astype(np.float32), (wide, high))
    heat = stretch(heat * fade, (wide * ZOOM, high * ZOOM), cv2.INTER_NEAREST)
    heat = blur(heat, 1.0)
    return (236 - 178 * heat.clip(0, 1)).astype(np.float32)


def _crumple(high: int, wide: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], Values]:
    """Return how far each pixel is moved (rows, columns) and how much light falls on it."""
    relief: Values = np.zeros((high, wide), np.float32)
    rows, columns = np.indices((high, wide), np.float32)
    for _ in range(15):  # creases: planes that meet along random lines
        angle, depth = rng.uniform(0, np.pi), rng.uniform(1.2, 4.2)
        distance = (columns - rng.uniform(0, wide)) * np.cos(angle)
        distance += (rows - rng.uniform(0, high)) * np.sin(angle)
        reach = rng.uniform(40, 130)
        relief += depth * np.exp(-np.abs(distance) / reach) * rng.choice([-1, 1])
    relief += 9 * np.exp(-((rows - high * 0.47) ** 2) / (2 * 60**2))  # the fold in the middle
    relief = blur(relief, 2.2)
    slope_y, slope_x = np.gradient(relief)
    shade = 1 - 1.5 * slope_x - 1.1 * slope_y
    shift = np.stack([relief * 0.55, relief * 0.35]).astype(np.float32)
    return shift, shade.clip(0.55, 1.08)


def _counter(size: tuple[int, int], rng: np.random.Generator) -> Values:
    """Return a dark stone counter with specks."""
    wide, high = size
    coarse = stretch(rng.normal(0, 1, (high // 30, wide // 30)).astype(np.float32), size)
    fine = blur(rng.normal(0, 1, (high, wide)).astype(np.float32), 1.4)
    tone = 58 + 5 * coarse + 26 * fine
    return np.asarray(tone.clip(10, 150)[..., None] * np.array([0.93, 0.97, 1.0]))
