"""Every error that docvision raises on purpose.

    DocvisionError
    ├── InputError              the document cannot be read, and trying again will not help
    │   ├── UnsupportedType     Empty          Corrupt
    │   ├── Encrypted           Timeout
    │   └── LimitExceeded
    │       ├── TooLarge        TooManyPages   TooManyFiles
    │       └── TooManyPixels   TooLong        TooManyFrames
    ├── RequestError            the caller asked for something that is not there or not allowed
    │   ├── InvalidRequest      UnknownTask    NotAcceptable   InvalidSchema   SchemaNotFound
    │   ├── UrlRefused          FetchFailed (a retry can help)
    │   ├── IdempotencyConflict
    │   ├── Unauthorized        Forbidden      KeyNotFound
    │   ├── RateLimited         TooManyJobs    QuotaExceeded (after a while a retry can help)
    │   └── JobNotFound         JobNotReady    JobConflict    JobFailed    JobCancelled
    ├── SettingsError           this installation is configured wrongly
    ├── EngineError             the model could not answer
    │   ├── ModelNotFound       ContextExceeded
    │   └── EngineFailed        EngineUnavailable (a retry can help)
    ├── Overloaded              there is more work than can be taken now (a retry can help)
    ├── StorageError            the ledger or the blob store did not answer (a retry can help)
    │   └── BlobMissing         the blob store holds nothing under a key
    ├── Quarantined             the work ended the workers that did it, and is not tried again
    ├── ServerUnavailable       no docvision server answers at that address (a retry can help)
    ├── StackError              a part of the stack cannot start, or cannot keep running
    ├── LeaseLost               somebody else holds this work now; drop what you have
    ├── SuspectWork             workers died under this work; only who does nothing else gets it
    └── Cancelled               the caller no longer wants the work

An error carries a stable public `code`, a sentence for people, whether a retry can help, and a
`detail` of plain values that are safe to show. Tracebacks go to the log, never to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

Detail = Mapping[str, str | int | float | bool]


class DocvisionError(Exception):
    """The root of every error raised on purpose.

    Args:
        message: One sentence for people; it never holds document content.
        detail: Plain values that are safe to show to the caller.
    """

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, **detail: str | int | float | bool) -> None:
        super().__init__(message)
        self.message = message
        self.detail: Detail = detail

    def to_wire(self) -> dict[str, Any]:
        """Return the error as JSON-ready values: code, message, retryable, detail."""
        return {
            "code": self.code,
            "message": self.message,
            "retryable": self.retryable,
            "detail": dict(self.detail),
        }

    @staticmethod
    def from_wire(wire: Mapping[str, Any]) -> DocvisionError:
        """Rebuild the typed error from what `to_wire` gave; an unknown code gives the root."""
        kind = _by_code().get(str(wire.get("code")), DocvisionError)
        error = kind.__new__(kind)
        DocvisionError.__init__(error, str(wire.get("message", "")), **dict(wire.get("detail", {})))
        return error


class InputError(DocvisionError):
    """The document cannot be read."""

    code = "input"


class UnsupportedType(InputError):
    """The bytes are of no type that docvision reads."""

    code = "unsupported_type"


class Empty(InputError):
    """The file holds no bytes, or no page."""

    code = "empty"


class Corrupt(InputError):
    """The bytes do not hold together as the type that they begin as."""

    code = "corrupt"


class Encrypted(InputError):
    """A password is needed, or the one that was given is wrong."""

    code = "encrypted"


class Timeout(InputError):
    """Reading took longer than the limit allows."""

    code = "timeout"


class LimitExceeded(InputError):
    """A limit of this installation was reached; its name and value are in the detail."""

    code = "limit_exceeded"

    def __init__(self, message: str, *, limit: str, allowed: float, found: float) -> None:
        super().__init__(message, limit=limit, allowed=allowed, found=found)


class TooLarge(LimitExceeded):
    """More bytes, or more memory, than allowed."""

    code = "too_large"


class TooManyPages(LimitExceeded):
    """More pages than allowed."""

    code = "too_many_pages"


class TooManyFiles(LimitExceeded):
    """More files in one request than allowed."""

    code = "too_many_files"


class TooManyPixels(LimitExceeded):
    """A picture with more pixels than allowed."""

    code = "too_many_pixels"


class TooLong(LimitExceeded):
    """A video with more seconds than allowed."""

    code = "too_long"


class TooManyFrames(LimitExceeded):
    """More frames than allowed."""

    code = "too_many_frames"


class RequestError(DocvisionError):
    """The caller asked for something that is not there or not allowed."""

    code = "request"


class InvalidRequest(RequestError):
    """A field of the request is missing or wrong; the detail names it."""

    code = "invalid_request"


class InvalidSchema(RequestError):
    """A schema is no JSON Schema, or one that docvision cannot work with; the message says why."""

    code = "invalid_schema"


class SchemaNotFound(RequestError):
    """No schema is saved under this name."""

    code = "schema_not_found"


class UnknownTask(RequestError):
    """No task has this name."""

    code = "unknown_task"


class NotAcceptable(RequestError):
    """The result cannot be given in the format asked for."""

    code = "not_acceptable"


class UrlRefused(RequestError):
    """A URL that was named may not be reached from here."""

    code = "url_refused"


class FetchFailed(RequestError):
    """The server that a URL names does not answer, or not as it should."""

    code = "fetch_failed"
    retryable = True


class Unauthorized(RequestError):
    """No API key was sent, or one that is not good."""

    code = "unauthorized"


class Forbidden(RequestError):
    """The API key does not give this right."""

    code = "forbidden"


class KeyNotFound(RequestError):
    """No API key has this id."""

    code = "key_not_found"


class RateLimited(RequestError):
    """The API key's rate of requests is used up; the detail says when to come back."""

    code = "rate_limited"
    retryable = True


class TooManyJobs(RequestError):
    """The API key has as many jobs under way as it may."""

    code = "too_many_jobs"
    retryable = True


class QuotaExceeded(RequestError):
    """The API key has used up the pages of its month."""

    code = "quota_exceeded"


class IdempotencyConflict(RequestError):
    """An Idempotency-Key was sent before, with another request."""

    code = "idempotency_conflict"


class JobNotFound(RequestError):
    """No job has this id."""

    code = "job_not_found"


class JobNotReady(RequestError):
    """The job has not finished yet."""

    code = "job_not_ready"


class JobConflict(RequestError):
    """The job's state does not allow this."""

    code = "job_conflict"


class JobFailed(RequestError):
    """The job ended without a result; the detail has the code of the reason."""

    code = "job_failed"


class JobCancelled(RequestError):
    """The job was cancelled and has no result."""

    code = "job_cancelled"


class JobExpired(RequestError):
    """The job's time to be kept is over and its result is gone."""

    code = "job_expired"


class SettingsError(DocvisionError):
    """This installation is configured wrongly."""

    code = "settings"


class EngineError(DocvisionError):
    """The model could not answer."""

    code = "engine"


class ModelNotFound(EngineError):
    """No checkpoint of this name could be loaded."""

    code = "model_not_found"


class ContextExceeded(EngineError):
    """The request has more tokens than the model's context."""

    code = "context_exceeded"


class EngineFailed(EngineError):
    """The model, or the server that runs it, answered with an error."""

    code = "engine_failed"


class EngineUnavailable(EngineError):
    """The server that runs the model does not answer."""

    code = "engine_unavailable"
    retryable = True


class Overloaded(DocvisionError):
    """There is more work than can be taken now; the detail says what is short."""

    code = "overloaded"
    retryable = True


class StorageError(DocvisionError):
    """The ledger or the blob store did not answer."""

    code = "storage"
    retryable = True


class BlobMissing(StorageError):
    """The blob store answered, and holds nothing under this key."""

    code = "blob_missing"
    retryable = False


class Quarantined(DocvisionError):
    """Each worker that did this work ended with it; no further one will."""

    code = "poison"


class ServerUnavailable(DocvisionError):
    """No docvision server answers at the address that a client was given."""

    code = "server_unavailable"
    retryable = True


class StackError(DocvisionError):
    """A part of the stack (Valkey, API, worker) cannot start, or cannot keep running."""

    code = "stack"


class LeaseLost(DocvisionError):
    """Somebody else holds this work now; what was computed must not be committed."""

    code = "lease_lost"


class SuspectWork(DocvisionError):
    """Workers have died under this work; it is granted only to one who does nothing else."""

    code = "suspect_work"


class Cancelled(DocvisionError):
    """The caller no longer wants the work."""

    code = "cancelled"


def _descendants(kind: type[DocvisionError]) -> Iterator[type[DocvisionError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _descendants(child)


def _by_code() -> dict[str, type[DocvisionError]]:
    return {kind.code: kind for kind in _descendants(DocvisionError)}
