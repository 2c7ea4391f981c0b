"""How well text was read, and how near an answer comes: CER, WER, word F1, ANLS."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import jiwer
from rapidfuzz.distance import Levenshtein

from docvision.evaluation import words
from docvision.evaluation.ratio import Ratio

ANLS_CUT = 0.5
"""An answer further away than this (normalised edit distance) is simply wrong."""


def one_spaced(text: str) -> str:
    """Return text in Unicode's NFKC form with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def character_errors(expected: str, found: str) -> Ratio:
    """Return the character error rate: (substitutions + deletions + insertions) / characters.

    White space in runs counts as one space. Can exceed 1. Computed by jiwer.
    """
    reference, hypothesis = one_spaced(expected), one_spaced(found)
    if not reference:
        return Ratio(len(hypothesis), 0)
    made = jiwer.process_characters(reference, hypothesis)
    return Ratio(made.substitutions + made.deletions + made.insertions, len(reference))


def word_errors(expected: str, found: str) -> Ratio:
    """Return the word error rate: (substitutions + deletions + insertions) / words; by jiwer."""
    reference, hypothesis = one_spaced(expected), one_spaced(found)
    if not reference:
        return Ratio(len(hypothesis.split()), 0)
    made = jiwer.process_words(reference, hypothesis)
    return Ratio(made.substitutions + made.deletions + made.insertions, len(reference.split()))


def word_f1(expected: str, found: str) -> Ratio:
    """Return F1 of the multisets of words, whatever their order: 2·agreed / (found + expected)."""
    score = words.score(found.split(), expected.split())
    return Ratio(2 * score.agreed, score.found + score.expected)


def anls(expected: Sequence[str], found: str | None) -> float:
    """Return how near an answer comes to the nearest of those accepted, 0…1.

    `1 - NL` where the normalised Levenshtein distance NL is below 0.5, else 0; letter case does
    not count. Where no answer is accepted, the document does not say, and None is right.
    Source: Biten et al., "Scene text visual question answering", ICCV 2019, equation 1.
    """
    if not expected or found is None:
        return float(not expected and found is None)
    said = one_spaced(found).casefold()
    near = max(
        Levenshtein.normalized_similarity(one_spaced(one).casefold(), said) for one in expected
    )
    return near if 1 - near < ANLS_CUT else 0.0
