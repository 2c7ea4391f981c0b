"""Live progress by page, on standard error."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from docvision.jobs.view import JobView


def page_bar(console: Console | None = None) -> Progress:
    """Return a display with a row for each document: pages done of pages in all, and the time."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[state]}"),
        console=console or Console(stderr=True),
    )


class JobRow:
    """The row of one document in a display, from before it is sent."""

    def __init__(self, bar: Progress, name: str) -> None:
        self._bar = bar
        self._row = bar.add_task(name, total=None, state="sending")

    def show(self, job: JobView) -> None:
        """Show a job as it is now."""
        progress = job.progress
        ahead = f", {job.position} ahead" if job.position else ""
        self._bar.update(
            self._row,
            completed=progress.done + progress.failed,
            total=progress.total,
            state=f"{job.state}{ahead}",
        )
        if job.state.finished:
            self._bar.stop_task(self._row)

    def fail(self, code: str) -> None:
        """Show that the document was refused."""
        self._bar.update(self._row, state=code)
        self._bar.stop_task(self._row)
