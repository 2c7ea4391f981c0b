"""Rates among words: `3 %`, `1.5% per month`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docvision.tasks.passage import Passage, Run

_RATE = re.compile(
    r"\d{1,3}(?:[.,]\d{1,4})? ?%(?: (?:(?:per|pro|par|por|al|na|ao|im) \w+|p\. ?a\.))?"
    r"(?=[.,;:)]*(?: |$))"
)


def rates(passage: Passage, run: Run) -> Iterator[Run]:
    """Yield the rates in some words, each with the time that it is for."""
    at = run.first
    while at < run.last:
        match = _RATE.match(passage.quote(Run(first=at, last=run.last)).lstrip("("))
        size = len(match[0].split()) if match else 0
        if size:
            yield Run(first=at, last=at + size)
        at += max(1, size)
