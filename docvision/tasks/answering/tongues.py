"""In which language a text is, as its small words tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

from docvision.tasks.answering.lexical import folded, lines_of, words_of


def tongue_of(text: str) -> str:
    """Return the code of the language that a text is in; empty where that is open."""
    counts = Counter(
        code for word in words_of(folded(text)) for code, words in _small().items() if word in words
    )
    best = counts.most_common(2)
    if not best or (len(best) > 1 and best[1][1] == best[0][1]):
        return ""
    return best[0][0]


@cache
def _small() -> Mapping[str, frozenset[str]]:
    parts = (line.partition("=") for line in lines_of("tongues.txt"))
    return {code.strip(): frozenset(words.split()) for code, _, words in parts}
