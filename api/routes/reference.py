"""The reference at `/docs`: Swagger UI over `/openapi.json`, served from this machine alone."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated

from fastapi import APIRouter, Header, Response
from starlette.exceptions import HTTPException

from .workbench import Asset, answer, packed

router = APIRouter(include_in_schema=False)

FILES = ("index.html", "start.js", "vendor/swagger-ui-bundle.js", "vendor/swagger-ui.css")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # Swagger UI sets styles and small pictures from within its script.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "public, max-age=3600"}


@router.get("/docs")
def reference(accept_encoding: Annotated[str, Header()] = "") -> Response:
    """Return the page."""
    return _file(FILES[0], accept_encoding)


@router.get("/docs/{path:path}")
def reference_file(path: str, accept_encoding: Annotated[str, Header()] = "") -> Response:
    """Return a script or the styles of the page."""
    if path not in FILES:
        raise HTTPException(404, "There is no such file")
    return _file(path, accept_encoding)


def _file(path: str, accept_encoding: str) -> Response:
    return answer(_load(path), accept_encoding, _HEADERS)


@cache
def _load(path: str) -> Asset:
    root = resources.files(__package__.rpartition(".")[0]) / "reference"
    return packed(path, (root / path).read_bytes())
