"""The figures of a checkpoint, printed against their bars and written to its profile."""

import json
import shutil
import time
from pathlib import Path

import click

from docvision.engines.profile import Reads
from training import evaluate
from training.card import write_card
from training.evaluate import Say
from training.evaluate_charts import measure_charts

BARS = {
    "extract_value_f1": 0.92,
    "extract_read_value_f1": 0.92,
    "ask_exact_match": 0.85,
    "ask_refused": 0.85,
    "chart_labelled_rms_f1": 0.80,
    "chart_unlabelled_rms_f1": 0.60,
    "nano_clean_cer": 0.02,
    "nano_degraded_cer": 0.06,
    "extract_seconds_each": 2.0,
    "regions_per_second": 25.0,
    "region_alone_ms": 150.0,
    "load_seconds": 2.0,
}


def print_bars(
    model: Path, *, count: int, regions: int, save: bool, reads: Reads = Reads.NOTHING
) -> None:
    """Measure a checkpoint folder and print one line a figure.

    `reads` is what the profile then says may be read on pictures.
    """
    figures = measure(model, count=count, regions=regions)
    for name, value in figures.items():
        bar = f"   bar {BARS[name]}" if name in BARS else ""
        click.echo(f"{name:28} {value:9.4f}{bar}")
    if save:
        write_profile(model, figures, reads)
        command = f"python -m training eval --count {count} --regions {regions}"
        write_card(model, figures, BARS, command)


def measure(model: Path, *, count: int, regions: int) -> dict[str, float]:
    """Return all figures of a checkpoint folder."""
    started = time.perf_counter()
    engine = evaluate.load(model)
    figures = {"load_seconds": time.perf_counter() - started}
    for name, read in (("extract", False), ("extract_read", True)):
        found = evaluate.measure_extraction(engine, count, read=read)
        figures |= {f"{name}_{key}": value for key, value in found.items()}
    found = evaluate.measure_answers(engine, 2 * count)
    figures |= {f"ask_{key}": value for key, value in found.items()}
    found = measure_charts(engine, count)
    figures |= {f"chart_{key}": value for key, value in found.items()}
    readers: dict[str, Say] = {
        "nano": evaluate.nano_reads(engine),
        "rapidocr": evaluate.rapidocr_reads,
    }
    if shutil.which("tesseract"):
        readers["tesseract"] = evaluate.tesseract_reads
    figures |= evaluate.measure_regions(readers, regions)
    return figures | evaluate.measure_speed(engine)


def write_profile(model: Path, figures: dict[str, float], reads: Reads) -> None:
    """Write profile.json: what the checkpoint may be asked, and its figures.

    `reads` is for a person to say who has tried it on real paper, which is worse than what is drawn
    here. Charts it is asked for where it reaches its bar.
    """
    profile = {
        "reads": reads.value,
        # A comparison of numpy's numbers is no JSON.
        "charts": bool(figures["chart_labelled_rms_f1"] >= BARS["chart_labelled_rms_f1"]),
        "figures": {name: round(value, 4) for name, value in figures.items()},
    }
    (model / "profile.json").write_text(json.dumps(profile, indent=2) + "\n")
