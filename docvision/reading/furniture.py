"""Running headers and footers, page numbers and stamps: what stands on a page but is not its text.

Told by place and by repetition: a short block in the top or bottom margin whose text, digits
aside, stands at the same height on other pages. Page numbers are told by their form as well, so
that a single page's are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from docvision.results.model import FURNITURE, Block, BlockKind, Page

_ZONE = 0.13
"""Share of the page's height, at the top and at the bottom, where furniture stands."""
_EDGE = 0.09
"""A number alone is a page number only so near to an edge."""
_SAME_HEIGHT = 0.02
_ALIKE = 85.0
"""Similarity (0–100) of two texts, digits aside."""
_LONGEST = 25
"""Words; a longer block is no header."""
_NEIGHBOURS = 0.4
"""Share of the pages on which a running text stands; left and right pages often differ."""

_DIGITS = re.compile(r"\d+")
_NUMBERED = re.compile(
    r"^\W{0,3}(page|p\.|pg\.?|seite|s\.|blatt|página|pagina|strana)?\s*"
    r"(\d{1,4}|[ivxlc]{1,7})"
    r"(\s*(of|von|/|de|di|sur|van|\|)\s*\d{1,4})?\W{0,3}$",
    re.IGNORECASE,
)
_WITH_WORD = re.compile(
    r"(page|p\.|pg\.?|seite|blatt|página|pagina|strana|\bof\b|\bvon\b|/|^\W*[-–—])"
)
_KINDS = frozenset(
    {
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.LIST_ITEM,
        BlockKind.CAPTION,
        BlockKind.FIGURE,
    }
)


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    page: int
    block: int
    top: bool
    middle: float
    text: str


def mark_furniture(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Return the pages with running headers, footers and page numbers marked as such.

    `pages` are those of one document in order; one page is enough for page numbers.
    """
    found = [candidate for at, page in enumerate(pages) for candidate in _candidates(at, page)]
    repeated = _repeated(found, len(pages))
    kinds: dict[tuple[int, int], BlockKind] = {}
    for candidate in found:
        kind = _kind(candidate, repeated, pages)
        if kind is not None:
            kinds[candidate.page, candidate.block] = kind
    return tuple(_marked(at, page, kinds) for at, page in enumerate(pages))


def _candidates(at: int, page: Page) -> Iterator[_Candidate]:
    for number, block in enumerate(page.blocks):
        middle = (block.bbox[1] + block.bbox[3]) / 2
        in_zone = middle < _ZONE or middle > 1 - _ZONE or _is_number_below(block, page)
        if block.kind in _KINDS and in_zone and len(block.text.split()) <= _LONGEST:
            yield _Candidate(
                page=at,
                block=number,
                top=middle < 0.5,
                middle=middle,
                text=_DIGITS.sub("#", " ".join(block.text.split()).casefold()),
            )


def _is_number_below(block: Block, page: Page) -> bool:
    """Whether a block is a number below all else: short pages have theirs above the margin."""
    return bool(_NUMBERED.match(block.text.strip())) and all(
        other.bbox[3] <= block.bbox[1] for other in page.blocks if other is not block
    )


def _repeated(found: Sequence[_Candidate], pages: int) -> set[_Candidate]:
    """Return the candidates that stand on several pages at one height."""
    groups: list[list[_Candidate]] = []
    for candidate in found:
        group = next((group for group in groups if _alike(group[-1], candidate)), None)
        if group is None:
            groups.append([candidate])
        else:
            group.append(candidate)
    least = max(2, min(3, round(_NEIGHBOURS * pages)))
    return {
        candidate
        for group in groups
        if len({one.page for one in group}) >= least
        for candidate in group
    }


def _alike(a: _Candidate, b: _Candidate) -> bool:
    return (
        a.top == b.top
        and abs(a.middle - b.middle) <= _SAME_HEIGHT
        and bool(fuzz.ratio(a.text, b.text, score_cutoff=_ALIKE))
    )


def _kind(
    candidate: _Candidate, repeated: set[_Candidate], pages: Sequence[Page]
) -> BlockKind | None:
    block = pages[candidate.page].blocks[candidate.block]
    if _NUMBERED.match(block.text.strip()) and (
        candidate in repeated or _is_number_alone(block, pages[candidate.page])
    ):
        return BlockKind.PAGE_NUMBER
    if candidate not in repeated:
        return None
    return BlockKind.HEADER if candidate.top else BlockKind.FOOTER


def _is_number_alone(block: Block, page: Page) -> bool:
    """Whether a block that looks like a page number is one, though no other page tells."""
    top, bottom = block.bbox[1], block.bbox[3]
    # A title or a date beside the number does not make it less of one.
    others = [
        other
        for other in page.blocks
        if other.kind not in FURNITURE and (other.bbox[3] <= top or other.bbox[1] >= bottom)
    ]
    above = sum(other.bbox[3] <= top for other in others)
    if not others or 0 < above < len(others):
        return False
    near = bottom <= _EDGE or top >= 1 - _EDGE
    return near or bool(_WITH_WORD.search(block.text.strip().casefold()))


def _marked(at: int, page: Page, kinds: dict[tuple[int, int], BlockKind]) -> Page:
    if not any(key[0] == at for key in kinds):
        return page
    blocks = tuple(
        block.model_copy(update={"kind": kinds[at, number], "level": None})
        if (at, number) in kinds
        else block
        for number, block in enumerate(page.blocks)
    )
    return page.model_copy(update={"blocks": blocks})
