"""`docvision batch FOLDER|ARCHIVE`: send many files as one batch and fetch all results."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from docvision.cli.common import api_key, parse_options, server_option
from docvision.client import Client
from docvision.client.batches import BatchOrder
from docvision.documents.names import shown_path
from docvision.errors import InvalidRequest, JobNotFound
from docvision.jobs.batch_view import BatchView
from docvision.jobs.model import Priority, State
from docvision.results.render import FORMATS

STATE_FILE = ".docvision-batch.json"
"""Beside the results: which batch they are of, so that running again goes on with it."""
_PIECE_BYTES = 1024 * 1024


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@server_option
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, help="A folder.")
@click.option("--task", default="ocr", show_default=True, help="What to do with the documents.")
@click.option(
    "--option", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the task."
)
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV or JSONL with what is wanted of single files.",
)
@click.option(
    "--priority",
    type=click.Choice([priority.value for priority in Priority]),
    default=Priority.BULK.value,
    show_default=True,
)
@click.option(
    "--format", "fmt", type=click.Choice(list(FORMATS)), default="json", show_default=True
)
@click.option(
    "--table",
    type=click.Choice(["csv", "xlsx", "jsonl"]),
    help="Also all values of all files in one file, all.csv or the like.",
)
def command(
    source: Path,
    server: str,
    out: Path,
    task: str,
    pairs: tuple[str, ...],
    manifest: Path | None,
    priority: str,
    fmt: str,
    table: str | None,
) -> None:
    """Send many files as one batch and fetch all results.

    The files of a folder, or those in an archive.

    Each file becomes a job; one that cannot be read does not stop the others, is named with its
    reason, and makes the exit code 1. Run the same command again to go on with a batch after an
    interruption: nothing is sent or read twice.
    """
    order = BatchOrder(
        task=task, options=parse_options(pairs), priority=Priority(priority), manifest=manifest
    )
    out.mkdir(parents=True, exist_ok=True)
    with Client(server, key=api_key()) as client:
        batch = _follow(client, _enter(client, source, order, out))
        _fetch(client, batch, out, fmt, table)
    _tell_bad(batch)
    raise SystemExit(0 if batch.state is State.SUCCEEDED else 1)


def _enter(client: Client, source: Path, order: BatchOrder, out: Path) -> BatchView:
    """Return the batch of this command: the one that it began before, or a new one."""
    files = _files(source, out)
    key = _fingerprint(files, order)
    state = out / STATE_FILE
    known = json.loads(state.read_text()) if state.exists() else {}
    if known.get("key") == key:
        try:
            return client.batch(known["batch"])
        except JobNotFound:
            click.echo("The server has forgotten the batch; it is sent again.", err=True)
    # The key makes a submission that broke off, after it had arrived, the same batch.
    batch = client.submit_batch(files, order, idempotency_key=key)
    state.write_text(json.dumps({"key": key, "batch": batch.id}))
    return batch


def _files(source: Path, out: Path) -> dict[str, Path]:
    """Return what is to be sent, by the names under which: folders with `/` between."""
    if source.is_file():
        return {source.name: source}
    found = {
        path.relative_to(source).as_posix(): path
        for path in sorted(source.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(source).parts)
        and not path.is_relative_to(out)
    }
    if not found:
        raise InvalidRequest(f"There is no file in {source}.", field="source")
    return found


def _fingerprint(files: Mapping[str, Path], order: BatchOrder) -> str:
    """Return a key for this very batch: its files by name and content, and what is wanted."""
    whole = hashlib.sha256(json.dumps(order.form, sort_keys=True).encode())
    manifest = [order.manifest] if order.manifest else []
    for name, path in [*files.items(), *(("manifest", path) for path in manifest)]:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{name}\0{content}\n".encode())
    return f"batch-{whole.hexdigest()}"


def _follow(client: Client, batch: BatchView) -> BatchView:
    """Show how the batch goes until it has ended."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
    )
    with bar:
        row = bar.add_task(f"batch {batch.id}", total=None, note="unpacking")

        def show(now: BatchView) -> None:
            failed = f"{now.progress.failed} failed" if now.progress.failed else ""
            note = failed if now.progress.total is not None else f"unpacking {failed}"
            done, total = now.progress.done, now.progress.total
            bar.update(row, completed=done, total=total, note=note)

        return client.wait_batch(batch.id, on_progress=show)


def _fetch(client: Client, batch: BatchView, out: Path, fmt: str, table: str | None) -> None:
    """Fetch the results into a folder, each under its document's name."""
    with tempfile.TemporaryDirectory(dir=out, prefix=".fetch-") as folder:
        packed = Path(folder) / "results.zip"
        client.save_batch_results(batch.id, packed, fmt="zip", render=fmt)
        with zipfile.ZipFile(packed) as archive:
            for info in archive.infolist():
                target = out / shown_path(info.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file, _PIECE_BYTES)
    if table is not None:
        client.save_batch_results(batch.id, out / f"all.{table}", fmt=table)


def _tell_bad(batch: BatchView) -> None:
    for bad in batch.bad_files:
        why = f"{bad.problem.message} [{bad.problem.code}]" if bad.problem else ""
        click.echo(f"{bad.name}: {why}", err=True)
    more = batch.files.get(State.FAILED, 0) - len(batch.bad_files)
    if more > 0:
        click.echo(f"… and {more} more; files.jsonl has them all.", err=True)
    if not batch.bad_files and batch.problem is not None:
        click.echo(f"{batch.problem.message} [{batch.problem.code}]", err=True)
