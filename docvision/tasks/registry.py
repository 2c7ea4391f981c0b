"""The tasks by name."""

from __future__ import annotations

from docvision.errors import UnknownTask
from docvision.tasks.ask import AskTask
from docvision.tasks.auto import AutoTask
from docvision.tasks.base import Task
from docvision.tasks.chart import ChartTask
from docvision.tasks.classify import ClassifyTask
from docvision.tasks.extract import ExtractTask
from docvision.tasks.ocr import OcrTask

_TASKS: dict[str, Task] = {
    "ocr": OcrTask(),
    "chart": ChartTask(),
    "extract": ExtractTask(),
    "ask": AskTask(),
    "classify": ClassifyTask(),
    "auto": AutoTask(),
}


def get_task(name: str) -> Task:
    """Return the task of this name; raises UnknownTask."""
    if name not in _TASKS:
        raise UnknownTask(f"No task is called {name!r}. There is: {', '.join(_TASKS)}.", task=name)
    return _TASKS[name]
