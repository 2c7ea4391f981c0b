"""A small tokenizer and a small shape, made once for all tests of the trainer."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from training.model import Shape
from training.tokenizer import train_tokenizer

TINY = Shape(
    hidden=160, content=64, layers=4, heads=4, inner=96,
    sight_hidden=32, sight_layers=2, sight_heads=2, sight_inner=64,
)  # fmt: skip


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """A tokenizer trained on a few hundred samples."""
    return train_tokenizer(samples=300)


@pytest.fixture
def runs(tmp_path: Path, tokenizer: Tokenizer) -> Path:
    """A folder for runs that holds a tokenizer already."""
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Small tensors gain nothing from threads, and lose much where others use the cores."""
    torch.set_num_threads(1)
