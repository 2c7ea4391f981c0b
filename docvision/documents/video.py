"""Video through PyAV: the frame on screen at a time, turned upright, with square pixels."""

from __future__ import annotations

import os
from typing import Any, NoReturn

import av
import numpy as np
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image

from docvision.documents import sniff
from docvision.documents.base import DocumentInfo, Kind, PageInfo, Pixels
from docvision.documents.columns import LayerColumns
from docvision.documents.limits import ParserLimits
from docvision.documents.playhead import Playhead
from docvision.errors import InvalidRequest, UnsupportedType
from docvision.geometry import WHOLE, Box

# The demuxer is pinned to what was sniffed: given its choice, FFmpeg would follow a playlist
# that is named like a video to other files.
_DEMUXERS = {
    sniff.MP4: "mov",
    sniff.MOV: "mov",
    sniff.MKV: "matroska",
    sniff.WEBM: "matroska",
}
_UNSPECIFIED = 2
"""AVCOL_SPC_UNSPECIFIED."""
_SMOOTH = 24
"""Frames a second from which a few may be left out unseen."""
_SMALL = 8
"""Times that a frame is larger than a picture that only shows whether something changed."""
_HD_LINES = 720
"""From this height on, video without a mark is in the colours of BT.709, below in BT.601."""


class VideoParser:
    """An open video: its one picture stream and the place in it."""

    def __init__(self, fd: int, *, media_type: str, limits: ParserLimits) -> None:
        """Open the video behind a file descriptor and decode its first frame.

        Raises:
            UnsupportedType: There is no picture stream.
            Corrupt: There is no frame that can be decoded.
            TooLong, TooManyPixels: It is longer or larger than the limits allow.
        """
        self._media_type = media_type
        self._file = os.fdopen(os.dup(fd), "rb")
        self._file.seek(0)
        self._container = av.open(
            self._file,
            mode="r",
            format=_DEMUXERS[media_type],
            metadata_errors="replace",
            io_open=_refuse,
        )
        if not self._container.streams.video:
            raise UnsupportedType("The file has sound but no pictures.")
        self._stream = self._container.streams.video[0]
        limits.check_pixels(self._stream.codec_context.width, self._stream.codec_context.height)
        self._duration = self._measure()
        limits.check_seconds(self._duration)
        self._stream.thread_type = "AUTO"
        self._playhead = Playhead(self._container, self._stream)
        # FFmpeg's display matrix turns counter-clockwise, as numpy's rot90 does.
        self._turns = round(self._playhead.first.rotation / 90) % 4
        self._size = self._displayed_size(self._playhead.first)
        limits.check_pixels(*self._size)

    @property
    def info(self) -> DocumentInfo:
        """The length in seconds and the nominal frame rate."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return DocumentInfo(
            kind=Kind.VIDEO,
            media_type=self._media_type,
            page_count=1,
            duration=self._duration,
            fps=float(rate) if rate else None,
        )

    def page(self, index: int) -> PageInfo:
        """Return the size of a frame in pixels, turned and with square pixels."""
        self._check(index)
        return PageInfo(width=self._size[0], height=self._size[1], unit="px")

    def text_layer(self, index: int) -> LayerColumns:
        """Return an empty layer: a video carries no words."""
        self._check(index)
        return LayerColumns()

    def render(self, index: int, region: Box, out: Pixels) -> None:
        """Draw the first frame, or a region of it."""
        self._check(index)
        if region == WHOLE:
            self._draw(self._playhead.first, out)
            return
        width, height = self._size
        whole = np.empty((height, width, 3), np.uint8)
        self._draw(self._playhead.first, whole)
        box = (region[0] * width, region[1] * height, region[2] * width, region[3] * height)
        size = (out.shape[1], out.shape[0])
        out[:] = np.asarray(Image.fromarray(whole).resize(size, Image.Resampling.LANCZOS, box))

    def frame(self, time: float, out: Pixels) -> float | None:
        """Put the frame on screen at `time` into `out`, return its own time, None past the end.

        For a small picture of it the frame before it that others are made from will do, a tenth
        of a second at most; that takes half the time.
        """
        self._stream.codec_context.skip_frame = "NONREF" if self._is_coarse(out) else "DEFAULT"
        found = self._playhead.at(time)
        if found is None:
            return None
        moment, frame = found
        self._draw(frame, out)
        return moment

    def close(self) -> None:
        """Let go of the decoder and the file."""
        self._playhead.close()
        self._container.close()
        self._file.close()

    def _check(self, index: int) -> None:
        if index != 0:
            raise InvalidRequest(f"There is no page {index + 1}.", field="page")

    def _measure(self) -> float:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        if self._container.duration:
            return self._container.duration / av.time_base
        return self._measure_by_packets()

    def _measure_by_packets(self) -> float:
        # A recording cut short, or one made for streaming, does not say how long it is.
        tick = float(self._stream.time_base or 0)
        moments = [
            (packet.pts, packet.duration or 0)
            for packet in self._container.demux(self._stream)
            if packet.pts is not None
        ]
        self._container.seek(0)
        if not moments:
            return 0.0
        begin = min(pts for pts, _ in moments)
        return max(pts + length - begin for pts, length in moments) * tick

    def _is_coarse(self, out: Pixels) -> bool:
        rate = self._stream.average_rate or 0
        width, height = self._size
        return rate >= _SMOOTH and out.shape[0] * out.shape[1] * _SMALL <= width * height

    def _displayed_size(self, frame: av.VideoFrame) -> tuple[int, int]:
        aspect = self._stream.sample_aspect_ratio
        wide = float(aspect) if aspect else 1.0
        size = (max(1, round(frame.width * wide)), frame.height)
        return (size[1], size[0]) if self._turns % 2 else size

    def _draw(self, frame: av.VideoFrame, out: Pixels) -> None:
        height, width = out.shape[:2]
        if self._turns % 2:
            width, height = height, width
        shrinks = width < frame.width
        drawn = frame.reformat(
            width,
            height,
            "rgb24",
            src_colorspace=_colorspace(frame),
            interpolation=Interpolation.AREA if shrinks else Interpolation.BICUBIC,
        )
        out[:] = np.rot90(drawn.to_ndarray(), self._turns)


def _colorspace(frame: av.VideoFrame) -> int | None:
    if frame.colorspace != _UNSPECIFIED:
        return None
    return Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601


def _refuse(url: str, flags: int, options: dict[str, Any]) -> NoReturn:
    raise PermissionError("A video may not open other files.")
