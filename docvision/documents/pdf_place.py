"""Where a point of a PDF page's own coordinates lies on the page as displayed."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The map from page space (points, y up, not rotated) to fractions of the displayed page.

    `x = xx·X + xy·Y + x0` and `y = yx·X + yy·Y + y0`; `height` is the displayed height in points
    and `rotation` the page's own, clockwise in degrees.
    """

    xx: float
    xy: float
    x0: float
    yx: float
    yy: float
    y0: float
    height: float
    rotation: int

    @staticmethod
    def of(page: pypdfium2.PdfPage) -> Placement:
        """Return the map of a page, from its rotation and its crop box within the media box."""
        rect = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, rect)
        left, bottom = min(rect.left, rect.right), min(rect.bottom, rect.top)
        right, top = max(rect.left, rect.right), max(rect.bottom, rect.top)
        rotation = page.get_rotation() % 360
        w, h = max(right - left, 1e-6), max(top - bottom, 1e-6)
        along_x = (1 / w, 0.0, -left / w), (-1 / w, 0.0, right / w)
        along_y = (0.0, 1 / h, -bottom / h), (0.0, -1 / h, top / h)
        x, y = {
            0: (along_x[0], along_y[1]),
            90: (along_y[0], along_x[0]),
            180: (along_x[1], along_y[0]),
            270: (along_y[1], along_x[1]),
        }[rotation]
        return Placement(
            xx=x[0],
            xy=x[1],
            x0=x[2],
            yx=y[0],
            yy=y[1],
            y0=y[2],
            height=w if rotation in (90, 270) else h,
            rotation=rotation,
        )

    def boxes(self, rects: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the displayed boxes of rectangles of page space, clipped to the page.

        Rows are left, bottom, right, top in; x0, y0, x1, y1 out.
        """
        corners = rects.reshape(-1, 2, 2)
        to_page = np.array(((self.xx, self.xy), (self.yx, self.yy)))
        moved = np.clip(corners @ to_page.T + (self.x0, self.y0), 0.0, 1.0)
        return np.concatenate((moved.min(axis=1), moved.max(axis=1)), axis=1)

    def angle(self, degrees: float) -> float:
        """Return a counter-clockwise direction of page space as displayed, in (-180, 180]."""
        turned = round(degrees - self.rotation, 1) % 360
        return turned - 360 if turned > 180 else turned


def bounds_of(page_object: pdfium.FPDF_PAGEOBJECT) -> tuple[float, float, float, float] | None:
    """Return left, bottom, right, top of a page object in its parent's space."""
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(page_object, *sides):
        return None
    return (sides[0].value, sides[1].value, sides[2].value, sides[3].value)
