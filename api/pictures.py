"""Pictures of pages for people to look at, drawn in sandboxed children as the workers draw them.

The children start with the first page that somebody looks at and end when nobody does any more,
so an API that only takes jobs in stays as small as it was.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from docvision.blobs.base import BlobStore
from docvision.errors import DocvisionError, InvalidRequest
from docvision.jobs.model import Job
from docvision.settings import MIB, Limits

if TYPE_CHECKING:
    from docvision.documents.base import Document, Pixels
    from docvision.documents.sandbox import Sandbox

MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
SHOWN_PIXELS = 12_000_000
"""Pixels of one picture at most; a tall page is drawn narrower than was asked for."""
OPEN_DOCUMENTS = 2
IDLE_SECONDS = 60.0
_SECONDS = 20.0
_MEMORY_BYTES = 1024 * MIB
_JPEG_QUALITY = 85
_PNG_EFFORT = 3


@dataclass(frozen=True, kw_only=True)
class View:
    """Which picture: a page (from 0), or the frame at `time` seconds, so many pixels wide."""

    page: int
    width: int
    time: float | None = None
    format: str = "png"


class Pictures:
    """Draws pages of jobs' documents. Thread-safe; close it to end the children."""

    def __init__(self, blobs: BlobStore, limits: Limits) -> None:
        self._blobs = blobs
        self._limits = limits.model_copy(
            update={
                "sandbox_seconds": min(_SECONDS, limits.sandbox_seconds),
                "sandbox_memory_bytes": min(_MEMORY_BYTES, limits.sandbox_memory_bytes),
            }
        )
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._open: OrderedDict[str, tuple[contextlib.ExitStack, Document]] = OrderedDict()
        self._timer: threading.Timer | None = None

    def draw(self, job: Job, document: int, view: View) -> bytes:
        """Return the encoded picture of a page; one at a time, which is what a person looks at.

        Raises:
            InputError: The document cannot be opened, or the page not drawn.
            InvalidRequest: There is no such page.
            StorageError: The blob store does not answer.
        """
        with self._lock:
            self._stay()
            opened = self._document(job, document)
            try:
                pixels = _pixels(opened, view)
            except DocvisionError:
                self._drop(job.uploads[document].key)
                raise
            return _encode(pixels, view.format)

    def close(self) -> None:
        """Close the documents and end the children; the next picture starts them again."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            for key in list(self._open):
                self._drop(key)
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None

    def _stay(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(IDLE_SECONDS, self.close)
        self._timer.daemon = True
        self._timer.start()

    def _document(self, job: Job, index: int) -> Document:
        key = job.uploads[index].key
        if key in self._open:
            self._open.move_to_end(key)
            return self._open[key][1]
        while len(self._open) >= OPEN_DOCUMENTS:
            self._drop(next(iter(self._open)))
        with contextlib.ExitStack() as stack:
            path = stack.enter_context(self._blobs.local(key))
            opening = self._children().open(path, password=job.options.get("password"))
            document = stack.enter_context(opening)
            self._open[key] = (stack.pop_all(), document)
        return document

    def _children(self) -> Sandbox:
        if self._sandbox is None:
            # numpy and the sandbox come with the first picture, not with the API.
            from docvision.documents.sandbox import Sandbox  # noqa: PLC0415

            self._sandbox = Sandbox(self._limits, size=1)
        return self._sandbox

    def _drop(self, key: str) -> None:
        if key in self._open:
            self._open.pop(key)[0].close()


def _pixels(document: Document, view: View) -> Pixels:
    if view.time is not None:
        return _frame(document, view.time, view.width)
    if not 0 <= view.page < document.info.page_count:
        raise InvalidRequest(f"There is no page {view.page + 1}.", field="page")
    page = document.page(view.page)
    width, height = _fit(view.width, page.height / page.width)
    return document.render(view.page, width, height)


def _frame(document: Document, time: float, width: int) -> Pixels:
    page = document.page(0)
    size = _fit(width, page.height / page.width)
    for frame in document.frames([time], *size):
        return frame.pixels
    raise InvalidRequest("The video has no frame at this time.", field="time")


def _fit(width: int, ratio: float) -> tuple[int, int]:
    """Return a size of this width, or a smaller one where that would have too many pixels."""
    width = min(width, max(1, int((SHOWN_PIXELS / ratio) ** 0.5)))
    return width, max(1, min(round(width * ratio), SHOWN_PIXELS // width))


def _encode(pixels: Pixels, format: str) -> bytes:
    file = BytesIO()
    image = Image.fromarray(pixels)
    if format == "png":
        image.save(file, "PNG", compress_level=_PNG_EFFORT)
    else:
        image.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return file.getvalue()
