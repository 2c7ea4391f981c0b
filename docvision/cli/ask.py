"""`docvision ask FILE QUESTION…`: answers with citations, here and now."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from docvision.cli.common import settings_for
from docvision.local import Reader
from docvision.results.model import DocumentResult, Result
from docvision.results.render import FORMATS, render
from docvision.tasks.options import validate_options


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("questions", nargs=-1, required=True)
@click.option(
    "--format",
    "fmt",
    type=click.Choice([*FORMATS]),
    default="txt",
    show_default=True,
    help="txt and md show the answers alone.",
)
@click.option("--pages", help="Pages to look at, such as 1-3,7,-1.")
@click.option("--password", help="Opens an encrypted PDF.")
@click.option("--model", help="nano, none, a local folder or a hub id.")
def command(
    file: Path,
    questions: tuple[str, ...],
    fmt: str,
    pages: str | None,
    password: str | None,
    model: str | None,
) -> None:
    """Answer questions about a document, with citations.

    An answer names the page that says so; what no page says is not answered.

    Quote each question: docvision ask invoice.pdf "What is the total?" "When is it due?"
    """
    options: dict[str, Any] = {"questions": questions, "pages": pages, "password": password}
    validate_options("ask", options)  # A wrong option is told before a model is loaded.
    with Reader(settings_for(model)) as reader:
        result = reader.read(file, "ask", **options)
    shown = result if fmt == "json" else _answers_alone(result)
    sys.stdout.buffer.write(render(shown, fmt).data)


def _answers_alone(result: Result) -> Result:
    documents = tuple(map(_without_text, result.documents))
    return result.model_copy(update={"documents": documents})


def _without_text(document: DocumentResult) -> DocumentResult:
    return document.model_copy(update={"pages": (), "timeline": ()})
