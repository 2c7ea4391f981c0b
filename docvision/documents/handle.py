"""A document that is open in a child process: the worker's handle on it."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self, TypeVar

from docvision.documents import shared
from docvision.documents.base import DocumentInfo, Kind, PageInfo, Pixels, TextLayer, VideoFrame
from docvision.documents.pool import Pool
from docvision.documents.process import ParserProcess
from docvision.documents.records import (
    info_from_wire,
    layer_from_wire,
    page_from_wire,
    time_from_wire,
)
from docvision.documents.wire import Header, Message, WireError
from docvision.errors import (
    Corrupt,
    DocvisionError,
    InvalidRequest,
    TooManyFrames,
    TooManyPixels,
)
from docvision.geometry import WHOLE, Box
from docvision.settings import Limits

T = TypeVar("T")

_CLOSE_SECONDS = 5.0


class SandboxedDocument:
    """A `Document` whose bytes are parsed in a child. Thread-safe, one call at a time.

    A call that ends its child (or that has to be ended with it) raises its error, and the next
    call goes on in a new child: one bad page costs that page.
    """

    def __init__(
        self, pool: Pool, limits: Limits, fd: int, *, media_type: str, password: str | None
    ) -> None:
        """Open the document behind `fd`, which from here on is closed with this object."""
        self._pool = pool
        self._limits = limits
        self._fd = fd
        self._opening = {
            "media_type": media_type,
            "password": password,
            "cpu_seconds": limits.sandbox_cpu_seconds,
            "limits": {
                "pages": limits.pages,
                "image_pixels": limits.image_pixels,
                "video_seconds": limits.video_seconds,
            },
        }
        self._lock = threading.Lock()
        self._process: ParserProcess | None = None
        self._is_closed = False
        self._info: DocumentInfo | None = None
        try:
            with self._lock:
                self._attach()
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> DocumentInfo:
        """What is known of the whole."""
        if self._info is None:
            raise Corrupt("The document is not open.")
        return self._info

    def page(self, index: int) -> PageInfo:
        """Return the size of page `index` (from 0); raises InvalidRequest where there is none."""
        return self._call(page_from_wire, "page", {"index": index})

    def text_layer(self, index: int) -> TextLayer:
        """Return the words that page `index` carries; empty for pictures and videos."""
        return self._call(layer_from_wire, "text_layer", {"index": index})

    def render(self, index: int, width: int, height: int, region: Box = WHOLE) -> Pixels:
        """Draw `region` of page `index` at exactly `width` × `height` pixels.

        A PDF is drawn straight at that size, a picture resampled from its own pixels; of a video
        it is the first frame.

        Raises:
            InvalidRequest: There is no such page, size or region.
            TooManyPixels: The size is beyond the limit for a picture.
            Corrupt, TooLarge, Timeout: The page cannot be drawn.
        """
        self._check_size(width, height)
        _check_region(region)
        arguments = {"index": index, "region": region, "second": False}
        try:
            return self._draw("render", width, height, arguments)[1]
        except Corrupt:
            # What makes pdfium crash may be no trouble to poppler.
            if self.info.kind is not Kind.PDF or self._process is not None:
                raise
        return self._draw("render", width, height, {**arguments, "second": True})[1]

    def frames(
        self, times: Sequence[float], width: int | None = None, height: int | None = None
    ) -> Iterator[VideoFrame]:
        """Yield the frame on screen at each of `times` (seconds, ascending), resized if asked.

        Each comes with its own time. Times past the last frame are left out, so a video with a
        broken end gives what is there. One frame is in memory at a time.

        Raises:
            InvalidRequest: This is no video, or a time or the size makes no sense.
            TooManyFrames: More times than one document may give frames.
        """
        self._check_times(times)
        page = self.page(0)
        width = width or round(page.width)
        height = height or round(page.height)
        self._check_size(width, height)
        return self._frames(times, width, height)

    def close(self) -> None:
        """Let go of the document; its child goes back to the pool. Closing twice is harmless."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            os.close(self._fd)
            if self._process is not None and self._process.is_alive:
                try:
                    self._process.call("close", {}, seconds=_CLOSE_SECONDS)
                except DocvisionError:
                    self._process.end()
            self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _frames(self, times: Sequence[float], width: int, height: int) -> Iterator[VideoFrame]:
        for time in times:
            moment, pixels = self._draw("frame", width, height, {"time": time})
            if moment is None:
                return
            yield VideoFrame(time=moment, pixels=pixels)

    def _draw(
        self, name: str, width: int, height: int, arguments: Header
    ) -> tuple[float | None, Pixels]:
        fd = shared.create(width, height)
        try:
            size = {"width": width, "height": height}
            moment = self._call(time_from_wire, name, {**arguments, **size}, (fd,))
            return moment, shared.attach(fd, width, height)
        finally:
            os.close(fd)

    def _call(
        self,
        build: Callable[[Message], T],
        name: str,
        arguments: Header,
        fds: Sequence[int] = (),
    ) -> T:
        with self._lock:
            if self._is_closed:
                raise InvalidRequest("The document is closed.")
            return self._ask(self._process or self._attach(), build, name, arguments, fds)

    def _attach(self) -> ParserProcess:
        self._process = self._pool.take()
        self._info = self._ask(self._process, info_from_wire, "open", self._opening, (self._fd,))
        return self._process

    def _ask(
        self,
        process: ParserProcess,
        build: Callable[[Message], T],
        name: str,
        arguments: Header,
        fds: Sequence[int],
    ) -> T:
        try:
            answer = process.call(name, arguments, fds, seconds=self._limits.sandbox_seconds)
            return build(answer)
        except WireError as error:
            process.end()
            raise Corrupt("The file's parser gave no sensible answer.") from error
        finally:
            if not process.is_alive:
                self._let_go()

    def _let_go(self) -> None:
        if self._process is not None:
            self._pool.give_back(self._process)
            self._process = None

    def _check_size(self, width: int, height: int) -> None:
        if width < 1 or height < 1:
            raise InvalidRequest("A size must be at least 1 × 1 pixels.", field="size")
        if width * height > self._limits.image_pixels:
            raise TooManyPixels(
                f"A picture of {width} × {height} pixels is larger than allowed.",
                limit="image_pixels",
                allowed=self._limits.image_pixels,
                found=width * height,
            )

    def _check_times(self, times: Sequence[float]) -> None:
        if self.info.kind is not Kind.VIDEO:
            raise InvalidRequest("Only a video has frames.", field="times")
        if any(not (math.isfinite(time) and time >= 0) for time in times):
            raise InvalidRequest("Times are seconds from the start.", field="times")
        if len(times) > self._limits.video_frames:
            raise TooManyFrames(
                f"{len(times)} frames are asked for; {self._limits.video_frames} are allowed.",
                limit="video_frames",
                allowed=self._limits.video_frames,
                found=len(times),
            )


def _check_region(region: Box) -> None:
    x0, y0, x1, y1 = region
    if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
        raise InvalidRequest("A region is a part of the page, in fractions of it.", field="region")
