"""An exported run is an ordinary Qwen3-VL checkpoint."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor

from tests.training.conftest import TINY
from training.batches import collate, conversation, cut_patches
from training.example import Example
from training.export import export
from training.extraction import extraction
from training.model import picture_tokens
from training.regions import LEVELS, region
from training.trainer import Plan, make_state, save_checkpoint


@pytest.fixture(scope="module")
def exported(tmp_path_factory, tokenizer) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    plan = Plan(folder=folder / "run", steps=1, shape=TINY)
    save_checkpoint(plan, make_state(plan, tokenizer))
    export(plan.folder / "checkpoint.pt", tokenizer, folder / "nano", TINY)
    return folder / "nano"


@pytest.fixture(scope="module")
def processor(exported):
    return AutoProcessor.from_pretrained(exported)


def ask(processor, example: Example):
    content = [{"type": "text", "text": example.prompt}]
    if example.image is not None:
        content.insert(0, {"type": "image", "image": Image.fromarray(example.image)})
    return processor.apply_chat_template(
        [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=True,
        return_dict=True, return_tensors="pt",
    )  # fmt: skip


def test_the_checkpoint_loads_and_generates(exported, processor):
    model = AutoModelForImageTextToText.from_pretrained(exported)
    inputs = ask(processor, region(random.Random(0), LEVELS[3], 96))
    answer = model.generate(**inputs, max_new_tokens=3)
    assert model.dtype == torch.bfloat16
    assert answer.shape[1] <= inputs["input_ids"].shape[1] + 3


def test_the_checkpoint_needs_no_code_of_ours(exported):
    config = json.loads((exported / "config.json").read_text())
    assert config["model_type"] == "qwen3_vl"
    assert "auto_map" not in config
    assert "flash" not in json.dumps(config)
    assert not list(exported.glob("*.py"))
    assert {"preprocessor_config.json", "video_preprocessor_config.json", "tokenizer.json"} <= {
        path.name for path in exported.iterdir()
    }


@pytest.mark.parametrize("width", [64, 256])
def test_the_trainer_and_the_processor_see_the_same(tokenizer, processor, width):
    example = region(random.Random(4), LEVELS[5], width, 2)
    inputs = ask(processor, example)
    batch = collate([example], tokenizer)

    _, _, answer = conversation(example)
    prompt = conversation(example)[0][:answer]
    ids = tokenizer.encode(prompt, add_special_tokens=False).ids
    assert inputs["input_ids"][0].tolist() == ids
    assert inputs["image_grid_thw"].tolist() == batch.grid.tolist()
    assert ids.count(tokenizer.token_to_id("<|image_pad|>")) == picture_tokens(64, width)
    assert torch.allclose(inputs["pixel_values"], batch.patches, atol=1e-5)


def test_text_prompts_are_encoded_alike(tokenizer, processor):
    for seed in range(10):
        example = extraction(random.Random(seed), 4.0)
        whole, _, answer = conversation(example)
        ids = tokenizer.encode(whole[:answer], add_special_tokens=False).ids
        assert ask(processor, example)["input_ids"][0].tolist() == ids


def test_a_video_becomes_timed_frames(processor):
    frames = np.zeros((4, 64, 64, 3), dtype=np.uint8)
    inputs = processor(
        text="<|vision_start|><|video_pad|><|vision_end|>", videos=[frames],
        video_metadata=[{"fps": 2.0, "total_num_frames": 4, "frames_indices": [0, 1, 2, 3]}],
        do_sample_frames=False, do_resize=False, return_tensors="pt",
    )  # fmt: skip
    assert inputs["video_grid_thw"].tolist() == [[2, 8, 8]]
    assert "seconds>" in processor.tokenizer.decode(inputs["input_ids"][0])


def test_patches_of_a_black_picture_are_all_minus_one():
    patches = cut_patches(np.zeros((1, 16, 32, 3), dtype=np.uint8))
    assert patches.shape == (8, 384)
    assert (patches == -1).all()


def test_an_export_of_several_checkpoints_is_their_mean(tmp_path, tokenizer):
    plan = Plan(folder=tmp_path / "run", steps=1, shape=TINY)
    save_checkpoint(plan, make_state(plan, tokenizer))
    first = plan.folder / "checkpoint.pt"
    saved = torch.load(first, weights_only=True)
    saved["model"] = {name: weight + 2 for name, weight in saved["model"].items()}
    torch.save(saved, plan.folder / "later.pt")

    export(first, tokenizer, tmp_path / "mean", TINY, also=[plan.folder / "later.pt"])

    mean = AutoModelForImageTextToText.from_pretrained(tmp_path / "mean", dtype=torch.float32)
    name = "model.language_model.layers.0.mlp.up_proj.weight"
    torch.testing.assert_close(mean.state_dict()[name], saved["model"][name] - 1, atol=0.02, rtol=0)
