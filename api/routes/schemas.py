"""The schemas to extract by: the built-in ones, and those that a tenant has saved."""

from __future__ import annotations

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Path, Response
from pydantic import BaseModel, Field

from docvision.schemas.library import NAMES, get_schema, list_schemas

from ..parts import PartsOf
from ..saved import SavedSchemas
from ..schemas import problems

router = APIRouter(tags=["catalog"])

Name = Annotated[str, Path(description="The schema's name.")]


class SchemaView(BaseModel):
    """A schema that a job can be sent with."""

    name: str
    title: str
    built_in: bool
    body: dict[str, Any] = Field(
        alias="schema", description="A JSON Schema (draft 2020-12), to use or to copy."
    )


class SchemaList(BaseModel):
    """The schemas, built-in ones first."""

    schemas: list[SchemaView]


@router.get("/v1/schemas", summary="List the schemas to extract by")
async def get_schemas(parts: PartsOf) -> SchemaList:
    """Return the built-in schemas, and those saved by the caller's tenant.

    ```sh
    curl "http://127.0.0.1:8400/v1/schemas"
    ```
    """

    def read() -> list[SchemaView]:
        saved = SavedSchemas(parts.blobs, parts.caller.tenant)
        ours = [_view(str(one.name), dict(one.body), built_in=True) for one in list_schemas()]
        return ours + [_view(name, saved.get(name), built_in=False) for name in saved.names()]

    return SchemaList(schemas=await run_sync(read))


@router.get("/v1/schemas/{name}", summary="Get a schema", responses=problems(404, 503))
async def get_one(name: Name, parts: PartsOf) -> dict[str, Any]:
    """Return a schema by its name.

    ```sh
    curl "http://127.0.0.1:8400/v1/schemas/invoice"
    ```
    """
    if name in NAMES:
        return dict(get_schema(name).body)
    return await run_sync(SavedSchemas(parts.blobs, parts.caller.tenant).get, name)


@router.put(
    "/v1/schemas/{name}", summary="Save a schema", responses=problems(422, 503), status_code=204
)
async def put_one(name: Name, body: Annotated[dict[str, Any], Body()], parts: PartsOf) -> Response:
    """Save a JSON Schema under a name, in place of what had it.

    ```sh
    curl -X PUT -H 'Content-Type: application/json' http://127.0.0.1:8400/v1/schemas/ticket \\
      -d '{"type": "object", "properties": {"seat": {"type": ["string", "null"]}}}'
    ```
    """
    await run_sync(SavedSchemas(parts.blobs, parts.caller.tenant).put, name, body)
    return Response(status_code=204)


@router.delete(
    "/v1/schemas/{name}", summary="Forget a schema", responses=problems(404, 503), status_code=204
)
async def delete_one(name: Name, parts: PartsOf) -> Response:
    """Forget a saved schema; jobs that were sent with it keep it.

    ```sh
    curl -X DELETE http://127.0.0.1:8400/v1/schemas/ticket
    ```
    """
    await run_sync(SavedSchemas(parts.blobs, parts.caller.tenant).delete, name)
    return Response(status_code=204)


def _view(name: str, body: dict[str, Any], *, built_in: bool) -> SchemaView:
    title = str(body.get("title") or name)
    return SchemaView(name=name, title=title, built_in=built_in, schema=body)
