"""Which frames of a video are shown: evenly spread, as qwen-vl-utils does it, and their times."""

from __future__ import annotations

import math

from docvision.errors import InvalidRequest

FPS = 2.0
FRAME_FACTOR = 2
MIN_FRAMES = 4
MAX_FRAMES = 768
"""qwen-vl-utils' defaults: frames a second, and frames come in pairs."""


def smart_nframes(
    total_frames: int,
    video_fps: float,
    *,
    fps: float = FPS,
    min_frames: int = MIN_FRAMES,
    max_frames: int = MAX_FRAMES,
) -> int:
    """Return how many frames of a video to show: an even number, at `fps` where that fits.

    Equal to qwen-vl-utils' function of this name (whose default for `max_frames` is the smaller
    of 768 and `total_frames`).

    Raises:
        InvalidRequest: The video has fewer than two frames, or a number does not fit.
    """
    if video_fps <= 0 or fps <= 0:
        raise InvalidRequest("Frame rates must be above 0.", video_fps=video_fps, fps=fps)
    least = math.ceil(min_frames / FRAME_FACTOR) * FRAME_FACTOR
    most = math.floor(max_frames / FRAME_FACTOR) * FRAME_FACTOR
    wanted = min(max(total_frames / video_fps * fps, least), most, total_frames)
    frames = math.floor(wanted / FRAME_FACTOR) * FRAME_FACTOR
    if not FRAME_FACTOR <= frames <= total_frames:
        raise InvalidRequest(
            f"The frames to show must be between {FRAME_FACTOR} and {total_frames}, not {frames}.",
            frames=frames,
            total_frames=total_frames,
        )
    return frames


def uniform_times(total_frames: int, video_fps: float, count: int) -> list[float]:
    """Return the times (seconds) of `count` frames spread evenly from the first to the last.

    The frames are those that qwen-vl-utils picks: `linspace(0, total - 1, count)`, rounded.
    """
    if count == 1:
        return [0.0]
    step = (total_frames - 1) / (count - 1)
    return [round(index * step) / video_fps for index in range(count)]
