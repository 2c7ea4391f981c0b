"""Any Qwen-VL checkpoint through transformers: Qwen2-VL, 2.5-VL, 3-VL and 3.5, dense and MoE."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers.decoders import DecodeStream
from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

from docvision.engines.base import Answer, Request, Token
from docvision.engines.batching import Batcher
from docvision.engines.constrain import Constrainer, Constraint
from docvision.engines.decoding import Chooser, Stopper, Writing
from docvision.engines.inputs import Prepared, Preparer, collate
from docvision.engines.loading import Checkpoint
from docvision.engines.profile import Profile
from docvision.engines.thinking import without_thoughts
from docvision.errors import ContextExceeded, EngineFailed
from docvision.results.model import Usage
from docvision.settings import EngineSettings

_POLL = 0.05
"""Seconds between two looks at whether a waiting caller has cancelled."""


@dataclass(frozen=True, kw_only=True)
class _Job:
    request: Request
    prepared: Prepared
    constraint: Constraint | None


class QwenVL:
    """An engine that runs a checkpoint in this process.

    Requests are prepared in the caller's thread, gathered into batches by token budget, and run
    in one thread that owns the model.
    """

    def __init__(self, checkpoint: Checkpoint, profile: Profile, settings: EngineSettings) -> None:
        self._model = checkpoint.model
        self._tokenizer = checkpoint.processor.tokenizer
        self._ends = checkpoint.ends
        self._pad = checkpoint.pad
        self._profile = profile
        self._max_new_tokens = settings.max_new_tokens
        self._preparer = Preparer(checkpoint.processor, profile)
        self._constrainer: Constrainer | None = None
        self._batcher = Batcher[_Job, Answer | EngineFailed](
            self._run, tokens=settings.batch_tokens, wait=settings.batch_wait_ms / 1000
        )

    @property
    def profile(self) -> Profile:
        """What the checkpoint is and is good at."""
        return self._profile

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer each request, in order; see `Engine.generate`."""
        jobs = [self._job(request) for request in requests]
        futures = self._batcher.put([(job, job.prepared.prompt_tokens) for job in jobs])
        _wait(futures, requests)
        return [_result(future, job) for future, job in zip(futures, jobs, strict=True)]

    def close(self) -> None:
        """Answer what waits, then give back the device's memory."""
        self._batcher.close()
        self._model = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _job(self, request: Request) -> _Job:
        prepared = self._preparer.prepare(request)
        room = self._profile.context - prepared.prompt_tokens
        if room < 1:
            raise ContextExceeded(
                f"The request has {prepared.prompt_tokens} tokens, the model takes "
                f"{self._profile.context}.",
                tokens=prepared.prompt_tokens,
                context=self._profile.context,
            )
        return _Job(request=request, prepared=prepared, constraint=self._constraint(request))

    def _constraint(self, request: Request) -> Constraint | None:
        if request.schema is None and request.grammar is None:
            return None
        if self._constrainer is None:
            vocabulary = self._model.get_output_embeddings().weight.shape[0]
            self._constrainer = Constrainer(self._tokenizer, vocabulary, sorted(self._ends))
        return self._constrainer.constrain(schema=request.schema, grammar=request.grammar)

    def _room(self, job: _Job) -> int:
        """Return how many tokens the answer may have."""
        left = self._profile.context - job.prepared.prompt_tokens
        return min(job.request.max_tokens, self._max_new_tokens, left)

    def _run(self, jobs: list[_Job]) -> list[Answer | EngineFailed]:
        """Answer a batch (in the engine's thread)."""
        started = time.monotonic()
        rows = [Writing(job.request, job.constraint, self._room(job)) for job in jobs]
        self._generate(jobs, rows)
        # The rows ran side by side: each one's share of the time is what it cost.
        seconds = (time.monotonic() - started) / len(jobs)
        return [
            row.failure or self._answer(job, row, seconds)
            for job, row in zip(jobs, rows, strict=True)
        ]

    @torch.inference_mode()
    def _generate(self, jobs: list[_Job], rows: list[Writing]) -> None:
        batch = collate([job.prepared for job in jobs], self._pad)
        device = self._model.device
        inputs = {
            name: value.to(device) if isinstance(value, torch.Tensor) else value
            for name, value in batch.items()
        }
        self._model.generate(
            **inputs,
            generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                max_new_tokens=max(self._room(job) for job in jobs),
                do_sample=False,
                eos_token_id=sorted(self._ends),
                pad_token_id=self._pad,
            ),
            logits_processor=LogitsProcessorList([Chooser(rows, self._ends)]),
            stopping_criteria=StoppingCriteriaList([Stopper(rows)]),
        )

    def _answer(self, job: _Job, row: Writing, seconds: float) -> Answer:
        tokens = self._tokens(row)
        said = Answer(
            text="".join(token.text for token in tokens),
            tokens=tokens,
            finish=row.finish or "length",
            usage=_usage(job, len(row.tokens), seconds),
        )
        return without_thoughts(said)

    def _tokens(self, row: Writing) -> tuple[Token, ...]:
        """Pair tokens with their text; a character of several tokens stands at the last."""
        stream = DecodeStream(skip_special_tokens=True)
        backend: Any = self._tokenizer.backend_tokenizer
        return tuple(
            Token(text=stream.step(backend, token) or "", logprob=logprob)
            for token, logprob in zip(row.tokens, row.logprobs, strict=True)
        )


def _wait(futures: Sequence[Future[Answer | EngineFailed]], requests: Sequence[Request]) -> None:
    """Block until all are done; those cancelled before their turn are taken out."""
    pending = dict(zip(futures, requests, strict=True))
    while pending:
        done, _ = wait(pending, timeout=_POLL, return_when=FIRST_COMPLETED)
        for future in [f for f, request in pending.items() if f in done or _withdrawn(f, request)]:
            del pending[future]


def _withdrawn(future: Future[Answer | EngineFailed], request: Request) -> bool:
    # cancel() does nothing to work that has begun: the decoding asks for itself.
    return not future.running() and request.cancelled() and future.cancel()


def _result(future: Future[Answer | EngineFailed], job: _Job) -> Answer:
    if future.cancelled():
        return Answer(text="", finish="cancelled", usage=_usage(job, 0, 0.0))
    outcome = future.result()
    if isinstance(outcome, EngineFailed):
        raise outcome
    return outcome


def _usage(job: _Job, answer_tokens: int, seconds: float) -> Usage:
    return Usage(
        visual_tokens=job.prepared.visual_tokens,
        prompt_tokens=job.prepared.prompt_tokens,
        answer_tokens=answer_tokens,
        seconds=seconds,
    )
