"""Values that were found: normalised, with their evidence and how far they can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from docvision.results.model import Evidence


class Fault(StrEnum):
    """Why a value needs a person's eyes, however likely it looked to the model."""

    UNVERIFIED = "unverified"
    """It stands nowhere among the words."""
    UNREADABLE = "unreadable"
    """Its words stand there, but are not what the schema asks for (no date, no number)."""
    MISSING = "missing"
    """Its label stands in the document, and nothing was found beside it."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found for a leaf.

    Attributes:
        value: Ready for JSON; None where the document does not say.
        evidence: Where it stands; None for a value that is absent.
        confidence: The chance that `value` is right, absence included.
        fault: What is wrong with it, if anything.
        others: Other values that it may have, the likeliest first.
    """

    value: Any = None
    evidence: Evidence | None = None
    confidence: float = 1.0
    fault: Fault | None = None
    others: tuple[Found, ...] = ()

    def weaker(self, share: float) -> Found:
        """Return it with so much of its confidence."""
        sure = self.confidence * share
        evidence = self.evidence and self.evidence.model_copy(update={"confidence": sure})
        return replace(self, confidence=sure, evidence=evidence)


@dataclass(frozen=True, kw_only=True)
class FoundRecord:
    """What was found for a record: its leaves and lists by their keys."""

    leaves: Mapping[str, Found] = field(default_factory=dict)
    lists: Mapping[str, tuple[FoundRecord, ...]] = field(default_factory=dict)

    @property
    def says_anything(self) -> bool:
        """Whether anything was found for it, a fault included."""
        leaves = any(one.value is not None or one.fault for one in self.leaves.values())
        return leaves or any(self.lists.values())

    def with_all(self, other: FoundRecord) -> FoundRecord:
        """Return the record with another's leaves and lists besides."""
        return FoundRecord(
            leaves={**self.leaves, **other.leaves}, lists={**self.lists, **other.lists}
        )
