"""nano's architecture (Qwen3-VL as transformers has it) and how its weights begin.

Lookup and copying are slow to emerge from random weights: they need attention by position
(what stood one token back?) feeding attention by content (where did that occur before?).
`wire_copying` therefore starts the text layers near that circuit: layer 0 looks back by
one, by two and over a window; the next layers compare what was found; values pass through.
It is an initialisation only: every weight stays free.
"""

import hashlib
import random
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from training.attention import use_training_attention
from training.tokenizer import SPECIAL

PATCH = 8
MERGE = 2
FACTOR = PATCH * MERGE
THETA = 5_000_000.0


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Sizes of the two towers. `content` of `hidden` dimensions hold token identities."""

    hidden: int = 256
    layers: int = 5
    heads: int = 4
    head_size: int = 64
    inner: int = 704
    content: int = 160
    sight_hidden: int = 192
    sight_layers: int = 4
    sight_heads: int = 4
    sight_inner: int = 576


def make_config(shape: Shape, tokenizer: Tokenizer) -> Qwen3VLConfig:
    """Return the transformers configuration of a shape."""
    ids: dict[str, Any] = {name: tokenizer.token_to_id(name) for name in SPECIAL}
    return Qwen3VLConfig(
        text_config={
            "vocab_size": tokenizer.get_vocab_size(),
            "hidden_size": shape.hidden,
            "intermediate_size": shape.inner,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.heads,
            "head_dim": shape.head_size,
            "max_position_embeddings": 8192,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": THETA,
                "mrope_interleaved": True,
                "mrope_section": [12, 10, 10],
            },
            "pad_token_id": ids["<|endoftext|>"],
            "tie_word_embeddings": True,
        },
        vision_config={
            "depth": shape.sight_layers,
            "hidden_size": shape.sight_hidden,
            "intermediate_size": shape.sight_inner,
            "num_heads": shape.sight_heads,
            "patch_size": PATCH,
            "spatial_merge_size": MERGE,
            "temporal_patch_size": 2,
            "out_hidden_size": shape.hidden,
            "num_position_embeddings": 256,
            "deepstack_visual_indexes": [1],
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )


def make_model(shape: Shape, tokenizer: Tokenizer, *, seed: int = 0, wired: bool = True) -> Any:
    """Return a fresh Qwen3-VL model, switched to the training attention."""
    torch.manual_seed(seed)
    model: Any = Qwen3VLForConditionalGeneration(make_config(shape, tokenizer))
    model.tie_weights()
    # DeepStack adds to what the text tower holds: silent until it has learnt something to add.
    for merger in model.model.visual.deepstack_merger_list:
        torch.nn.init.zeros_(merger.linear_fc2.weight)
    use_training_attention(model)
    if wired:
        wire_copying(model, shape, tokenizer)
    return model


@torch.no_grad()
def wire_copying(model: Any, shape: Shape, tokenizer: Tokenizer) -> None:
    """Start the text layers near a circuit that looks up and copies."""
    text = model.model.language_model
    text.embed_tokens.weight.copy_(token_vectors(tokenizer, shape))
    wiring = Wiring(shape)
    wiring.look_back(text.layers[0].self_attn)
    for layer in text.layers[1:-1]:
        wiring.compare(layer.self_attn)
    for layer in text.layers:
        layer.mlp.down_proj.weight.mul_(0.5)


def token_vectors(tokenizer: Tokenizer, shape: Shape) -> torch.Tensor:
    """Return an embedding where tokens alike but for space and letter case begin alike.

    The value "INV" of an answer is the word " INV" of the document: other tokens, near
    vectors. One dimension is the same for all tokens, for attention by position alone.
    """
    vectors = torch.zeros(tokenizer.get_vocab_size(), shape.hidden)
    for index in range(len(vectors)):
        token = tokenizer.id_to_token(index) or ""
        core = token.lstrip('Ġ_"-(').lower() or token
        exact = _unit(f"exact {token}", shape.content)
        vectors[index, : shape.content] = 0.75 * _unit(f"core {core}", shape.content) + 0.66 * exact
    vectors[:, shape.content] = 0.35
    return vectors


def _unit(name: str, size: int) -> torch.Tensor:
    """Return a random unit vector that belongs to a name."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")
    vector = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(vector, dim=0)


class Wiring:
    """The weights of the circuit. Hidden dimensions: content, a constant, three slots."""

    SLOTS = (36, 18, 36)

    def __init__(self, shape: Shape) -> None:
        """Draw the projections that slots and comparisons share."""
        self.shape = shape
        starts = [shape.content + 1]
        for size in self.SLOTS[:-1]:
            starts.append(starts[-1] + size)
        self.slots = [
            slice(start, start + size) for start, size in zip(starts, self.SLOTS, strict=True)
        ]
        if self.slots[-1].stop > shape.hidden:
            raise ValueError("hidden is too small for content and slots")
        generator = torch.Generator().manual_seed(7)
        self.generator = generator
        self.near = self._rows(36)
        self.wide = self._rows(36)

    def _rows(self, count: int) -> torch.Tensor:
        """Return `count` orthonormal rows over the content dimensions."""
        square = torch.randn(self.shape.content, self.shape.content, generator=self.generator)
        rows = torch.zeros(count, self.shape.hidden)
        rows[:, : self.shape.content] = torch.linalg.qr(square).Q[:count]
        return rows

    def _read(self, slot: int, count: int) -> torch.Tensor:
        """Return rows that read the first dimensions of a slot."""
        rows = torch.zeros(count, self.shape.hidden)
        for row in range(count):
            rows[row, self.slots[slot].start + row] = 1.0
        return rows

    def look_back(self, attention: Any) -> None:
        """Let heads 0-2 look one back, two back, and over a window of about eight."""
        plans = ((1.0, range(6), self.near), (2.0, range(6), self.near[:18]),
                 (4.0, range(4, 10), self.wide))  # fmt: skip
        for head, (offset, pairs, rows) in enumerate(plans):
            self._attend_by_position(attention, head, offset, pairs)
            self._carry(attention, head, rows, self.slots[head], gain=0.09)
        attention.q_norm.weight.fill_(2.0)
        attention.k_norm.weight.fill_(2.0)

    def _attend_by_position(self, attention: Any, head: int, offset: float, pairs: range) -> None:
        """Make a head prefer the token `offset` back, using some rotary frequencies."""
        size, half = self.shape.head_size, self.shape.head_size // 2
        for weight, turn in ((attention.q_proj.weight, 0.0), (attention.k_proj.weight, offset)):
            rows = weight[head * size : (head + 1) * size]
            rows.mul_(0.05)
            for pair in pairs:
                angle = torch.tensor(turn * THETA ** (-pair / half))
                rows[pair, self.shape.content] = torch.cos(angle)
                rows[pair + half, self.shape.content] = torch.sin(angle)

    def _carry(
        self,
        attention: Any,
        head: int,
        rows: torch.Tensor,
        target: slice,
        gain: float,
    ) -> None:
        """Make a head write what `rows` read of the attended token into `target`."""
        size = self.shape.head_size
        first = head * size
        count = len(rows)
        attention.v_proj.weight[first : first + count] = rows
        attention.o_proj.weight[:, first : first + size] *= 0.1
        for row in range(count):
            attention.o_proj.weight[target.start + row, first + row] = gain

    def compare(self, attention: Any) -> None:
        """Let heads find the token that followed the same token, pair or neighbourhood."""
        near, pair = self.near, self.near[:18]
        queries = (near, torch.cat([pair, self._read(0, 18)]), self._read(2, 36))
        keys = (
            self._read(0, 36),
            torch.cat([self._read(0, 18), self._read(1, 18)]),
            self._read(2, 36),
        )
        for head, (query, key) in enumerate(zip(queries, keys, strict=True)):
            self._attend_by_content(attention, head, query, key)
            self._pass_through(attention, head)
        attention.q_norm.weight.fill_(1.5)
        attention.k_norm.weight.fill_(1.5)

    def _attend_by_content(
        self, attention: Any, head: int, query: torch.Tensor, key: torch.Tensor
    ) -> None:
        """Place the comparison on the slow rotary pairs, where distance hardly matters."""
        size, half = self.shape.head_size, self.shape.head_size // 2
        slow = torch.tensor([*range(half - 18, half), *range(size - 18, size)])
        for weight, rows in ((attention.q_proj.weight, query), (attention.k_proj.weight, key)):
            part = weight[head * size : (head + 1) * size]
            part.mul_(0.3)
            part[slow] += rows

    def _pass_through(self, attention: Any, head: int) -> None:
        """Make a head hand on the content of the token it attends to."""
        size = self.shape.head_size
        rows = self._rows(size)
        attention.v_proj.weight[head * size : (head + 1) * size] = rows
        attention.o_proj.weight[:, head * size : (head + 1) * size] = 0.06 * rows.T


def picture_tokens(height: int, width: int) -> int:
    """Return how many tokens a picture of this size (a multiple of FACTOR) takes."""
    return (height // FACTOR) * (width // FACTOR)


def seeded(*parts: object) -> random.Random:
    """Return a generator of random numbers that belongs to these parts."""
    return random.Random(":".join(map(str, parts)))
