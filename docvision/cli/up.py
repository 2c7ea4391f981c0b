"""`docvision up`: the whole service on this machine until Ctrl-C."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from docvision.cli.common import settings_here
from docvision.settings import Settings
from docvision.stack import Stack


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 finds one.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where all data is kept.")
@click.option("-v", "--verbose", is_flag=True, help="Show the parts' logs here too.")
def command(host: str | None, port: int | None, data_dir: Path | None, verbose: bool) -> None:
    """Run the whole service on this machine until Ctrl-C.

    Starts a Valkey server of its own (or uses DOCVISION_REDIS_URL), the API and the workers,
    and restarts what dies. On Ctrl-C or SIGTERM running work is finished first; a second
    Ctrl-C stops at once.
    """
    settings = _override(settings_here(), host, port, data_dir)
    stack = Stack(settings, say=lambda message: click.echo(message, err=True), echo_logs=verbose)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stack.request_stop())
    click.echo("Starting …", err=True)
    with stack:
        if not stack.stopping:
            click.echo(_greeting(stack))
        stack.wait()
    click.echo("Stopped.", err=True)


def _override(
    settings: Settings, host: str | None, port: int | None, data_dir: Path | None
) -> Settings:
    if host is not None:
        settings = settings.model_copy(
            update={"api": settings.api.model_copy(update={"host": host})}
        )
    if port is not None:
        settings = settings.model_copy(
            update={"api": settings.api.model_copy(update={"port": port})}
        )
    return settings.model_copy(update={"data_dir": data_dir} if data_dir else {})


def _greeting(stack: Stack) -> str:
    jobs = f"{stack.url}/v1/jobs"
    keys = (
        "Every request needs an API key. Make one with:\n\n"
        f"    docvision keys create --name first --data-dir {stack.settings.data_dir}\n\n"
        if stack.settings.api.demands_keys
        else ""
    )
    return (
        f"docvision is ready at {stack.url}\n"
        f"Data and logs are in {stack.settings.data_dir}\n\n{keys}"
        "Send a first document, then wait for it and fetch what was read (ID is in the answer):\n\n"
        f"    curl -F file=@document.pdf {jobs}\n"
        f'    curl "{jobs}/ID?wait=20"\n'
        f'    curl "{jobs}/ID/result?format=md"\n\n'
        f"All endpoints: {stack.url}/docs. Ctrl-C stops."
    )
