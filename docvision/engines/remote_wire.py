"""Requests and answers in the words of the OpenAI protocol. Pure."""

from __future__ import annotations

import base64
import io
import math
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from openai.types.chat import ChatCompletionChunk
from PIL import Image

from docvision.documents.base import Pixels
from docvision.engines.base import Answer, Film, Part, Picture, Request, Text, Token
from docvision.engines.loops import LoopWatch
from docvision.engines.profile import Profile, Reads, box_convention
from docvision.engines.thinking import without_thoughts
from docvision.results.model import Usage

_FAMILIES = (
    (re.compile(r"qwen-?2[._]5-?vl|olmocr|rolmocr|nanonets-ocr-s\b", re.IGNORECASE), "qwen2_5_vl"),
    (re.compile(r"qwen-?2-?vl", re.IGNORECASE), "qwen2_vl"),
    (re.compile(r"qwen-?3[._]5", re.IGNORECASE), "qwen3_5"),
)
"""Families by the names that their checkpoints carry; anything else is taken for a Qwen3-VL."""

_CONTEXT = 32_768

Finish = Literal["stop", "length", "loop", "cancelled"]


def profile_of_server(name: str, said: Mapping[str, Any]) -> Profile:
    """Return a profile from a model's name and the server's entry for it.

    The one who runs a server chose its model to be asked, so it is taken to read whole pages.
    """
    family = next((family for pattern, family in _FAMILIES if pattern.search(name)), "qwen3_vl")
    context = said.get("max_model_len") or said.get("context_length") or _CONTEXT
    return Profile(
        name=name,
        family=family,
        patch=14 if family.startswith("qwen2") else 16,
        merge=2,
        boxes=box_convention(family),
        context=int(context),
        reads=Reads.PAGE,
        prompt_tokens=min(8_192, int(context) // 2),
        thinking="thinking" in name.lower(),
    )


def body(model: str, request: Request, optional: frozenset[str], most: int) -> dict[str, Any]:
    """Return the arguments of `chat.completions.create`.

    Args:
        model: The model's name on the server.
        request: What to ask.
        optional: Those of `logprobs`, `repetition_penalty` and `stream_options` to send.
        most: Tokens of an answer at most.
    """
    extra: dict[str, Any] = {}
    if "repetition_penalty" in optional:
        # vLLM follows the checkpoint's chat settings otherwise, and Qwen's penalise repeats.
        extra["repetition_penalty"] = 1.0
    if request.grammar is not None:
        extra["structured_outputs"] = {"grammar": request.grammar}
    arguments: dict[str, Any] = {
        "model": model,
        "messages": [
            {
                "role": message.role,
                "content": [piece for part in message.parts for piece in _pieces(part)],
            }
            for message in request.messages
        ],
        "max_tokens": min(request.max_tokens, most),
        "temperature": request.temperature,
        "stream": True,
        "extra_body": extra,
    }
    if "stream_options" in optional:
        arguments["stream_options"] = {"include_usage": True}
    if "logprobs" in optional:
        arguments["logprobs"] = True
    if request.schema is not None:
        arguments["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": dict(request.schema), "strict": True},
        }
    return arguments


def _pieces(part: Part) -> Iterator[dict[str, Any]]:
    if isinstance(part, Text):
        yield {"type": "text", "text": part.text}
    elif isinstance(part, Picture):
        yield _image(part.pixels)
    elif isinstance(part, Film):
        for frame in part.frames:
            yield {"type": "text", "text": f"<{frame.time:.1f} seconds>"}
            yield _image(frame.pixels)


def _image(pixels: Pixels) -> dict[str, Any]:
    file = io.BytesIO()
    # Pictures of pages compress well at any level; the first is many times faster.
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


class Reader:
    """Collects one streamed answer."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin anew."""
        self._started = time.monotonic()
        self._tokens: list[Token] = []
        self._finish: Finish = "stop"
        self._usage: Any = None
        self._loops = LoopWatch()
        self.looping = False

    def take(self, chunk: ChatCompletionChunk) -> None:
        """Take the next piece of the answer."""
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices:
            if choice.finish_reason == "length":
                self._finish = "length"
            scored = choice.logprobs.content if choice.logprobs else None
            if scored and len(scored) == 1:
                # A token may be half a character: the piece of text knows, its name does not.
                self._add(Token(text=choice.delta.content or "", logprob=scored[0].logprob))
            elif scored:
                for token in scored:
                    self._add(Token(text=token.token, logprob=token.logprob))
            elif choice.delta.content:
                self._add(Token(text=choice.delta.content, logprob=math.nan))

    def answer(self, finish: Finish | None = None) -> Answer:
        """Return what was said so far, with `finish` or the server's own reason."""
        scored = all(not math.isnan(token.logprob) for token in self._tokens)
        usage = self._usage
        said = Answer(
            text="".join(token.text for token in self._tokens),
            tokens=tuple(self._tokens) if scored else (),
            finish=finish or self._finish,
            usage=Usage(
                prompt_tokens=usage.prompt_tokens if usage else 0,
                answer_tokens=usage.completion_tokens if usage else len(self._tokens),
                seconds=time.monotonic() - self._started,
            ),
        )
        return without_thoughts(said)

    def _add(self, token: Token) -> None:
        self._tokens.append(token)
        if excess := self._loops.add(hash(token.text)):
            del self._tokens[-excess:]
            self.looping = True
