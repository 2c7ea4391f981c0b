"""The figures of a checkpoint, printed against their bars and written to its profile."""

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from docvision.engines.base import Engine
from docvision.engines.profile import Reads
from docvision.engines.registry import late_engines
from docvision.settings import EngineSettings
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

_CHART = "chart"
"""The task, and the folder of its adapter."""


def print_bars(
    model: Path,
    *,
    count: int,
    regions: int,
    save: bool,
    reads: Reads = Reads.NOTHING,
    only: Sequence[str] = (),
) -> None:
    """Measure a checkpoint folder and print one line a figure.

    `reads` is what the profile then says may be read on pictures. With `only` the other figures
    stay as the profile has them.
    """
    figures = measure(model, count=count, regions=regions, only=only)
    for name, value in figures.items():
        bar = f"   bar {BARS[name]}" if name in BARS else ""
        click.echo(f"{name:28} {value:9.4f}{bar}")
    if save:
        figures = (_known(model) if only else {}) | figures
        write_profile(model, figures, reads)
        command = f"python -m training eval --count {count} --regions {regions}"
        write_card(model, figures, BARS, command)


def measure(model: Path, *, count: int, regions: int, only: Sequence[str] = ()) -> dict[str, float]:
    """Return the figures of a checkpoint folder: all, or `only` those of some of `PARTS`."""
    started = time.perf_counter()
    engine = evaluate.load(model)
    figures = {} if only else {"load_seconds": time.perf_counter() - started}
    for name, found in _parts(model, engine, count, regions).items():
        if name in (only or PARTS):
            figures |= found()
    return figures


PARTS = ("extract", "ask", "chart", "region", "speed")
"""What is measured, in this order."""


def _parts(
    model: Path, engine: Engine, count: int, regions: int
) -> dict[str, Callable[[], dict[str, float]]]:
    """Return what measures each of `PARTS`."""
    # Charts are asked of the adapter for them, where there is one.
    charts = late_engines(EngineSettings(model=str(model))).get(_CHART, engine)
    return {
        "extract": lambda: _extraction(engine, count),
        "ask": lambda: _named("ask", evaluate.measure_answers(engine, 2 * count)),
        "chart": lambda: _named("chart", measure_charts(charts, count)),
        "region": lambda: evaluate.measure_regions(_readers(engine), regions),
        "speed": lambda: evaluate.measure_speed(engine),
    }


def _extraction(engine: Engine, count: int) -> dict[str, float]:
    return _named("extract", evaluate.measure_extraction(engine, count, read=False)) | _named(
        "extract_read", evaluate.measure_extraction(engine, count, read=True)
    )


def _named(name: str, figures: Mapping[str, float]) -> dict[str, float]:
    return {f"{name}_{key}": value for key, value in figures.items()}


def _readers(engine: Engine) -> dict[str, Say]:
    """Return who reads lines: nano, and what a user would take instead."""
    readers: dict[str, Say] = {
        "nano": evaluate.nano_reads(engine),
        "rapidocr": evaluate.rapidocr_reads,
    }
    if shutil.which("tesseract"):
        readers["tesseract"] = evaluate.tesseract_reads
    return readers


def _known(model: Path) -> dict[str, float]:
    """Return the figures that the profile has."""
    figures: dict[str, float] = json.loads((model / "profile.json").read_text())["figures"]
    return figures


def write_profile(model: Path, figures: Mapping[str, float], reads: Reads) -> None:
    """Write profile.json: what the checkpoint may be asked, and its figures.

    `reads` is for a person to say who has tried it on real paper, which is worse than what is drawn
    here. Charts are asked where their bar is reached: of their adapter, or of the checkpoint.
    """
    # A comparison of numpy's numbers is no JSON.
    charts = bool(figures["chart_labelled_rms_f1"] >= BARS["chart_labelled_rms_f1"])
    adapter = model / _CHART
    has_adapter = (adapter / "adapter_config.json").is_file()
    profile = {
        "reads": reads.value,
        "charts": charts and not has_adapter,
        "figures": {name: round(value, 4) for name, value in figures.items()},
    }
    (model / "profile.json").write_text(json.dumps(profile, indent=2) + "\n")
    if has_adapter:
        (adapter / "profile.json").write_text(json.dumps({"charts": charts}, indent=2) + "\n")
