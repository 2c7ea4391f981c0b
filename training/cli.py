"""The command line of the trainer."""

import os
from collections.abc import Sequence
from pathlib import Path

import click
import torch
from PIL import Image

from docvision.engines.profile import Reads
from training.adapter import export_adapter
from training.bars import PARTS, print_bars
from training.cases import KINDS, make_cases
from training.curriculum import draw_batch
from training.export import export as write_export
from training.losses import LossWeights
from training.model import seeded
from training.plot import plot_run
from training.processes import run
from training.tokenizer import load_tokenizer
from training.trainer import Plan

_BASE = click.option(
    "--base",
    type=click.Path(path_type=Path, exists=True),
    help="An exported checkpoint: a LoRA adapter learns beside it.",
)


@click.group()
def main() -> None:
    """Make documents, train nano on them, measure and export it."""


@main.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("runs/nano"))
@click.option("--steps", default=20000)
@click.option("--cooldown", default=0, help="Steps at the end over which the rate falls.")
@click.option("--minutes", default=1e9, help="Stop after this long, all starts together.")
@click.option("--rate", default=2e-3)
@click.option("--text-rate", default=1.0, help="The text tower's share of the rate.")
@click.option("--scale", default=1.0, help="Batch size over the usual one.")
@click.option("--device", default="auto")
@click.option("--processes", default=0, help="0: one per core on a CPU, one on a GPU.")
@click.option("--mix", default="extract=0.6,ask=0.1,region=0.3", help="Share of steps by task.")
@click.option("--start", default="", help="Levels to start from, as extract=2.")
@click.option("--wired/--unwired", default=True, help="Begin near a copying circuit.")
@click.option("--muon/--adam", default=False)
@click.option("--pointer", default=0.5, help="Weight of the pointer loss.")
@click.option("--ctc", default=0.5, help="Weight of the CTC loss.")
@_BASE
@click.option("--rank", default=32, help="Of the adapter.")
def train(
    folder: Path, steps: int, cooldown: int, minutes: float, rate: float, text_rate: float,
    scale: float, device: str, processes: int, mix: str, start: str, wired: bool, muon: bool,
    pointer: float, ctc: float, base: Path | None, rank: int,
) -> None:  # fmt: skip
    """Train, or go on training, the run in FOLDER."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    plan = Plan(
        folder=folder, steps=steps, cooldown=cooldown, minutes=minutes, rate=rate,
        text_rate=text_rate, scale=scale, device=device, wired=wired, muon=muon,
        mix=_shares(mix), start=_shares(start), weights=LossWeights(pointer=pointer, ctc=ctc),
        base=base, rank=rank,
    )  # fmt: skip
    run(plan, processes or (os.cpu_count() or 1 if device == "cpu" else 1))


def _shares(text: str) -> dict[str, float]:
    """Return {"a": 1.0} of "a=1"."""
    return {
        name: float(value) for name, value in (part.split("=") for part in text.split(",") if part)
    }


@main.command()
@click.argument("task", type=click.Choice(["extract", "ask", "chart", "region", "sight"]))
@click.option("--level", default=4.0)
@click.option("--seed", default=0)
@click.option(
    "--picture", type=click.Path(path_type=Path), help="Where to write a region's picture."
)
def generate(task: str, level: float, seed: int, picture: Path | None) -> None:
    """Print one training example, as the model gets it."""
    example = draw_batch(task, seeded(seed), level)[0]
    click.echo(example.prompt)
    click.echo(f"--- {example.answer}")
    if picture and example.image is not None:
        Image.fromarray(example.image).save(picture)


@main.command()
@click.option("--kind", type=click.Choice(sorted(KINDS)), required=True)
@click.option("--count", default=20, help="Documents.")
@click.option("--first", default=0, help="The first one's seed; bars are measured from 0.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A folder.")
def cases(kind: str, count: int, first: int, out: Path) -> None:
    """Write an evaluation set for `docvision eval`, of held-out templates and fonts."""
    click.echo(make_cases(kind, range(first, first + count), out))


@main.command()
@click.option("--target", type=click.Path(path_type=Path), default=Path("runs/tokenizer.json"))
def tokenizer(target: Path) -> None:
    """Train the tokenizer on what the generators write."""
    target.unlink(missing_ok=True)
    click.echo(f"{load_tokenizer(target).get_vocab_size()} tokens in {target}")


@main.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("runs/nano"))
@click.option("--target", type=click.Path(path_type=Path), default=Path("docvision/nano"))
@click.option(
    "--also",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A checkpoint whose weights are averaged with the run's.",
)
@_BASE
@click.option("--rank", default=32, help="Of the adapter, as it was trained.")
def export(folder: Path, target: Path, also: Sequence[Path], base: Path | None, rank: int) -> None:
    """Write a run's checkpoint in the Hugging Face layout, or its adapter with --base."""
    if base:
        export_adapter(folder / "checkpoint.pt", base, rank, target)
        return
    tokenizer = load_tokenizer(folder.parent / "tokenizer.json")
    write_export(folder / "checkpoint.pt", tokenizer, target, also=also)


@main.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path("runs/nano"))
@click.option("--target", type=click.Path(path_type=Path), default=Path("docs/nano-curves.png"))
def plot(folder: Path, target: Path) -> None:
    """Draw a run's curves."""
    plot_run(folder, target)


@main.command(name="eval")
@click.option("--model", type=click.Path(path_type=Path), default=Path("docvision/nano"))
@click.option("--count", default=60, help="Documents of each kind of measurement.")
@click.option("--regions", default=120, help="Line pictures, clean and degraded each.")
@click.option("--save/--no-save", default=False, help="Write the figures to profile.json.")
@click.option(
    "--reads",
    type=click.Choice([Reads.NOTHING.value, Reads.REGION.value]),
    default=Reads.NOTHING.value,
    help="What docvision then asks it to read on pictures: try real ones first.",
)
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Measure this part.")
def evaluate(
    model: Path, count: int, regions: int, save: bool, reads: str, only: Sequence[str]
) -> None:
    """Print nano's bars on held-out fonts, templates and seeds."""
    print_bars(model, count=count, regions=regions, save=save, reads=Reads(reads), only=only)
