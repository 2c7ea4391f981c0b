"""What is found for a question without asking a model: the words, the place, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docvision.results.model import Evidence


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An answer that rules find.

    Attributes:
        text: The answer, as it stands in the document.
        evidence: Where it stands.
        sure: The chance that it is what was asked for.
        told: How much of the question the field explains that it was found as, 0 without one.
        labels: What papers call that field.
    """

    text: str
    evidence: Evidence
    sure: float
    told: float = 0.0
    labels: Sequence[str] = ()

    @property
    def cited(self) -> Evidence:
        """The evidence, as sure as the finding."""
        return self.evidence.model_copy(update={"confidence": self.sure})
