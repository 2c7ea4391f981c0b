"""What the subcommands share: settings, the server's address, task options, output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from docvision.results.render import FORMATS
from docvision.settings import Settings

PDF = "pdf"


def settings_here() -> Settings:
    """Return the settings of this process's environment."""
    return Settings.from_env(os.environ)


def settings_for(model: str | None) -> Settings:
    """Return the settings of this process's environment, with another model where one is named."""
    settings = settings_here()
    if model is None:
        return settings
    engine = settings.engine.model_copy(update={"model": model})
    return settings.model_copy(update={"engine": engine})


def api_key() -> str | None:
    """Return the API key to send: an argument would be seen by everybody on the machine."""
    return settings_here().api.key


def _default_server() -> str:
    api = settings_here().api
    host = "127.0.0.1" if api.host in ("0.0.0.0", "::") else api.host
    return f"http://{host}:{api.port}"


server_option = click.option(
    "--server",
    metavar="URL",
    default=_default_server,
    show_default="DOCVISION_API_HOST and DOCVISION_API_PORT",
    help="The server's address.",
)


format_option = click.option(
    "--format",
    "fmt",
    type=click.Choice([*FORMATS, PDF]),
    default="md",
    show_default=True,
    help="pdf is a scan with selectable text.",
)


schema_option = click.option(
    "--schema",
    metavar="NAME|FILE",
    help="What to extract: a built-in schema's name, or a file with a JSON Schema.",
)


question_option = click.option(
    "--question", "questions", multiple=True, help="What to ask; may be given several times."
)


def question_options(questions: Sequence[str]) -> dict[str, Any]:
    """Return the task options of `--question`."""
    return {"questions": list(questions)} if questions else {}


def schema_options(schema: str | None) -> dict[str, Any]:
    """Return the task options of `--schema`.

    Raises:
        click.BadParameter: The file holds no JSON.
    """
    if schema is None:
        return {}
    file = Path(schema)
    if not file.suffix and not file.is_file():
        return {"schema": schema}
    try:
        return {"schema": json.loads(file.read_text("utf-8"))}
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{schema}: {error}", param_hint="--schema") from error


def parse_options(pairs: Sequence[str]) -> dict[str, Any]:
    """Return task options given as KEY=VALUE; a value that is JSON (true, 3, [1]) counts as that.

    Raises:
        click.BadParameter: A pair has no equals sign.
    """
    options: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            raise click.BadParameter(f"{pair!r} is not KEY=VALUE", param_hint="--option")
        options[key] = _value(value)
    return options


def deliver(data: bytes, file: str, fmt: str, output: Path | None, *, many: bool) -> None:
    """Write a result to standard output, to the file `output`, or as a new file into it.

    Args:
        data: The result.
        file: The name of the document.
        fmt: The result's format, which becomes the new file's suffix.
        output: A file, or a folder; None for standard output.
        many: Whether more results follow, so that `output` must be a folder.
    """
    if output is None:
        sys.stdout.buffer.write(data)
        return
    into_folder = many or output.is_dir() or not output.suffix
    target = output / f"{file}.{fmt}" if into_folder else output
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
