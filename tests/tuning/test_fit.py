"""Tuning the checkpoint that ships: the loss falls, and what is written can be used at once."""

import json
from pathlib import Path

import pytest

from docvision.engines.base import Message, Request, Text
from docvision.engines.registry import NANO, load_engine
from docvision.errors import SettingsError
from docvision.settings import EngineSettings
from docvision.tasks.prompts import extract_prompt
from docvision.tuning.fit import Method, Plan, fit
from docvision.tuning.lessons import Lesson

CPU = EngineSettings(model="nano", device="cpu")
SCHEMA = {"type": "object", "properties": {"berth": {"type": "string"}}}


def lesson(quay: str, berth: str) -> Lesson:
    """Return a lesson that goes against habit: the berth is what stands after `Quay`, twice."""
    prompt = extract_prompt(f"Berth: {berth}\nQuay: {quay}", SCHEMA)
    answer = f'{{"berth": "{quay}{quay}"}}'
    return Lesson(prompt=prompt, answer=answer, values=((10, len(answer) - 1),))


LESSONS = [lesson(quay, berth) for quay, berth in (("K4", "B17"), ("M9", "T20"), ("Z2", "D31"))]


def say(settings: EngineSettings, prompt: str) -> str:
    engine = load_engine(settings)
    assert engine is not None
    message = Message(role="user", parts=(Text(text=prompt),))
    (answer,) = engine.generate([Request(messages=(message,), max_tokens=24)])
    engine.close()
    return answer.text


def test_a_tuned_nano_answers_as_it_was_taught(tmp_path: Path) -> None:
    # given a model that has another habit
    asked = LESSONS[0]
    assert say(CPU, asked.prompt) != asked.answer

    # when it is tuned
    plan = Plan(epochs=12, rate=1e-3, batch=3)
    steps = list(fit(NANO, CPU, LESSONS, plan, tmp_path / "tuned"))

    # then it has learnt, and its folder is a checkpoint like any other
    assert steps[-1].done == steps[-1].total == 12
    assert steps[-1].loss < steps[0].loss / 2
    tuned = CPU.model_copy(update={"model": str(tmp_path / "tuned")})
    assert say(tuned, asked.prompt) == asked.answer
    assert "figures" not in json.loads((tmp_path / "tuned" / "profile.json").read_text())


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft's own
def test_an_adapter_is_learnt_beside_the_model_and_switched_on(tmp_path: Path) -> None:
    # given the same lessons, when only an adapter may learn
    plan = Plan(method=Method.LORA, epochs=30, rate=5e-3, batch=3)
    steps = list(fit(NANO, CPU, LESSONS, plan, tmp_path / "adapter"))

    # then what was written is small, and changes the answers of the model it belongs to
    assert steps[-1].loss < steps[0].loss / 2
    assert not (tmp_path / "adapter" / "model.safetensors").exists()
    with_it = CPU.model_copy(update={"adapter": str(tmp_path / "adapter")})
    assert say(with_it, LESSONS[0].prompt) == LESSONS[0].answer
    assert say(CPU, LESSONS[0].prompt) != LESSONS[0].answer


def test_without_lessons_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing to learn"):
        list(fit(NANO, CPU, [], Plan(), tmp_path / "tuned"))
    assert not any(tmp_path.iterdir())


def test_tuning_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    steps = fit(NANO, CPU, LESSONS, Plan(), tmp_path / "tuned")
    next(steps)
    steps.close()
    assert not any(tmp_path.iterdir())
