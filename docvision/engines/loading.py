"""Finds a checkpoint and loads it: from a folder, the Hugging Face hub or ModelScope.

Imports torch and transformers; only `qwen_vl` imports it, and only when a model is really wanted.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from docvision.engines.vision_import import allow_torchvision
from docvision.errors import EngineFailed, ModelNotFound, SettingsError
from docvision.settings import EngineSettings

allow_torchvision()

from transformers import (  # noqa: E402 - torchvision must be importable first
    AutoModelForImageTextToText,
    AutoProcessor,
    BitsAndBytesConfig,
    GenerationConfig,
)
from transformers.utils.logging import disable_progress_bar  # noqa: E402

from docvision.engines.vision_attention import use_batched_attention  # noqa: E402

log = logging.getLogger(__name__)

_SMALL = 200_000_000
"""Bytes of a checkpoint below which a second thread only slows a CPU down.

A step of a small model is thousands of operations of some microseconds each; two threads spend
more time meeting than multiplying. nano took 1.7 times as long with two (docs/nano.md).
"""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A loaded model, its processor, and the tokens that end an answer or pad a prompt."""

    model: Any
    processor: Any
    ends: frozenset[int]
    pad: int


def load_checkpoint(folder: Path, settings: EngineSettings) -> Checkpoint:
    """Load the checkpoint in `folder`, with its adapter, onto the device.

    Raises:
        ModelNotFound: The folder holds no checkpoint that transformers can load.
        SettingsError: The device or the attention does not exist here, or a package is missing.
    """
    disable_progress_bar()  # type: ignore[no-untyped-call]
    device = pick_device(settings.device)
    processor = _processor(folder)
    model = _model(folder, settings, device)
    if settings.adapter:
        _adapt(model, settings.adapter)
    ends = _ends(model, processor.tokenizer)
    pad = processor.tokenizer.pad_token_id
    pad = min(ends) if pad is None else pad
    # What the checkpoint says about sampling and penalties is for chatting, not for reading.
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        eos_token_id=sorted(ends), pad_token_id=pad
    )
    return Checkpoint(model=model.eval(), processor=processor, ends=ends, pad=pad)


def pick_device(name: str) -> str:
    """Return the device to use; `auto` is the fastest there is.

    Raises:
        SettingsError: There is no such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise SettingsError(f"There is no device {name!r} on this machine.", device=name) from error
    return name


def pick_dtype(name: str, device: str, stored_bytes: int) -> torch.dtype | str:
    """Return the type of the weights: bfloat16 on a GPU that has it, float32 on a CPU.

    A CPU computes in float32 fastest, but a checkpoint (stored at two bytes a weight) that would
    then take more than half of the memory stays as it is stored.
    """
    if name != "auto":
        try:
            return getattr(torch, name)  # type: ignore[no-any-return]
        except AttributeError as error:
            raise SettingsError(f"There is no dtype {name!r}.", dtype=name) from error
    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device == "mps":
        return torch.float16
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return torch.float32 if 2 * stored_bytes < memory / 2 else "auto"


def _processor(folder: Path) -> Any:
    try:
        return AutoProcessor.from_pretrained(folder)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, KeyError) as error:
        raise ModelNotFound(f"{folder} holds no processor: {_first(error)}") from error


def _model(folder: Path, settings: EngineSettings, device: str) -> Any:
    stored = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    if device == "cpu" and stored < _SMALL:
        torch.set_num_threads(1)
    options: dict[str, Any] = {"dtype": pick_dtype(settings.dtype, device, stored)}
    if settings.attention:
        options["attn_implementation"] = settings.attention
    if settings.quantization != "none":
        options["quantization_config"] = _quantization(settings.quantization)
    if device == "cuda" and torch.cuda.device_count() > 1:
        options["device_map"] = "auto"
    elif settings.quantization != "none":
        options["device_map"] = {"": device}
    try:
        model: Any = AutoModelForImageTextToText.from_pretrained(folder, **options)
    except ImportError as error:
        raise SettingsError(f"A package is missing: {_first(error)}") from error
    except (OSError, ValueError, KeyError) as error:
        raise ModelNotFound(f"{folder} cannot be loaded: {_first(error)}") from error
    if "device_map" not in options:
        model = model.to(device)
    if not settings.attention:
        use_batched_attention(model)
    return model


def _quantization(bits: str) -> BitsAndBytesConfig:
    options: dict[str, Any] = {"load_in_8bit": True}
    if bits == "4bit":
        compute = {"bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": torch.bfloat16}
        options = {"load_in_4bit": True, **compute}
    return BitsAndBytesConfig(**options)  # type: ignore[no-untyped-call]


def _adapt(model: Any, adapter: str) -> None:
    try:
        model.load_adapter(adapter)
    except (OSError, ValueError) as error:
        raise ModelNotFound(f"The adapter cannot be loaded: {_first(error)}") from error
    except RuntimeError as error:
        raise EngineFailed(f"The adapter does not fit the model: {_first(error)}") from error


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """Return the tokens that end an answer: the checkpoint's own and the chat template's."""
    named = model.generation_config.eos_token_id
    ends = set(named if isinstance(named, list) else [named]) | {tokenizer.eos_token_id}
    for name in ("<|im_end|>", "<|endoftext|>"):
        token = tokenizer.convert_tokens_to_ids(name)
        if token is not None and token != tokenizer.unk_token_id:
            ends.add(token)
    return frozenset(token for token in ends if token is not None)


def _first(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
