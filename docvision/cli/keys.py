"""`docvision keys`: make, list and revoke API keys, on the machine that holds the ledger."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from docvision.access.audit import AuditEntry
from docvision.access.keys import ApiKey, Scope, new_key
from docvision.access.stores import AccessStores, redis_stores
from docvision.cli.common import settings_here
from docvision.jobs.model import DEFAULT_TENANT
from docvision.jobs.redis import connect
from docvision.stack.valkey import redis_url_of

WIDTH = 160
"""Columns of the table where there is no terminal."""
UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}


class Duration(click.ParamType[float]):
    """A span of time such as 12h or 90d, in seconds."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, context: click.Context | None
    ) -> float:
        """Return the seconds."""
        match = re.fullmatch(r"([1-9]\d*)([mhdw])", value)
        if match is None:
            self.fail(f"{value!r} is no span such as 12h, 90d or 52w.", param, context)
        return int(match[1]) * UNITS[match[2]]


data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="The data folder of `docvision up`."
)


@click.group()
def command() -> None:
    """Make, list and revoke the API keys of a server.

    Works on the ledger itself (DOCVISION_REDIS_URL, or that of a running `docvision up`), so it
    needs no key: whoever reaches the ledger may do anything.
    """


@command.command()
@click.option("--name", required=True, help="Whose key it is, or what it is for.")
@click.option("--tenant", default=DEFAULT_TENANT, show_default=True)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=[Scope.READ.value, Scope.SUBMIT.value],
    show_default=True,
    help="What it may do; can be given again.",
)
@click.option("--expires", type=Duration(), help="After how long, such as 90d; else never.")
@click.option("--rate", type=click.IntRange(1), help="Requests a minute at most.")
@click.option("--jobs", type=click.IntRange(1), help="Jobs under way at once at most.")
@click.option("--pages", type=click.IntRange(1), help="Pages in a calendar month at most.")
@data_dir_option
def create(
    name: str,
    tenant: str,
    scopes: tuple[str, ...],
    expires: float | None,
    rate: int | None,
    jobs: int | None,
    pages: int | None,
    data_dir: Path | None,
) -> None:
    """Make a key and print it, this once.

    What is kept is a digest from which the key cannot be had again.
    """
    token, key = new_key(
        name,
        tenant=tenant,
        scopes=frozenset(map(Scope, scopes)),
        seconds=expires,
        requests_per_minute=rate,
        jobs_at_once=jobs,
        pages_per_month=pages,
    )
    with _stores(data_dir) as stores:
        stores.book.add(key)
        _record(stores, "keys create", key)
    click.echo(f"Key {key.id} of tenant {tenant}. It is shown only now:", err=True)
    click.echo(token)


@command.command("list")
@data_dir_option
def list_keys(data_dir: Path | None) -> None:
    """List the keys; the keys themselves cannot be shown again."""
    with _stores(data_dir) as stores:
        keys = stores.book.all()
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=WIDTH)
    console.print(_table(keys))


@command.command()
@click.argument("key_id", metavar="ID")
@data_dir_option
def revoke(key_id: str, data_dir: Path | None) -> None:
    """Make a key useless, from the next request on."""
    with _stores(data_dir) as stores:
        key = stores.book.revoke(key_id, time.time())
        _record(stores, "keys revoke", key)
    click.echo(f"{key_id} ({key.name}) is revoked.")


@contextlib.contextmanager
def _stores(data_dir: Path | None) -> Iterator[AccessStores]:
    settings = settings_here()
    if data_dir is not None:
        settings = settings.model_copy(update={"data_dir": data_dir})
    with contextlib.closing(connect(redis_url_of(settings))) as client:
        yield redis_stores(client)


def _record(stores: AccessStores, action: str, key: ApiKey) -> None:
    entry = AuditEntry(
        time=time.time(), tenant=key.tenant, key_id=None, action=action, target=key.id, status=200
    )
    stores.audit.record(entry)


def _table(keys: Iterable[ApiKey]) -> Table:
    table = Table(box=None)
    for heading in ("ID", "Name", "Tenant", "Scopes", "Created", "Expires", "Limits", "State"):
        table.add_column(heading, no_wrap=heading in ("ID", "State"))
    for key in keys:
        table.add_row(
            key.id,
            key.name,
            key.tenant,
            ",".join(sorted(key.scopes)),
            _day(key.created),
            "never" if key.expires is None else _day(key.expires),
            _limits(key),
            _state(key),
        )
    return table


def _limits(key: ApiKey) -> str:
    named = {
        "requests/min": key.requests_per_minute,
        "jobs": key.jobs_at_once,
        "pages/month": key.pages_per_month,
    }
    return ", ".join(f"{limit} {name}" for name, limit in named.items() if limit) or "none"


def _state(key: ApiKey) -> str:
    if key.revoked is not None:
        return "revoked"
    return "good" if key.is_good(time.time()) else "expired"


def _day(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
