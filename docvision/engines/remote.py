"""A model on any OpenAI-compatible server: vLLM, SGLang, llama.cpp, TGI, or a hosted one.

Answers are streamed, so that a cancelled or looping one can be cut by closing the connection. All
requests run in one event loop in a thread of its own; callers block until theirs is answered.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import openai

from docvision.engines.base import Answer, Request
from docvision.engines.profile import Profile
from docvision.engines.remote_errors import refused, typed
from docvision.engines.remote_wire import Reader, body, profile_of_server
from docvision.errors import EngineFailed, ModelNotFound
from docvision.settings import EngineSettings

log = logging.getLogger(__name__)

_POLL = 0.05
"""Seconds between two looks at whether a caller has cancelled."""

_RETRIES = 4
"""Tries after the first, with the client's exponential backoff, where a retry can help."""

_OPTIONAL = frozenset({"logprobs", "repetition_penalty", "stream_options"})
"""Fields that some servers refuse; each is left out from then on."""

_Value = TypeVar("_Value")


class Remote:
    """An engine that asks a server."""

    def __init__(
        self, client: openai.AsyncOpenAI, settings: EngineSettings, loop: _Loop, profile: Profile
    ) -> None:
        self._client = client
        self._model = profile.name
        self._profile = profile
        self._max_new_tokens = settings.max_new_tokens
        self._slots = asyncio.Semaphore(settings.remote_concurrency)
        self._refused: frozenset[str] = frozenset()
        self._loop = loop

    @staticmethod
    def connect(settings: EngineSettings) -> Remote:
        """Ask the server for its models and return the engine.

        Raises:
            ModelNotFound: The server has no model of that name; those that it has are named.
            EngineUnavailable: The server does not answer.
            EngineFailed: It answers with an error, such as for a wrong key.
        """
        client = openai.AsyncOpenAI(
            base_url=settings.remote_url,
            # The client insists on a key; servers of one's own mostly want none.
            api_key=settings.remote_api_key or "none",
            timeout=settings.remote_timeout_seconds,
            max_retries=_RETRIES,
        )
        loop = _Loop()
        try:
            profile = loop.run(_find(client, settings.model))
        except BaseException:
            loop.close(client)
            raise
        return Remote(client, settings, loop, profile)

    @property
    def profile(self) -> Profile:
        """What is known of the model from its name and the server's list."""
        return self._profile

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer each request, in order; see `Engine.generate`."""
        return self._loop.run(self._all(requests))

    def close(self) -> None:
        """Close the connections."""
        self._loop.close(self._client)

    async def _all(self, requests: Sequence[Request]) -> list[Answer]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._watched(request)) for request in requests]
        except* openai.OpenAIError as errors:
            raise typed(_first(errors), self._model) from errors
        return [task.result() for task in tasks]

    async def _watched(self, request: Request) -> Answer:
        """Ask, and stop at once when the caller has cancelled."""
        reader = Reader()
        task = asyncio.create_task(self._limited(request, reader))
        try:
            while not task.done():
                if request.cancelled():
                    return reader.answer("cancelled")
                await asyncio.wait([task], timeout=_POLL)
            return task.result()
        finally:
            # Cancelling closes the connection, which is how a server learns of it.
            task.cancel()

    async def _limited(self, request: Request, reader: Reader) -> Answer:
        async with self._slots:
            sent = _OPTIONAL - self._refused
            while True:
                try:
                    answer = await self._ask(request, reader, sent)
                except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                    if not (dropped := refused(error, sent)):
                        raise
                    sent -= dropped
                else:
                    # Only what worked is remembered: the request itself may have been wrong.
                    self._refused = _OPTIONAL - sent
                    return answer

    async def _ask(self, request: Request, reader: Reader, optional: frozenset[str]) -> Answer:
        reader.start()
        stream = await self._client.chat.completions.create(
            **body(self._model, request, optional, self._max_new_tokens)
        )
        async with stream:
            async for chunk in stream:
                reader.take(chunk)
                if reader.looping:
                    return reader.answer("loop")
        return reader.answer()


async def _find(client: openai.AsyncOpenAI, name: str) -> Profile:
    try:
        models = {model.id: model async for model in client.models.list()}
    except (openai.NotFoundError, openai.InternalServerError) as error:
        # Some servers list nothing (transformers serve without a network among them).
        log.warning("The server lists no models (%s); taking %s at its word.", error, name)
        return profile_of_server(name, {})
    except openai.OpenAIError as error:
        raise typed(error, name) from error
    if name in models:
        return profile_of_server(name, models[name].model_extra or {})
    served = ", ".join(sorted(models)) or "nothing"
    raise ModelNotFound(f"The server has no model {name!r}; it serves {served}.", model=name)


def _first(errors: BaseExceptionGroup[openai.OpenAIError]) -> openai.OpenAIError:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, openai.OpenAIError)
    return error


class _Loop:
    """An event loop in a thread, for callers in other threads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="remote", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, _Value]) -> _Value:
        if self._loop.is_closed():
            coroutine.close()
            raise EngineFailed("The engine is closed.")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def close(self, client: openai.AsyncOpenAI) -> None:
        if self._loop.is_closed():
            return
        self.run(client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
