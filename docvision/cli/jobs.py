"""`docvision jobs`: list, show, fetch, cancel, retry and delete a server's jobs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from docvision.cli.common import api_key, deliver, format_option, server_option
from docvision.client import Client
from docvision.jobs.model import State
from docvision.jobs.view import JobView

ID_LENGTH = 32
WIDTH = 160
"""Columns of the table where there is no terminal."""


@click.group()
def command() -> None:
    """List, show, fetch, cancel, retry and delete a server's jobs."""


@command.command("list")
@server_option
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
def list_jobs(server: str, state: str | None, limit: int) -> None:
    """List jobs, newest first."""
    with Client(server, key=api_key()) as client:
        jobs = client.jobs(state=State(state) if state else None, limit=limit)
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=WIDTH)
    console.print(_table(jobs))


@command.command()
@click.argument("job_id", metavar="ID")
@server_option
@click.option("--wait", is_flag=True, help="Wait until it has finished.")
def show(job_id: str, server: str, wait: bool) -> None:
    """Show a job as JSON."""
    with Client(server, key=api_key()) as client:
        job = client.wait(job_id) if wait else client.job(job_id)
    click.echo(job.model_dump_json(indent=2))


@command.command()
@click.argument("job_id", metavar="ID")
@server_option
@format_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file, or a folder.")
def result(job_id: str, server: str, fmt: str, output: Path | None) -> None:
    """Fetch a job's result."""
    with Client(server, key=api_key()) as client:
        data = client.result_as(job_id, fmt)
    deliver(data, job_id, fmt, output, many=False)


@command.command()
@click.argument("job_id", metavar="ID")
@server_option
def cancel(job_id: str, server: str) -> None:
    """Cancel a job."""
    with Client(server, key=api_key()) as client:
        click.echo(f"{job_id} is {client.cancel(job_id).state}.")


@command.command()
@click.argument("job_id", metavar="ID")
@server_option
def retry(job_id: str, server: str) -> None:
    """Read again what a job could not read."""
    with Client(server, key=api_key()) as client:
        click.echo(f"{job_id} is {client.retry(job_id).state}.")


@command.command()
@click.argument("job_id", metavar="ID")
@server_option
def delete(job_id: str, server: str) -> None:
    """Delete a job with its files and its result."""
    with Client(server, key=api_key()) as client:
        client.delete(job_id)
    click.echo(f"{job_id} is deleted.")


def _table(jobs: Iterable[JobView]) -> Table:
    table = Table(box=None)
    for heading in ("ID", "State", "Task", "Pages", "Created"):
        table.add_column(heading, no_wrap=True, min_width=ID_LENGTH if heading == "ID" else None)
    table.add_column("Files")
    for job in jobs:
        done = job.progress.done + job.progress.failed
        total = "?" if job.progress.total is None else job.progress.total
        table.add_row(
            job.id,
            job.state.value,
            job.task,
            f"{done}/{total}",
            f"{job.created:%Y-%m-%d %H:%M:%S}",
            ", ".join(file.name for file in job.files),
        )
    return table
