"""Evenly spread frames, as qwen-vl-utils spreads them."""

import random

import pytest

from docvision.errors import InvalidRequest
from docvision.views.frames import smart_nframes, uniform_times


@pytest.fixture(scope="module")
def reference():
    from docvision.engines.vision_import import allow_torchvision

    allow_torchvision()
    from qwen_vl_utils.vision_process import smart_nframes

    return smart_nframes


def test_three_thousand_counts_are_those_of_qwen_vl_utils(reference):
    rng = random.Random(2)
    for _ in range(3000):
        total, video_fps = rng.randint(1, 20_000), rng.uniform(1, 120)
        options = {
            "fps": rng.uniform(0.05, 30),
            "min_frames": rng.randint(1, 64),
            "max_frames": rng.randint(64, 2000),
        }
        try:
            theirs = reference(options, total, video_fps)
        except ValueError:
            with pytest.raises(InvalidRequest):
                smart_nframes(total, video_fps, **options)
        else:
            assert smart_nframes(total, video_fps, **options) == theirs


def test_the_defaults_are_those_of_qwen_vl_utils(reference):
    for total in range(2, 4000, 7):
        ours = smart_nframes(total, 24.0, max_frames=min(768, total))

        assert ours == reference({}, total, 24.0)


def test_the_times_are_those_of_its_frames():
    # given what qwen-vl-utils computes with torch
    import torch

    for total, count in [(100, 8), (2, 2), (751, 30), (24, 24)]:
        indexes = torch.linspace(0, total - 1, count).round().long().tolist()

        # then ours are the times of the same frames
        times = uniform_times(total, 25.0, count)
        assert [round(time * 25) for time in times] == pytest.approx(indexes, abs=1)
        assert times[0] == 0
        assert times[-1] == (total - 1) / 25


def test_a_video_of_one_frame_is_refused():
    with pytest.raises(InvalidRequest):
        smart_nframes(1, 25.0)
