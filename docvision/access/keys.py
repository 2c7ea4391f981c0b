"""API keys: what a caller sends, and what is kept of it.

A key is `dv_ID_SECRET`. The secret has 256 random bits and is shown once; only its SHA-256 is
kept. A slow hash such as bcrypt makes guessing dear where people choose passwords. Nobody guesses
256 random bits, however fast the hash, so a slow one would only let anybody keep the server busy
by sending wrong keys. For the same reason no second secret (a pepper) is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from docvision.errors import InvalidRequest, Unauthorized
from docvision.jobs.model import DEFAULT_TENANT, NAME

MARK = "dv"
_TOKEN = re.compile(rf"{MARK}_([0-9a-f]{{16}})_([A-Za-z0-9_-]{{43}})")
_NOBODY = hashlib.sha256(b"").hexdigest()


class Scope(StrEnum):
    """What a key may be used for."""

    READ = "read"
    SUBMIT = "submit"
    REVIEW = "review"
    METRICS = "metrics"
    ADMIN = "admin"


class ApiKey(BaseModel):
    """What is kept of a key. Times are Unix seconds; a limit of None is none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    name: str
    tenant: str
    scopes: frozenset[Scope]
    digest: str = Field(repr=False, description="SHA-256 of the secret, as hex.")
    created: float
    expires: float | None = None
    revoked: float | None = None
    requests_per_minute: int | None = Field(None, gt=0)
    jobs_at_once: int | None = Field(None, gt=0, description="Jobs that have not finished.")
    pages_per_month: int | None = Field(None, gt=0, description="Of a calendar month, in UTC.")

    def is_good(self, now: float) -> bool:
        """Return whether the key can be used at this time."""
        return self.revoked is None and (self.expires is None or now < self.expires)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """On whose behalf a request is made; `key` is None where no keys are asked for."""

    tenant: str = DEFAULT_TENANT
    key: ApiKey | None = None

    @property
    def key_id(self) -> str | None:
        """The id of the key, which is no secret."""
        return self.key.id if self.key else None

    def may(self, scope: Scope) -> bool:
        """Return whether the caller has this right; without keys everybody has every right."""
        return self.key is None or scope in self.key.scopes


def new_key(
    name: str,
    *,
    tenant: str = DEFAULT_TENANT,
    scopes: frozenset[Scope] = frozenset({Scope.READ, Scope.SUBMIT}),
    seconds: float | None = None,
    requests_per_minute: int | None = None,
    jobs_at_once: int | None = None,
    pages_per_month: int | None = None,
) -> tuple[str, ApiKey]:
    """Return a new key as its owner sends it, and as it is kept.

    Raises:
        InvalidRequest: The tenant's name has other than letters, digits, _ and -, or no scope.
    """
    if not re.fullmatch(NAME, tenant):
        raise InvalidRequest("A tenant's name has letters, digits, _ and -.", field="tenant")
    if not scopes:
        raise InvalidRequest("A key without a scope can do nothing.", field="scopes")
    key_id, secret, now = secrets.token_hex(8), secrets.token_urlsafe(32), time.time()
    key = ApiKey(
        id=key_id,
        name=name,
        tenant=tenant,
        scopes=scopes,
        digest=_digest(secret),
        created=now,
        expires=None if seconds is None else now + seconds,
        requests_per_minute=requests_per_minute,
        jobs_at_once=jobs_at_once,
        pages_per_month=pages_per_month,
    )
    return f"{MARK}_{key_id}_{secret}", key


def key_id_of(token: str) -> str:
    """Return the id in what a caller sent; raises Unauthorized where it is no key at all."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise _refusal()
    return match[1]


def authenticate(token: str, key: ApiKey | None) -> Caller:
    """Return the caller who sent this token; `key` is what is kept under its id.

    Raises:
        Unauthorized: The key is unknown, wrong, revoked or has expired; it is not said which.
    """
    match = _TOKEN.fullmatch(token)
    secret = match[2] if match else ""
    # Compared also where there is nothing to compare with, so that time tells nothing.
    right = hmac.compare_digest(_digest(secret), key.digest if key else _NOBODY)
    if key is None or not right or not key.is_good(time.time()):
        raise _refusal()
    return Caller(tenant=key.tenant, key=key)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _refusal() -> Unauthorized:
    return Unauthorized("This API key is unknown, was revoked, or has expired.")
