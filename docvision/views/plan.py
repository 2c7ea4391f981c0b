"""The planner: what the model is shown of a page or a video, under the token budget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from docvision.documents.base import DocumentInfo, PageInfo
from docvision.errors import InvalidRequest
from docvision.geometry import Box
from docvision.settings import EngineSettings
from docvision.views.frames import FPS, FRAME_FACTOR, MAX_FRAMES, smart_nframes, uniform_times
from docvision.views.regions import bands, line_views
from docvision.views.resolution import LEGIBLE, Size, fit_page, smart_resize, tokens
from docvision.views.view import View

MIN_TOKENS = 16
"""Visual tokens of a view at least."""

MAX_BANDS = 4
"""A page is cut into this many bands at most; what is smaller still stays small."""

WIDEST = 4.0
"""Width over height up to which a page is cut into bands; a strip is not, it would thin out."""

BLOW_UP = 2.0
"""Pixels shown for a pixel of a picture at most: more adds cost, not detail."""

FRAME_MIN_TOKENS = 128
FRAME_MAX_TOKENS = 768
"""Visual tokens of a video frame, before pairs are merged (qwen-vl-utils)."""

FRAME_HEADROOM = 1.05
"""qwen-vl-utils lets a frame have this much over its minimum, however long the video is."""


class Sight(Protocol):
    """What the planner must know of a model; an engine's `Profile` is one."""

    @property
    def factor(self) -> int:
        """Side of the square of pixels that becomes one visual token."""


@dataclass(frozen=True, kw_only=True)
class VideoPlan:
    """Which frames of a video are shown in one request, and how large.

    `view` is that of any frame; `tokens` those of all frames together, merged in pairs.
    """

    times: tuple[float, ...]
    view: View
    tokens: int


class Planner:
    """Plans views for one model under the installation's budgets."""

    def __init__(self, sight: Sight, settings: EngineSettings) -> None:
        self._factor = sight.factor
        self._view_tokens = settings.view_tokens
        self._request_tokens = settings.request_tokens

    def page(
        self, page: PageInfo, text_height: float | None = None, *, index: int = 0
    ) -> list[View]:
        """Return the views of a whole page: one where its text is legible in one, else bands.

        Args:
            page: The page's size. A page of pixels is blown up for small text only, and twofold
                at most.
            text_height: Font height of the smallest text that matters, as a fraction of the
                page's height; None where it is unknown.
            index: The page's index.

        Raises:
            InvalidRequest: The page is thinner than 200:1.
        """
        can_cut = text_height is not None and page.width <= WIDEST * page.height
        most = self._view_tokens * (MAX_BANDS if can_cut else 1)
        size = fit_page(
            page.width,
            page.height,
            text_height=text_height,
            factor=self._factor,
            min_tokens=min(MIN_TOKENS, most),
            max_tokens=most,
            max_scale=_most_scale(page, text_height),
        )
        # Two lines of the smallest text, with the space between them.
        overlap = 3 * LEGIBLE
        return bands(
            size,
            index=index,
            factor=self._factor,
            max_tokens=self._view_tokens,
            overlap=overlap,
        )

    def lines(
        self, page: PageInfo, lines: Sequence[Sequence[Box]], *, index: int = 0
    ) -> list[list[View]]:
        """Return the views of each line of text (given as its words' boxes), left to right."""
        return line_views(lines, page, index=index, factor=self._factor)

    def video(
        self,
        info: DocumentInfo,
        width: float,
        height: float,
        *,
        fps: float = FPS,
        max_frames: int = MAX_FRAMES,
    ) -> VideoPlan:
        """Spread frames evenly over a video, all within the tokens of one request.

        Count and size of the frames are those of qwen-vl-utils for `total_pixels` of
        `request_tokens`; a video too long for that many frames gets fewer, not smaller ones.

        Args:
            info: The video's duration and frame rate.
            width: Pixels of a frame across.
            height: Pixels of a frame down.
            fps: Frames a second to aim for.
            max_frames: Frames at most.

        Raises:
            InvalidRequest: The video has no length, or no two frames.
        """
        if not info.duration or not info.fps:
            raise InvalidRequest("Only a video with a duration and a frame rate can be sampled.")
        total = max(1, round(info.duration * info.fps))
        count = smart_nframes(
            total, info.fps, fps=fps, max_frames=min(max_frames, self._affordable(), total)
        )
        size = self._frame(width, height, count)
        each = tokens(size.width, size.height, self._factor)
        return VideoPlan(
            times=tuple(uniform_times(total, info.fps, count)),
            view=View(width=size.width, height=size.height, tokens=each),
            tokens=each * math.ceil(count / FRAME_FACTOR),
        )

    def _affordable(self) -> int:
        """Return how many of the smallest frames fit one request."""
        pairs = int(self._request_tokens / (FRAME_MIN_TOKENS * FRAME_HEADROOM))
        return max(1, pairs) * FRAME_FACTOR

    def _frame(self, width: float, height: float, count: int) -> Size:
        area = self._factor**2
        least = FRAME_MIN_TOKENS * area
        share = self._request_tokens * area / count * FRAME_FACTOR
        most = max(min(FRAME_MAX_TOKENS * area, share), int(least * FRAME_HEADROOM))
        high, wide = smart_resize(
            height, width, factor=self._factor, min_pixels=least, max_pixels=int(most)
        )
        return Size(wide, high)


def _most_scale(page: PageInfo, text_height: float | None) -> float:
    """Return how many pixels are drawn at most for a unit of the page."""
    if page.unit == "pt":
        return math.inf
    return 1.0 if text_height is None else BLOW_UP
