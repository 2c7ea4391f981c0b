"""`docvision watch FOLDER|s3://…`: a hot folder. What is put in is read, and moved away."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import watchfiles

from docvision.cli.common import api_key, parse_options, server_option
from docvision.cli.inbox import DONE, FAILED, FolderInbox, Inbox, Item, open_inbox
from docvision.client import AsyncClient
from docvision.errors import (
    DocvisionError,
    InputError,
    InvalidRequest,
    JobCancelled,
    JobExpired,
    JobFailed,
)
from docvision.jobs.model import Priority
from docvision.results.render import FORMATS

AT_ONCE = 8
"""Files that are sent and waited for at the same time."""
_ITS_OWN = (InputError, InvalidRequest, JobFailed, JobCancelled, JobExpired)
"""Errors that are a file's own: it goes to `failed`. After any other it is tried again."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is wanted of each file."""

    task: str
    options: Mapping[str, Any]
    priority: Priority
    fmt: str


@click.command()
@click.argument("place", metavar="FOLDER|s3://BUCKET/PREFIX")
@server_option
@click.option("--task", default="ocr", show_default=True, help="What to do with the documents.")
@click.option(
    "--option", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the task."
)
@click.option(
    "--priority",
    type=click.Choice([priority.value for priority in Priority]),
    default=Priority.NORMAL.value,
    show_default=True,
)
@click.option(
    "--format", "fmt", type=click.Choice(list(FORMATS)), default="json", show_default=True
)
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    help="Seconds for which a file must not change before it is sent.",
)
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Seconds between two looks; a folder is looked at when it changes, too.",
)
@click.option("--once", is_flag=True, help="Do what is there and return.")
def command(
    place: str,
    server: str,
    task: str,
    pairs: tuple[str, ...],
    priority: str,
    fmt: str,
    settle: float,
    every: float,
    once: bool,
) -> None:
    """Read what is put into a folder or an S3 prefix.

    It goes on until Ctrl-C.

    A file that was read is moved to done/ with its result beside it, one that cannot be read to
    failed/ with the reason. It can be stopped and started again at any moment: a file is sent
    once, and moved only after its result has been written.
    """
    order = Order(task=task, options=parse_options(pairs), priority=Priority(priority), fmt=fmt)
    inbox = open_inbox(place, settle)
    asyncio.run(_watch(server, Watch(inbox=inbox, order=order), settle, every, once))


@dataclass(kw_only=True)
class Watch:
    """The files that are being read now."""

    inbox: Inbox
    order: Order
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    tasks: dict[Item, asyncio.Task[None]] = field(default_factory=dict)

    async def look(self, client: AsyncClient) -> int:
        """Begin with the files that have settled; return how many are being read."""
        for item in [item for item, task in self.tasks.items() if task.done()]:
            self.tasks.pop(item).result()
        for item in await asyncio.to_thread(self.inbox.settled):
            if item not in self.tasks:
                self.tasks[item] = asyncio.create_task(self._read(client, item))
        return len(self.tasks)

    async def _read(self, client: AsyncClient, item: Item) -> None:
        """Have a file read and move it; a server or a store that is away leaves it where it is."""
        async with self.room:
            try:
                into, results = await self._outcome(client, item)
                await asyncio.to_thread(self.inbox.finish, item, into, results)
                click.echo(f"{item.name}: {into}")
            except FileNotFoundError:
                return  # somebody took it away
            except DocvisionError as error:
                click.echo(f"{item.name}: {error.message} [{error.code}]; again later", err=True)

    async def _outcome(self, client: AsyncClient, item: Item) -> tuple[str, dict[str, bytes]]:
        with self.inbox.local(item) as path:
            key = await asyncio.to_thread(_fingerprint, item, path, self.order)
            try:
                job = await client.submit(
                    path,
                    task=self.order.task,
                    options=self.order.options,
                    priority=self.order.priority,
                    idempotency_key=key,
                )
                await client.wait(job.id)
                data = await client.result_as(job.id, self.order.fmt)
            except _ITS_OWN as error:
                reason = json.dumps(error.to_wire(), indent=2).encode()
                return FAILED, {".problem.json": reason}
        return DONE, {f".{self.order.fmt}": data}


async def _watch(server: str, watch: Watch, settle: float, every: float, once: bool) -> None:
    looks = 0
    async with AsyncClient(server, key=api_key()) as client:
        async for _ in _ticks(watch.inbox, settle, every, once):
            looks += 1
            try:
                busy = await watch.look(client)
            except DocvisionError as error:
                click.echo(f"{error.message} [{error.code}]; again later", err=True)
                continue
            if once:
                await asyncio.gather(*watch.tasks.values())
                # The first look only begins to see whether a file still changes.
                if not busy and looks > 1:
                    return


async def _ticks(inbox: Inbox, settle: float, every: float, once: bool) -> AsyncIterator[None]:
    """Yield whenever it is time to look: at once, after changes, and every so often."""
    yield
    while once or not isinstance(inbox, FolderInbox):
        await asyncio.sleep(min(settle, every) + 0.05 if once else every)
        yield
    changes = watchfiles.awatch(
        inbox.root,
        rust_timeout=int(min(every, max(settle, 0.2)) * 1000),
        yield_on_timeout=True,
        watch_filter=None,
    )
    async for _ in changes:
        yield


def _fingerprint(item: Item, path: Path, order: Order) -> str:
    """Return a key for reading this file like this, the same after a restart."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    wanted = [item.name, content, order.task, dict(order.options), order.priority.value]
    return f"watch-{hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()}"
