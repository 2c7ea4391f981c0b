"""The same reading in one process, with no server: `docvision.read` and `docvision.Reader`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Self

from docvision.documents.base import Document
from docvision.documents.sandbox import Sandbox
from docvision.errors import NotAcceptable
from docvision.pipeline import read_document, searchable_copy
from docvision.results.model import Result
from docvision.settings import Settings
from docvision.tasks.options import validate_options
from docvision.tasks.registry import get_task
from docvision.tasks.tools import open_tools

PathOrStr = str | PathLike[str]


class Reader:
    """A model, an OCR reader and a sandbox, kept ready for one document after another.

    Use it as a context manager, or close it. It may be used from many threads.

    Raises:
        ModelNotFound: The settings name a checkpoint that cannot be loaded.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._stack = ExitStack()
        self._tools = self._stack.enter_context(open_tools(self._settings))
        self._sandbox = self._stack.enter_context(Sandbox(self._settings.limits, size=1))

    def read(
        self,
        path: PathOrStr,
        task: str = "ocr",
        progress: Callable[[int, int], None] = lambda done, total: None,
        **options: Any,
    ) -> Result:
        """Read one file.

        Args:
            path: A PDF, a picture or a video; its type is told by its bytes.
            task: The task's name.
            progress: Told the pages done and all pages, from the first.
            options: The task's options, such as `pages="1-3"`.

        Raises:
            InputError: The file cannot be read; the class says why.
            UnknownTask: No task has this name.
            InvalidRequest: An option is unknown or does not fit.
        """
        with self._reading(path, task, options, progress) as (_, result):
            return result

    def searchable_pdf(
        self,
        path: PathOrStr,
        progress: Callable[[int, int], None] = lambda done, total: None,
        **options: Any,
    ) -> bytes:
        """Read one file and return a PDF of its pages as pictures, their text selectable.

        Raises:
            NotAcceptable: The file is a video, or no page of it could be read.
            InputError: See `read`, as for the other errors.
        """
        with self._reading(path, "ocr", options, progress) as (document, result):
            copy = searchable_copy(document, result.documents[0])
        if copy is None:
            raise NotAcceptable("There is no page to make a searchable PDF of.", format="pdf")
        return copy

    @contextmanager
    def _reading(
        self,
        path: PathOrStr,
        task: str,
        options: Mapping[str, Any],
        progress: Callable[[int, int], None],
    ) -> Iterator[tuple[Document, Result]]:
        checked = validate_options(task, options)
        file, tools = Path(path), self._tools.for_task(task)
        with self._sandbox.open(file, password=checked.password) as document:
            merged, usage = read_document(
                file.name, document, get_task(task), checked, tools, progress
            )
            model = tools.engine.profile.name if tools.engine else "none"
            yield document, Result(task=task, model=model, documents=(merged,), usage=usage)

    def close(self) -> None:
        """Stop the sandbox's children and give back the model's memory."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(
    path: PathOrStr, task: str = "ocr", *, settings: Settings | None = None, **options: Any
) -> Result:
    """Read one file in this process; see `Reader.read`. Many files: keep one `Reader`."""
    with Reader(settings) as reader:
        return reader.read(path, task, **options)
