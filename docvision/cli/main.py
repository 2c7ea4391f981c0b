"""The command `docvision`: its subcommands, loaded when called, and its exit codes.

Exit codes:
    0    Everything was done.
    1    A document could not be read, or a job ended without (a complete) result.
    2    The command, an option, a setting or the request is wrong.
    3    The server does not answer, or a part of the stack cannot start or keep running.
    130  Interrupted.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from docvision.errors import (
    DocvisionError,
    JobCancelled,
    JobExpired,
    JobFailed,
    RequestError,
    SettingsError,
    StackError,
)

COMMANDS = {
    "read": ("docvision.cli.read", "Read documents here and now, without a server."),
    "ask": ("docvision.cli.ask", "Answer questions about a document, with citations."),
    "classify": ("docvision.cli.classify", "Tell what kind each document is."),
    "plan": ("docvision.cli.plan", "Estimate what documents will cost, before they are read."),
    "submit": ("docvision.cli.submit", "Send documents to a server and fetch what it reads."),
    "batch": (
        "docvision.cli.batch",
        "Send many files as one batch and fetch all results.",
    ),
    "watch": (
        "docvision.cli.watch",
        "Read what is put into a folder or an S3 prefix.",
    ),
    "jobs": ("docvision.cli.jobs", "List, show, fetch, cancel, retry and delete a server's jobs."),
    "up": ("docvision.cli.up", "Run the whole service on this machine until Ctrl-C."),
    "schemas": ("docvision.cli.schemas", "List the built-in schemas, or print one."),
    "models": ("docvision.cli.models", "Show the models that a server asks."),
    "eval": ("docvision.cli.eval", "Measure any task on a folder of cases."),
    "finetune": ("docvision.cli.finetune", "Tune a model on the corrected documents of DATASET."),
    "keys": ("docvision.cli.keys", "Make, list and revoke the API keys of a server."),
    "settings": ("docvision.cli.settings", "Show every setting, its default and what it does."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand's module (its `command`) only when that is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names, in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import and return a subcommand."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name][0]).command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, context: click.Context) -> Any:
        """Run the subcommand; Ctrl-C ends it with the shell's code for that."""
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            context.exit(130)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the known subcommands where an unknown one is called."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            context.fail(f"No such command {args[0]!r}. There is: {', '.join(COMMANDS)}.")
        return super().resolve_command(context, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="docvision", message="%(prog)s %(version)s")
def root() -> None:
    """Self-hosted document understanding on Qwen-VL."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; an error that was raised on purpose is one line and an exit code."""
    try:
        root.main(arguments, prog_name="docvision")
    except DocvisionError as error:
        click.echo(f"docvision: {error.message} [{error.code}]", err=True)
        sys.exit(exit_code(error))


def exit_code(error: DocvisionError) -> int:
    """Return the exit code of the table above."""
    if isinstance(error, StackError) or error.retryable:
        return 3
    if isinstance(error, JobFailed | JobCancelled | JobExpired):
        return 1
    if isinstance(error, RequestError | SettingsError):
        return 2
    return 1
