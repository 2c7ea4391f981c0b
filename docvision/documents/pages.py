"""Page ranges as people write them: `1-3,7,-1`."""

from __future__ import annotations

import re

from docvision.errors import InvalidRequest

_PART = re.compile(r"(?P<first>-?\d+)(?:\s*-\s*(?P<last>-?\d+)?)?")


def parse_page_range(text: str, page_count: int) -> list[int]:
    """Return the indexes (from 0, ascending, each once) of the pages that `text` names.

    Pages count from 1, negative ones from the end; `3-` runs to the last page. Spaces are free.
    A range may end beyond the last page, as long as it begins on one.

    Raises:
        InvalidRequest: The text is no range, or names a page that is not there.
    """
    chosen: set[int] = set()
    for part in text.split(","):
        first, last = _ends(part.strip(), page_count)
        if not 1 <= first <= page_count or last < first:
            raise InvalidRequest(
                f"pages: {part.strip()!r} names no page of this document of {page_count} pages.",
                field="pages",
                pages=page_count,
            )
        chosen.update(range(first - 1, min(last, page_count)))
    return sorted(chosen)


def _ends(part: str, page_count: int) -> tuple[int, int]:
    found = _PART.fullmatch(part)
    # Nine digits are beyond every limit, and Python refuses to read numbers of thousands.
    if not found or any(len(digits) > 9 for digits in found.groups(default="")):
        raise InvalidRequest(
            f"pages: {part[:40]!r} is no page range; write for example 1-3,7,-1.", field="pages"
        )
    first = _from_start(int(found["first"]), page_count)
    if found["last"] is not None:
        return first, _from_start(int(found["last"]), page_count)
    is_open = part.endswith("-")
    return first, page_count if is_open else first


def _from_start(number: int, page_count: int) -> int:
    return number if number >= 0 else page_count + 1 + number
