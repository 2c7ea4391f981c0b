"""A view: the part of a page that the model is shown, and the way back from its boxes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from docvision.geometry import WHOLE, Box, clip, within


class BoxConvention(StrEnum):
    """In what a family writes boxes."""

    RESIZED_PIXELS = "resized_pixels"
    """Pixels of the picture as the model saw it (Qwen2-VL, Qwen2.5-VL)."""
    PER_MILLE = "per_mille"
    """0–1000 across and down (Qwen3-VL, Qwen3.5)."""


@dataclass(frozen=True, kw_only=True)
class View:
    """A region of a page drawn at a size.

    Attributes:
        page: Index of the page, from 0.
        region: What of the page is shown, in fractions of the page.
        width: Pixels across.
        height: Pixels down.
        tokens: What it costs the model.
    """

    page: int = 0
    region: Box = WHOLE
    width: int
    height: int
    tokens: int

    def to_page(self, box: Box, convention: BoxConvention) -> Box:
        """Return a box of an answer as fractions of the page, clipped to this view.

        Corners given in the wrong order are put right, as models do swap them.
        """
        across, down = self._units(convention)
        x0, x1 = sorted((box[0] / across, box[2] / across))
        y0, y1 = sorted((box[1] / down, box[3] / down))
        return within(clip((x0, y0, x1, y1)), self.region)

    def from_page(self, box: Box, convention: BoxConvention) -> Box:
        """Return a box of the page the way the model would write it (not rounded)."""
        across, down = self._units(convention)
        x0, y0, x1, y1 = self.region
        wide, high = x1 - x0, y1 - y0
        return (
            (box[0] - x0) / wide * across,
            (box[1] - y0) / high * down,
            (box[2] - x0) / wide * across,
            (box[3] - y0) / high * down,
        )

    def _units(self, convention: BoxConvention) -> tuple[float, float]:
        if convention is BoxConvention.PER_MILLE:
            return 1000.0, 1000.0
        return float(self.width), float(self.height)
