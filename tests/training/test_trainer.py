"""The trainer learns, and a resumed run goes on exactly as if it had never stopped."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.conftest import TINY
from training.batches import collate
from training.curriculum import Progress, Rule, advance
from training.extraction import extraction
from training.losses import LossWeights, compute_losses
from training.plot import plot_run
from training.regions import LEVELS, region
from training.trainer import Plan, learn, learning_rate, make_state, train


def small_plan(folder: Path, steps: int) -> Plan:
    return Plan(
        folder=folder, steps=steps, scale=0.04, warmup=2, shape=TINY, save_every=1e9,
        probe_every=10**9, mix={"extract": 0.5, "region": 0.5},
    )  # fmt: skip


@pytest.mark.parametrize("task", ["extract", "region", "sight"])
def test_a_handful_of_examples_is_learnt_by_heart(tmp_path, tokenizer, task):
    rng = random.Random(1)
    if task == "extract":
        examples = [extraction(rng, 0.0) for _ in range(3)]
    else:
        examples = [replace(region(rng, LEVELS[0], 64), task=task) for _ in range(3)]
    plan = replace(small_plan(tmp_path, 40), rate=3e-3)
    state = make_state(plan, tokenizer)
    batch = collate(examples, tokenizer)
    for _ in range(60):
        losses = learn(plan, state, [batch])
        for optimizer in state.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        if losses.right == 1.0:
            break
    assert losses.right > 0.95


def test_what_a_picture_says_is_spelled_letter_by_letter_each_beside_its_ink(tokenizer):
    # given a line that the tokenizer would write in longer tokens
    rng = random.Random(5)
    drawn = (region(rng, LEVELS[2], 160) for _ in range(100))
    example = next(one for one in drawn if len(tokenizer.encode(one.answer)) < len(one.answer))

    # when it becomes a batch
    batch = collate([example], tokenizer)

    # then each letter is learnt by itself, and the answer reads as before
    said = batch.labels[0][batch.labels[0] != -100].tolist()
    assert len(said) >= len(example.answer) + 1
    assert tokenizer.decode(said, skip_special_tokens=True) == example.answer

    # and every letter points at the picture's tokens under it, from left to right
    image = batch.types[0].nonzero().flatten()
    first, last = batch.pointers[:, 2], batch.pointers[:, 3]
    assert len(first) >= len(example.answer)
    assert first.min() >= image.min()
    assert last.max() <= image.max()
    assert torch.equal(first, first.sort().values)


def test_a_resumed_run_equals_one_that_never_stopped(runs):
    whole = train(small_plan(runs / "whole", 4))
    train(small_plan(runs / "parts", 2))
    parts = train(small_plan(runs / "parts", 4))

    assert parts.step == whole.step == 4
    assert parts.progress == whole.progress
    for one, other in zip(whole.model.parameters(), parts.model.parameters(), strict=True):
        assert torch.equal(one, other)
    plot_run(runs / "parts", runs / "curves.png")
    assert (runs / "curves.png").stat().st_size > 10_000


def test_a_wired_model_copies_better_before_any_training(tmp_path, tokenizer):
    rng = random.Random(2)
    batch = collate([extraction(rng, 0.0) for _ in range(4)], tokenizer)
    token = {}
    for wired in (True, False):
        plan = replace(small_plan(tmp_path, 1), wired=wired)
        state = make_state(plan, tokenizer)
        with torch.no_grad():
            losses = compute_losses(state.model, state.helpers, batch, LossWeights())
        token[wired] = losses.token
    assert token[True] < token[False]


def test_a_task_gets_harder_only_while_it_goes_well():
    rule = Rule(top=1.0, raise_at=0.8, lower_at=0.4, pace=0.5, memory=0.0)
    start = Progress(level=0.25)
    assert advance(start, rule, 0.9).level == 0.75
    assert advance(start, rule, 0.6).level == 0.25
    assert advance(start, rule, 0.1).level == 0.0
    assert advance(Progress(level=0.9), rule, 1.0).level == 1.0


def test_the_rate_rises_stays_and_falls(tmp_path):
    plan = Plan(folder=tmp_path, steps=100, cooldown=20, rate=1.0, warmup=10)
    assert learning_rate(plan, 0) == pytest.approx(0.1)
    assert learning_rate(plan, 50) == 1.0
    assert learning_rate(plan, 90) == pytest.approx(0.5)
    assert learning_rate(plan, 99) == pytest.approx(0.05)
