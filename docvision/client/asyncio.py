"""The client for asyncio."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx
from httpx_sse import aconnect_sse
from tenacity import AsyncRetrying

from docvision.client import batches, protocol
from docvision.client.batches import BatchOrder
from docvision.client.following import Following
from docvision.client.protocol import DEFAULT_SERVER, Call, Watch
from docvision.client.retrying import rules
from docvision.client.uploads import opened
from docvision.jobs.batch_view import BatchView
from docvision.jobs.model import Priority, State
from docvision.jobs.view import JobView
from docvision.planning.model import Plan
from docvision.results.model import Result

T = TypeVar("T")


class AsyncClient:
    """`docvision.Client` for asyncio. Use it with `async with`, or close it.

    Every method raises the `DocvisionError` that the server names, and ServerUnavailable where
    none answers. A request is sent again after a lost connection, a 429 or a 503, up to
    `attempts` times in all; a submission only where the first cannot have arrived.
    """

    def __init__(
        self, server: str = DEFAULT_SERVER, *, key: str | None = None, attempts: int = 5
    ) -> None:
        self._server = protocol.checked_server(server)
        self._attempts = attempts
        self._http = httpx.AsyncClient(base_url=self._server, headers=protocol.headers_of(key))

    async def submit(
        self,
        *paths: str | PathLike[str],
        task: str = "ocr",
        options: Mapping[str, Any] | None = None,
        priority: Priority = Priority.NORMAL,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> JobView:
        """Send files as one job and return it, queued. Files are streamed from disk.

        With an `idempotency_key`, the same request sent again gives the same job.

        Raises:
            OSError: A file cannot be read.
            TooLarge: The server takes no files of this size.
            InvalidRequest: An option is unknown or does not fit.
        """
        fields = {"priority": priority.value, "metadata": json.dumps(metadata or {})}
        call = protocol.submit(paths, task, options or {}, idempotency_key, fields)
        return await self._send(call)

    async def plan(
        self,
        *paths: str | PathLike[str],
        task: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Plan:
        """Return what files would take, by one task or by all; nothing is read or kept."""
        return await self._send(protocol.make_plan(paths, task, options or {}))

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

    async def events(self, job_id: str) -> AsyncIterator[JobView]:
        """Yield a job as it is, and again after each change, until it has ended.

        A connection that is lost is taken up again where it was.

        Raises:
            JobNotFound: There is no such job, or it was deleted meanwhile.
        """
        following = Following(job_id, self._server, self._attempts)
        while not following.over:
            pause: float | None = None
            try:
                async with aconnect_sse(
                    self._http,
                    "GET",
                    following.path,
                    headers=following.headers,
                    timeout=following.timeout,
                ) as source:
                    if not source.response.is_success:
                        await source.response.aread()
                    pause = following.pause(source.response)
                    if pause is None:
                        async for event in source.aiter_sse():
                            if (job := following.take(event)) is not None:
                                yield job
                        if not following.over:
                            pause = following.lost(None)
            except httpx.TransportError as error:
                pause = following.lost(error)
            if pause is not None:
                await asyncio.sleep(pause)

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

    async def retry(self, job_id: str) -> JobView:
        """Have a job done again that is partial, failed or cancelled: what was not read is read.

        Raises:
            JobConflict: It has succeeded.
            JobExpired: Its files are gone.
        """
        return await self._send(protocol.retry(job_id))

    async def delete(self, job_id: str) -> None:
        """Delete a job with its files and its result."""
        await self._send(protocol.delete(job_id))

    async def jobs(
        self, *, state: State | None = None, limit: int = 50, before: str | None = None
    ) -> list[JobView]:
        """Return jobs, newest first, older than the id `before`."""
        return await self._send(protocol.list_jobs(state, limit, before))

    async def submit_batch(
        self,
        files: Mapping[str, str | PathLike[str]] | Sequence[str | PathLike[str]],
        order: BatchOrder | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> BatchView:
        """Send archives and files as one batch; each file becomes a job.

        Args:
            files: Where they lie; a mapping gives the names that they are sent under.
            order: What is wanted of them.
            idempotency_key: With it, the same request sent again gives the same batch.

        Raises:
            OSError: A file cannot be read.
            InvalidRequest: The manifest, or an option, makes no sense.
        """
        return await self._send(batches.submit_batch(files, order or BatchOrder(), idempotency_key))

    async def batch(self, batch_id: str, *, wait: float | None = None) -> BatchView:
        """Return a batch; with `wait`, at its end, or after so many seconds."""
        return await self._send(batches.get_batch(batch_id, wait))

    async def wait_batch(
        self,
        batch_id: str,
        *,
        on_progress: Callable[[BatchView], None] = lambda batch: None,
    ) -> BatchView:
        """Return a batch once all its files have ended; `on_progress` is told how it goes."""
        while True:
            asked = time.monotonic()
            batch = await self._send(batches.get_batch(batch_id, batches.POLL))
            on_progress(batch)
            if batch.state.finished:
                return batch
            # A server that stops answers at once.
            await asyncio.sleep(max(0.0, asked + batches.POLL - time.monotonic()))

    async def batch_jobs(
        self,
        batch_id: str,
        *,
        state: State | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[JobView]:
        """Return the jobs of a batch's files in their order, after the job `before`."""
        return await self._send(batches.list_batch_jobs(batch_id, state, limit, before))

    async def save_batch_results(
        self, batch_id: str, path: Path, *, fmt: str = "zip", render: str = "json"
    ) -> None:
        """Save all results of a batch in one file: zip, jsonl, csv or xlsx.

        Args:
            batch_id: The batch.
            path: Where to; the file is there when all of it has come.
            fmt: What kind of file.
            render: Of a ZIP, the format of each result in it.

        Raises:
            JobNotReady: The batch has not ended.
        """
        part = path.with_name(f".{path.name}.part")
        await self._save(batches.get_results(batch_id, fmt, render), part)
        part.replace(path)

    async def cancel_batch(self, batch_id: str) -> BatchView:
        """Cancel a batch; what was read of it stays."""
        return await self._send(batches.cancel_batch(batch_id))

    async def delete_batch(self, batch_id: str) -> None:
        """Delete a batch with all its files and results."""
        await self._send(batches.delete_batch(batch_id))

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
                headers=dict(call.headers),
                timeout=call.timeout,
            )

    async def _save(self, call: Call[None], path: Path) -> None:
        try:
            async with self._http.stream(
                call.method, call.path, params=dict(call.params), timeout=call.timeout
            ) as response:
                if not response.is_success:
                    await response.aread()
                call.understand(response)
                with path.open("wb") as file:
                    async for piece in response.aiter_bytes():
                        file.write(piece)
        except httpx.TransportError as error:
            raise protocol.unreachable(self._server, error) from error
