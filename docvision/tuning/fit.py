"""Lessons move a checkpoint's weights: all of a small one's, or a LoRA adapter beside a large one.

Imports torch; only `docvision finetune` imports it.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch.nn import functional

from docvision.engines.loading import Checkpoint, load_checkpoint
from docvision.errors import SettingsError
from docvision.settings import EngineSettings
from docvision.tuning.lessons import Lesson

SMALL = 200_000_000
"""Weights up to which all of a model is tuned."""

_FORM = 0.1
"""What a token counts that a grammar writes, beside one that must be found."""

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
"""The matrices of the text layers, as all Qwen-VL families name them."""


class Method(StrEnum):
    """What is tuned."""

    AUTO = "auto"
    FULL = "full"
    LORA = "lora"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to tune. `rank` is that of the adapter's matrices."""

    method: Method = Method.AUTO
    epochs: int = 4
    rate: float = 2e-4
    batch: int = 4
    rank: int = 16
    seed: int = 0

    def steps(self, lessons: int) -> int:
        """Return how many steps so many lessons take."""
        return self.epochs * -(-lessons // self.batch)


@dataclass(frozen=True, kw_only=True)
class Step:
    """How far tuning is, and the mean loss of a token at this step."""

    done: int
    total: int
    loss: float


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """A lesson in tokens: `weights` are 0 for the prompt."""

    ids: list[int]
    weights: list[float]


def fit(
    folder: Path, settings: EngineSettings, lessons: Sequence[Lesson], plan: Plan, target: Path
) -> Iterator[Step]:
    """Tune the checkpoint in `folder` and write what came of it to `target`.

    `target` appears only when tuning is over: a checkpoint of its own (FULL), or an adapter for
    `DOCVISION_ENGINE_ADAPTER` (LORA).

    Raises:
        SettingsError: There is nothing to learn from.
        ModelNotFound: The folder holds no checkpoint.
    """
    if not lessons:
        raise SettingsError("There is nothing to learn from: no value stands among the words.")
    checkpoint = load_checkpoint(folder, settings)
    model = tunable(checkpoint.model, plan)
    encoded = [encode(lesson, checkpoint) for lesson in lessons]
    yield from _epochs(model, encoded, plan, checkpoint.pad)
    _save(model, checkpoint, folder, target)


def tunable(model: Any, plan: Plan) -> Any:
    """Return the model with those weights free that the plan's method tunes."""
    size = sum(weight.numel() for weight in model.parameters())
    lora = plan.method is Method.LORA or (plan.method is Method.AUTO and size > SMALL)
    if not lora:
        model.requires_grad_(True)
        return model
    config = LoraConfig(r=plan.rank, lora_alpha=2 * plan.rank, target_modules=PROJECTIONS)
    return get_peft_model(model, config)


def encode(lesson: Lesson, checkpoint: Checkpoint) -> Encoded:
    """Return a lesson in tokens, as the engine asks and the model answers."""
    processor = checkpoint.processor
    message = {"role": "user", "content": [{"type": "text", "text": lesson.prompt}]}
    prompt = processor.apply_chat_template(
        [message],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        sanitize_control_tokens=True,
    )["input_ids"][0]
    answer = processor.tokenizer(
        lesson.answer, add_special_tokens=False, return_offsets_mapping=True
    )
    said = [_weight(lesson, start, end) for start, end in answer["offset_mapping"]]
    return Encoded(
        ids=[*map(int, prompt), *answer["input_ids"], processor.tokenizer.eos_token_id],
        weights=[0.0] * len(prompt) + said + [_FORM],
    )


def _weight(lesson: Lesson, start: int, end: int) -> float:
    return 1.0 if any(start < last and end > first for first, last in lesson.values) else _FORM


def _epochs(model: Any, encoded: Sequence[Encoded], plan: Plan, pad: int) -> Iterator[Step]:
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01)
    shuffle = random.Random(plan.seed)
    batches = [
        batch for _ in range(plan.epochs) for batch in _batches(encoded, plan.batch, shuffle)
    ]
    model.train()
    for number, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * _share(number, len(batches))
        loss = _loss(model, batch, pad)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield Step(done=number + 1, total=len(batches), loss=float(loss.detach()))
    model.eval()


def _share(number: int, total: int) -> float:
    """Return the share of the full rate at a step: up over a tenth, then down to nothing."""
    rising = max(1, total // 10)
    return min((number + 1) / rising, (total - number) / max(1, total - rising), 1.0)


def _batches(
    encoded: Sequence[Encoded], size: int, shuffle: random.Random
) -> Iterator[list[Encoded]]:
    order = shuffle.sample(list(encoded), len(encoded))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _loss(model: Any, batch: Sequence[Encoded], pad: int) -> torch.Tensor:
    """Return the weighted next-token loss of a batch, padded on the right."""
    longest = max(len(one.ids) for one in batch)
    ids = torch.tensor([one.ids + [pad] * (longest - len(one.ids)) for one in batch])
    weights = torch.tensor([one.weights + [0.0] * (longest - len(one.weights)) for one in batch])
    ids, weights = ids.to(model.device), weights.to(model.device)
    seen = torch.tensor([[1] * len(one.ids) + [0] * (longest - len(one.ids)) for one in batch])
    logits = model(input_ids=ids, attention_mask=seen.to(model.device), use_cache=False).logits
    wanted, counts = ids[:, 1:], weights[:, 1:]
    where = counts > 0
    each = functional.cross_entropy(logits[:, :-1][where].float(), wanted[where], reduction="none")
    return (each * counts[where]).sum() / counts[where].sum()


def _save(model: Any, checkpoint: Checkpoint, folder: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    if hasattr(model, "peft_config"):
        model.save_pretrained(partial)
    else:
        model.to(torch.bfloat16).save_pretrained(partial)
        checkpoint.processor.save_pretrained(partial)
        _copy_profile(folder, partial)
    partial.replace(target)


def _copy_profile(folder: Path, target: Path) -> None:
    """Say of the tuned checkpoint what it is good at; figures measured before are not its own."""
    profile = folder / "profile.json"
    if profile.exists():
        told = json.loads(profile.read_text("utf-8"))
        told.pop("figures", None)
        (target / "profile.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
