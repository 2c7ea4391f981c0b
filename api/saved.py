"""The schemas that a tenant has saved under names of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from docvision.blobs.base import BlobStore
from docvision.errors import BlobMissing, InvalidRequest, SchemaNotFound
from docvision.schemas.accept import accept
from docvision.schemas.library import NAMES

MOST = 500
RESERVED = frozenset({*NAMES, "result"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class SavedSchemas:
    """One tenant's schemas, each a blob under its name."""

    def __init__(self, blobs: BlobStore, tenant: str) -> None:
        self._blobs = blobs
        self._root = f"tenants/{tenant}/schemas"

    def names(self) -> list[str]:
        """Return the names, in order."""
        return sorted(key.split("/")[-2] for key in self._blobs.keys(self._root))

    def get(self, name: str) -> dict[str, Any]:
        """Return a schema; raises SchemaNotFound."""
        try:
            body: dict[str, Any] = json.loads(self._blobs.get(self._key(name)))
        except BlobMissing as error:
            raise _missing(name) from error
        return body

    def put(self, name: str, body: Mapping[str, Any]) -> None:
        """Save a schema, in place of what had its name.

        Raises:
            InvalidRequest: The name is one of docvision's own or has other signs than letters,
                digits, _ and -, or there are too many schemas.
            InvalidSchema: Nothing can be extracted by it.
        """
        key = self._key(name)
        if name in RESERVED:
            raise InvalidRequest(f"{name!r} is a name of docvision's own.", field="name")
        accept(body)
        if len(self.names()) >= MOST:
            raise InvalidRequest(f"No more than {MOST} schemas are kept.", field="name")
        self._blobs.put(key, json.dumps(body, ensure_ascii=False).encode())

    def delete(self, name: str) -> None:
        """Forget a schema; raises SchemaNotFound."""
        self.get(name)
        self._blobs.delete_tree(self._key(name).rpartition("/")[0])

    def _key(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            message = "A schema's name has up to 64 letters, digits, _ and -."
            raise InvalidRequest(message, field="name")
        return f"{self._root}/{name}/schema.json"


def _missing(name: str) -> SchemaNotFound:
    return SchemaNotFound(f"No schema is called {name!r}.", name=name)
