"""The losses: next token, pointer (where to look), CTC and ink (what the picture says)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from rapidfuzz.distance import Levenshtein
from torch import nn
from torch.nn import functional

from training.attention import tapped
from training.batches import Batch
from training.model import MERGE

#: Characters of the CTC head; 0 is the blank, 1 any other character.
ALPHABET = (
    " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    ".,:;-–—/\\'\"!?()[]{}&%#+*=@_<>|~°$€£àáâãäåçèéêëìíîïñòóôõöøùúûüýßœæÀÁÂÄÅÇÈÉÊËÍÎÓÔÖØÚÜÑ"
)
_INDEX = {letter: number + 2 for number, letter in enumerate(ALPHABET)}


class Helpers(nn.Module):
    """Weights that only training needs: the CTC head on the vision tower's last patches."""

    def __init__(self, sight_hidden: int) -> None:
        """Make the head for a vision tower of this width."""
        super().__init__()
        self.norm = nn.LayerNorm(sight_hidden * 4)
        self.spell = nn.Linear(sight_hidden * 4, len(ALPHABET) + 2)

    def forward(self, states: torch.Tensor, lines: int, columns: int) -> torch.Tensor:
        """Return log-probabilities, columns x (pictures x lines) x letters.

        `states` are patches x width in the processor's order; a line is 4 patches high, so
        a column is 4 patches one above the other.
        """
        width = states.shape[-1]
        blocks = states.view(-1, lines, 2, columns // MERGE, MERGE, MERGE, width)
        upright = blocks.permute(0, 1, 3, 5, 2, 4, 6).reshape(-1, columns, 4 * width)
        return functional.log_softmax(self.spell(self.norm(upright)).float(), -1).transpose(0, 1)


@dataclass(frozen=True, kw_only=True)
class Losses:
    """Losses of a batch, and the share of its weightiest tokens the model got right."""

    total: torch.Tensor
    token: float
    pointer: float
    ctc: float
    right: float


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """How much each helper counts beside the next-token loss."""

    pointer: float = 0.5
    ctc: float = 0.5
    ink: float = 0.5
    layers: tuple[int, ...] = (2, 3)


def compute_losses(model: Any, helpers: Helpers, batch: Batch, weigh: LossWeights) -> Losses:
    """Return the losses of one batch."""
    if batch.task == "sight":
        return _sight_losses(model, helpers, batch)
    with _watched(model) as seen, tapped() as taps:
        hidden = model.model(
            input_ids=batch.ids,
            mm_token_type_ids=batch.types if batch.grid is not None else None,
            pixel_values=batch.patches,
            image_grid_thw=batch.grid,
            use_cache=False,
        ).last_hidden_state
    token, right = _token_loss(model, hidden, batch)
    pointer = _pointer_loss(taps, batch, weigh.layers) if weigh.pointer else token.new_zeros(())
    ctc = ink = token.new_zeros(())
    if seen and weigh.ctc:
        states, merged = seen[0]
        ctc, ink = _Spelling(helpers, states, batch).loss(), _ink_loss(model, merged, batch)
    return Losses(
        total=token + weigh.pointer * pointer + weigh.ctc * (ctc + weigh.ink * ink),
        token=float(token.detach()),
        pointer=float(pointer.detach()),
        ctc=float(ctc.detach()),
        right=right,
    )


def _sight_losses(model: Any, helpers: Helpers, batch: Batch) -> Losses:
    """Return the losses of the vision tower alone: what it can spell before it can speak.

    It costs a third of a step through both towers, so most pictures are seen this way.
    """
    with _watched(model) as seen:
        model.model.visual(batch.patches, grid_thw=batch.grid)
    states, merged = seen[0]
    spelling = _Spelling(helpers, states, batch)
    ctc, right = spelling.loss(), spelling.right()
    ink = _ink_loss(model, merged, batch)
    return Losses(
        total=ctc + ink,
        token=float(ink.detach()),
        pointer=0.0,
        ctc=float(ctc.detach()),
        right=right,
    )


@contextmanager
def _watched(model: Any) -> Iterator[list[tuple[torch.Tensor, torch.Tensor]]]:
    """Collect what goes into the vision tower's merger, and what comes out."""
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    handle = model.model.visual.merger.register_forward_hook(
        lambda _, inputs, output: seen.append((inputs[0], output))
    )
    try:
        yield seen
    finally:
        handle.remove()


def _ink_loss(model: Any, merged: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Return how far each picture token is from naming the letters whose ink it shows.

    `merged` are picture tokens x hidden, as the text tower gets them. Once they lie near the
    embeddings of what they show, the text tower copies from a picture as it does from words.
    """
    place = torch.full_like(batch.ids, -1)
    place[batch.types == 1] = torch.arange(len(merged), device=merged.device)
    shown, letters = [], []
    for example, position, first, last, step, rows in batch.pointers.tolist():
        for row in range(rows):
            inked = place[example, first + row * step : last + row * step + 1]
            shown.append(inked)
            letters += [batch.labels[example, position]] * len(inked)
    text = model.model.language_model
    logits = functional.linear(text.norm(merged), text.embed_tokens.weight.detach()).float()
    named = functional.log_softmax(logits, -1)
    return -named[torch.cat(shown), torch.stack(letters)].mean()


def _token_loss(model: Any, hidden: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, float]:
    """Return the weighted next-token loss and the share of the weightiest tokens right."""
    where = batch.labels != -100
    logits = model.lm_head(hidden[where]).float()
    labels, weights = batch.labels[where], batch.weights[where]
    each = functional.cross_entropy(logits, labels, reduction="none")
    counted = weights >= weights.max()
    hits = (logits.argmax(-1) == labels)[counted].float().mean()
    return (each * weights).sum() / weights.sum(), float(hits)


def _pointer_loss(
    taps: dict[int, tuple[torch.Tensor, torch.Tensor]], batch: Batch, layers: Sequence[int]
) -> torch.Tensor:
    """Return how far head 0 of some layers is from looking at what is to be said."""
    if not len(batch.pointers):
        return torch.zeros((), device=batch.ids.device)
    example, position = batch.pointers[:, 0], batch.pointers[:, 1]
    places = torch.arange(batch.ids.shape[1], device=batch.ids.device)
    wanted = _wanted(batch.pointers, places)
    ahead = places[None, :] > position[:, None]
    share = batch.weights[example, position]
    share = share / share.sum()
    losses = []
    for layer in layers:
        queries, keys = (tensor[:, 0] for tensor in taps[layer])
        whole = torch.matmul(queries, keys.transpose(1, 2)) * queries.shape[-1] ** -0.5
        scores = whole[example, position].float().masked_fill(ahead, -1e4)
        found = functional.log_softmax(scores, -1).masked_fill(~wanted, -1e4)
        losses.append(-(found.logsumexp(-1).clamp(min=-20.0) * share).sum())
    return torch.stack(losses).mean()


def _wanted(pointers: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Return which places each pointer accepts, pointers x places."""
    first, last, step, rows = (pointers[:, column, None] for column in range(2, 6))
    wanted = torch.zeros(len(pointers), len(places), dtype=torch.bool, device=places.device)
    for row in range(int(rows.max())):
        shifted = places[None, :] - row * step
        wanted |= (shifted >= first) & (shifted <= last) & (rows > row)
    return wanted


class _Spelling:
    """What the CTC head makes of a batch's lines, beside what they say."""

    def __init__(self, helpers: Helpers, states: torch.Tensor, batch: Batch) -> None:
        assert batch.grid is not None
        _, rows, columns = batch.grid[0].tolist()
        self._columns = columns
        self._scores = helpers(states, rows // 4, columns)
        self._lines = [[_INDEX.get(letter, 1) for letter in line]
                       for text in batch.texts for line in text.split("\n")]  # fmt: skip

    def loss(self) -> torch.Tensor:
        """Return the CTC loss of each line's text against its columns of patches."""
        device = self._scores.device
        return functional.ctc_loss(
            self._scores,
            torch.tensor([letter for line in self._lines for letter in line], device=device),
            torch.full((len(self._lines),), self._columns, device=device),
            torch.tensor([len(line) for line in self._lines], device=device),
            zero_infinity=True,
        )

    def right(self) -> float:
        """Return 1 minus the character error rate of the likeliest letter of each column."""
        best: list[list[int]] = self._scores.detach().argmax(-1).T.tolist()
        errors = 0
        for line, letters in zip(best, self._lines, strict=True):
            kept = [one for one, _ in groupby(line) if one]
            errors += Levenshtein.distance(kept, letters)
        return max(0.0, 1 - errors / sum(map(len, self._lines)))
