"""Words on pictures of pages, read by RapidOCR.

The models and the pre- and post-processing of each are RapidOCR's own. What is done differently,
because it is faster with the same words:

- weights that are denormal numbers count as zero (see `ocr_models`);
- lines are cut out along their ink (see `ocr_boxes`) and, those of several pages together, read in
  batches of one width, to which they are padded a little: what is read of a line depends on that
  line alone, not on what else stands on the page;
- batches of lines run side by side on one thread each, which wastes less than sharing the work of
  one batch; pages are looked at two at a time, as the detector needs some 400 MB for one;
- the angle classifier looks at upright lines only where some tell that the page is upside down.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from docvision.documents.base import Pixels
from docvision.errors import Cancelled
from docvision.reading.ocr_boxes import Quad, fitted_apart, ink_of
from docvision.reading.ocr_lines import Reading, reading_of, words_on_page
from docvision.reading.ocr_models import Models, load_models, stopped_when
from docvision.results.model import Word

_LEAST_SCORE = 0.5
"""A line that the recogniser is less sure of is noise (RapidOCR's `text_score`)."""
_LEAST_SIDE, _MOST_SIDE = 30, 2000
"""A picture is scaled so that its sides lie between (RapidOCR's own bounds)."""
_HIGH, _NARROWEST = 48, 320
"""Pixels of a line as it is read: its height, and its width at least (RapidOCR's
`rec_img_shape`)."""
_BATCH_WIDTH = 40 * _HIGH
"""Pixels of a batch's lines in all: larger ones leave the cache."""
_PADDING = 1.1
"""Each width that lines are padded to is so much more than the one below."""
_GREY = 128
"""What lines are padded with; RapidOCR pads with 0 between -1 and 1, which is the same."""
_PAGES_AT_ONCE = 2
"""Pages that the detector looks at side by side, however many threads there are."""
_SAMPLE = 8
"""Lines that are asked whether the page stands on its head."""
_LOOK_SECONDS = 0.1
"""How soon it is seen that nobody wants to wait for the models any more."""


@dataclass(frozen=True, kw_only=True)
class _Crop:
    """A line cut out of a picture and turned upright; `quad` is where it was, in its pixels."""

    picture: int
    pixels: Pixels
    quad: Quad

    @property
    def width(self) -> int:
        """Pixels across, as high as lines are read."""
        wide: int = math.ceil(_HIGH * self.pixels.shape[1] / self.pixels.shape[0])
        return wide

    @property
    def padded(self) -> int:
        """Pixels across with padding."""
        steps = math.log(max(1.0, self.width / _NARROWEST), _PADDING)
        return max(self.width, round(_NARROWEST * _PADDING ** math.ceil(steps)))

    def turned(self) -> _Crop:
        return _Crop(
            picture=self.picture,
            pixels=np.ascontiguousarray(self.pixels[::-1, ::-1]),
            quad=np.roll(self.quad, 2, axis=0),
        )


class Ocr:
    """Reads words off pictures. Loads its models when first used; may be shared by threads.

    Args:
        threads: Pictures and batches of lines worked on at once; 0 for one per core.
    """

    def __init__(self, *, threads: int = 0) -> None:
        self._threads = threads or len(os.sched_getaffinity(0))
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._loading: Future[Models] | None = None
        self._looking = threading.BoundedSemaphore(_PAGES_AT_ONCE)

    def read(
        self, pictures: Sequence[Pixels], cancelled: Callable[[], bool] = lambda: False
    ) -> list[tuple[Word, ...]]:
        """Return the words of each picture, line by line from the top.

        Boxes are fractions of the picture as given; where it lies on its side or on its head, the
        words are read all the same and tell their angle (see `words.StyledWord`). A word's
        confidence is that of its least sure character. Pictures are better given together than
        one by one.

        Raises:
            Cancelled: `cancelled()` was true; it is asked ten times a second.
        """
        _check(cancelled)
        loading, pool = self._begun()
        models = _awaited(loading, cancelled)

        def look(at: int) -> list[_Crop]:
            with _stopping(here, cancelled):
                return self._look(models, at, pictures[at])

        def recognise(batch: Sequence[int]) -> list[Reading]:
            with _stopping(here, cancelled):
                return _recognise(models, [crops[at] for at in batch])

        words: list[list[Word]] = [[] for _ in pictures]
        readings: dict[int, Reading] = {}
        with stopped_when(cancelled) as here:
            found = pool.map(look, range(len(pictures)))
            crops = [crop for of_picture in found for crop in of_picture]
            batches = list(_batches(crops))
            for batch, read in zip(batches, pool.map(recognise, batches), strict=True):
                readings.update(zip(batch, read, strict=True))
        for at, crop in enumerate(crops):
            if readings[at].score >= _LEAST_SCORE:
                height, width = pictures[crop.picture].shape[:2]
                words[crop.picture] += words_on_page(readings[at], crop.quad, width, height)
        return [tuple(of_picture) for of_picture in words]

    def close(self) -> None:
        """Let go of the models and the threads; reading again would load them anew."""
        with self._lock:
            pool, self._pool, self._loading = self._pool, None, None
        if pool is not None:
            pool.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _look(self, models: Models, at: int, picture: Pixels) -> list[_Crop]:
        with self._looking:
            return _crops(models, at, picture)

    def _begun(self) -> tuple[Future[Models], ThreadPoolExecutor]:
        """Return the models, which a thread of the pool loads, and the pool.

        Loading takes seconds on a busy machine. It goes on for the next page when nobody wants
        this one any more, which therefore need not wait for it.
        """
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="ocr")
            if self._loading is None or (self._loading.done() and self._loading.exception()):
                self._loading = self._pool.submit(load_models, self._threads)
            return self._loading, self._pool


def _awaited(loading: Future[Models], cancelled: Callable[[], bool]) -> Models:
    while not wait([loading], _LOOK_SECONDS).done:
        _check(cancelled)
    return loading.result()


@contextlib.contextmanager
def _stopping(
    here: Callable[[], AbstractContextManager[None]], cancelled: Callable[[], bool]
) -> Iterator[None]:
    """Let the models be stopped within the block; raises Cancelled where they were."""
    _check(cancelled)
    # Heavy, already imported with the models.
    from rapidocr.inference_engine.onnxruntime import ONNXRuntimeError  # noqa: PLC0415

    try:
        with here():
            yield
    except ONNXRuntimeError:
        _check(cancelled)
        raise


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The words are no longer wanted.")


def _crops(models: Models, picture: int, pixels: Pixels) -> list[_Crop]:
    """Find the lines of a picture and cut them out, upright."""
    # Heavy: OpenCV, already imported with the models.
    from rapidocr.utils.process_img import (  # noqa: PLC0415
        get_rotate_crop_image,
        resize_image_within_bounds,
    )

    bgr = np.ascontiguousarray(pixels[:, :, ::-1])
    resized, down, across = resize_image_within_bounds(bgr, _LEAST_SIDE, _MOST_SIDE)
    boxes = models.detector(resized).boxes
    if boxes is None:
        return []
    scale = np.array([across, down], dtype=np.float32)
    crops, on_side = [], []
    for box in fitted_apart(list(boxes.astype(np.float32)), ink_of(resized)):
        crop = get_rotate_crop_image(resized, box.copy())
        # RapidOCR turns a tall crop by a quarter, counter-clockwise: its top was the right side.
        tall = _is_tall(box)
        quad = np.roll(box, -1, axis=0) if tall else box
        crops.append(_Crop(picture=picture, pixels=crop, quad=quad * scale))
        on_side.append(tall)
    return _upright(models, crops, on_side)


def _is_tall(box: NDArray[np.float32]) -> bool:
    width = int(max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[2] - box[3])))
    height = int(max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2])))
    return bool(height / max(1, width) >= 1.5)


def _upright(models: Models, crops: list[_Crop], on_side: list[bool]) -> list[_Crop]:
    """Turn the lines that stand on their head.

    Lines on their side are each asked. Of the others the longest are asked, and if most of these
    stand on their head, so does the page. (Asked one by one, short lines are sometimes turned
    that were right.)
    """
    sides = [at for at, tall in enumerate(on_side) if tall]
    rest = [at for at, tall in enumerate(on_side) if not tall]
    sample = sorted(rest, key=lambda at: -crops[at].width)[:_SAMPLE]
    flipped = _upside_down(models, [crops[at] for at in (*sides, *sample)])
    turned = {at for at, flip in zip(sides, flipped, strict=False) if flip}
    if sum(flipped[len(sides) :]) * 2 > len(sample):
        turned.update(rest)
    return [crop.turned() if at in turned else crop for at, crop in enumerate(crops)]


def _upside_down(models: Models, crops: Sequence[_Crop]) -> list[bool]:
    if not crops:
        return []
    classifier = models.classifier
    labels = classifier([crop.pixels for crop in crops]).cls_res
    return [label == "180" and score > classifier.cls_thresh for label, score in labels]


def _batches(crops: Sequence[_Crop]) -> Iterator[list[int]]:
    """Yield indexes of lines to be read together: of one width, the widest first."""
    batch: list[int] = []
    for at in sorted(range(len(crops)), key=lambda at: -crops[at].padded):
        widest = crops[batch[0]].padded if batch else 0
        if batch and (widest != crops[at].padded or widest * (len(batch) + 1) > _BATCH_WIDTH):
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _recognise(models: Models, crops: Sequence[_Crop]) -> list[Reading]:
    # Heavy, already imported with the models.
    from rapidocr.ch_ppocr_rec import TextRecInput  # noqa: PLC0415

    pictures: list[Any] = [_as_read(crop) for crop in crops]
    output = models.recogniser(TextRecInput(img=pictures, return_word_box=True))
    return [
        reading_of(text, score, info, share=crop.width / crop.padded)
        for crop, text, score, info in zip(
            crops, output.txts, output.scores, output.word_results, strict=True
        )
    ]


def _as_read(crop: _Crop) -> Pixels:
    """Return a line at the height that it is read at, padded on its right."""
    # Heavy, already imported with the models.
    import cv2  # noqa: PLC0415

    line = cv2.resize(crop.pixels, (crop.width, _HIGH))
    right = crop.padded - crop.width
    return np.asarray(np.pad(line, ((0, 0), (0, right), (0, 0)), constant_values=_GREY))
