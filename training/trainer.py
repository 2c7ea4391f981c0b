"""The training loop: resumable, in several processes on a CPU or one on a GPU."""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from tokenizers import Tokenizer
from torch import nn

from training.adapter import adapted
from training.batches import Batch, collate
from training.curriculum import RULES, Progress, advance, draw_batch
from training.losses import Helpers, Losses, LossWeights, compute_losses
from training.model import Shape, make_model, seeded
from training.tokenizer import load_tokenizer

_CPU = torch.cpu.get_capabilities()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that decides a run. `mix` is the share of steps each task gets.

    The text tower learns at `text_rate` times the rate: less than 1 keeps what it knows. With a
    `base`, an exported checkpoint, only a LoRA adapter of `rank` learns, beside that one's weights.
    """

    folder: Path
    steps: int
    cooldown: int = 0
    minutes: float = 1e9
    rate: float = 2e-3
    text_rate: float = 1.0
    warmup: int = 60
    scale: float = 1.0
    seed: int = 0
    device: str = "cpu"
    wired: bool = True
    muon: bool = False
    mix: dict[str, float] = field(default_factory=lambda: {"extract": 0.7, "region": 0.3})
    start: dict[str, float] = field(default_factory=dict)
    weights: LossWeights = field(default_factory=LossWeights)
    shape: Shape = field(default_factory=Shape)
    base: Path | None = None
    rank: int = 32
    save_every: float = 180.0
    probe_every: int = 200


@dataclass
class State:
    """What a run carries from step to step, and from one start to the next."""

    model: Any
    helpers: Helpers
    optimizers: list[torch.optim.Optimizer]
    progress: dict[str, Progress]
    step: int = 0
    seconds: float = 0.0


def train(plan: Plan, rank: int = 0, world: int = 1) -> State:
    """Train until the plan's steps or minutes are over; resume where a checkpoint lies.

    A file named `stop` in the run's folder ends it too, with a checkpoint.
    """
    if plan.device == "cpu":
        torch.set_num_threads(1 if world > 1 else max(1, torch.get_num_threads()))
    tokenizer = load_tokenizer((plan.base or plan.folder.parent) / "tokenizer.json")
    state = make_state(plan, tokenizer)
    load_checkpoint(plan, state)
    stop = plan.folder / "stop"
    started = saved = time.monotonic()
    before = state.seconds
    while state.step < plan.steps:
        state.seconds = before + time.monotonic() - started
        if _agree(state.seconds > plan.minutes * 60 or stop.exists(), world):
            break
        task = draw_task(plan, state.step)
        losses = train_step(plan, state, tokenizer, task, rank, world)
        if rank == 0:
            _log(plan, state, task, losses)
            if time.monotonic() - saved > plan.save_every:
                save_checkpoint(plan, state)
                saved = time.monotonic()
        if rank == 0 and state.step % plan.probe_every == 0:
            _append(plan, {"step": state.step, "probe": probe(plan, state, tokenizer)})
    if rank == 0:
        save_checkpoint(plan, state)
    return state


def make_state(plan: Plan, tokenizer: Tokenizer) -> State:
    """Return the state before the first step."""
    device = torch.device(plan.device)
    if plan.base:
        model = adapted(plan.base, plan.rank).to(device)
    else:
        model = make_model(plan.shape, tokenizer, seed=plan.seed, wired=plan.wired).to(device)
    helpers = Helpers(plan.shape.sight_hidden).to(device)
    model.train()
    return State(
        model=model,
        helpers=helpers,
        optimizers=make_optimizers(plan, model, helpers),
        progress={task: Progress(level=plan.start.get(task, 0.0)) for task in RULES},
    )


def make_optimizers(
    plan: Plan, model: nn.Module, helpers: nn.Module
) -> list[torch.optim.Optimizer]:
    """Return AdamW, or Muon for the inner matrices and AdamW for the rest."""
    matrices: dict[float, list[nn.Parameter]] = {}
    rest: dict[float, list[nn.Parameter]] = {}
    for name, weight in [*model.named_parameters(), *helpers.named_parameters()]:
        if not weight.requires_grad:
            continue
        inner = plan.muon and weight.ndim == 2 and "embed" not in name and "spell" not in name
        share = plan.text_rate if "language_model" in name else 1.0
        (matrices if inner else rest).setdefault(share, []).append(weight)
    found: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(_groups(rest), lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01)
    ]
    if matrices:
        found.append(
            torch.optim.Muon(
                _groups(matrices), lr=plan.rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"
            )
        )
    return found


def _groups(by_share: dict[float, list[nn.Parameter]]) -> list[dict[str, Any]]:
    """Return an optimizer's groups, each with its share of the rate."""
    return [{"params": weights, "share": share} for share, weights in by_share.items()]


def draw_task(plan: Plan, step: int) -> str:
    """Return the task of a step: the same in every process."""
    return seeded(plan.seed, "task", step).choices(list(plan.mix), list(plan.mix.values()))[0]


def train_step(
    plan: Plan, state: State, tokenizer: Tokenizer, task: str, rank: int, world: int
) -> Losses:
    """Take one optimizer step on one batch per process."""
    rng = seeded(plan.seed, rank, state.step)
    examples = draw_batch(task, rng, state.progress[task].level, plan.scale)
    losses = learn(plan, state, _micro_batches(examples, tokenizer, plan))
    weights = [*state.model.parameters(), *state.helpers.parameters()]
    right = _share(weights, losses.right, world)
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    for optimizer in state.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(plan, state.step) * group["share"]
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    state.progress[task] = advance(state.progress[task], RULES[task], right)
    state.step += 1
    return losses


def _micro_batches(
    examples: list[Any], tokenizer: Tokenizer, plan: Plan, parts: int = 2
) -> list[Batch]:
    """Return batches of like lengths: less padding, and less to hold in the cache."""
    ordered = sorted(examples, key=lambda example: len(example.prompt) + len(example.answer))
    size = max(1, -(-len(ordered) // parts))
    device = torch.device(plan.device)
    return [
        collate(ordered[start : start + size], tokenizer).to(device)
        for start in range(0, len(ordered), size)
    ]


def learn(plan: Plan, state: State, batches: list[Batch]) -> Losses:
    """Add up the gradients of some batches, each weighed by its counted tokens."""
    counts = [float(batch.weights.sum()) for batch in batches]
    shares = [count / sum(counts) for count in counts]
    seen: list[Losses] = []
    for batch, share in zip(batches, shares, strict=True):
        with half_precision(plan.device):
            losses = compute_losses(state.model, state.helpers, batch, plan.weights)
        torch.autograd.backward(losses.total * share)
        seen.append(losses)

    def mean(name: str) -> float:
        values = (float(getattr(one, name)) for one in seen)
        return sum(value * share for value, share in zip(values, shares, strict=True))

    return Losses(
        total=seen[-1].total.detach(),
        token=mean("token"),
        pointer=mean("pointer"),
        ctc=mean("ctc"),
        right=mean("right"),
    )


def half_precision(device: str) -> torch.autocast:
    """Return the context that computes in bfloat16, on a CPU only where that has it itself.

    Others (with AVX2 alone) multiply in bfloat16 twenty times slower than in float32.
    """
    kind = device.split(":")[0]
    fast = kind != "cpu" or any(_CPU.get(name) for name in ("avx512_bf16", "amx_bf16"))
    return torch.autocast(kind, dtype=torch.bfloat16, enabled=fast)


def learning_rate(plan: Plan, step: int) -> float:
    """Return the rate of a step: warm up, stay, and fall to a tenth over the cooldown."""
    rising = min(1.0, (step + 1) / plan.warmup)
    left = (plan.steps - step) / plan.cooldown if plan.cooldown else 1.0
    return plan.rate * rising * max(0.05, min(1.0, left))


def _share(weights: Iterable[nn.Parameter], right: float, world: int) -> float:
    """Average gradients and `right` over all processes."""
    if world == 1:
        return right
    # All processes have the same task, so the same weights have no gradient (a text's vision).
    grads = [weight.grad for weight in weights if weight.grad is not None]
    flat = torch.cat([*(grad.flatten() for grad in grads), torch.tensor([right])])
    dist.all_reduce(flat)
    flat /= world
    start = 0
    for grad in grads:
        grad.copy_(flat[start : start + grad.numel()].view_as(grad))
        start += grad.numel()
    return float(flat[-1])


def _agree(stop: bool, world: int) -> bool:
    """Return whether any process wants to stop."""
    if world == 1:
        return stop
    vote = torch.tensor([float(stop)])
    dist.all_reduce(vote)
    return bool(vote > 0)


@torch.no_grad()
def probe(plan: Plan, state: State, tokenizer: Tokenizer) -> dict[str, dict[str, float]]:
    """Return, for held-out batches of each task at its level and at the top, what is right."""
    found: dict[str, dict[str, float]] = {}
    state.model.eval()
    for task in plan.mix:
        for where, level in (("now", state.progress[task].level), ("top", RULES[task].top)):
            examples = draw_batch(task, seeded("probe", task), level, 0.5, held_out=True)
            batches = _micro_batches(examples, tokenizer, plan)
            with half_precision(plan.device):
                losses = [
                    compute_losses(state.model, state.helpers, batch, plan.weights)
                    for batch in batches
                ]
            found.setdefault(task, {})[where] = sum(one.right for one in losses) / len(losses)
    state.model.train()
    return found


def _log(plan: Plan, state: State, task: str, losses: Losses) -> None:
    progress = state.progress[task]
    record = {
        "step": state.step, "seconds": round(state.seconds, 1), "task": task,
        "level": round(progress.level, 3), "right": round(losses.right, 4),
        "mean_right": round(progress.right, 4), "token": round(losses.token, 4),
        "pointer": round(losses.pointer, 4), "ctc": round(losses.ctc, 4),
    }  # fmt: skip
    _append(plan, record)


def _append(plan: Plan, record: dict[str, Any]) -> None:
    with (plan.folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(record) + "\n")


def save_checkpoint(plan: Plan, state: State) -> None:
    """Write the whole state, so that a kill at any moment leaves a good file."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    target = plan.folder / "checkpoint.pt"
    partial = target.with_suffix(".partial")
    torch.save(
        {
            "model": state.model.state_dict(),
            "helpers": state.helpers.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in state.optimizers],
            "progress": {task: asdict(one) for task, one in state.progress.items()},
            "step": state.step,
            "seconds": state.seconds,
        },
        partial,
    )
    os.replace(partial, target)


def load_checkpoint(plan: Plan, state: State) -> None:
    """Take the state from the run's checkpoint, where there is one."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    path = plan.folder / "checkpoint.pt"
    if not path.exists():
        return
    saved = torch.load(path, map_location=plan.device, weights_only=True)
    state.model.load_state_dict(saved["model"])
    state.helpers.load_state_dict(saved["helpers"])
    for optimizer, values in zip(state.optimizers, saved["optimizers"], strict=True):
        optimizer.load_state_dict(values)
    state.progress |= {task: Progress(**one) for task, one in saved["progress"].items()}
    state.step, state.seconds = saved["step"], saved["seconds"]
