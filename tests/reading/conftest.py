from collections.abc import Iterator

import pytest

from tests.reading.sheet import sandbox


@pytest.fixture(scope="session", autouse=True)
def _close_sandbox() -> Iterator[None]:
    yield
    if sandbox.cache_info().currsize:
        sandbox().close()
