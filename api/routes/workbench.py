"""The workbench: the web page at `/`, its modules and its styles, served as they lie in a folder.

The page names its files under a digest of all of them, so a browser may keep them for good and
still never mixes two versions. Nothing here needs a key: the files hold no data.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from posixpath import dirname, join, normpath
from typing import Annotated

from fastapi import APIRouter, Header, Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What is served; licences and notes lie in the folder too and are not."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}
PAGE = "index.html"
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_IMPORT = re.compile(r"""^(?:import|export) [^;]*? from '([^']+)';""", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file, plain and compressed."""

    media_type: str
    plain: bytes
    packed: bytes


@dataclass(frozen=True, kw_only=True)
class Assets:
    """All files by their paths below the folder; `digest` changes when any of them does."""

    digest: str
    files: dict[str, Asset]


@router.get("/")
async def page(
    accept_encoding: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Return the page; a browser asks each time, and is told where nothing has changed."""
    assets = load_assets()
    tag = f'"{assets.digest}"'
    headers = {"Cache-Control": _ASK_AGAIN, "ETag": tag}
    if tag in if_none_match:
        return Response(status_code=304, headers=HEADERS | headers)
    return answer(assets.files[PAGE], accept_encoding, headers)


@router.get("/assets/{digest}/{path:path}")
async def asset(digest: str, path: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
    """Return a file of the version that the page named."""
    assets = load_assets()
    if digest != assets.digest or path not in assets.files:
        raise HTTPException(404, "There is no such file")
    return answer(assets.files[path], accept_encoding, {"Cache-Control": _FOR_GOOD})


@cache
def load_assets() -> Assets:
    """Read the folder once: a few dozen small files."""
    plain = dict(sorted(_read("")))
    digest = hashlib.sha256(repr(plain).encode()).hexdigest()[:16]
    scripts = sorted(_imported(plain, "main.js"))
    preload = "\n".join(
        f'<link rel="modulepreload" href="/assets/{digest}/{path}">' for path in scripts
    )
    html = plain[PAGE].decode().replace("{digest}", digest).replace("{preload}", preload)
    plain[PAGE] = html.encode()
    files = {path: packed(path, data) for path, data in plain.items()}
    return Assets(digest=digest, files=files)


def _imported(files: dict[str, bytes], path: str) -> set[str]:
    """Return a module and all that it imports at once; what it imports later is not among them."""
    found: set[str] = set()
    open_ends = [path]
    while open_ends:
        module = open_ends.pop()
        if module not in found:
            found.add(module)
            names = _IMPORT.findall(files[module].decode())
            open_ends += [normpath(join(dirname(module), name)) for name in names]
    return found


def _read(folder: str) -> list[tuple[str, bytes]]:
    """Return path and bytes of each file to be served, below a folder of the workbench."""
    found: list[tuple[str, bytes]] = []
    root = resources.files(__package__.rpartition(".")[0]) / "workbench"
    for entry in (root / folder if folder else root).iterdir():
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir():
            found += _read(path)
        elif PurePosixPath(path).suffix in TYPES:
            found.append((path, entry.read_bytes()))
    return found


def packed(path: str, data: bytes) -> Asset:
    """Return a file, plain and compressed; its name tells its type."""
    packed = gzip.compress(data, compresslevel=9, mtime=0)
    return Asset(media_type=TYPES[PurePosixPath(path).suffix], plain=data, packed=packed)


def answer(asset: Asset, accept_encoding: str, headers: dict[str, str]) -> Response:
    """Return a file as the browser takes it; `headers` go before those of every page."""
    if "gzip" in accept_encoding:
        headers = headers | {"Content-Encoding": "gzip"}
        return Response(asset.packed, 200, HEADERS | headers, media_type=asset.media_type)
    return Response(asset.plain, 200, HEADERS | headers, media_type=asset.media_type)
