"""What can be asked for here: tasks and models."""

from __future__ import annotations

from collections import Counter

from anyio.to_thread import run_sync
from fastapi import APIRouter

from docvision.tasks.options import OPTIONS, TITLES

from ..parts import PartsOf
from ..schemas import ModelList, ModelView, TaskList, TaskView

router = APIRouter(tags=["catalog"])


@router.get("/v1/tasks", summary="List the tasks")
async def list_tasks() -> TaskList:
    """Return every task with the JSON Schema of its options."""
    return TaskList(
        tasks=[
            TaskView(name=name, title=TITLES[name], options=options.model_json_schema())
            for name, options in OPTIONS.items()
        ]
    )


@router.get("/v1/models", summary="List the models")
async def list_models(parts: PartsOf) -> ModelList:
    """Return the models of the workers that were seen lately; `none` reads without a model."""
    cards = await run_sync(parts.presence.seen)
    workers = Counter(str(card.model["name"]) for card in cards)
    profiles = {str(card.model["name"]): card.model for card in cards}
    return ModelList(
        models=[
            ModelView(name=name, workers=workers[name], profile=profile)
            for name, profile in sorted(profiles.items())
        ]
    )
