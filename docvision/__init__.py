"""Self-hosted document understanding on Qwen-VL.

`docvision.read(path)` reads a document in this process; `docvision.Client` and
`docvision.AsyncClient` talk to a server. Names are imported on first use, so that
`import docvision` costs nothing: reading needs torch, a client does not.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docvision.client import AsyncClient as AsyncClient
    from docvision.client import Client as Client
    from docvision.errors import DocvisionError as DocvisionError
    from docvision.local import Reader as Reader
    from docvision.local import read as read
    from docvision.results.model import Result as Result

    __version__: str

_HOMES = {
    "AsyncClient": "docvision.client",
    "Client": "docvision.client",
    "DocvisionError": "docvision.errors",
    "Reader": "docvision.local",
    "Result": "docvision.results.model",
    "read": "docvision.local",
}
__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("docvision")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
