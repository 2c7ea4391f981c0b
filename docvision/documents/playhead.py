"""A place in a video stream that moves forward by decoding and jumps only where that is less."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from docvision.errors import Corrupt

_UNINDEXED_SECONDS = 5.0
"""Without an index, jump rather than decode when the time asked for is this far ahead."""
_HELD_SECONDS = 1.0
"""How long a last frame that names no duration is taken to stay on screen."""
_ROUNDING = 1e-6
"""Seconds; a frame's time is a fraction, what is asked for a rounded one."""
_MISSED_SECONDS = 2.0
"""How much further back to jump when a jump lands past its goal; doubles each time."""


class Playhead:
    """Finds the frame on screen at a time. Times are seconds from the first frame."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        """Decode the first frame; raises Corrupt where there is none."""
        self._container = container
        self._stream = stream
        self._tick = float(stream.time_base or 0) or 1e-6
        self._frames = self._decode()
        first = next(self._frames, None)
        if first is None:
            raise Corrupt("No frame of the video can be decoded.")
        self._begin = self._raw_time(first, 0.0)
        self._shown: av.VideoFrame | None = first
        self._next: av.VideoFrame | None = None
        self._position = 0.0
        self.first = first

    @property
    def begin(self) -> float:
        """The first frame's time by the file's own clock, in seconds."""
        return self._begin

    def at(self, time: float) -> tuple[float, av.VideoFrame] | None:
        """Return the frame on screen at `time` with its own time, None past the last one."""
        if self._should_jump(time):
            self._jump(time)
        self._roll(time)
        if self._shown is None:
            return None
        if self._next is None and time > self._last_moment() + _ROUNDING:
            return None
        return self._position, self._shown

    def close(self) -> None:
        """Stop decoding."""
        self._frames.close()

    def _roll(self, time: float) -> None:
        while True:
            if self._next is None:
                self._next = next(self._frames, None)
            if self._next is None:
                return
            moment = self._time_of(self._next)
            if moment > time + _ROUNDING:
                return
            self._shown, self._next, self._position = self._next, None, moment

    def _should_jump(self, time: float) -> bool:
        if self._shown is None or time < self._position:
            return True
        here = self._time_of(self._next) if self._next is not None else self._position
        if time <= here:
            return False
        keyframe = self._keyframe_before(time)
        if keyframe is None:
            return time - here > _UNINDEXED_SECONDS
        return keyframe > here

    def _keyframe_before(self, time: float) -> float | None:
        entries = self._stream.index_entries
        if len(entries) == 0:
            return None
        found = entries.search_timestamp(round((time + self._begin) / self._tick), backward=True)
        return None if found < 0 else entries[found].timestamp * self._tick - self._begin

    def _jump(self, time: float) -> None:
        """Go to a keyframe at or before `time`; containers miss at times, so look and go back."""
        goal, back = time, _MISSED_SECONDS
        while True:
            self._seek(goal)
            if self._next is not None and self._time_of(self._next) <= time + _ROUNDING:
                return
            if goal <= 0:
                return
            goal, back = max(0.0, goal - back), back * 2

    def _seek(self, goal: float) -> None:
        self._frames.close()
        offset = round((goal + self._begin) / self._tick)
        try:
            self._container.seek(offset, stream=self._stream, backward=True)
        except av.error.FFmpegError:
            self._container.seek(0, backward=True)
        self._frames = self._decode()
        self._shown, self._position = None, 0.0
        self._next = next(self._frames, None)
        if goal <= 0:
            # Before the very first frame there is none to show but that one.
            self._shown, self._next = self._next, None

    def _decode(self) -> Generator[av.VideoFrame, None, None]:
        for packet in self._packets():
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                continue  # one broken packet; the next keyframe mends the picture
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    yield frame

    def _packets(self) -> Iterator[av.Packet[VideoStream]]:
        try:
            yield from self._container.demux(self._stream)
        except av.error.FFmpegError:
            return  # a broken tail: what came before it stands

    def _time_of(self, frame: av.VideoFrame) -> float:
        return max(0.0, self._raw_time(frame, self._position + self._begin) - self._begin)

    def _raw_time(self, frame: av.VideoFrame, otherwise: float) -> float:
        return frame.pts * self._tick if frame.pts is not None else otherwise

    def _last_moment(self) -> float:
        length = (self._shown.duration or 0) * self._tick if self._shown is not None else 0.0
        return self._position + (length or _HELD_SECONDS)
