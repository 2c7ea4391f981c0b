"""A measured checkpoint's profile says what docvision may ask of it."""

import json

import numpy as np
import pytest

from docvision.engines.profile import Reads
from training.bars import write_profile


@pytest.mark.parametrize(("score", "asked"), [(0.79, False), (0.85, True)])
def test_charts_are_asked_for_from_their_bar_on(tmp_path, score, asked):
    write_profile(tmp_path, {"chart_labelled_rms_f1": np.float64(score)}, Reads.NOTHING)

    profile = json.loads((tmp_path / "profile.json").read_text())
    assert profile["charts"] is asked
    assert profile["reads"] == "nothing"
    assert profile["figures"] == {"chart_labelled_rms_f1": score}


def test_an_adapter_of_its_own_is_asked_for_charts_instead_of_the_checkpoint(tmp_path):
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "adapter_config.json").write_text("{}")

    write_profile(tmp_path, {"chart_labelled_rms_f1": 0.85}, Reads.NOTHING)

    said = [json.loads((tmp_path / at / "profile.json").read_text()) for at in (".", "chart")]
    assert [one["charts"] for one in said] == [False, True]
