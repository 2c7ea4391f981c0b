"""Examples become tensors: tokens, labels with weights, pointer targets, patches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from training.example import Copy, Example
from training.model import FACTOR, MERGE, PATCH, picture_tokens

FORM_WEIGHT = 0.1
#: Finding where a value begins, or that there is none, is the task; the rest follows from it.
START_WEIGHT = 4.0


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch of examples of one task; B examples, L tokens.

    `ids` B x L. Position t predicts `labels[t]` (-100: nothing) with `weights[t]`.
    `pointers` are (example, position, first, last, row step, rows): position t of the
    example should look at tokens first…last (inclusive) of each of `rows` token rows.
    `patches` are all pictures' patches, `grid` the (1, rows, columns) of each in patches.
    """

    task: str
    ids: torch.Tensor
    types: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor
    pointers: torch.Tensor
    patches: torch.Tensor | None = None
    grid: torch.Tensor | None = None
    texts: tuple[str, ...] = ()

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        moved: dict[str, Any] = {
            name: value.to(device) if isinstance(value, torch.Tensor) else value
            for name, value in self.__dict__.items()
        }
        return Batch(**moved)


def conversation(example: Example) -> tuple[str, int, int]:
    """Return the chat as the template writes it, and where prompt and answer start."""
    picture = ""
    if example.image is not None:
        count = picture_tokens(*example.image.shape[:2])
        picture = f"<|vision_start|>{'<|image_pad|>' * count}<|vision_end|>"
    head = f"<|im_start|>user\n{picture}"
    body = f"{head}{example.prompt}<|im_end|>\n<|im_start|>assistant\n"
    return f"{body}{example.answer}<|im_end|>", len(head), len(body)


def collate(examples: Sequence[Example], tokenizer: Tokenizer) -> Batch:
    """Return a batch of examples of one task (and one picture size), padded on the right."""
    chats = [_encode(example, tokenizer) for example in examples]
    length = max(len(chat.ids) for chat in chats)
    shape = (len(examples), length)
    ids = np.full(shape, tokenizer.token_to_id("<|endoftext|>"), dtype=np.int64)
    labels = np.full(shape, -100, dtype=np.int64)
    weights = np.zeros(shape, dtype=np.float32)
    pointers: list[tuple[int, int, int, int, int, int]] = []
    for row, (example, chat) in enumerate(zip(examples, chats, strict=True)):
        ids[row, : len(chat.ids)] = chat.ids
        marks = _Marks(example, chat)
        for token in marks.answer_tokens():
            labels[row, token - 1] = chat.ids[token]
            weights[row, token - 1] = marks.weight(token)
            target = marks.target(token)
            if target:
                pointers.append((row, token - 1, *target))
    image_id = tokenizer.token_to_id("<|image_pad|>")
    return Batch(
        task=examples[0].task,
        texts=tuple(example.answer for example in examples),
        ids=torch.from_numpy(ids),
        types=torch.from_numpy((ids == image_id).astype(np.int64)),
        labels=torch.from_numpy(labels),
        weights=torch.from_numpy(weights),
        pointers=torch.tensor(pointers, dtype=torch.long).reshape(-1, 6),
        **_pictures(examples),
    )


@dataclass(frozen=True, kw_only=True)
class _Chat:
    """A chat in tokens: which characters each holds, and where prompt and answer start."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    prompt: int
    answer: int


def _encode(example: Example, tokenizer: Tokenizer) -> _Chat:
    """Return an example's chat in tokens.

    What a picture says is spelled letter by letter: which letter stands at a place can be
    seen there, which of the tokenizer's longer tokens it belongs to cannot.
    """
    chat, prompt, answer = conversation(example)
    if example.image is None:
        whole = tokenizer.encode(chat, add_special_tokens=False)
        return _Chat(ids=whole.ids, offsets=whole.offsets, prompt=prompt, answer=answer)
    body = tokenizer.encode(chat[:answer], add_special_tokens=False)
    ids, offsets = list(body.ids), list(body.offsets)
    end = answer + len(example.answer)
    for start, piece in [*enumerate(example.answer, answer), (end, chat[end:])]:
        letters = tokenizer.encode(piece, add_special_tokens=False).ids
        ids += letters
        offsets += [(start, start + len(piece))] * len(letters)
    return _Chat(ids=ids, offsets=offsets, prompt=prompt, answer=answer)


class _Marks:
    """What one chat says about each token of its answer."""

    def __init__(self, example: Example, chat: _Chat) -> None:
        self.example = example
        self.prompt = chat.prompt
        self.answer = chat.answer
        self.starts = np.array([start for start, _ in chat.offsets])
        self.ends = np.array([end for _, end in chat.offsets])

    def answer_tokens(self) -> range:
        """Return the tokens of the answer, its end mark included."""
        return range(int(np.searchsorted(self.starts, self.answer)), len(self.starts))

    def weight(self, token: int) -> float:
        """Return most for what must be found or decided, 1 for copying on, little for form."""
        if self.example.image is not None:
            return 1.0
        start, end = self.starts[token] - self.answer, self.ends[token] - self.answer
        for copy in self.example.copies:
            if start <= copy.start < end or (copy.alike and copy.start <= start < copy.end):
                return START_WEIGHT
            if start <= copy.end and end > copy.start:
                return 1.0
        decided = any(start < b and end > a for a, b in self.example.decisions)
        return START_WEIGHT if decided else FORM_WEIGHT

    def target(self, token: int) -> tuple[int, int, int, int] | None:
        """Return (first, last, row step, rows) of the tokens to look at, or nothing."""
        start, end = self.starts[token] - self.answer, self.ends[token] - self.answer
        if self.example.image is not None:
            return self._seen(start, end)
        for copy in self.example.copies:
            if start <= copy.end and end > copy.start:
                source = self._source(copy, max(start, copy.start))
                return source, source, 0, 1
        return None

    def _source(self, copy: Copy, at: int) -> int:
        """Return the prompt's token that holds an answer's character."""
        character = self.prompt + copy.source + at - copy.start
        return int(np.searchsorted(self.ends, character, side="right"))

    def _seen(self, start: int, end: int) -> tuple[int, int, int, int] | None:
        """Return the picture's tokens under the characters start…end of the answer."""
        inked = self.example.columns[start:end]
        if not inked or self.example.image is None:
            return None
        width = self.example.image.shape[1] // FACTOR
        left, right = int(inked[0][0]) // FACTOR, int(max(inked[-1][1] - 1, 0)) // FACTOR
        top, bottom = int(inked[0][2]) // FACTOR, int(inked[0][3]) // FACTOR
        first = int(np.searchsorted(self.starts, self.prompt - len("<|vision_end|>")))
        first -= picture_tokens(*self.example.image.shape[:2])
        base = first + top * width
        right = min(max(right, left), width - 1)
        return base + min(left, width - 1), base + right, width, bottom - top


def _pictures(examples: Sequence[Example]) -> dict[str, Any]:
    images = [example.image for example in examples if example.image is not None]
    if not images:
        return {}
    pixels = np.stack(images)
    rows, columns = pixels.shape[1] // PATCH, pixels.shape[2] // PATCH
    return {
        "patches": torch.from_numpy(cut_patches(pixels)),
        "grid": torch.tensor([[1, rows, columns]] * len(images)),
    }


def cut_patches(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the patches of equal pictures (N x H x W x 3) in the processor's order.

    Merge blocks by row, within them patches by row; each is channel x time x y x x, the
    picture standing for both moments, values -1…1.
    """
    count, height, width, _ = pixels.shape
    scaled = pixels.astype(np.float32).transpose(0, 3, 1, 2) / 127.5 - 1
    block = PATCH * MERGE
    tiles = scaled.reshape(count, 3, height // block, MERGE, PATCH, width // block, MERGE, PATCH)
    tiles = tiles.transpose(0, 2, 5, 3, 6, 1, 4, 7)
    flat = tiles.reshape(-1, 3, 1, PATCH, PATCH)
    return np.ascontiguousarray(np.repeat(flat, 2, axis=2).reshape(len(flat), -1))
