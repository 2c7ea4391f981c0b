"""Who did what: an entry for each request that changed something or gave content out.

Entries hold ids and names of routes, never content. Each tenant has a log of its own, of the
latest entries; every entry also goes to the service's log (`docvision.audit`), which can be kept
for as long as the law asks.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any, Protocol

import redis
from pydantic import BaseModel, ConfigDict, Field

from docvision.jobs.redis import PREFIX, storage_error

LATEST = 100_000
"""Entries that are kept of each tenant, about."""
_log = logging.getLogger("docvision.audit")


class AuditEntry(BaseModel):
    """What somebody did."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field("", description="Grows with time; pass the last one back for older entries.")
    time: float = Field(description="Unix seconds.")
    tenant: str
    key_id: str | None = Field(description="The key that was used; null where none is asked for.")
    action: str = Field(description="The method and route, such as `DELETE /v1/jobs/{job_id}`.")
    target: str | None = Field(None, description="What it was done to, such as a job's id.")
    status: int = Field(description="The HTTP status that was answered.")
    request_id: str = ""
    address: str | None = Field(None, description="Where the request came from.")


class AuditLog(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def record(self, entry: AuditEntry) -> None:
        """Add an entry to its tenant's log, and to the service's log."""

    def entries(
        self, tenant: str, *, limit: int = 50, before: str | None = None
    ) -> Sequence[AuditEntry]:
        """Return a tenant's entries, newest first, older than the one with the id `before`."""


class MemoryAuditLog:
    """Implements `AuditLog` for one process and for tests."""

    def __init__(self) -> None:
        self._entries: defaultdict[str, deque[AuditEntry]] = defaultdict(
            lambda: deque(maxlen=LATEST)
        )
        self._count = 0

    def record(self, entry: AuditEntry) -> None:
        """Add an entry to its tenant's log, and to the service's log."""
        self._count += 1
        entry = entry.model_copy(update={"id": f"{self._count}-0"})
        self._entries[entry.tenant].append(entry)
        log_entry(entry)

    def entries(
        self, tenant: str, *, limit: int = 50, before: str | None = None
    ) -> Sequence[AuditEntry]:
        """Return a tenant's entries, newest first, older than the one with the id `before`."""
        last = None if before is None else _number(before)
        older = (e for e in reversed(self._entries[tenant]) if last is None or _number(e.id) < last)
        return [entry for _, entry in zip(range(limit), older, strict=False)]


class RedisAuditLog:
    """Implements `AuditLog`: a stream for each tenant, to which nothing but additions is made."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX, latest: int = LATEST) -> None:
        self._client = client
        self._prefix = f"{prefix}audit:"
        self._latest = latest

    def record(self, entry: AuditEntry) -> None:
        """Add an entry to its tenant's log, and to the service's log."""
        log_entry(entry)
        try:
            self._client.xadd(
                self._prefix + entry.tenant,
                {"entry": entry.model_dump_json(exclude={"id"})},
                maxlen=self._latest,
                approximate=True,
            )
        except redis.RedisError as error:
            raise storage_error(error) from error

    def entries(
        self, tenant: str, *, limit: int = 50, before: str | None = None
    ) -> Sequence[AuditEntry]:
        """Return a tenant's entries, newest first, older than the one with the id `before`."""
        if before is not None and not before.strip("0-"):
            return []  # Redis takes it for no id: nothing can be older
        newest = "+" if before is None else f"({before}"
        try:
            rows: Any = self._client.xrevrange(self._prefix + tenant, newest, "-", count=limit)
        except redis.RedisError as error:
            raise storage_error(error) from error
        return [
            AuditEntry.model_validate_json(row["entry"]).model_copy(update={"id": entry_id})
            for entry_id, row in rows
        ]


def log_entry(entry: AuditEntry) -> None:
    """Write an entry to the service's log."""
    fields = entry.model_dump(exclude={"id", "time"}, exclude_none=True)
    _log.info("%s %s", entry.status, entry.action, extra={"fields": fields})


def _number(entry_id: str) -> int:
    return int(entry_id.partition("-")[0])
