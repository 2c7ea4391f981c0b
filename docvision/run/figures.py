"""What is counted of a job that has ended, for the metrics of all workers together.

The counts are kept beside the ledger (`Presence.add`), so that they survive a worker's end and
need no port on every worker. A name's part after ":" is its label; the API tells Prometheus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from docvision.engines.profile import Prices
from docvision.jobs.model import Job, Problem
from docvision.results.model import Usage
from docvision.tasks.base import UnitAnswer

BUCKETS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Upper bounds of the histograms, in seconds."""


def job_figures(
    job: Job,
    problem: Problem | None,
    answers: Sequence[UnitAnswer],
    usage: Usage | None,
    prices: Prices,
) -> dict[str, float]:
    """Return what to add to the counts when a job has ended.

    `wait_seconds` is from the job's entry to its first claim, `page_seconds` what each unit took,
    tokens are those of the model's prompts and answers, and of what they cost `cost` counts the
    sum by currency; `errors` are counted by their codes. `usage` is the whole result's; without a
    result it is that of the units.
    """
    usage = usage or sum((answer.usage for answer in answers), Usage())
    figures: defaultdict[str, float] = defaultdict(float, jobs=1, pages=len(answers))
    figures["seconds"] += usage.seconds
    figures["prompt_tokens"] += usage.prompt_tokens
    figures["answer_tokens"] += usage.answer_tokens
    spent = usage.prompt_tokens * prices.prompt + usage.answer_tokens * prices.answer
    figures[f"cost:{prices.currency}"] += spent / 1e6
    for answer in answers:
        _add(figures, observed("page_seconds", answer.usage.seconds))
        if answer.problem is not None:
            figures[f"errors:{answer.problem.code}"] += 1
    if problem is not None:
        figures[f"errors:{problem.code}"] += 1
    if job.started is not None:
        _add(figures, observed("wait_seconds", max(0.0, job.started - job.created)))
    return {name: amount for name, amount in figures.items() if amount}


def observed(name: str, value: float) -> dict[str, float]:
    """Return what a value adds to a histogram: its sum, its count, and the buckets it is within."""
    buckets = {f"{name}_bucket:{bound:g}": 1.0 for bound in BUCKETS if value <= bound}
    return {f"{name}_sum": value, f"{name}_count": 1.0, **buckets}


def _add(figures: defaultdict[str, float], more: Mapping[str, float]) -> None:
    for name, amount in more.items():
        figures[name] += amount
