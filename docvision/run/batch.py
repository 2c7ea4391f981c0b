"""The work on a batch: expand it, and end it when all its files have ended."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from docvision.errors import Empty
from docvision.jobs.batch import (
    WHOLE,
    BatchSpec,
    final_state,
    sources_root,
    spec_key,
    unfinished,
)
from docvision.jobs.model import Job, Problem, State, Step
from docvision.run.bench import Bench
from docvision.run.expand import Expansion
from docvision.run.settle import leased

_log = logging.getLogger(__name__)


def do(bench: Bench, batch: Job, step: Step) -> None:
    """Do a step of a batch; raises StorageError where a store does not answer."""
    if step is Step.PREPARE:
        expand(bench, batch)
    close(bench, batch.id)


def expand(bench: Bench, batch: Job) -> None:
    """Enter a job for each of the batch's files, or end the batch where it has none."""
    with (
        leased(bench, batch.id, Step.PREPARE) as held,
        bench.pulse.work(bench.settings.worker.unit_seconds) as beat,
    ):
        if held is None:
            return
        spec = BatchSpec.model_validate_json(bench.blobs.get(spec_key(batch.id)))
        files = Expansion(bench, batch, spec, held, beat).run()
        if not files:
            raise Empty("There is no file in the batch.")
        bench.ledger.plan(held.lease, WHOLE)
        bench.blobs.delete_tree(sources_root(batch.id))
        _log.info("batch %s: %d files", batch.id, files)


def close(bench: Bench, batch_id: str) -> None:
    """End a batch of which all files have ended; nothing happens while one has not."""
    counts = bench.ledger.counts(batch=batch_id)
    if unfinished(counts):
        return
    lease = bench.claim(batch_id, Step.READ, WHOLE[0].index, alone=True)
    if lease is not None:
        bench.ledger.commit(lease)
    with leased(bench, batch_id, Step.ASSEMBLE) as held:
        if held is not None:
            state = final_state(counts)
            problem = _nothing_read(counts) if state is State.FAILED else None
            keep = bench.settings.retention_seconds
            bench.ledger.finish(held.lease, state, problem=problem, keep=keep)


def _nothing_read(counts: Mapping[State, int]) -> Problem:
    found = sum(counts.values())
    return Problem(
        code="batch_failed",
        message=f"None of the {found} files could be read; each has its reason.",
        detail={"files": found},
    )
