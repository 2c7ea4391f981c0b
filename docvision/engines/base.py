"""Messages in; text, tokens and log-probabilities out. What every engine offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from docvision.documents.base import Pixels, VideoFrame
from docvision.engines.profile import Profile
from docvision.results.model import Usage


@dataclass(frozen=True, kw_only=True)
class Text:
    """A piece of text in a message."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture in a message, already at the planned size (sides are multiples of the factor)."""

    pixels: Pixels


@dataclass(frozen=True, kw_only=True)
class Film:
    """Frames of a video in a message, with their true times; all of one planned size."""

    frames: tuple[VideoFrame, ...]


Part = Text | Picture | Film


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one side says."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[Part, ...]


def never() -> bool:
    """The cancel check of a request that nobody cancels."""
    return False


@dataclass(frozen=True, kw_only=True)
class Request:
    """One question to the model.

    Attributes:
        messages: The conversation so far.
        max_tokens: Tokens of the answer at most.
        temperature: 0 decodes greedily.
        schema: A JSON Schema that the answer must obey, if any.
        grammar: A Lark grammar (llguidance) that the answer must obey, if any.
        cancelled: Asked between tokens; True ends the answer with `finish="cancelled"`.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 1024
    temperature: float = 0.0
    schema: Mapping[str, Any] | None = None
    grammar: str | None = None
    cancelled: Callable[[], bool] = never


@dataclass(frozen=True, kw_only=True)
class Token:
    """A generated token and the natural logarithm of its probability."""

    text: str
    logprob: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the model said, why it stopped and what it cost.

    `finish` is `stop` (it ended by itself), `length` (cut at `max_tokens`), `loop` (repetition
    was detected and cut) or `cancelled`.
    """

    text: str
    tokens: tuple[Token, ...] = ()
    finish: Literal["stop", "length", "loop", "cancelled"] = "stop"
    usage: Usage = field(default_factory=Usage)


class Engine(Protocol):
    """Something that answers requests. Safe to call from many threads at once."""

    @property
    def profile(self) -> Profile:
        """What the checkpoint is and is good at."""

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer each request, in order.

        Raises:
            ContextExceeded: A request does not fit the model.
            EngineFailed: The model or its server failed.
            EngineUnavailable: The server does not answer; a retry can help.
        """

    def close(self) -> None:
        """Give back the device's memory and the connections."""
