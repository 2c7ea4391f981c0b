"""Where keys are kept: in memory for tests, in Redis beside the ledger for a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import redis

from docvision.access.keys import ApiKey
from docvision.errors import KeyNotFound
from docvision.jobs.redis import PREFIX, storage_error


class KeyBook(Protocol):
    """Raises StorageError from any call when the store behind it does not answer."""

    def add(self, key: ApiKey) -> None:
        """Keep a key."""

    def find(self, key_id: str) -> ApiKey | None:
        """Return the key of this id, good or not, or None."""

    def all(self) -> Sequence[ApiKey]:
        """Return all keys, the oldest first."""

    def revoke(self, key_id: str, now: float) -> ApiKey:
        """Make a key useless from now on, once or again; raises KeyNotFound."""


class MemoryKeyBook:
    """Implements `KeyBook` for one process and for tests."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def add(self, key: ApiKey) -> None:
        """Keep a key."""
        self._keys[key.id] = key

    def find(self, key_id: str) -> ApiKey | None:
        """Return the key of this id, good or not, or None."""
        return self._keys.get(key_id)

    def all(self) -> Sequence[ApiKey]:
        """Return all keys, the oldest first."""
        return sorted(self._keys.values(), key=lambda key: key.created)

    def revoke(self, key_id: str, now: float) -> ApiKey:
        """Make a key useless from now on, once or again; raises KeyNotFound."""
        key = _revoked(self.find(key_id), key_id, now)
        self.add(key)
        return key


class RedisKeyBook:
    """Implements `KeyBook`: one hash of JSON by id. Safe for threads."""

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._name = prefix + "keys"

    def add(self, key: ApiKey) -> None:
        """Keep a key."""
        self._call("HSET", self._name, key.id, key.model_dump_json())

    def find(self, key_id: str) -> ApiKey | None:
        """Return the key of this id, good or not, or None."""
        row = self._call("HGET", self._name, key_id)
        return None if row is None else ApiKey.model_validate_json(row)

    def all(self) -> Sequence[ApiKey]:
        """Return all keys, the oldest first."""
        rows = self._call("HVALS", self._name)
        found = (ApiKey.model_validate_json(row) for row in rows)
        return sorted(found, key=lambda key: key.created)

    def revoke(self, key_id: str, now: float) -> ApiKey:
        """Make a key useless from now on, once or again; raises KeyNotFound."""
        key = _revoked(self.find(key_id), key_id, now)
        self.add(key)
        return key

    def _call(self, *command: str) -> Any:
        try:
            return self._client.execute_command(*command)  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            raise storage_error(error) from error


def _revoked(key: ApiKey | None, key_id: str, now: float) -> ApiKey:
    if key is None:
        raise KeyNotFound(f"There is no key {key_id}.", key=key_id)
    return key if key.revoked is not None else key.model_copy(update={"revoked": now})
