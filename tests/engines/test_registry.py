"""Which engine the settings name, and what is said when there is none."""

import json
import logging
import subprocess
import sys

import pytest

from docvision.engines import registry
from docvision.engines.profile import BoxConvention, Reads, profile_of
from docvision.engines.registry import load_engine, read_profile
from docvision.errors import EngineFailed, EngineUnavailable, ModelNotFound, SettingsError
from docvision.settings import EngineSettings
from tests.engines.conftest import ask


def test_none_is_no_engine():
    assert load_engine(EngineSettings(model="none")) is None


def test_an_installation_without_nano_reads_with_the_readers_and_says_so(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(registry, "NANO", tmp_path / "nano")
    with caplog.at_level(logging.WARNING):
        engine = load_engine(EngineSettings(model="nano"))

    assert engine is None
    assert "readers" in caplog.text


def test_neither_none_nor_a_script_imports_torch(tmp_path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"answers": ["Hi"]}))
    code = (
        "import sys; from docvision.engines.registry import load_engine;"
        "from docvision.settings import EngineSettings;"
        "load_engine(EngineSettings(model='none'));"
        f"load_engine(EngineSettings(model='scripted:{script}'));"
        "assert not {'torch', 'transformers', 'openai'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_folder_is_answered_with_the_nearest(tmp_path):
    (tmp_path / "qwen3-vl-2b").mkdir()

    with pytest.raises(ModelNotFound, match="qwen3-vl-2b"):
        load_engine(EngineSettings(model=str(tmp_path / "qwen3-vl-2B")))


def test_a_folder_without_a_checkpoint_is_refused(tmp_path):
    with pytest.raises(ModelNotFound, match=r"config\.json"):
        load_engine(EngineSettings(model=str(tmp_path)))


def test_a_checkpoint_of_another_family_is_refused_before_torch_is_imported(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))

    with pytest.raises(ModelNotFound, match="llama"):
        load_engine(EngineSettings(model=str(tmp_path)))


def test_a_hub_model_that_cannot_be_fetched_says_what_to_do(monkeypatch, tmp_path):
    # given no network
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(ModelNotFound, match="neither in the cache"):
        load_engine(EngineSettings(model="nobody/no-such-model"))


def test_modelscope_without_its_package_says_what_to_install():
    with pytest.raises(SettingsError, match="modelscope"):
        load_engine(EngineSettings(model="Qwen/Qwen3-VL-2B-Instruct", source="modelscope"))


def test_a_device_that_is_not_here_is_refused(checkpoints):
    settings = EngineSettings(model=str(checkpoints["qwen3_vl"]), device="cuda:7")

    with pytest.raises(SettingsError, match="cuda:7"):
        load_engine(settings)


def test_a_tiny_checkpoint_is_trusted_with_nothing_until_it_says_otherwise(checkpoints, tmp_path):
    folder = checkpoints["qwen3_vl"]
    assert read_profile(folder, name="tiny").reads is Reads.NOTHING

    # when its profile.json says what was measured
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    said = {"reads": "region", "figures": {"region_cer": 0.03}}
    (tmp_path / "profile.json").write_text(json.dumps(said))
    profile = read_profile(tmp_path, name="nano")

    # then that is believed
    assert profile.reads is Reads.REGION
    assert profile.figures == {"region_cer": 0.03}


@pytest.mark.parametrize(
    ("family", "factor", "boxes"),
    [
        ("qwen3_vl", 32, BoxConvention.PER_MILLE),
        ("qwen3_5", 32, BoxConvention.PER_MILLE),
        ("qwen2_5_vl", 28, BoxConvention.RESIZED_PIXELS),
        ("qwen2_vl", 28, BoxConvention.RESIZED_PIXELS),
    ],
)
def test_each_family_has_its_conventions(checkpoints, family, factor, boxes):
    profile = read_profile(checkpoints[family], name=family)

    assert (profile.factor, profile.boxes, profile.context) == (factor, boxes, 4096)


def test_a_published_checkpoint_reads_pages():
    # given the shape of Qwen2.5-VL-3B's configuration, whose text fields stand at the top
    config = {
        "model_type": "qwen2_5_vl",
        "hidden_size": 2048,
        "max_position_embeddings": 128_000,
        "vision_config": {"patch_size": 14, "spatial_merge_size": 2},
    }

    profile = profile_of(config, {}, name="Qwen/Qwen2.5-VL-3B-Instruct")

    assert profile.reads is Reads.PAGE
    assert profile.context == 128_000


@pytest.fixture
def script(tmp_path):
    def load(answers, **profile):
        file = tmp_path / "script.json"
        file.write_text(json.dumps({"answers": answers, "profile": profile}))
        return load_engine(EngineSettings(model=f"scripted:{file}"))

    return load


def test_a_script_answers_by_what_is_asked(script):
    engine = script([{"when": "total", "text": "12.50"}, "something else"], boxes="resized_pixels")

    first, second = engine.generate([ask("What is the total?"), ask("Hello")])

    assert (first.text, second.text) == ("12.50", "something else")
    assert "".join(token.text for token in second.tokens) == second.text
    assert engine.profile.boxes is BoxConvention.RESIZED_PIXELS


def test_a_script_fails_as_often_as_it_says(script):
    engine = script([{"error": "engine_unavailable", "times": 1}, "recovered"])

    with pytest.raises(EngineUnavailable):
        engine.generate([ask("Hello")])
    assert engine.generate([ask("Hello")])[0].text == "recovered"


def test_a_script_that_has_run_out_fails(script):
    engine = script([{"text": "once", "times": 1}])
    engine.generate([ask("Hello")])

    with pytest.raises(EngineFailed):
        engine.generate([ask("Hello")])


def test_a_slow_script_can_be_cancelled(script):
    engine = script([{"text": "late", "seconds": 30}])

    (answer,) = engine.generate([ask("Hello", cancelled=lambda: True)])

    assert answer.finish == "cancelled"
