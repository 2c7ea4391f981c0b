"""What a group of lines is: heading, list item, caption or paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from docvision.geometry import union
from docvision.reading.layout.fixed import confidence_of
from docvision.reading.layout.lists import counted, levels
from docvision.reading.layout.paragraphs import Group, joined_text
from docvision.reading.layout.placed import Placed, line_of
from docvision.results.model import Block, BlockKind, Source

_LEVELS = ((1.9, 1), (1.45, 2), (1.15, 3))
"""From this multiple of the body's size on, a heading is of this level."""
_BOLD_LEVEL = 4
_LONGEST_HEADING = 18
"""Words; more is a lead, not a heading."""
_CAPTION = re.compile(
    r"^(fig(ure|\.)?|table|tab\.|tabelle|abb(ildung|\.)?|chart|diagramm|exhibit|schema|scheme)"
    r"\s*[A-Z]?\d+[a-z]?\s*[.:–—-]",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def blocks_of_groups(groups: Sequence[Group], body: float, source: Source) -> Iterator[Block]:
    """Yield the blocks of a column's groups; `body` is the size of the page's running text."""
    heads = [heading_level(group, body, source) for group in groups]
    items = counted(
        [group.marker if head is None else None for group, head in zip(groups, heads, strict=True)]
    )
    nesting = _nesting(groups, items)
    for at, group in enumerate(groups):
        if not items[at]:
            group = replace(group, marker=None)
        yield _block(group, heads[at], nesting.get(at), source)


def heading_level(group: Group, body: float, source: Source) -> int | None:
    """Return the level of a heading, None for what is none.

    A heading is short and set larger than the running text, or bold where that is not. Boxes of
    OCR differ by a fifth with the letters of a line, so there it has to be larger still.
    """
    text = " ".join(line.text for line in group.lines)
    if len(group.lines) > 3 or len(text.split()) > _LONGEST_HEADING or not _LETTERS.search(text):
        return None
    ratio = group.size / body if body else 1.0
    if source is not Source.TEXT_LAYER:
        ratio /= 1.15
    for least, level in _LEVELS:
        if ratio >= least:
            return level
    alone = all(line.bold for line in group.lines) and len(group.lines) <= 2
    if alone and ratio >= 0.95 and not text.rstrip().endswith((".", ",", ";", ":")):
        return _BOLD_LEVEL
    return None


def body_size(words: Sequence[Placed]) -> float:
    """Return the size in which most characters are set."""
    sized = sorted((word.size, len(word.word.text)) for word in words)
    half, seen = sum(count for _, count in sized) / 2, 0
    for size, count in sized:
        seen += count
        if seen >= half:
            return size
    return 0.0


def _nesting(groups: Sequence[Group], items: Sequence[bool]) -> dict[int, int]:
    """Return the levels of list items; each run of consecutive items counts by itself."""
    found: dict[int, int] = {}
    run: list[int] = []
    for at, is_item in enumerate([*items, False]):
        if is_item:
            run.append(at)
        elif run:
            indents = [groups[one].x0 for one in run]
            found.update(zip(run, levels(indents, groups[run[0]].size * 0.7), strict=True))
            run = []
    return found


def _block(group: Group, head: int | None, nesting: int | None, source: Source) -> Block:
    words = [word for line in group.lines for word in line.words]
    text = joined_text(group)
    kind, level, marker = BlockKind.PARAGRAPH, None, None
    if head is not None:
        kind, level, text = BlockKind.HEADING, head, text.replace("\n", " ")
    elif group.marker and nesting is not None:
        kind, level, marker = BlockKind.LIST_ITEM, nesting, group.marker.text
    elif _CAPTION.match(text):
        kind = BlockKind.CAPTION
    return Block(
        kind=kind,
        bbox=union(word.word.bbox for word in words),
        text=text,
        lines=tuple(line_of(line.words) for line in group.lines),
        level=level,
        marker=marker,
        source=source,
        confidence=confidence_of(words),
    )
