"""`docvision schemas`: the built-in schemas to extract by."""

from __future__ import annotations

import json

import click

from docvision.schemas.library import get_schema, list_schemas


@click.command()
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the built-in schemas, or print one.

    NAME is printed as JSON, to use or to change.
    """
    if name is None:
        for schema in list_schemas():
            click.echo(f"{schema.name:20} {schema.body.get('description', schema.title)}")
        return
    click.echo(json.dumps(get_schema(name).body, indent=2, ensure_ascii=False))
