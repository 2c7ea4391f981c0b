"""URLs from outside reach what they may, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docvision.errors import FetchFailed, SettingsError, TooLarge, UrlRefused
from docvision.net import Outbound, is_public, name_of, parse_url
from docvision.settings import NetSettings
from tests.net.conftest import DOCUMENT, Names, Server

LOOPBACK = "127.0.0.0/8"
MAX_BYTES = 1_000_000


def fetch(outbound: Outbound, url: str, max_bytes: int = MAX_BYTES) -> tuple[int, bytes]:
    got = bytearray()

    async def sink(chunk: bytes) -> None:
        got.extend(chunk)

    return asyncio.run(outbound.fetch(url, sink, max_bytes=max_bytes)), bytes(got)


def outbound(allow: str = LOOPBACK, **settings: Any) -> Outbound:
    return Outbound(NetSettings(allow=allow, **settings))


def test_a_document_comes_whole(server: Server) -> None:
    # when a URL on an allowed network is fetched
    size, data = fetch(outbound(), server.url("report.pdf?page=1"))

    # then its bytes are there, unpacked by nobody
    assert size == len(DOCUMENT)
    assert data == DOCUMENT
    assert server.seen[0][1]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ],
)
def test_no_spelling_of_loopback_gets_through(server: Server, host: str) -> None:
    # given default settings, where nothing private is allowed
    # when this machine is named in whatever way
    with pytest.raises(UrlRefused):
        fetch(outbound(allow=""), server.url(host=host))
    # then no request arrives
    assert server.seen == []


def test_a_name_whose_address_is_private_is_refused_like_one_that_does_not_exist(
    server: Server,
) -> None:
    names = Names(inside_example=[["127.0.0.1"]])
    out = Outbound(NetSettings(), names)
    messages = set()
    for host in ("inside.example", "unknown.example"):
        with pytest.raises(UrlRefused) as refused:
            fetch(out, server.url(host=host))
        messages.add(refused.value.message)
    # then the caller cannot tell which names the private network knows
    assert len(messages) == 1
    assert server.seen == []


def test_one_private_address_among_public_ones_spoils_the_name(server: Server) -> None:
    names = Names(mixed_example=[["8.8.8.8", "127.0.0.1"]])
    with pytest.raises(UrlRefused):
        fetch(Outbound(NetSettings(), names), server.url(host="mixed.example"))


def test_a_name_that_changes_its_address_after_the_check_changes_nothing(server: Server) -> None:
    # given a name that is allowed by its first address and would then turn elsewhere (rebinding)
    names = Names(turns_example=[["127.0.0.1"], ["10.0.0.1"]])
    out = Outbound(NetSettings(allow=LOOPBACK), names)
    # when it is fetched
    _, data = fetch(out, server.url(host="turns.example"))
    # then it was looked up once, and the server was asked under its name
    assert data == DOCUMENT
    assert names.asked == ["turns.example"]
    assert server.seen[0][1]["Host"] == f"turns.example:{server.server_address[1]}"


def test_an_allowed_name_may_be_private(server: Server) -> None:
    names = Names(files_corp=[["127.0.0.1"]])
    out = Outbound(NetSettings(allow="other.corp, FILES.corp"), names)
    assert fetch(out, server.url(host="files.corp"))[1] == DOCUMENT


@pytest.mark.parametrize("wrong", ['["files.corp"]', "http://files.corp", "10.0.0.0/33", "a b"])
def test_what_is_neither_a_host_nor_a_network_is_no_allowance(wrong: str) -> None:
    with pytest.raises(SettingsError, match="neither a host nor a network"):
        Outbound(NetSettings(allow=f"files.corp,{wrong}"))


def test_the_next_address_is_tried_where_one_takes_no_connection(server: Server) -> None:
    # given a host with two addresses, at one of which nobody listens
    names = Names(two_example=[["127.0.0.2", "127.0.0.1"]])
    out = Outbound(NetSettings(allow=LOOPBACK), names)
    assert fetch(out, server.url(host="two.example"))[1] == DOCUMENT


def test_redirects_are_followed_only_to_where_a_url_may_lead(server: Server) -> None:
    names = Names(outside_example=[["127.0.0.1"]])
    out = Outbound(NetSettings(allow="outside.example"), names)
    here = server.url("redirect?/report.pdf", host="outside.example")
    assert fetch(out, here)[1] == DOCUMENT

    # when a server that may be reached points at one that may not
    for target in ("http://127.0.0.1/", "file:///etc/passwd", "http://169.254.169.254/latest/"):
        server.seen.clear()
        with pytest.raises(UrlRefused):
            fetch(out, server.url(f"redirect?{target}", host="outside.example"))
        # then the second is not asked
        assert len(server.seen) == 1


def test_redirects_end(server: Server) -> None:
    with pytest.raises(UrlRefused, match="more than 3 times"):
        fetch(outbound(redirects=3), server.url("round?0"))
    assert len(server.seen) == 4


def test_more_bytes_than_allowed_are_not_taken(server: Server) -> None:
    with pytest.raises(TooLarge) as refused:
        fetch(outbound(), server.url(), max_bytes=1000)
    assert refused.value.detail["allowed"] == 1000


@pytest.mark.parametrize("path", ["missing", "broken"])
def test_an_answer_that_is_no_document_is_a_failure(server: Server, path: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(outbound(), server.url(path))


def test_a_server_that_trickles_gets_no_more_time(server: Server) -> None:
    with pytest.raises(FetchFailed, match=r"longer than 0\.5 s"):
        fetch(outbound(seconds=0.5), server.url("trickle"))


def test_nobody_listening_is_a_failure_that_a_retry_can_help() -> None:
    with pytest.raises(FetchFailed) as failed:
        fetch(outbound(), "http://127.0.0.1:9/")
    assert failed.value.retryable


@pytest.mark.parametrize(
    "url",
    [
        "",
        "report.pdf",
        "//127.0.0.1/x",
        "ftp://example.com/x",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "http:///x",
        "http://user:secret@example.com/",
        "http://user@example.com/",
        "http://[::1",
        "http://example.com:99999/",
        "http://example.com/" + "x" * 3000,
    ],
)
def test_what_is_no_plain_web_address_is_refused_before_it_is_looked_up(url: str) -> None:
    with pytest.raises(UrlRefused):
        parse_url(url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.com/a/report.pdf?page=1", "report.pdf"),
        ("https://example.com/M%C3%BCller%201.pdf", "Müller 1.pdf"),
        ("https://example.com/", "example.com"),
        ("https://example.com/" + "x" * 300, "x" * 255),
    ],
)
def test_a_document_is_called_what_its_url_suggests(url: str, name: str) -> None:
    assert name_of(parse_url(url)) == name


@given(st.text())
def test_whatever_is_called_a_url_the_answer_is_a_typed_error(text: str) -> None:
    with contextlib.suppress(UrlRefused):
        parse_url(text)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_a_private_address_is_private_in_every_wrapping(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for wrapped in (
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(0x0064FF9B << 96 | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
    ):
        assert not is_public(wrapped)


def test_what_may_be_reached_is_checked_when_it_is_set() -> None:
    with pytest.raises(SettingsError, match=r"10\.0\.0\.0/99"):
        outbound(allow="files.corp,10.0.0.0/99")


def test_a_webhook_is_posted_once_and_its_redirect_is_not_followed(server: Server) -> None:
    out = outbound()
    assert out.post_now(server.url("hook"), b"{}", {"Webhook-Id": "m1"}) == 204
    assert server.seen[0][1]["Webhook-Id"] == "m1"
    assert server.seen[0][1]["body"] == b"{}"

    server.seen.clear()
    assert out.post_now(server.url("redirect?/hook"), b"{}", {}) == 302
    assert [path for path, _ in server.seen] == ["/redirect?/hook"]


def test_a_proxy_of_the_environment_is_not_used(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert fetch(outbound(), server.url())[1] == DOCUMENT


def test_tls_speaks_to_the_name_although_the_address_is_pinned(server: Server) -> None:
    # given a server with a certificate for one name only
    import trustme

    authority = trustme.CA()
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("good.example").configure_cert(theirs)
    authority.configure_trust(ours)
    secure = Server()
    secure.socket = theirs.wrap_socket(secure.socket, server_side=True)
    thread = threading.Thread(target=secure.serve_forever, args=(0.05,))
    thread.start()
    names = Names(good_example=[["127.0.0.1"]], evil_example=[["127.0.0.1"]])
    out = Outbound(NetSettings(allow=LOOPBACK), names, ours)
    try:
        # when it is asked under its name, and under another that leads to the same address
        url = secure.url(host="good.example").replace("http:", "https:")
        assert fetch(out, url)[1] == DOCUMENT
        with pytest.raises(FetchFailed):
            fetch(out, url.replace("good.", "evil."))
        # then only its own is believed, and it cannot lead to an unprotected place
        with pytest.raises(UrlRefused, match="https to http"):
            fetch(out, url.replace("report.pdf", "redirect?http://good.example/"))
    finally:
        secure.shutdown()
        secure.server_close()
        thread.join()
