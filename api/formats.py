"""Which format a result is given in."""

from __future__ import annotations

from docvision.errors import NotAcceptable
from docvision.results.render import FORMATS

PDF = "pdf"
MEDIA_TYPES: dict[str, str] = {**FORMATS, PDF: "application/pdf"}


def choose(name: str | None, accept: str) -> tuple[str, str]:
    """Return the format and its media type, by name or else by an Accept header.

    Raises:
        NotAcceptable: No format is called so, or none is acceptable; the known ones are named.
    """
    if name is None:
        name = _by_accept(accept)
    if name not in MEDIA_TYPES:
        known = ", ".join(MEDIA_TYPES)
        raise NotAcceptable(f"A result can be had as {known}.", asked=name or accept)
    return name, MEDIA_TYPES[name]


def _by_accept(accept: str) -> str:
    """Return the format of the best range (RFC 9110, 12.5.1), "" where none fits."""
    ranges = sorted((_range(part) for part in accept.split(",")), key=lambda one: -one[1])
    for wanted, quality in ranges:
        for name, media_type in MEDIA_TYPES.items():
            if quality > 0 and _matches(wanted, media_type.partition(";")[0]):
                return name
    return ""


def _range(part: str) -> tuple[str, float]:
    wanted, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return wanted, float(parameter[2:])
            except ValueError:
                return wanted, 0.0
    return wanted, 1.0


def _matches(wanted: str, media_type: str) -> bool:
    kind, _, rest = wanted.partition("/")
    return wanted in ("*/*", media_type) or (rest == "*" and media_type.startswith(f"{kind}/"))
