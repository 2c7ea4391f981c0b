"""`docvision read FILE…`: the whole job in this process, with no server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from docvision.errors import DocvisionError
from docvision.local import Reader
from docvision.results.render import FORMATS, render
from docvision.settings import Settings


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--task", default="ocr", show_default=True, help="What to do with the documents.")
@click.option(
    "--format", "fmt", type=click.Choice([*FORMATS, "pdf"]), default="md", show_default=True
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file, or a folder.")
@click.option("--pages", help="Pages to read, such as 1-3,7,-1.")
@click.option("--password", help="Opens an encrypted PDF.")
@click.option("--model", help="nano, none, a local folder or a hub id.")
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="A task option.")
def command(
    files: tuple[Path, ...],
    task: str,
    fmt: str,
    output: Path | None,
    pages: str | None,
    password: str | None,
    model: str | None,
    options: tuple[str, ...],
) -> None:
    """Read documents here and now, without a server.

    One file that cannot be read does not stop the others; the exit code is then 1.
    """
    chosen = _options(pages, password, options)
    failures = 0
    with Reader(_settings(model)) as reader, _bar() as bar:
        for file in files:
            try:
                data = _read_one(reader, file, task, fmt, chosen, bar)
            except DocvisionError as error:
                failures += 1
                click.echo(f"{file}: {error.message} [{error.code}]", err=True)
                continue
            _deliver(data, file, fmt, output, many=len(files) > 1)
    raise SystemExit(1 if failures else 0)


def _read_one(
    reader: Reader, file: Path, task: str, fmt: str, options: dict[str, Any], bar: Progress
) -> bytes:
    row = bar.add_task(file.name, total=None)

    def tell(done: int, total: int) -> None:
        bar.update(row, completed=done, total=total)

    try:
        if fmt == "pdf":
            return reader.searchable_pdf(file, tell, **options)
        return render(reader.read(file, task, tell, **options), fmt).data
    finally:
        bar.stop_task(row)


def _deliver(data: bytes, file: Path, fmt: str, output: Path | None, *, many: bool) -> None:
    if output is None:
        sys.stdout.buffer.write(data)
        return
    into_folder = many or output.is_dir() or not output.suffix
    target = output / f"{file.name}.{fmt}" if into_folder else output
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def _options(pages: str | None, password: str | None, pairs: tuple[str, ...]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            raise click.BadParameter(f"{pair!r} is not KEY=VALUE", param_hint="--option")
        options[key] = _value(value)
    if pages:
        options["pages"] = pages
    if password:
        options["password"] = password
    return options


def _value(text: str) -> Any:
    """Return a JSON value where the text is one (true, 3, [1]), else the text itself."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _settings(model: str | None) -> Settings:
    settings = Settings.from_env(os.environ)
    if model is None:
        return settings
    engine = settings.engine.model_copy(update={"model": model})
    return settings.model_copy(update={"engine": engine})


@contextmanager
def _bar() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar
