"""A small OpenAI-compatible server around an engine, on loopback."""

import asyncio
import base64
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from PIL import Image

from docvision.engines import base


class Server:
    """Serves `engine` as the model `tiny`, and remembers what it was asked."""

    def __init__(self, engine: base.Engine) -> None:
        self.engine = engine
        self.bodies: list[dict] = []
        self.faults: list[tuple[int, str]] = []
        self.refuses: tuple[str, ...] = ()
        self.pause = 0.0
        self.cut = threading.Event()
        self.app = FastAPI()
        self.app.get("/v1/models")(self.models)
        self.app.post("/v1/chat/completions")(self.complete)

    async def models(self):
        entry = {"id": "tiny", "object": "model", "created": 0, "owned_by": "us"}
        return {"object": "list", "data": [{**entry, "max_model_len": 4096}]}

    async def complete(self, http: Request):
        body = await http.json()
        self.bodies.append(body)
        if self.faults:
            status, message = self.faults.pop(0)
            return _problem(status, message)
        if unknown := [name for name in self.refuses if name in body]:
            return _problem(400, f"Unrecognized request argument: {unknown[0]}")
        answer = await asyncio.to_thread(self._answer, body)
        return StreamingResponse(self._stream(answer, body), media_type="text/event-stream")

    def _answer(self, body: dict) -> base.Answer:
        messages = tuple(
            base.Message(role=m["role"], parts=tuple(_part(p) for p in m["content"]))
            for m in body["messages"]
        )
        format_ = body.get("response_format", {}).get("json_schema", {})
        request = base.Request(
            messages=messages,
            max_tokens=body["max_tokens"],
            temperature=body["temperature"],
            schema=format_.get("schema"),
            grammar=body.get("structured_outputs", {}).get("grammar"),
        )
        return self.engine.generate([request])[0]

    async def _stream(self, answer: base.Answer, body: dict):
        try:
            for token in answer.tokens:
                yield _chunk(token, body.get("logprobs", False), None)
                await asyncio.sleep(self.pause)
            yield _chunk(None, False, answer.finish)
            usage = answer.usage
            counts = {
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.answer_tokens,
                "total_tokens": usage.prompt_tokens + usage.answer_tokens,
            }
            if "stream_options" in body:
                yield _event({**_HEAD, "choices": [], "usage": counts})
            yield "data: [DONE]\n\n"
        except asyncio.CancelledError:
            self.cut.set()
            raise


_HEAD = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "tiny"}


def _chunk(token: base.Token | None, scored: bool, finish: str | None) -> str:
    choice: dict = {"index": 0, "delta": {}, "finish_reason": finish}
    if token is not None:
        choice["delta"] = {"content": token.text}
    if token is not None and scored:
        entry = {"token": token.text, "logprob": token.logprob, "top_logprobs": []}
        choice["logprobs"] = {"content": [entry]}
    return _event({**_HEAD, "choices": [choice]})


def _event(value: dict) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "code": status}}, status)


def _part(piece: dict) -> base.Part:
    if piece["type"] == "text":
        return base.Text(text=piece["text"])
    data = base64.b64decode(piece["image_url"]["url"].split(",", 1)[1])
    return base.Picture(pixels=np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


@contextmanager
def running(app, port: int = 0) -> Iterator[str]:
    """Run an app on loopback and give its base URL."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.02)
    address = server.servers[0].sockets[0].getsockname()
    try:
        yield f"http://127.0.0.1:{address[1]}/v1"
    finally:
        server.should_exit = True
        thread.join()
