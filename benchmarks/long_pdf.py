"""A long digital PDF through the real stack: `python -m benchmarks.long_pdf [--pages 300]`.

Prints the seconds from the worker's start on the job to the first page's commit, pages a second,
and the memory of every process over time; beside it, in the same run, a plain pypdfium2 loop and
`pdftotext -bbox` over the same file. Exits 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from rich.console import Console
from rich.table import Table

from benchmarks.memory import Track, Watch
from docvision.client import Client
from docvision.settings import Settings
from docvision.stack.stack import Stack
from samples.make import prose

FIRST_PAGE_SECONDS = 3.0
PAGES_PER_SECOND = 25.0
PEAK_MIB = 1.2 * 1024
GROWTH_MIB = 15.0
"""What any process may gain over the job once it is warm: noise of the allocator, no trend."""
WARM = 0.3
"""The part of the job's time after which a process is held to be warm."""
PARAGRAPHS = [
    text
    for _, texts in (prose.INTRODUCTION, prose.METHOD, prose.FINDINGS, prose.OUTLOOK, prose.LIMITS)
    for text in texts
]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Unix seconds: the worker's start on the job, the first page's commit, the end."""

    sent: float
    started: float
    first: float
    finished: float
    pages: int

    @property
    def rate(self) -> float:
        """Pages a second, from the worker's start to the finished result."""
        return self.pages / (self.finished - self.started)


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description="A long digital PDF through the real stack.")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--model", default="none", help="what the workers load")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        make_pdf(path, chosen.pages)
        timing, tracks = through_the_stack(path, Path(folder) / "data", chosen.model)
        beside = {"pypdfium2": plain_pdfium(path), "pdftotext -bbox": pdftotext(path)}
    print_timing(timing, beside)
    busy = sum(track.used for track in tracks)
    print(
        f"processor time          {busy:8.1f} s in all, {1000 * busy / timing.pages:.0f} ms a page"
    )
    print_memory(timing, tracks)
    missed = misses(timing, tracks)
    for line in missed:
        print(f"MISSED: {line}")
    sys.exit(1 if missed else 0)


def make_pdf(path: Path, pages: int) -> None:
    """Write a PDF of running text, every page different, in the fonts that every reader has."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for page in range(1, pages + 1):
        canvas.setFont("Helvetica", 9)
        canvas.drawString(60, 805, "Proceedings of the Calloway Harbour Institute")
        canvas.drawRightString(535, 40, str(page))
        canvas.setFont("Helvetica-Bold", 15)
        canvas.drawString(60, 770, f"Session {page}: record of the hearing")
        text = canvas.beginText(60, 745)
        text.setFont("Times-Roman", 11, 14)
        for number in range(9):
            said = PARAGRAPHS[(page * 5 + number) % len(PARAGRAPHS)]
            for line in simpleSplit(f"{page}.{number + 1} {said}", "Times-Roman", 11, 475):
                text.textLine(line)
            text.moveCursor(0, 7)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()


def through_the_stack(path: Path, data: Path, model: str) -> tuple[Timing, list[Track]]:
    """Send the file to a stack of its own and watch the job and the processes."""
    settings = Settings.model_validate(
        {
            "data_dir": data,
            "engine": {"model": model},
            "api": {"port": 0},
            "log_level": "warning",
        }
    )
    with Stack(settings) as stack, Client(stack.url) as client:
        _warm_up(client, path.parent)
        with Watch(lambda: stack.pids) as watch:
            timing = follow(client, path)
        return timing, list(watch.tracks.values())


def follow(client: Client, path: Path) -> Timing:
    """Send the file and follow the job to its end."""
    sent = time.time()
    job = client.submit(path)
    while job.progress.done < 1 and not job.state.finished:
        job = client.job(job.id, wait=20, revision=job.revision)
    first = time.time()
    job = client.wait(job.id)
    if job.state != "succeeded" or job.started is None or job.finished is None:
        sys.exit(f"The job ended as {job.state}: {job.problem}")
    return Timing(
        sent=sent,
        started=job.started.timestamp(),
        first=first,
        finished=job.finished.timestamp(),
        pages=job.progress.done,
    )


def _warm_up(client: Client, folder: Path) -> None:
    """Let the worker load what it loads once, with a short document."""
    short = folder / "short.pdf"
    make_pdf(short, 3)
    client.wait(client.submit(short).id, timeout=120)


def plain_pdfium(path: Path) -> float:
    """Return pages a second of nothing but the text, by pypdfium2 in this process."""
    began = time.perf_counter()
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            page.get_textpage().get_text_bounded()
        count = len(document)
    return count / (time.perf_counter() - began)


def pdftotext(path: Path) -> float | None:
    """Return pages a second of words with boxes by poppler, None where it is not installed."""
    if not shutil.which("pdftotext"):
        return None
    with pypdfium2.PdfDocument(path) as document:
        count = len(document)
    began = time.perf_counter()
    subprocess.run(["pdftotext", "-bbox", str(path), "-"], stdout=subprocess.DEVNULL, check=True)
    return count / (time.perf_counter() - began)


def print_timing(timing: Timing, beside: dict[str, float | None]) -> None:
    """Print the times and the rates."""
    print(f"queued for              {timing.started - timing.sent:8.2f} s")
    print(f"start to first page     {timing.first - timing.started:8.2f} s")
    print(f"start to finished       {timing.finished - timing.started:8.2f} s")
    print(f"docvision               {timing.rate:8.1f} pages/s")
    for name, rate in beside.items():
        if rate is not None:
            print(f"{name:24}{rate:8.1f} pages/s, {rate / timing.rate:.1f} times docvision's")


def print_memory(timing: Timing, tracks: list[Track]) -> None:
    """Print each process's memory at the quarters of the job, its peak and its growth."""
    heads = ("25 %", "50 %", "75 %", "100 %", "peak MiB", "growth/100 pages", "CPU s")
    shown = Table("process", *heads)
    span = timing.finished - timing.started
    for track in tracks:
        quarters = [timing.started + span * part for part in (0.25, 0.5, 0.75, 1.0)]
        sizes = [f"{_at(track, moment):.0f}" for moment in quarters]
        growth = _growth(timing, track) * 100 / timing.pages
        shown.add_row(
            track.name, *sizes, f"{track.peak:.0f}", f"{growth:+.2f}", f"{track.used:.1f}"
        )
    Console(width=110).print(shown)


def misses(timing: Timing, tracks: list[Track]) -> list[str]:
    """Return a sentence for each bar that is missed."""
    found = []
    if timing.first - timing.started > FIRST_PAGE_SECONDS:
        found.append(f"the first page took longer than {FIRST_PAGE_SECONDS} s")
    if timing.rate < PAGES_PER_SECOND:
        found.append(f"{timing.rate:.1f} pages/s, the bar is {PAGES_PER_SECOND}")
    for track in tracks:
        if track.peak > PEAK_MIB:
            found.append(f"{track.name} held {track.peak:.0f} MiB")
        if _growth(timing, track) > GROWTH_MIB:
            found.append(f"{track.name} grew by {_growth(timing, track):.0f} MiB while warm")
    return found


def _growth(timing: Timing, track: Track) -> float:
    """Return what a process would gain over the whole job at the pace it has once warm."""
    span = timing.finished - timing.started
    return track.slope(timing.started + WARM * span, timing.finished) * span


def _at(track: Track, moment: float) -> float:
    nearest = min(range(len(track.seconds)), key=lambda at: abs(track.seconds[at] - moment))
    return track.resident[nearest]


if __name__ == "__main__":
    main()
