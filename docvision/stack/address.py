"""Where the API will listen, and whether that place is free."""

from __future__ import annotations

import ipaddress
import socket

from docvision.errors import StackError


def free_port(host: str, port: int) -> int:
    """Return `port` if it can be listened on, or any free port for 0.

    Raises:
        StackError: The port is in use, or the host is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as server:
            return int(server.getsockname()[1])
    except OSError as error:
        raise StackError(
            f"Port {port} on {host} cannot be listened on ({error.strerror or error}). "
            "Choose another with --port, or let --port 0 find a free one.",
            port=port,
        ) from error


def url_of(host: str, port: int) -> str:
    """Return the URL under which this machine reaches a server that listens on `host`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        return f"http://127.0.0.1:{port}" if address.version == 4 else f"http://[::1]:{port}"
    return f"http://[{host}]:{port}" if address.version == 6 else f"http://{host}:{port}"
