"""Jobs under fire are tried only where somebody asks for it."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    """Skip these tests where nobody asked for them."""
    if os.environ.get("DOCVISION_CHAOS_TESTS"):
        return
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason="set DOCVISION_CHAOS_TESTS=1"))
