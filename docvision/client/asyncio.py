"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from os import PathLike
from typing import Any, Self, TypeVar

import httpx
from tenacity import AsyncRetrying

from docvision.client import protocol
from docvision.client.protocol import DEFAULT_SERVER, Call, Watch
from docvision.client.retrying import rules
from docvision.client.uploads import opened
from docvision.jobs.model import State
from docvision.jobs.view import JobView
from docvision.results.model import Result

T = TypeVar("T")


class AsyncClient:
    """`docvision.Client` for asyncio. Use it with `async with`, or close it.

    Every method raises the `DocvisionError` that the server names, and ServerUnavailable where
    none answers. A request is sent again after a lost connection, a 429 or a 503, up to
    `attempts` times in all; a submission only where the first cannot have arrived.
    """

    def __init__(self, server: str = DEFAULT_SERVER, *, attempts: int = 5) -> None:
        self._server = protocol.checked_server(server)
        self._attempts = attempts
        self._http = httpx.AsyncClient(base_url=self._server)

    async def submit(
        self,
        *paths: str | PathLike[str],
        task: str = "ocr",
        options: Mapping[str, Any] | None = None,
    ) -> JobView:
        """Send files as one job and return it, queued. Files are streamed from disk.

        Raises:
            OSError: A file cannot be read.
            TooLarge: The server takes no files of this size.
            InvalidRequest: An option is unknown or does not fit.
        """
        return await self._send(protocol.submit(paths, task, options or {}))

    async def job(
        self, job_id: str, *, wait: float | None = None, revision: int | None = None
    ) -> JobView:
        """Return a job; with `wait`, once it is newer than `revision`, or after `wait` seconds."""
        return await self._send(protocol.get_job(job_id, wait, revision))

    async def wait(
        self,
        job_id: str,
        *,
        timeout: float | None = None,
        on_progress: Callable[[JobView], None] = lambda job: None,
    ) -> JobView:
        """Return a job once it has finished, however it ended.

        Args:
            job_id: The job.
            timeout: Seconds to wait; None waits as long as it takes.
            on_progress: Told the job as it is, and again after each change.

        Raises:
            JobNotReady: The job has not finished in time.
        """
        watch = Watch(job_id, timeout)
        while True:
            sight = await self._send(watch.next_call())
            news = watch.news(sight)
            if news:
                on_progress(sight.job)
            if sight.job.state.finished:
                return sight.job
            if not news:
                await asyncio.sleep(watch.pause(sight))

    async def result(self, job_id: str) -> Result:
        """Return a job's result.

        Raises:
            JobNotReady: The job has not finished.
            JobFailed: It ended without a result; JobCancelled where that was wanted.
        """
        return await self._send(protocol.get_result(job_id))

    async def result_as(self, job_id: str, fmt: str, *, document: int = 0) -> bytes:
        """Return a job's result in a format: json, md, txt, html, hocr, pdf, …

        A `pdf` is the searchable one of the job's file number `document`, counted from 0.

        Raises:
            NotAcceptable: The result cannot be given in this format.
        """
        return await self._send(protocol.get_rendered(job_id, fmt, document))

    async def cancel(self, job_id: str) -> JobView:
        """Cancel a job; raises JobConflict where it has finished otherwise."""
        return await self._send(protocol.cancel(job_id))

    async def delete(self, job_id: str) -> None:
        """Delete a job with its files and its result."""
        await self._send(protocol.delete(job_id))

    async def jobs(
        self, *, state: State | None = None, limit: int = 50, before: str | None = None
    ) -> list[JobView]:
        """Return jobs, newest first, older than the id `before`."""
        return await self._send(protocol.list_jobs(state, limit, before))

    async def models(self) -> list[dict[str, Any]]:
        """Return the models that the server asks."""
        return await self._send(protocol.list_models())

    async def tasks(self) -> list[dict[str, Any]]:
        """Return the server's tasks with the JSON Schema of their options."""
        return await self._send(protocol.list_tasks())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _send(self, call: Call[T]) -> T:
        try:
            response: httpx.Response = await AsyncRetrying(**rules(call, self._attempts))(
                self._send_once, call
            )
        except httpx.TransportError as error:
            raise protocol.unreachable(self._server, error) from error
        return call.understand(response)

    async def _send_once(self, call: Call[Any]) -> httpx.Response:
        with ExitStack() as files:
            return await self._http.request(
                call.method,
                call.path,
                params=dict(call.params),
                data=dict(call.form) or None,
                files=opened(call.files, files),
                timeout=call.timeout,
            )
