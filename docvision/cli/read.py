"""`docvision read FILE…`: the whole job in this process, with no server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from docvision.cli.common import (
    PDF,
    deliver,
    format_option,
    parse_options,
    question_option,
    question_options,
    schema_option,
    schema_options,
    settings_for,
)
from docvision.cli.progress import page_bar
from docvision.errors import DocvisionError
from docvision.local import Reader
from docvision.results.render import render
from docvision.tasks.options import validate_options


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--task", default="ocr", show_default=True, help="What to do with the documents.")
@schema_option
@question_option
@format_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file, or a folder.")
@click.option("--pages", help="Pages to read, such as 1-3,7,-1.")
@click.option("--password", help="Opens an encrypted PDF.")
@click.option("--model", help="nano, none, a local folder or a hub id.")
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="A task option.")
def command(
    files: tuple[Path, ...],
    task: str,
    schema: str | None,
    questions: tuple[str, ...],
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
    chosen = parse_options(options) | schema_options(schema) | question_options(questions)
    chosen |= {"pages": pages} if pages else {}
    chosen |= {"password": password} if password else {}
    validate_options(task, chosen)  # A wrong option is told before a model is loaded.
    failures = 0
    with Reader(settings_for(model)) as reader, page_bar() as bar:
        for file in files:
            try:
                data = _read_one(reader, file, task, fmt, chosen, bar)
            except DocvisionError as error:
                failures += 1
                click.echo(f"{file}: {error.message} [{error.code}]", err=True)
                continue
            deliver(data, file.name, fmt, output, many=len(files) > 1)
    raise SystemExit(1 if failures else 0)


def _read_one(
    reader: Reader, file: Path, task: str, fmt: str, options: dict[str, Any], bar: Progress
) -> bytes:
    row = bar.add_task(file.name, total=None, state="reading")

    def tell(done: int, total: int) -> None:
        bar.update(row, completed=done, total=total)

    try:
        if fmt == PDF:
            data = reader.searchable_pdf(file, tell, **options)
        else:
            data = render(reader.read(file, task, tell, **options), fmt).data
    except DocvisionError as error:
        bar.update(row, state=error.code)
        raise
    finally:
        bar.stop_task(row)
    bar.update(row, state="done")
    return data
