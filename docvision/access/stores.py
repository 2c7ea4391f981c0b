"""The three things that are kept about access, together."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from docvision.access.audit import AuditLog, MemoryAuditLog, RedisAuditLog
from docvision.access.book import KeyBook, MemoryKeyBook, RedisKeyBook
from docvision.access.meter import MemoryMeter, Meter, RedisMeter


@dataclass(frozen=True, kw_only=True)
class AccessStores:
    """Keys, what they have used, and who did what."""

    book: KeyBook
    meter: Meter
    audit: AuditLog


def redis_stores(client: redis.Redis) -> AccessStores:
    """Return the stores of a service, beside its ledger."""
    return AccessStores(
        book=RedisKeyBook(client), meter=RedisMeter(client), audit=RedisAuditLog(client)
    )


def memory_stores() -> AccessStores:
    """Return stores for one process and for tests."""
    return AccessStores(book=MemoryKeyBook(), meter=MemoryMeter(), audit=MemoryAuditLog())
