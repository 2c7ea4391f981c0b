"""`python -m samples.demo`: every sample through the whole service, over REST.

Starts the stack on its embedded default, sends every document of `samples/`, shows progress by
page, prints what came back, writes the results under `demo-output/` and stops. The exit code is
0 if every document was read whole.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from docvision.cli.progress import JobRow, page_bar
from docvision.client import AsyncClient
from docvision.errors import DocvisionError, StackError
from docvision.jobs.model import State
from docvision.jobs.view import JobView
from docvision.results.model import FURNITURE, Page, Result
from docvision.settings import Settings
from docvision.stack import Stack

SAMPLES = Path(__file__).parent
OUTPUT = SAMPLES.parent / "demo-output"
DATA = OUTPUT / ".data"
FIRST_WORDS = 40
WIDTH = 120
"""Columns of the table where there is no terminal."""
PATIENCE = 240.0
"""Seconds that one document may take, on a slow machine with everything else beside it."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A document of `samples/`; `look` is digital, scan, photo, video or archive."""

    path: Path
    look: str

    @property
    def options(self) -> dict[str, bool]:
        """A scan also becomes a PDF whose text can be searched."""
        return {"searchable_pdf": True} if self.look in ("scan", "photo") else {}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came back for a sample."""

    sample: Sample
    job: JobView | None = None
    result: Result | None = None
    problem: str | None = None

    @property
    def good(self) -> bool:
        """Whether the document was read whole."""
        return self.job is not None and self.job.state is State.SUCCEEDED and not self.problem


def main() -> None:
    """Run the demonstration."""
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=WIDTH)
    begun = time.monotonic()
    try:
        readings = run(console)
    except StackError as error:
        console.print(error.message, style="red", markup=False)
        sys.exit(3)
    console.print(_table(readings))
    for reading in readings:
        if reading.problem:
            console.print(f"{reading.sample.path.name}: {reading.problem}", markup=False)
    good = sum(reading.good for reading in readings)
    console.print(
        f"{good} of {len(readings)} documents read in {time.monotonic() - begun:.0f} s, "
        f"start and stop included. The results are in {OUTPUT.name}/."
    )
    sys.exit(0 if good == len(readings) else 1)


def run(console: Console) -> list[Reading]:
    """Start the stack, send the samples, stop the stack."""
    samples = list(_samples(console))
    settings = Settings.from_env(os.environ)
    api = settings.api.model_copy(update={"port": 0})
    settings = settings.model_copy(update={"data_dir": DATA, "api": api})
    console.print("Starting Valkey, the API and a worker …")
    with Stack(settings, say=console.print) as stack:
        console.print(f"The API is ready at {stack.url}.")
        return asyncio.run(_send_all(stack.url, samples, console))


def _samples(console: Console) -> list[Sample]:
    found = []
    for expected in sorted((SAMPLES / "expected").glob("*.json")):
        known = json.loads(expected.read_text(encoding="utf-8"))
        sample = Sample(path=SAMPLES / known["file"], look=known["look"])
        if sample.look == "archive":
            console.print(f"{sample.path.name} is left out: archives come with a later release.")
        else:
            found.append(sample)
    return found


async def _send_all(url: str, samples: list[Sample], console: Console) -> list[Reading]:
    async with AsyncClient(url) as client:
        with page_bar(console) as bar:
            rows = [JobRow(bar, sample.path.name) for sample in samples]
            pairs = zip(samples, rows, strict=True)
            return await asyncio.gather(*(_send(client, sample, row) for sample, row in pairs))


async def _send(client: AsyncClient, sample: Sample, row: JobRow) -> Reading:
    try:
        job = await client.submit(sample.path, options=sample.options)
        job = await client.wait(job.id, timeout=PATIENCE, on_progress=row.show)
        result = await _fetch(client, job, sample)
        await client.delete(job.id)
    except DocvisionError as error:
        row.fail(error.code)
        return Reading(sample=sample, problem=f"{error.message} [{error.code}]")
    return Reading(sample=sample, job=job, result=result)


async def _fetch(client: AsyncClient, job: JobView, sample: Sample) -> Result:
    for fmt in ("json", "md"):
        _write(sample, fmt, await client.result_as(job.id, fmt))
    if sample.options:
        _write(sample, "pdf", await client.result_as(job.id, "pdf"))
    return await client.result(job.id)


def _write(sample: Sample, fmt: str, data: bytes) -> None:
    (OUTPUT / f"{sample.path.name}.{fmt}").write_bytes(data)


def _table(readings: list[Reading]) -> Table:
    table = Table(title="What came back", title_justify="left")
    for heading in ("File", "Type", "Pages", "State", "Text from", "Seconds"):
        right = heading in ("Pages", "Seconds")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    table.add_column("First words")
    for reading in readings:
        table.add_row(reading.sample.path.name, *_cells(reading))
    return table


def _cells(reading: Reading) -> tuple[str, ...]:
    if reading.job is None or reading.result is None:
        return ("", "", "failed", "", "", "")
    job, document = reading.job, reading.result.documents[0]
    seconds = (job.finished - job.started).total_seconds() if job.finished and job.started else 0
    return (
        document.media_type,
        str(len(document.pages)),
        job.state.value,
        ", ".join(_sources(document.pages)),
        f"{seconds:.1f}",
        _first_words(document.pages),
    )


def _sources(pages: tuple[Page, ...]) -> list[str]:
    return sorted({block.source.value for page in pages for block in page.blocks})


def _first_words(pages: tuple[Page, ...]) -> str:
    texts = (block.text for page in pages for block in page.blocks if block.kind not in FURNITURE)
    return textwrap.shorten(next(texts, ""), FIRST_WORDS, placeholder=" …")


if __name__ == "__main__":
    main()
