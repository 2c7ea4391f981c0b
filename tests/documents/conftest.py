from __future__ import annotations

from collections.abc import Iterator

import pytest

from docvision.documents.sandbox import Sandbox
from docvision.settings import Limits


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Children as an installation has them, shared by the tests as by many jobs."""
    with Sandbox(Limits(), size=2) as sandbox:
        yield sandbox
