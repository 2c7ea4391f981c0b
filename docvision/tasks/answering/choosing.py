"""Which pages a question is put to, where a document is too long to be shown whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docvision.results.model import Page
from docvision.tasks.answering.lexical import LexicalIndex

WINDOWS = 16
"""Windows that one question is put to at most."""


class PageChooser:
    """Chooses among a document's pages, question by question.

    Args:
        pages: All pages in order; the texts of their blocks are enough.
        room: Characters of words that may be shown in all.
    """

    def __init__(self, pages: Sequence[Page], room: int) -> None:
        self._pages = pages
        self._room = room
        texts = ["\n".join(block.text for block in page.blocks) for page in pages]
        self._sizes = [len(text) for text in texts]
        self._index = LexicalIndex(texts) if sum(self._sizes) > room else None

    def choose(self, question: str) -> list[Page]:
        """Return the pages to show, in order: all, or those that fit the question best.

        A page brings its neighbours along: an answer may stand over the page from its heading.
        What room is left goes to pages spread over the document, so that one whose words are not
        those of the question still has a chance, wherever it stands.
        """
        if self._index is None:
            return list(self._pages)
        scores = self._index.scores(question)
        chosen: dict[int, None] = {}
        left = self._room
        for at in self._order(scores):
            if at not in chosen and self._sizes[at] <= left:
                chosen[at] = None
                left -= self._sizes[at]
        return [self._pages[at] for at in sorted(chosen)]

    def _order(self, scores: Sequence[float]) -> Iterator[int]:
        """Yield pages, the most wanted first; some more than once."""
        best = sorted(
            (at for at, score in enumerate(scores) if score > 0), key=lambda at: -scores[at]
        )
        for at in best[: WINDOWS // 2]:
            yield at
            yield from (near for near in (at + 1, at - 1) if 0 <= near < len(scores))
        yield from best
        yield from spread(len(scores))


def spread(count: int) -> Iterator[int]:
    """Yield 0 to count - 1, the ends first and then ever finer what lies between."""
    seen: set[int] = set()
    step = max(1, count - 1)
    while True:
        for at in range(0, count, step):
            if at not in seen:
                seen.add(at)
                yield at
        if step == 1:
            return
        step = (step + 1) // 2
