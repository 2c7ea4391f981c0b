"""What is drawn on a PDF page beside its text: the boxes of pictures and of thin ruled lines."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from docvision.documents.pdf_place import Placement, bounds_of
from docvision.geometry import Box

_OBJECTS = 20_000
"""Objects looked at on one page; a map or a plot can hold many more, none of them a table."""
_RULES = 4_000
_DEPTH = 8
_THICK = 3.0
"""Points; a line thicker than this is a bar."""
_LONG = 6.0
"""Points; a line shorter than this is a mark."""

_Matrix = tuple[float, float, float, float, float, float]
_Rect = tuple[float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_Point = tuple[float, float]


def images_and_rules(
    page: pypdfium2.PdfPage, placement: Placement
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Return the displayed boxes of the pictures, and of the lines across and down, of a page."""
    images: list[Box] = []
    rules: list[Box] = []
    for page_object, kind, matrix in _objects(page):
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            images += _shown(placement, [_moved(bounds_of(page_object), matrix)])
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and len(rules) < _RULES:
            rules += _shown(placement, list(_lines(page_object, matrix)))
    return tuple(images), tuple(rules[:_RULES])


def _objects(
    page: pypdfium2.PdfPage,
) -> Iterator[tuple[pdfium.FPDF_PAGEOBJECT, int, _Matrix]]:
    left = _OBJECTS
    pending = [(pdfium.FPDFPage_GetObject, pdfium.FPDFPage_CountObjects, page, _IDENTITY, 0)]
    while pending:
        get, count, holder, matrix, depth = pending.pop()
        for number in range(count(holder)):
            page_object = get(holder, number)
            kind = pdfium.FPDFPageObj_GetType(page_object)
            left -= 1
            if left < 0:
                return
            if kind != pdfium.FPDF_PAGEOBJ_FORM:
                yield page_object, kind, matrix
            elif depth < _DEPTH:
                inner = _combined(_matrix_of(page_object), matrix)
                pending.append(
                    (
                        pdfium.FPDFFormObj_GetObject,
                        pdfium.FPDFFormObj_CountObjects,
                        page_object,
                        inner,
                        depth + 1,
                    )
                )


def _lines(path: pdfium.FPDF_PAGEOBJECT, outer: _Matrix) -> Iterator[_Rect | None]:
    bounds = _moved(bounds_of(path), outer)
    if bounds is None:
        return
    if min(bounds[2] - bounds[0], bounds[3] - bounds[1]) <= _THICK:
        yield bounds if _is_rule(bounds) else None
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if pdfium.FPDFPath_GetDrawMode(path, fill, stroke) and stroke.value:
        matrix = _combined(_matrix_of(path), outer)
        for start, end in _segments(path, matrix):
            xs, ys = sorted((start[0], end[0])), sorted((start[1], end[1]))
            line = (xs[0], ys[0], xs[1], ys[1])
            yield line if _is_rule(line) else None


def _segments(path: pdfium.FPDF_PAGEOBJECT, matrix: _Matrix) -> Iterator[tuple[_Point, _Point]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for number in range(min(pdfium.FPDFPath_CountSegments(path), _RULES)):
        segment = pdfium.FPDFPath_GetPathSegment(path, number)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        point = _apply(matrix, x.value, y.value)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield last, start
            last = start


def _is_rule(rect: _Rect) -> bool:
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    return min(width, height) <= _THICK and max(width, height) >= _LONG


def _shown(placement: Placement, rects: list[_Rect | None]) -> list[Box]:
    known = np.array([rect for rect in rects if rect is not None], np.float64).reshape(-1, 4)
    return [
        (x0, y0, x1, y1) for x0, y0, x1, y1 in placement.boxes(known).tolist() if x1 > x0 or y1 > y0
    ]


def _matrix_of(page_object: pdfium.FPDF_PAGEOBJECT) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(page_object, matrix):
        return _IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _combined(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    ta, tb, tc, td, te, tf = then
    return (
        a * ta + b * tc,
        a * tb + b * td,
        c * ta + d * tc,
        c * tb + d * td,
        e * ta + f * tc + te,
        e * tb + f * td + tf,
    )


def _apply(matrix: _Matrix, x: float, y: float) -> _Point:
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)


def _moved(rect: _Rect | None, matrix: _Matrix) -> _Rect | None:
    if rect is None or matrix == _IDENTITY:
        return rect
    corners = [_apply(matrix, x, y) for x in (rect[0], rect[2]) for y in (rect[1], rect[3])]
    xs, ys = zip(*corners, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))
