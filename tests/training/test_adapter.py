"""An adapter learns beside a checkpoint, which stays as it is."""

from pathlib import Path

import torch

from docvision.engines.base import Message, Request, Text
from docvision.engines.registry import NANO, load_engine
from docvision.settings import EngineSettings
from training.adapter import export_adapter
from training.tokenizer import load_tokenizer
from training.trainer import Plan, half_precision, make_state, save_checkpoint, train_step

QUESTION = Request(messages=(Message(role="user", parts=(Text(text="Jan  12"),)),), max_tokens=4)


def logprobs(adapter: str | None) -> list[float]:
    engine = load_engine(EngineSettings(model="nano", adapter=adapter))
    assert engine is not None
    (answer,) = engine.generate([QUESTION])
    engine.close()
    return [token.logprob for token in answer.tokens]


def test_a_step_moves_the_adapter_alone_and_the_engine_loads_what_is_exported(tmp_path: Path):
    # given a run beside nano
    plan = Plan(folder=tmp_path, steps=1, base=NANO, rank=4, warmup=1, scale=0.05, rate=0.01)
    tokenizer = load_tokenizer(NANO / "tokenizer.json")
    state = make_state(plan, tokenizer)
    before = {name: weight.clone() for name, weight in state.model.named_parameters()}

    # when it takes a step
    train_step(plan, state, tokenizer, "chart", 0, 1)

    # then only the adapter's weights have moved
    moved = [
        name
        for name, weight in state.model.named_parameters()
        if not torch.equal(weight, before[name])
    ]
    assert moved
    assert all("lora" in name for name in moved)

    # and what is exported changes the engine's answers
    save_checkpoint(plan, state)
    export_adapter(tmp_path / "checkpoint.pt", NANO, 4, tmp_path / "chart")
    assert not (tmp_path / "chart" / "model.safetensors").exists()
    assert logprobs(None) != logprobs(str(tmp_path / "chart"))


def test_a_cpu_computes_in_bfloat16_only_where_it_has_it(monkeypatch):
    for known, wanted in (({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({}, False)):
        monkeypatch.setattr("training.trainer._CPU", known)
        with half_precision("cpu"):
            assert torch.is_autocast_enabled("cpu") is wanted
