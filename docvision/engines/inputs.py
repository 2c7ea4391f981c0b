"""Turns requests into what the model takes: token ids, patches, grids, times.

Pictures and frames arrive at their planned size, so the processors resize nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers.video_utils import VideoMetadata

from docvision.documents.base import Pixels
from docvision.engines.base import Film, Part, Picture, Request, Text
from docvision.engines.profile import Profile
from docvision.errors import InvalidRequest

_SEQUENCES = {"input_ids", "attention_mask", "mm_token_type_ids"}


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """One request as the model takes it.

    `tensors` are the processor's: those named in `_SEQUENCES` have shape (1, length), the others
    are stacked along their first axis, pictures or patches.
    """

    tensors: dict[str, Any]
    prompt_tokens: int
    visual_tokens: int


class Preparer:
    """Prepares requests for one checkpoint."""

    def __init__(self, processor: Any, profile: Profile) -> None:
        self._processor = processor
        self._profile = profile
        # Fast tokenizers refuse to be used from two threads at once ("Already borrowed").
        self._lock = threading.Lock()

    def prepare(self, request: Request) -> Prepared:
        """Return the request's prompt, patches and times.

        Raises:
            InvalidRequest: A picture's side is no multiple of the factor, frames differ in size,
                or a film is empty.
        """
        with self._lock:
            tensors = self._process(request)
        return Prepared(
            tensors=tensors,
            prompt_tokens=tensors["input_ids"].shape[1],
            visual_tokens=self._visual_tokens(tensors),
        )

    def _process(self, request: Request) -> dict[str, Any]:
        messages = [
            {"role": message.role, "content": [self._content(part) for part in message.parts]}
            for message in request.messages
        ]
        times = [_times(part) for part in _parts(request) if isinstance(part, Film)]
        videos = {"video_metadata": times, "do_sample_frames": False, "cap_pixels_per_frame": False}
        inputs = self._processor.apply_chat_template(
            messages,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            # Words of a document must not pass for the template's own tokens.
            sanitize_control_tokens=True,
            processor_kwargs={"do_resize": False, **(videos if times else {})},
        )
        return dict(inputs)

    def _content(self, part: Part) -> dict[str, Any]:
        if isinstance(part, Text):
            return {"type": "text", "text": part.text}
        if isinstance(part, Picture):
            return {"type": "image", "image": self._checked(part.pixels)}
        return {"type": "video", "video": self._frames(part)}

    def _checked(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        factor = self._profile.factor
        if height % factor or width % factor:
            raise InvalidRequest(
                f"A picture's sides must be multiples of {factor}.", width=width, height=height
            )
        # torch takes no array that it could not write to.
        return np.require(pixels, requirements=["C", "W"])

    def _frames(self, film: Film) -> torch.Tensor:
        """Return frames of shape (frames, 3, height, width)."""
        if not film.frames:
            raise InvalidRequest("A film needs at least one frame.")
        if len({frame.pixels.shape for frame in film.frames}) > 1:
            raise InvalidRequest("The frames of a film must be of one size.")
        stack = np.stack([self._checked(frame.pixels) for frame in film.frames])
        return torch.from_numpy(stack).permute(0, 3, 1, 2)

    def _visual_tokens(self, tensors: dict[str, Any]) -> int:
        grids = [tensors[name] for name in ("image_grid_thw", "video_grid_thw") if name in tensors]
        patches = sum(int(grid.prod(dim=1).sum()) for grid in grids)
        return patches // self._profile.merge**2


def _parts(request: Request) -> list[Part]:
    return [part for message in request.messages for part in message.parts]


def _times(film: Film) -> VideoMetadata:
    """Say when each frame stood on screen.

    Seconds take the place of frame numbers, at one a second, so that they pass unrounded. The
    length that is claimed gives the mean rate of the frames, which is what Qwen2.5-VL asks for.
    """
    times: list[Any] = [frame.time for frame in film.frames]
    count = len(times)
    step = (times[-1] - times[0]) / (count - 1) if count > 1 else 1.0
    # Both are typed as counts, but all that becomes of them is divided by the rate.
    seconds: Any = count * (step if step > 0 else 1.0)
    return VideoMetadata(total_num_frames=seconds, fps=1.0, frames_indices=times)


def collate(items: Sequence[Prepared], pad: int) -> dict[str, Any]:
    """Return the tensors of a batch: sequences padded on the left, the rest joined."""
    longest = max(item.prompt_tokens for item in items)
    fill = {"input_ids": pad}
    names = dict.fromkeys(name for item in items for name in item.tensors)
    batch: dict[str, Any] = {}
    for name in names:
        parts = [item.tensors[name] for item in items if name in item.tensors]
        if name in _SEQUENCES:
            parts = [_left(part, longest, fill.get(name, 0)) for part in parts]
        batch[name] = _join(parts)
    return batch


def _left(part: torch.Tensor, length: int, fill: int) -> torch.Tensor:
    return torch.nn.functional.pad(part, (length - part.shape[1], 0), value=fill)


def _join(parts: list[Any]) -> Any:
    if isinstance(parts[0], torch.Tensor):
        return torch.cat(parts)
    return [value for part in parts for value in part]
