"""Names of files as their senders gave them: to be shown, never to be used as paths."""

from __future__ import annotations

NAME_LENGTH = 255


def shown_path(name: str) -> str:
    """Return a name fit to be shown: its folders kept, nothing upwards, no control characters."""
    parts = name.replace("\\", "/").split("/")
    kept = [part for part in parts if part not in ("", ".", "..")]
    clean = "".join(letter for letter in "/".join(kept) if letter.isprintable())
    return clean[-NAME_LENGTH:].lstrip("/") or "file"
