"""Loading a checkpoint decides how it will run."""

import subprocess
import sys

PROGRAM = """
import sys, torch
from docvision.engines.registry import load_engine
from docvision.settings import EngineSettings
load_engine(EngineSettings(model=sys.argv[1])).close()
print(torch.get_num_threads())
"""


def test_a_small_checkpoint_runs_in_one_thread(checkpoints):
    # given a checkpoint of a few hundred kilobytes, in a process of its own
    folder = checkpoints["qwen3_vl"]

    # when it is loaded
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(folder)],
        capture_output=True, check=True, text=True,
    )  # fmt: skip

    # then torch does not share microseconds of work between cores
    assert done.stdout.split()[-1] == "1"
