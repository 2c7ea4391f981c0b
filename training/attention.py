"""Attention for training: whole batches of equal pictures at once, and a tap for the pointer.

transformers loops over pictures in the vision tower unless flash attention is asked for;
the function registered here takes the same arguments as flash attention and runs pictures
of one size as one batch of `scaled_dot_product_attention`. The exported checkpoint knows
nothing of either function.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

#: transformers hands over sequence boundaries only to names that contain "flash".
VISION = "equal_pictures_flash"
TEXT = "causal_with_tap"

_taps: dict[int, tuple[torch.Tensor, torch.Tensor]] | None = None


@contextmanager
def tapped() -> Iterator[dict[int, tuple[torch.Tensor, torch.Tensor]]]:
    """Collect (queries, keys) by text layer, each batch x heads x length x head size."""
    global _taps
    _taps = {}
    try:
        yield _taps
    finally:
        _taps = None


def _vision_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    cu_seq_lens_q: torch.Tensor,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend within each picture; inputs are 1 x heads x all patches x head size."""
    lengths = cu_seq_lens_q[1:] - cu_seq_lens_q[:-1]
    if bool((lengths != lengths[0]).any()):
        raise ValueError("the pictures of a batch must have one size")
    heads, total, size = query.shape[1:]
    batch = len(lengths)

    def split(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.view(heads, batch, total // batch, size).transpose(0, 1)

    mixed = attend(split(query), split(key), split(value), scaling, causal=False)
    return mixed.transpose(1, 2).reshape(1, total, heads, size), None


def _text_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend causally; right padding needs no mask, since nothing looks ahead."""
    if _taps is not None:
        _taps[int(module.layer_idx)] = (query, key)  # type: ignore[arg-type]
    return attend(query, key, value, scaling, causal=True).transpose(1, 2), None


def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float, *, causal: bool
) -> torch.Tensor:
    """Return attention over batch x heads x length x head size.

    On a CPU plain matrix products in bfloat16 took a third to three quarters of the time
    of torch's flash kernel, whose backward pass is slow (docs/nano.md).
    """
    if query.device.type != "cpu" or not torch.is_autocast_enabled("cpu"):
        return scaled_dot_product_attention(query, key, value, is_causal=causal, scale=scaling)
    half = torch.bfloat16
    scores = torch.matmul(query.to(half), key.to(half).transpose(2, 3)) * scaling
    if causal:
        length = query.shape[2]
        scores = scores + torch.full((length, length), -1e4, dtype=half).triu(1)
    return torch.matmul(torch.softmax(scores, -1), value.to(half))


def _patches_as_matrix(embed: Any, patches: torch.Tensor) -> torch.Tensor:
    """Embed patches with one matrix product: the same numbers as the convolution."""
    projection = embed.proj
    return torch.nn.functional.linear(patches, projection.weight.flatten(1), projection.bias)


def use_training_attention(model: Any) -> None:
    """Switch a Qwen3-VL model to the functions above (not for generation)."""
    AttentionInterface.register(VISION, _vision_attention)
    AttentionInterface.register(TEXT, _text_attention)
    # A convolution whose stride is its kernel is a matrix product, and slow as anything else.
    embed = model.model.visual.patch_embed
    embed.forward = functools.partial(_patches_as_matrix, embed)
    model.model.visual.config._attn_implementation = VISION
    model.model.language_model.config._attn_implementation = TEXT
