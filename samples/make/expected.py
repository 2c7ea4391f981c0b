"""What a sample says, word for word: the records behind `expected/NAME.json`.

Boxes are fractions of the page as displayed, origin top left, as in `docvision.geometry`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from docvision.geometry import Box, clip, union

Look = Literal["digital", "scan", "photo", "video", "archive"]
FURNITURE = frozenset({"header", "footer", "page_number", "stamp"})


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word as printed, and where."""

    text: str
    box: Box


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of words; `kind` is a `docvision.results.model.BlockKind` value."""

    kind: str
    words: tuple[Word, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the line as it stands in the file."""
        return {
            "kind": self.kind,
            "text": " ".join(word.text for word in self.words),
            "bbox": _rounded(union(word.box for word in self.words)),
            "words": [[word.text, *_rounded(word.box)] for word in self.words],
        }


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page (points or pixels as displayed) or a slide, its lines in reading order."""

    width: float
    height: float
    lines: tuple[Line, ...]
    start: float | None = None
    end: float | None = None

    def to_json(self, number: int) -> dict[str, Any]:
        """Return the page as it stands in the file; slides also have their times."""
        times = {} if self.start is None else {"start": self.start, "end": self.end}
        body = [line for line in self.lines if line.kind not in FURNITURE]
        rest = [line for line in self.lines if line.kind in FURNITURE]
        return {
            "number": number,
            "width": round(self.width, 2),
            "height": round(self.height, 2),
            **times,
            "lines": [line.to_json() for line in body],
            "furniture": [line.to_json() for line in rest],
        }


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A made file and what it says."""

    name: str
    media_type: str
    look: Look
    data: bytes
    pages: tuple[Page, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write the file, and its expected content under `expected/`."""
        (folder / self.name).write_bytes(self.data)
        (folder / "expected").mkdir(exist_ok=True)
        (folder / "expected" / f"{self.name}.json").write_text(self.expected(), encoding="utf-8")

    def expected(self) -> str:
        """Return the JSON text of what the file says."""
        tree = {
            "file": self.name,
            "media_type": self.media_type,
            "look": self.look,
            "pages": [page.to_json(number) for number, page in enumerate(self.pages, start=1)],
            "values": self.values,
        }
        return _on_one_line(json.dumps(tree, ensure_ascii=False, indent=1)) + "\n"


def move(
    page: Page, point: Callable[[float, float], tuple[float, float]], size: tuple[float, float]
) -> Page:
    """Return the page with every box moved by `point` (fractions to fractions)."""

    def moved(word: Word) -> Word:
        x0, y0, x1, y1 = word.box
        corners = [point(x, y) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = zip(*corners, strict=True)
        return replace(word, box=clip((min(xs), min(ys), max(xs), max(ys))))

    lines = tuple(replace(line, words=tuple(map(moved, line.words))) for line in page.lines)
    return replace(page, lines=lines, width=float(size[0]), height=float(size[1]))


def _rounded(box: Box) -> list[float]:
    return [round(value, 5) for value in box]


def _on_one_line(text: str) -> str:
    """Put each innermost list on one line; people read these files as well."""
    return re.sub(r"\[\n([^\[\]{}]*?)\n\s*\]", lambda match: f"[{_joined(match[1])}]", text)


def _joined(lines: str) -> str:
    return " ".join(line.strip() for line in lines.split("\n"))
