"""A run becomes a checkpoint folder in the usual Hugging Face layout.

What only training needs (the CTC head, the attention functions) stays behind.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer
from transformers import (
    GenerationConfig,
    Qwen2Tokenizer,
    Qwen2VLImageProcessor,
    Qwen3VLForConditionalGeneration,
    Qwen3VLProcessor,
    Qwen3VLVideoProcessor,
)

from training.model import FACTOR, MERGE, PATCH, Shape, make_config
from training.tokenizer import CHAT_TEMPLATE, SPECIAL

#: One line of text up to a page of 1024 x 1024.
PIXELS = {"shortest_edge": FACTOR * FACTOR * 2, "longest_edge": 1024 * 1024}
HALVES = [0.5, 0.5, 0.5]


def export(
    checkpoint: Path,
    tokenizer: Tokenizer,
    folder: Path,
    shape: Shape | None = None,
    *,
    also: Sequence[Path] = (),
) -> None:
    """Write the checkpoint's model, tokenizer and processors to `folder`.

    With `also`, the weights are the mean of those checkpoints' and this one's. Checkpoints of one
    run that were cooled down at different times are often worse, each, than their mean (Wortsman
    and others, Model soups, 2022).
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = load_model(checkpoint, tokenizer, shape or Shape(), also)
    model = model.to(torch.bfloat16)
    model.generation_config = generation_config(tokenizer)
    model.save_pretrained(folder)
    save_processor(tokenizer, folder)


def load_model(
    checkpoint: Path, tokenizer: Tokenizer, shape: Shape, also: Sequence[Path] = ()
) -> Any:
    """Return a run's model, or the mean of several, with the attention of transformers."""
    saved = [
        torch.load(one, map_location="cpu", weights_only=True)["model"]
        for one in (checkpoint, *also)
    ]
    weights = {name: torch.stack([one[name] for one in saved]).mean(0) for name in saved[0]}
    model: Any = Qwen3VLForConditionalGeneration(make_config(shape, tokenizer))
    model.load_state_dict(weights)
    model.tie_weights()
    return model.eval()


def generation_config(tokenizer: Tokenizer) -> GenerationConfig:
    """Return greedy decoding that ends at the end of a turn."""
    end, pad = tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")
    return GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False, eos_token_id=[end, pad], pad_token_id=pad, max_new_tokens=512
    )


def save_processor(tokenizer: Tokenizer, folder: Path) -> None:
    """Write tokenizer, chat template and the processors of pictures and videos."""
    picture: dict[str, Any] = {
        "patch_size": PATCH,
        "merge_size": MERGE,
        "temporal_patch_size": 2,
        "size": PIXELS,
        "image_mean": HALVES,
        "image_std": HALVES,
    }
    images = Qwen2VLImageProcessor(**picture)
    videos = Qwen3VLVideoProcessor(**picture)
    words = wrap_tokenizer(tokenizer)
    processor = Qwen3VLProcessor(  # type: ignore[no-untyped-call]
        image_processor=images,
        tokenizer=words,
        video_processor=videos,
        chat_template=CHAT_TEMPLATE,
    )
    processor.save_pretrained(folder)
    images.save_pretrained(folder)
    videos.save_pretrained(folder)


def wrap_tokenizer(tokenizer: Tokenizer) -> Qwen2Tokenizer:
    """Return the tokenizer as transformers' own Qwen class."""
    model = json.loads(tokenizer.to_str())["model"]
    merges: Any = [tuple(merge) for merge in model["merges"]]
    words = Qwen2Tokenizer(
        vocab=model["vocab"],
        merges=merges,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        unk_token="<|endoftext|>",
        model_max_length=8192,
        padding_side="left",
    )
    words.add_tokens([AddedToken(name, special=True, normalized=False) for name in SPECIAL])
    return words
