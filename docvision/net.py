"""Reaching out to addresses that others name: documents by URL, and webhooks.

A URL from outside can point at anything that this machine reaches: its own ports, the private
network, a cloud's metadata service. So a host is resolved once, every address it has is checked,
and the connection goes to a checked address and nowhere else (a name that changes its address
between the check and the use changes nothing). What is private is refused, unless
`DOCVISION_NET_ALLOW` names the host or its network.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

import httpx

from docvision.errors import FetchFailed, SettingsError, TooLarge, UrlRefused
from docvision.settings import NetSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Returns all addresses of a host (and port); raises OSError."""

SCHEMES = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_URL = 2048
USER_AGENT = "docvision"
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
WIRE_SERVER = ipaddress.IPv4Address("168.63.129.16")
"""Azure's host answers every one of its machines here: a public address that is not public."""


async def system_addresses(host: str, port: int) -> Sequence[Address]:
    """Return what the system's resolver says; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A link-local address comes with the name of its interface; the address alone is judged.
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class Outbound:
    """Makes requests to URLs that others name. No proxy, cookie or redirect is used unasked.

    Args:
        settings: What may be reached beside public addresses, and how long it may take.
        resolve: Finds a host's addresses.
        context: What TLS trusts; without it, the usual certificate authorities.

    Raises:
        SettingsError: `allow` holds something that is neither a host nor a network.
    """

    def __init__(
        self,
        settings: NetSettings,
        resolve: Resolver = system_addresses,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._resolve = resolve
        self._context = context
        self._hosts, self._networks = parse_allowed(settings.allow)

    async def fetch(
        self, url: str, sink: Callable[[bytes], Awaitable[None]], *, max_bytes: int
    ) -> int:
        """Hand a document's bytes to `sink` as they come, and return how many there were.

        Each redirect is checked like the first URL.

        Raises:
            UrlRefused: The URL, or one that it redirects to, may not be fetched.
            FetchFailed: The server does not answer in time, or not with the document.
            TooLarge: There are more than `max_bytes` bytes.
        """
        async with self._within_time():
            target = parse_url(url)
            for _ in range(self._settings.redirects + 1):
                async with self._answer("GET", target) as answer:
                    if answer.status_code not in REDIRECTS:
                        return await _pass_on(answer, sink, max_bytes)
                    target = _next(target, answer)
        raise UrlRefused(f"The URL redirects more than {self._settings.redirects} times.")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a body and return the status; a redirect is a status like any other.

        Raises:
            UrlRefused: The URL may not be reached.
            FetchFailed: The server does not answer in time.
        """
        async with (
            self._within_time(),
            self._answer("POST", parse_url(url), content=body, headers=headers) as answer,
        ):
            return answer.status_code

    def post_now(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Do what `post` does from a thread that runs no event loop."""
        return asyncio.run(self.post(url, body, headers))

    @contextlib.asynccontextmanager
    async def _within_time(self) -> AsyncIterator[None]:
        """Bound the whole: a server that sends a byte now and then gets no more time."""
        try:
            async with asyncio.timeout(self._settings.seconds):
                yield
        except TimeoutError as error:
            seconds = self._settings.seconds
            raise FetchFailed(f"The server took longer than {seconds:g} s.") from error

    @contextlib.asynccontextmanager
    async def _answer(
        self,
        method: str,
        url: httpx.URL,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Send a request to one of the host's checked addresses and lend what comes back."""
        addresses = await self._checked(url)
        async with httpx.AsyncClient(
            trust_env=False, verify=self._trusted, timeout=self._settings.seconds
        ) as client:
            request = client.build_request(method, url, content=content, headers=headers)
            request.headers["Host"] = url.netloc.decode("ascii")
            # Compressed bytes could grow without a bound when they are unpacked.
            request.headers["Accept-Encoding"] = "identity"
            request.headers.setdefault("User-Agent", USER_AGENT)
            # TLS speaks to the name, also where the connection goes to the address.
            request.extensions["sni_hostname"] = url.raw_host.decode("ascii")
            answer = await _first_that_answers(client, request, addresses)
            try:
                yield answer
            except httpx.TransportError as error:
                raise FetchFailed("The server broke off.", reason=type(error).__name__) from error
            finally:
                await answer.aclose()

    async def _checked(self, url: httpx.URL) -> Sequence[Address]:
        """Return the host's addresses, if all of them may be reached."""
        host = url.raw_host.decode("ascii")
        try:
            addresses = await self._resolve(host, url.port or SCHEMES[url.scheme])
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise FetchFailed("The name service does not answer.") from error
            addresses = ()
        except (OSError, UnicodeError):
            addresses = ()
        # One answer for a name that is unknown and one that is private: which names the private
        # network knows is nobody's business. One bad address spoils all; it is no accident.
        if not addresses or not all(self._allows(host, address) for address in addresses):
            raise UrlRefused("The URL's host has no address that may be reached from here.")
        return addresses

    def _allows(self, host: str, address: Address) -> bool:
        if host.lower().rstrip(".") in self._hosts or is_public(address):
            return True
        return any(inner in network for inner in unwrap(address) for network in self._networks)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return self._context or httpx.create_ssl_context()


def parse_url(url: str) -> httpx.URL:
    """Return a URL that may be asked for as far as its form tells.

    Raises:
        UrlRefused: It is no absolute http(s) URL, is too long, or has a user name or password.
    """
    try:
        parsed = httpx.URL(url) if len(url) <= LONGEST_URL else None
    except (httpx.InvalidURL, ValueError):
        parsed = None
    if parsed is None or parsed.scheme not in SCHEMES or not parsed.host or not _has_port(parsed):
        known = f"http:// or https:// and has at most {LONGEST_URL} characters"
        raise UrlRefused(f"A URL begins with {known}.")
    if parsed.userinfo:
        raise UrlRefused("A URL must not carry a user name or a password.")
    return parsed


def name_of(url: httpx.URL) -> str:
    """Return a name for the document at a URL: the last step of its path, or its host."""
    return PurePosixPath(url.path).name[:255] or url.host


def parse_allowed(text: str) -> tuple[frozenset[str], tuple[Network, ...]]:
    """Return the host names and the networks of a comma-separated list; raises SettingsError."""
    hosts: set[str] = set()
    networks: list[Network] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(entry))
        except ValueError:
            if not _HOST.fullmatch(entry):
                message = f"DOCVISION_NET_ALLOW: {entry!r} is neither a host nor a network."
                raise SettingsError(message, name="net_allow") from None
            hosts.add(entry.lower().rstrip("."))
    return frozenset(hosts), tuple(networks)


def unwrap(address: Address) -> tuple[Address, ...]:
    """Return the address, or the IPv4 addresses that an IPv6 address carries in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address,)


def is_public(address: Address) -> bool:
    """Return whether an address is anybody's on the internet, and not of this machine or network.

    Loopback, private, shared (RFC 6598), link-local (where metadata services are), multicast,
    documentation and reserved addresses are not, whichever way they are wrapped in IPv6.
    """
    return all(_is_public(inner) for inner in unwrap(address))


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    special = address.is_multicast or address.is_reserved or address == WIRE_SERVER
    return address.is_global and not special


async def _first_that_answers(
    client: httpx.AsyncClient, request: httpx.Request, addresses: Sequence[Address]
) -> httpx.Response:
    """Send the request to the first address that takes the connection."""
    for number, address in enumerate(addresses, start=1):
        request.url = request.url.copy_with(host=str(address))
        try:
            return await client.send(request, stream=True, follow_redirects=False)
        except httpx.ConnectError as error:
            if number == len(addresses):
                message = "No connection to the server could be made."
                raise FetchFailed(message, reason="ConnectError") from error
        except httpx.TransportError as error:
            message = "The server did not answer as a web server does."
            raise FetchFailed(message, reason=type(error).__name__) from error
    raise AssertionError("a checked host has an address")


async def _pass_on(
    answer: httpx.Response, sink: Callable[[bytes], Awaitable[None]], max_bytes: int
) -> int:
    """Hand on the body of a good answer and return its size."""
    if answer.status_code != httpx.codes.OK:
        status = answer.status_code
        raise FetchFailed(f"The server answered with status {status}.", status=status)
    size = 0
    async for chunk in answer.aiter_raw():
        size += len(chunk)
        if size > max_bytes:
            message = f"The URL gives more than the {max_bytes} bytes that a file may have."
            raise TooLarge(message, limit="file_bytes", allowed=max_bytes, found=size)
        await sink(chunk)
    return size


def _next(url: httpx.URL, answer: httpx.Response) -> httpx.URL:
    """Return where a redirect leads; not from https to http."""
    try:
        target = parse_url(str(url.join(answer.headers.get("Location", ""))))
    except (httpx.InvalidURL, ValueError) as error:
        raise UrlRefused("The URL redirects to something that is no URL.") from error
    if url.scheme == "https" and target.scheme == "http":
        raise UrlRefused("The URL redirects from https to http.")
    return target


def _has_port(url: httpx.URL) -> bool:
    return url.port is None or 0 < url.port < 2**16
