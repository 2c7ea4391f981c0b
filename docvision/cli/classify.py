"""`docvision classify FILE…`: what kind each document is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from docvision.cli.common import settings_for
from docvision.errors import DocvisionError
from docvision.local import Reader
from docvision.tasks.options import validate_options


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--kind", "kinds", multiple=True, help="A built-in schema; all of them if none.")
@click.option("--model", help="nano, none, a local folder or a hub id.")
def command(files: tuple[Path, ...], kinds: tuple[str, ...], model: str | None) -> None:
    """Tell what kind each document is.

    A line for each file: its kind and how sure that is, tabs between.

    One file that cannot be read does not stop the others; the exit code is then 1.
    """
    options: dict[str, Any] = {"kinds": kinds} if kinds else {}
    validate_options("classify", options)  # A wrong kind is told before a model is loaded.
    failures = 0
    with Reader(settings_for(model)) as reader:
        for file in files:
            try:
                (document,) = reader.read(file, "classify", **options).documents
            except DocvisionError as error:
                failures += 1
                click.echo(f"{file}: {error.message} [{error.code}]", err=True)
                continue
            if found := document.classification:
                click.echo(f"{file}\t{found.kind}\t{found.confidence:.2f}")
    raise SystemExit(1 if failures else 0)
