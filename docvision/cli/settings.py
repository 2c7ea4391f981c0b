"""`docvision settings`: every setting, its default and what it does."""

from __future__ import annotations

from collections.abc import Iterator

import click

from docvision.cli.common import settings_here
from docvision.settings import env_name, setting_fields

SECRET = "(set)"


@click.command()
@click.option("--markdown", is_flag=True, help="As a table for the documentation.")
def command(markdown: bool) -> None:
    """Show every setting, its default and what it does.

    Settings are environment variables. One that is set here is shown with its value.
    """
    lines = _markdown() if markdown else _plain()
    click.echo("\n".join(lines))


def _markdown() -> Iterator[str]:
    yield "| Variable | Default | What it does |"
    yield "|---|---|---|"
    for path, field in setting_fields():
        yield f"| `{env_name(path)}` | {_code(_shown(field.default))} | {field.description} |"


def _plain() -> Iterator[str]:
    here = settings_here().to_env()
    for path, field in setting_fields():
        name = env_name(path)
        value = f"{name}={_shown(field.default)}"
        if name in here:
            value = (
                f"{name}={here[name] if field.repr else SECRET}  (default: {_shown(field.default)})"
            )
        yield value
        yield f"    {field.description}"


def _shown(default: object) -> str:
    return "" if default is None else str(default)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
