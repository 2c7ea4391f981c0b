"""Every error as problem+json (RFC 9457), from one table of statuses.

A problem has `type`, `title`, `status` and `detail` (a sentence that helps), and besides them
`code` (stable), `retryable`, and the error's own values, such as `limit`, `allowed` and `found`.
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from docvision import errors

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1

STATUSES: dict[type[errors.DocvisionError], int] = {
    errors.DocvisionError: 500,
    errors.InputError: 422,
    errors.UnsupportedType: 415,
    errors.TooLarge: 413,
    errors.TooManyFiles: 413,
    errors.RequestError: 400,
    errors.InvalidRequest: 422,
    errors.InvalidSchema: 422,
    errors.SchemaNotFound: 404,
    errors.UnknownTask: 422,
    errors.UrlRefused: 422,
    errors.FetchFailed: 422,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.KeyNotFound: 404,
    errors.RateLimited: 429,
    errors.TooManyJobs: 429,
    errors.QuotaExceeded: 429,
    errors.Overloaded: 503,
    errors.NotAcceptable: 406,
    errors.IdempotencyConflict: 422,
    errors.JobNotFound: 404,
    errors.JobNotReady: 409,
    errors.JobConflict: 409,
    errors.JobFailed: 422,
    errors.JobCancelled: 409,
    errors.JobExpired: 410,
    errors.StorageError: 503,
}
"""An error that is not named here has the status of its nearest ancestor."""

_HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
}


def status_of(error: errors.DocvisionError) -> int:
    """Return the HTTP status of an error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(error: errors.DocvisionError) -> JSONResponse:
    """Return the response that tells of an error."""
    status = status_of(error)
    body = _body(type(error).__name__, status, error.code, error.message, error.retryable)
    return _response({**error.detail, **body}, _headers(error))


def install(app: FastAPI) -> None:
    """Make the application answer every error as a problem."""
    app.add_exception_handler(errors.DocvisionError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _surprise)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.DocvisionError)
    return problem(error)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, "http")
    sentence = f"{request.method} {request.url.path}: {error.detail}."
    body = _body(code, error.status_code, code, sentence, False)
    return _response(body, dict(error.headers or {}))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(step) for step in first["loc"][1:]) or "body"
    return problem(errors.InvalidRequest(f"{field} does not fit: {first['msg']}.", field=field))


async def _gone(request: Request, error: Exception) -> JSONResponse:
    """Answer nobody: the client went away in the middle of its upload."""
    return problem(errors.InvalidRequest("The upload broke off."))


async def _surprise(request: Request, error: Exception) -> JSONResponse:
    return problem(errors.DocvisionError("The server failed for a reason of its own."))


def _headers(error: errors.DocvisionError) -> dict[str, str]:
    if isinstance(error, errors.Unauthorized):
        return {"WWW-Authenticate": "Bearer"}
    if "retry_after" in error.detail:
        return {"Retry-After": str(error.detail["retry_after"])}
    if error.retryable or isinstance(error, errors.JobNotReady):
        return {"Retry-After": str(RETRY_SECONDS)}
    return {}


def _body(name: str, status: int, code: str, sentence: str, retryable: bool) -> dict[str, Any]:
    return {
        "type": f"urn:docvision:problem:{code}",
        "title": _title(name),
        "status": status,
        "detail": sentence,
        "code": code,
        "retryable": retryable,
    }


def _title(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name)
    return words[:1].upper() + words[1:].lower()


def _response(body: dict[str, Any], headers: dict[str, str] | None) -> JSONResponse:
    return JSONResponse(body, body["status"], headers, media_type=MEDIA_TYPE)
