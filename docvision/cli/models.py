"""`docvision models`: the models that a server asks."""

from __future__ import annotations

import json

import click

from docvision.cli.common import api_key, server_option
from docvision.client import Client


@click.command()
@server_option
def command(server: str) -> None:
    """Show the models that a server asks."""
    with Client(server, key=api_key()) as client:
        click.echo(json.dumps(client.models(), indent=2, ensure_ascii=False))
