"""Where Redis is: one URL for the ledger, for its events and for Celery.

    redis://USER:PASSWORD@HOST:PORT/DATABASE       plain; USER is one of the server's ACL
    rediss://…?ssl_ca_certs=FILE                   TLS, always verified unless the URL says not to
    unix:///PATH?db=DATABASE                       a socket of this machine
    redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/SERVICE/DATABASE
    rediss+sentinel://…                            the same, with TLS to servers and sentinels

A client that is told of sentinels asks them for the master again after each failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

import redis
import redis.asyncio
import redis.asyncio.sentinel
import redis.sentinel
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from docvision.errors import SettingsError

SOCKET_SECONDS = 10.0
SENTINEL_PORT = 26379
_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel")
_TLS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname")


@dataclass(frozen=True, kw_only=True)
class Sentinels:
    """Servers that know which of a service's servers is the master."""

    hosts: tuple[tuple[str, int], ...]
    service: str
    database: int
    login: dict[str, str]
    tls: dict[str, Any]


def connect(url: str, patience: float = SOCKET_SECONDS) -> redis.Redis:
    """Return a client that is safe to share by threads and waits `patience` seconds at most.

    Raises:
        SettingsError: The URL is none of the above.
    """
    options: dict[str, Any] = {"decode_responses": True, "socket_timeout": patience}
    found = parse_sentinels(url)
    if found is None:
        return redis.Redis.from_url(url, health_check_interval=30, **options)
    # One that is down is not tried again: there are others.
    known = {**found.tls, "socket_timeout": patience, "retry": Retry(NoBackoff(), 0)}
    sentinel = redis.sentinel.Sentinel(found.hosts, sentinel_kwargs=known)  # type: ignore[no-untyped-call]
    known = {"db": found.database, **found.login, **found.tls, **options}
    client: redis.Redis = sentinel.master_for(found.service, **known)  # type: ignore[no-untyped-call]
    return client


def connect_async(url: str, most: int) -> redis.asyncio.Redis:
    """Return a client for one event loop with at most so many connections.

    Raises:
        SettingsError: The URL is none of the above.
    """
    options: dict[str, Any] = {"decode_responses": True, "socket_timeout": SOCKET_SECONDS}
    found = parse_sentinels(url)
    if found is None:
        # When everybody is woken at once, as after a lost connection, they take turns.
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            url, max_connections=most, timeout=SOCKET_SECONDS, **options
        )
        return redis.asyncio.Redis.from_pool(pool)
    known = {**found.tls, "socket_timeout": SOCKET_SECONDS, "retry": AsyncRetry(NoBackoff(), 0)}
    sentinel = redis.asyncio.sentinel.Sentinel(found.hosts, sentinel_kwargs=known)  # type: ignore[no-untyped-call]
    known = {"db": found.database, **found.login, **found.tls, **options}
    client: _Master = sentinel.master_for(found.service, redis_class=_Master, **known)
    client.sentinels = sentinel.sentinels
    return client


class _Master(redis.asyncio.Redis):
    """A client that closes its connections to the sentinels too, which redis-py forgets."""

    sentinels: Sequence[redis.asyncio.Redis] = ()

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        for sentinel in self.sentinels:
            await sentinel.aclose()


def broker_settings(url: str) -> dict[str, Any]:
    """Return how Celery reaches the same server: `broker_url` and what belongs to it."""
    found = parse_sentinels(url)
    if found is not None:
        return _sentinel_broker(found)
    parts = urlsplit(url)
    if parts.scheme == "unix":
        database = dict(parse_qsl(parts.query)).get("db", "0")
        return {"broker_url": f"redis+socket://{parts.path}?virtual_host={database}"}
    if parts.scheme == "rediss":
        # Without a word about it, Celery would believe any certificate.
        query = {"ssl_cert_reqs": "required", **dict(parse_qsl(parts.query))}
        return {"broker_url": parts._replace(query=urlencode(query)).geturl()}
    return {"broker_url": url}


def parse_sentinels(url: str) -> Sentinels | None:
    """Return what a `redis+sentinel://` URL says, None for another kind.

    Raises:
        SettingsError: It has no host or no service, or the URL is of an unknown kind.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in _SCHEMES)
        raise SettingsError(f"DOCVISION_REDIS_URL begins with one of {known}.", name="redis_url")
    if not parts.scheme.endswith("+sentinel"):
        return None
    login, _, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    if not hosts or not service or not (database or "0").isdigit():
        message = "DOCVISION_REDIS_URL has the form redis+sentinel://HOST:PORT,…/SERVICE/DATABASE."
        raise SettingsError(message, name="redis_url")
    return Sentinels(
        hosts=tuple(_host(host) for host in hosts.split(",")),
        service=service,
        database=int(database or 0),
        login=_login(login),
        tls=_tls(parts),
    )


def _sentinel_broker(found: Sentinels) -> dict[str, Any]:
    login = ":".join(quote(found.login.get(part, ""), "") for part in ("username", "password"))
    prefix = f"{login}@" if found.login else ""
    urls = [f"sentinel://{prefix}{host}:{port}/{found.database}" for host, port in found.hosts]
    settings: dict[str, Any] = {
        "broker_url": ";".join(urls),
        "broker_transport_options": {"master_name": found.service},
    }
    if found.tls:
        known = {name: value for name, value in found.tls.items() if name != "ssl"}
        settings["broker_use_ssl"] = {"ssl_cert_reqs": "required", **known}
        settings["broker_transport_options"]["sentinel_kwargs"] = found.tls
    return settings


def _host(text: str) -> tuple[str, int]:
    name, _, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    name, port = (name, port) if port.isdigit() else (text, str(SENTINEL_PORT))
    return name.strip("[]"), int(port)


def _login(text: str) -> dict[str, str]:
    if not text:
        return {}
    user, _, password = text.rpartition(":")
    named = {"username": unquote(user), "password": unquote(password)}
    return {name: value for name, value in named.items() if value}


def _tls(parts: SplitResult) -> dict[str, Any]:
    if not parts.scheme.startswith("rediss"):
        return {}
    given = dict(parse_qsl(parts.query))
    return {"ssl": True, **{name: given[name] for name in _TLS if name in given}}
