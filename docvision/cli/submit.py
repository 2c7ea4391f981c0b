"""`docvision submit FILE…`: send documents to a server and fetch what it reads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from docvision.cli.common import (
    PDF,
    api_key,
    deliver,
    format_option,
    parse_options,
    question_option,
    question_options,
    schema_option,
    schema_options,
    server_option,
)
from docvision.cli.progress import JobRow, page_bar
from docvision.client import AsyncClient
from docvision.errors import DocvisionError, InputError, JobCancelled, JobFailed
from docvision.jobs.model import State
from docvision.jobs.view import JobView

AT_ONCE = 8
"""Documents that are sent and waited for at the same time."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is wanted of each document; `fmt` is None where only its job is."""

    task: str
    options: Mapping[str, Any]
    fmt: str | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one document: its job, its result as bytes, or the error."""

    file: Path
    job: JobView | None = None
    data: bytes | None = None
    error: DocvisionError | None = None


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@server_option
@click.option("--task", default="ocr", show_default=True, help="What to do with the documents.")
@click.option(
    "--option", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the task."
)
@schema_option
@question_option
@format_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file, or a folder.")
@click.option("--no-wait", is_flag=True, help="Print the jobs' ids and return.")
def command(
    files: tuple[Path, ...],
    server: str,
    task: str,
    pairs: tuple[str, ...],
    schema: str | None,
    questions: tuple[str, ...],
    fmt: str,
    output: Path | None,
    no_wait: bool,
) -> None:
    """Send documents to a server and fetch what it reads.

    Each FILE becomes a job. One document that cannot be read does not stop the others; the exit
    code is then 1.
    """
    options = parse_options(pairs) | schema_options(schema) | question_options(questions)
    if fmt == PDF:
        options.setdefault("searchable_pdf", True)
    order = Order(task=task, options=options, fmt=None if no_wait else fmt)
    outcomes = asyncio.run(_send_all(server, files, order))
    for outcome in outcomes:
        _tell(outcome)
        if no_wait and outcome.job is not None:
            click.echo(outcome.job.id)
        if outcome.data is not None:
            deliver(outcome.data, outcome.file.name, fmt, output, many=len(files) > 1)
    raise SystemExit(0 if all(_good(outcome) for outcome in outcomes) else 1)


async def _send_all(server: str, files: tuple[Path, ...], order: Order) -> list[Outcome]:
    room = asyncio.Semaphore(AT_ONCE)
    async with AsyncClient(server, key=api_key()) as client:
        with page_bar() as bar:
            rows = [JobRow(bar, file.name) for file in files]

            async def send(file: Path, row: JobRow) -> Outcome:
                async with room:
                    return await _send(client, file, order, row)

            return await asyncio.gather(*map(send, files, rows))


async def _send(client: AsyncClient, file: Path, order: Order, row: JobRow) -> Outcome:
    try:
        job = await client.submit(file, task=order.task, options=order.options)
        row.show(job)
        if order.fmt is None:
            return Outcome(file=file, job=job)
        job = await client.wait(job.id, on_progress=row.show)
        return Outcome(file=file, job=job, data=await client.result_as(job.id, order.fmt))
    except (
        InputError,
        JobFailed,
        JobCancelled,
    ) as error:  # it is this document's; the others go on
        row.fail(error.code)
        return Outcome(file=file, error=error)


def _tell(outcome: Outcome) -> None:
    if outcome.error is not None:
        click.echo(f"{outcome.file}: {outcome.error.message} [{outcome.error.code}]", err=True)
    elif outcome.job is not None and outcome.job.state is State.PARTIAL:
        failed = outcome.job.progress.failed
        click.echo(f"{outcome.file}: {failed} pages could not be read [partial]", err=True)


def _good(outcome: Outcome) -> bool:
    return outcome.error is None and (outcome.job is None or outcome.job.state is not State.PARTIAL)
