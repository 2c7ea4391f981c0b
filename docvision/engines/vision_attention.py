"""Attention over many pictures of one size in a single call.

transformers' Qwen vision towers attend within each picture, one after the other, unless flash
attention is there. Pictures of one size (the lines of a page, the frames of a video, the windows
of Qwen2.5-VL) can go through one batched `scaled_dot_product_attention` instead, with the same
result. This is used where flash attention is absent.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

NAME = "docvision_batched_instead_of_flash"
"""transformers hands over where each picture starts only to names that contain `flash`."""


def use_batched_attention(model: Any) -> None:
    """Let the vision tower of `model` attend to same-sized pictures at once."""
    AttentionInterface.register(NAME, batched_attention)
    # set_attn_implementation would look for the flash-attn package because of the name.
    model.model.visual.config._attn_implementation = NAME


def batched_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    cu_seq_lens_q: torch.Tensor,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend within each picture.

    Args:
        module: The attention layer (unused).
        query: Shape (1, heads, patches of all pictures, size of a head); keys and values likewise.
        key: See `query`.
        value: See `query`.
        attention_mask: Always None here.
        scaling: Factor on the scores.
        cu_seq_lens_q: Where each picture starts, and the end: shape (pictures + 1,).

    Returns:
        Shape (1, patches, heads, size of a head).
    """
    starts = cu_seq_lens_q.tolist()
    groups: dict[int, list[int]] = {}
    for start, end in pairwise(starts):
        groups.setdefault(end - start, []).append(start)
    if len(groups) == 1:
        length = next(iter(groups))
        return _attend(query, key, value, length, scaling).unsqueeze(0), None
    out = torch.empty_like(query).transpose(1, 2)
    for length, begins in groups.items():
        steps = torch.arange(length, device=query.device)
        rows = (torch.tensor(begins, device=query.device)[:, None] + steps).flatten()
        one, two, three = (tensor[:, :, rows] for tensor in (query, key, value))
        out[0, rows] = _attend(one, two, three, length, scaling)
    return out, None


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, length: int, scaling: float
) -> torch.Tensor:
    """Attend within pictures of `length` patches; return (patches, heads, size)."""
    _, heads, total, size = query.shape

    def split(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.reshape(heads, total // length, length, size).transpose(0, 1)

    mixed = scaled_dot_product_attention(split(query), split(key), split(value), scale=scaling)
    return mixed.transpose(1, 2).reshape(total, heads, size)
