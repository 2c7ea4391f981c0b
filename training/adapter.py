"""A LoRA adapter that learns one task beside a finished checkpoint, and takes nothing from it."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from transformers import Qwen3VLForConditionalGeneration

from docvision.tuning.fit import PROJECTIONS
from training.attention import use_training_attention


def adapted(base: Path, rank: int) -> Any:
    """Return an exported checkpoint with a fresh adapter, the only part that learns."""
    model: Any = Qwen3VLForConditionalGeneration.from_pretrained(base, dtype=torch.float32)
    model.add_adapter(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=PROJECTIONS))
    use_training_attention(model)
    return model


def export_adapter(checkpoint: Path, base: Path, rank: int, folder: Path) -> None:
    """Write a run's adapter to `folder` as peft keeps it; `rank` is the run's."""
    model = adapted(base, rank)
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["model"])
    folder.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16).save_pretrained(folder)
