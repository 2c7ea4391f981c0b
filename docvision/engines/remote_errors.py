"""What a server's errors mean."""

from __future__ import annotations

import re

import openai

from docvision.errors import (
    ContextExceeded,
    EngineError,
    EngineFailed,
    EngineUnavailable,
    ModelNotFound,
)

_TOO_LONG = re.compile(
    r"context.{0,20}(length|size|window)|maximum (context|model)|too (long|many tokens)"
    r"|max_model_len",
    re.IGNORECASE,
)

_OVERLOADED = (408, 429, 502, 503, 504)


def typed(error: openai.OpenAIError, model: str) -> EngineError:
    """Return the error that a caller can act on; the server's own words stay in its cause."""
    if isinstance(error, openai.APIConnectionError):
        return EngineUnavailable("The model's server does not answer.", model=model)
    if isinstance(error, openai.NotFoundError):
        return ModelNotFound(f"The server does not know the model {model!r}.", model=model)
    if not isinstance(error, openai.APIStatusError):
        return EngineFailed(f"The server's answer made no sense ({type(error).__name__}).")
    status = error.status_code
    if status in (400, 413, 422) and _TOO_LONG.search(str(error)):
        return ContextExceeded("The request has more tokens than the model's context.", model=model)
    if status in (401, 403):
        return EngineFailed("The server refuses the key (DOCVISION_ENGINE_REMOTE_API_KEY).")
    if status in _OVERLOADED:
        return EngineUnavailable("The model's server is overloaded.", status=status)
    return EngineFailed(f"The server answered with status {status}.", status=status)


def refused(error: openai.APIStatusError, sent: frozenset[str]) -> frozenset[str]:
    """Return which of the optional fields that were sent the server may have refused.

    Those that its error names; all of them where it names none, as some servers give no reason.
    """
    if _TOO_LONG.search(str(error)):
        return frozenset()
    return frozenset(name for name in sent if name in str(error)) or sent
