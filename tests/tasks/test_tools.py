"""Which model a task asks, where single tasks have tuned ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docvision.errors import SettingsError
from docvision.settings import EngineSettings, Settings
from docvision.tasks.tools import open_tools


@pytest.fixture
def scripts(tmp_path: Path) -> tuple[str, str]:
    """Two models that differ in how much they read at once."""
    for name, context in (("plain", 1000), ("tuned", 2000)):
        said = {"answers": [], "profile": {"context": context}}
        (tmp_path / f"{name}.json").write_text(json.dumps(said))
    return f"scripted:{tmp_path / 'plain.json'}", f"scripted:{tmp_path / 'tuned.json'}"


def test_a_task_with_a_tuned_model_asks_that_one_and_the_others_the_usual(scripts) -> None:
    plain, tuned = scripts
    engine = EngineSettings(model=plain, tuned=f"extract={tuned},auto={tuned}")
    with open_tools(Settings(engine=engine)) as tools:
        contexts = {
            task: tools.for_task(task).engine.profile.context for task in ("ocr", "extract", "auto")
        }
        assert tools.for_task("extract").engine is tools.for_task("auto").engine
    assert contexts == {"ocr": 1000, "extract": 2000, "auto": 2000}


def test_an_adapter_is_laid_over_the_model_and_a_checkpoint_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    engine = EngineSettings(model="nano", tuned=f"extract={tmp_path},ask=/somewhere/else")
    wanted = engine.for_tasks()
    assert (wanted["extract"].model, wanted["extract"].adapter) == ("nano", str(tmp_path))
    assert (wanted["ask"].model, wanted["ask"].adapter) == ("/somewhere/else", None)


def test_a_task_that_does_not_exist_is_told_before_a_model_is_loaded() -> None:
    engine = EngineSettings(model="none", tuned="extrcat=tuned")
    with (
        pytest.raises(SettingsError, match="no task 'extrcat'"),
        open_tools(Settings(engine=engine)),
    ):
        pass


@pytest.mark.parametrize("said", ["tuned", "extract=", "extract=a,,ask=b"])
def test_what_names_no_task_or_no_folder_is_refused(said: str) -> None:
    with pytest.raises(SettingsError, match="DOCVISION_ENGINE_TUNED"):
        Settings.from_env({"DOCVISION_ENGINE_TUNED": said})
