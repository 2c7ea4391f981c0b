"""An engine that plays back answers and faults from a file: for tests, and to learn from.

The file is JSON: `{"answers": [...], "profile": {...}}`. Each entry of `answers` is a text, or an
object with `text` and any of `finish`, `when` (a text the prompt must contain for the entry to be
used), `tall` (whether its first picture must be higher than wide, or must not), `seconds` (to
take), `error` (the code of a docvision error to raise), `signal` (the number of a signal that the
process then gets, as by a fault in native code) and `times` (how often the entry may be used; for
ever if absent). The first entry that fits a request answers it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docvision.engines.base import Answer, Picture, Request, Text, Token
from docvision.engines.locate import read_json
from docvision.engines.profile import BoxConvention, Profile, Reads
from docvision.errors import DocvisionError, EngineFailed
from docvision.results.model import Usage

_POLL = 0.02


class Scripted:
    """Plays back a script; safe to call from many threads."""

    def __init__(self, script: Mapping[str, Any]) -> None:
        self._answers: list[dict[str, Any]] = [
            {"text": entry} if isinstance(entry, str) else dict(entry)
            for entry in script.get("answers", ())
        ]
        said = script.get("profile", {})
        self._profile = Profile(
            name="scripted",
            family="scripted",
            patch=int(said.get("patch", 16)),
            merge=int(said.get("merge", 2)),
            boxes=BoxConvention(said.get("boxes", BoxConvention.PER_MILLE)),
            context=int(said.get("context", 32_768)),
            reads=Reads(said.get("reads", Reads.PAGE)),
            charts=bool(said.get("charts", False)),
            prompt_tokens=int(said.get("prompt_tokens", 8_192)),
        )
        self._lock = threading.Lock()

    @staticmethod
    def load(path: Path) -> Scripted:
        """Read a script from a JSON file; `ModelNotFound` where there is none."""
        return Scripted(read_json(path))

    @property
    def profile(self) -> Profile:
        """What the script says the model is."""
        return self._profile

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer each request with the first entry that fits it."""
        return [self._answer(request) for request in requests]

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self, request: Request) -> Answer:
        prompt = "\n".join(
            part.text
            for message in request.messages
            for part in message.parts
            if isinstance(part, Text)
        )
        entry = self._take(prompt, _is_tall(request))
        until = time.monotonic() + float(entry.get("seconds", 0))
        while (left := until - time.monotonic()) > 0 and not request.cancelled():
            time.sleep(min(_POLL, left))
        if request.cancelled():
            return Answer(text="", finish="cancelled")
        if "signal" in entry:
            os.kill(os.getpid(), int(entry["signal"]))
        if "error" in entry:
            raise DocvisionError.from_wire(
                {"code": entry["error"], "message": "The script says so."}
            )
        return _play(str(entry.get("text", "")), entry, prompt)

    def _take(self, prompt: str, tall: bool) -> Mapping[str, Any]:
        with self._lock:
            for entry in self._answers:
                fits = entry.get("when", "") in prompt and entry.get("tall", tall) == tall
                if fits and entry.get("times", 1) > 0:
                    if "times" in entry:
                        entry["times"] -= 1
                    return entry
        raise EngineFailed("The script has no answer to this request.")


def _is_tall(request: Request) -> bool:
    parts = (part for message in request.messages for part in message.parts)
    pictures = [part.pixels for part in parts if isinstance(part, Picture)]
    return bool(pictures) and pictures[0].shape[0] > pictures[0].shape[1]


def _play(text: str, entry: Mapping[str, Any], prompt: str) -> Answer:
    words = text.split(" ")
    tokens = tuple(
        Token(text=word if at == 0 else f" {word}", logprob=float(entry.get("logprob", -0.01)))
        for at, word in enumerate(words)
    )
    usage = Usage(prompt_tokens=len(prompt.split()), answer_tokens=len(tokens))
    return Answer(text=text, tokens=tokens, finish=entry.get("finish", "stop"), usage=usage)
