"""Tickets: leave to fetch one path for a while, in a URL, where no header can be sent.

A browser's `<video>` sends no `Authorization`. A ticket is signed with what is kept of the key that
asked for it, so it can no more than that key, and ends with it; it names one path and no other.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time

from docvision.access.keys import ApiKey, Caller
from docvision.errors import Unauthorized

SECONDS = 3600
_TICKET = re.compile(r"([0-9a-f]{16})\.(\d{1,12})\.([0-9a-f]{64})")


def make_ticket(key: ApiKey, path: str) -> str:
    """Return a ticket that lets its bearer fetch a path for an hour, on behalf of a key."""
    until = int(time.time()) + SECONDS
    return f"{key.id}.{until}.{_sign(key, path, until)}"


def key_id_in(ticket: str) -> str:
    """Return the id of the key that a ticket speaks for; raises Unauthorized."""
    return _parts(ticket)[0]


def check_ticket(ticket: str, path: str, key: ApiKey | None) -> Caller:
    """Return the caller on whose behalf a ticket for this path was made.

    Raises:
        Unauthorized: The ticket is for another path, has run out, or its key is no longer good.
    """
    _, until, signature = _parts(ticket)
    now = time.time()
    if key is None or not key.is_good(now) or int(until) < now:
        raise _refusal()
    if not hmac.compare_digest(signature, _sign(key, path, int(until))):
        raise _refusal()
    return Caller(tenant=key.tenant, key=key)


def _parts(ticket: str) -> tuple[str, str, str]:
    match = _TICKET.fullmatch(ticket)
    if match is None:
        raise _refusal()
    return match[1], match[2], match[3]


def _sign(key: ApiKey, path: str, until: int) -> str:
    message = f"{until} {path}".encode()
    return hmac.new(key.digest.encode(), message, hashlib.sha256).hexdigest()


def _refusal() -> Unauthorized:
    return Unauthorized("This ticket is for something else, or has run out.")
