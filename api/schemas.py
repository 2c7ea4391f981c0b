"""What OpenAPI says beside the routes' own types: forms, lists, problems, examples."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from docvision.jobs.batch_view import BatchView
from docvision.jobs.model import Priority
from docvision.jobs.view import JobView

from .formats import MEDIA_TYPES
from .problems import MEDIA_TYPE


class JobList(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobView]
    next: str | None = Field(
        None, description="What to give as `before` for older jobs; null where there are none."
    )


class BatchList(BaseModel):
    """Batches, newest first."""

    batches: list[BatchView]


class TaskView(BaseModel):
    """A task and the JSON Schema of its options."""

    name: str
    title: str
    options: dict[str, Any]


class TaskList(BaseModel):
    """The tasks that a job can name."""

    tasks: list[TaskView]


class ModelView(BaseModel):
    """A model that answers here, and how many workers run it."""

    name: str
    workers: int
    profile: dict[str, Any] = Field(description="The checkpoint's conventions and figures.")


class ModelList(BaseModel):
    """The models of the workers that were seen lately."""

    models: list[ModelView]


class ProblemView(BaseModel):
    """An error (RFC 9457). Further members depend on the code, such as `limit` and `allowed`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str = Field(description="A sentence for people.")
    code: str = Field(description="Stable; what programs should look at.")
    retryable: bool = Field(description="Whether the same request may succeed later.")


JOB_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "anyOf": [{"required": ["file"]}, {"required": ["url"]}],
                "properties": {
                    "file": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "PDFs, pictures or videos; one part named `file` each.",
                    },
                    "url": {
                        "type": "array",
                        "items": {"type": "string", "format": "uri"},
                        "description": "Where to fetch documents from; one part `url` each.",
                    },
                    "task": {"type": "string", "default": "ocr"},
                    "options": {
                        "type": "string",
                        "description": "The task's options, as a JSON object.",
                        "examples": ['{"pages": "1-3,7"}'],
                    },
                    "metadata": {
                        "type": "string",
                        "description": "Values of your own, as a JSON object; they come back as "
                        "they are.",
                    },
                    "priority": {"type": "string", "enum": [*Priority], "default": "normal"},
                    "webhook": {
                        "type": "string",
                        "format": "uri",
                        "description": "Is told when the job has ended.",
                    },
                    "keep": {
                        "type": "number",
                        "description": "Seconds to keep the result, other than as installed.",
                    },
                    "cache": {
                        "type": "boolean",
                        "default": True,
                        "description": "Whether the result of the same work may be taken over.",
                    },
                },
            },
            "encoding": {"options": {"contentType": "application/json"}},
        }
    },
}

BATCH_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "Archives (ZIP, 7z, tar, tar.gz, tar.bz2, tar.xz, tar.zst) "
                        "and documents; one part named `file` each.",
                    },
                    "manifest": {
                        "type": "string",
                        "description": "CSV or JSONL with what is wanted of single files: file, "
                        "task, options, schema, metadata, priority.",
                    },
                    "task": {"type": "string", "default": "ocr"},
                    "options": {
                        "type": "string",
                        "description": "The task's options, as a JSON object.",
                    },
                    "metadata": {
                        "type": "string",
                        "description": "Your own values for every file, as a JSON object.",
                    },
                    "priority": {"enum": ["urgent", "normal", "bulk"], "default": "bulk"},
                    "webhook": {
                        "type": "string",
                        "format": "uri",
                        "description": "Is told when all files have ended.",
                    },
                    "keep": {
                        "type": "number",
                        "description": "Seconds to keep the results, other than as installed.",
                    },
                    "cache": {
                        "type": "boolean",
                        "default": True,
                        "description": "Whether the result of the same work may be taken over.",
                    },
                },
            },
        }
    },
}

_PLANNED = ("file", "url", "task", "options")
_JOB_SCHEMA = JOB_FORM["content"]["multipart/form-data"]["schema"]
PLAN_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "anyOf": _JOB_SCHEMA["anyOf"],
                "properties": {
                    name: {
                        key: value
                        for key, value in _JOB_SCHEMA["properties"][name].items()
                        if key != "default"
                    }
                    for name in _PLANNED
                },
            },
            "encoding": {"options": {"contentType": "application/json"}},
        }
    },
}
"""Like a job's; without a task every task is planned."""

_SENTENCES = {
    400: "The request is not well formed.",
    401: "There is no API key, or it is not good.",
    403: "The API key does not give this right.",
    404: "There is no such job.",
    406: "The result cannot be given in this format.",
    409: "The job's state does not allow this; with `job_not_ready`, ask again later.",
    410: "The result was kept as long as was agreed and is gone.",
    408: "The request came too slowly.",
    413: "A file is too large, or there are too many.",
    415: "A file is of a type that cannot be read.",
    422: "A field does not fit, or the document cannot be read.",
    429: "The API key has used up its requests, its jobs or its pages; `Retry-After` says more.",
    503: "There is too much work, or a store does not answer; `Retry-After` says more.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI's description of the error statuses of a route."""
    schema = {"$ref": "#/components/schemas/ProblemView"}
    content = {MEDIA_TYPE: {"schema": schema}}
    return {status: {"description": _SENTENCES[status], "content": content} for status in statuses}


EVERYWHERE: dict[int | str, dict[str, Any]] = problems(400, 401, 403, 408, 413, 422, 429, 503)
"""What any route may answer."""


def describe(app: FastAPI) -> None:
    """Make the application's OpenAPI description whole: problems, and how keys are sent."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            parts = document.setdefault("components", {})
            schemas = parts.setdefault("schemas", {})
            schemas["ProblemView"] = ProblemView.model_json_schema()
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            # Either a key or, where none is asked for, nothing.
            document["security"] = [{"key": []}, {}]
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def result_content() -> dict[str, Any]:
    """Return OpenAPI's description of a result in all its formats."""
    types = sorted({media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()})
    return {"description": "The result.", "content": {media_type: {} for media_type in types}}
