"""Adapters that a checkpoint brings along: known at once, loaded when they are first asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docvision.engines.base import Message, Request, Text
from docvision.engines.registry import NANO, late_engines, load_engine
from docvision.settings import EngineSettings, Settings
from docvision.tasks.tools import open_tools

QUESTION = Request(messages=(Message(role="user", parts=(Text(text="Hello"),)),), max_tokens=4)


@pytest.fixture
def with_adapter(tmp_path: Path) -> EngineSettings:
    """Nano's files with an adapter for the task `chart`, whose weights matter."""
    import torch
    from peft import LoraConfig
    from transformers import AutoModelForImageTextToText

    for file in NANO.iterdir():
        if file.is_file():
            (tmp_path / file.name).symlink_to(file)
    torch.manual_seed(3)
    model = AutoModelForImageTextToText.from_pretrained(NANO)
    model.add_adapter(LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
    model.save_pretrained(tmp_path / "chart")
    (tmp_path / "chart" / "profile.json").write_text(json.dumps({"charts": True}))
    return EngineSettings(model=str(tmp_path))


def test_a_task_with_an_adapter_of_the_checkpoint_asks_it_and_others_do_not(
    with_adapter: EngineSettings,
) -> None:
    with open_tools(Settings(engine=with_adapter)) as tools:
        usual, adapted = tools.for_task("ocr").engine, tools.for_task("chart").engine
        assert usual is not None
        assert adapted is not None
        # then its profile is known before its weights are read, and its answers are others
        assert (usual.profile.charts, adapted.profile.charts) == (False, True)
        assert adapted.profile.reads is usual.profile.reads
        assert (usual.profile.adapters, adapted.profile.adapters) == (("chart",), ())
        (plain,), (other,) = usual.generate([QUESTION]), adapted.generate([QUESTION])

    assert [token.logprob for token in plain.tokens] != [token.logprob for token in other.tokens]


def test_a_named_adapter_takes_the_place_of_those_of_the_checkpoint(
    with_adapter: EngineSettings,
) -> None:
    assert set(late_engines(with_adapter)) == {"chart"}
    named = str(Path(with_adapter.model) / "chart")
    assert late_engines(with_adapter.model_copy(update={"adapter": named})) == {}
    assert late_engines(EngineSettings(model="none")) == {}
    assert late_engines(EngineSettings(model="me/somewhere")) == {}


def test_an_adapter_that_was_never_asked_is_closed_without_being_loaded(
    with_adapter: EngineSettings,
) -> None:
    engine = late_engines(with_adapter)["chart"]
    engine.close()

    # and one whose weights are broken says so when it is asked, not before
    (Path(with_adapter.model) / "chart" / "adapter_config.json").write_text("{}")
    broken = late_engines(with_adapter)["chart"]
    with pytest.raises(Exception, match="adapter"):
        broken.generate([QUESTION])
    assert load_engine(EngineSettings(model="none")) is None
