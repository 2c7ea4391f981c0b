"""The ledger in Redis or Valkey: every change of state is one Lua script."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import redis
from pydantic import TypeAdapter

from docvision.errors import JobConflict, JobNotFound, LeaseLost, StorageError
from docvision.jobs.address import connect as connect
from docvision.jobs.batch import BATCH
from docvision.jobs.ledger import not_again, suspect_work
from docvision.jobs.model import (
    ERASED,
    SECRET,
    TRANSITIONS,
    Job,
    Lease,
    Problem,
    Progress,
    Review,
    State,
    Step,
    Unit,
)
from docvision.jobs.wire import Message

PREFIX = "docvision:"
_UNITS = TypeAdapter(tuple[Unit, ...])
_STAGES = {
    "state",
    "started",
    "finished",
    "expires",
    "units",
    "planned",
    "progressed",
    "review",
    "fence",
    "retries",
    "revision",
}
"""What changes in a job's life has a field of its own; the rest is its specification."""
_COUNTED = {"units_done", "units_failed", "problem"}
_SPEC = set(Job.model_fields) - _STAGES - _COUNTED
_SCRIPTS = [
    "create",
    "claim",
    "renew",
    "release",
    "plan",
    "commit",
    "redo",
    "bury",
    "finish",
    "reviewed",
    "cancel",
    "retry",
    "delete",
    "due",
    "expired",
    "erased",
]


class RedisLedger:
    """Implements `ledger.Ledger`; safe to call from many threads at once.

    Args:
        client: A client that decodes responses, as `connect` gives it.
        prefix: Begins every key, so that several installations can share a server.
    """

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client = client
        self._prefix = prefix
        self._scripts = {name: client.register_script(script_source(name)) for name in _SCRIPTS}

    def create(self, job: Job) -> None:
        """Enter a new job in state QUEUED; raises JobConflict where its id is taken."""
        given = {
            "keep": job.keep,
            "groups": " ".join([*_groups(job.tenant, job.batch), *_kinds(job)]),
            "secret": job.options.get(SECRET),
            "hooked": 1 if job.webhook else None,
            "turn": f"{job.priority} {job.tenant}",
        }
        fields = [
            text for name, value in given.items() if value is not None for text in (name, value)
        ]
        if not self._run("create", job.id, _spec(job), *fields):
            raise JobConflict(f"The job id {job.id} is taken.", job=job.id)

    def get(self, job_id: str) -> Job:
        """Return the job; raises JobNotFound."""
        row: Mapping[str, str] = self._call("HGETALL", self._key("job", job_id))
        return parse_job(job_id, row)

    def absent(self, job_ids: Sequence[str]) -> Sequence[str]:
        """Return those of the ids that no job has."""
        known = self._pipeline([("EXISTS", self._key("job", job_id)) for job_id in job_ids])
        return [job_id for job_id, is_known in zip(job_ids, known, strict=True) if not is_known]

    def turn(self, name: str, seconds: float) -> bool:
        """Return whether it is the caller's turn: the next one's comes after so many seconds."""
        milliseconds = max(1, round(seconds * 1000))
        return bool(self._call("SET", self._key("turn", name), "taken", "NX", "PX", milliseconds))

    def life(self) -> str:
        """Return the server's run id; "" where the server does not tell it."""
        try:
            told: Mapping[str, Any] = self._client.info("server")
        except redis.ResponseError:
            return ""
        except redis.RedisError as error:
            raise storage_error(error) from error
        return str(told.get("run_id", ""))

    def list(
        self,
        *,
        state: State | None = None,
        tenant: str | None = None,
        batch: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Job]:
        """Return jobs, newest first, older than the id `before`."""
        index = self._index(state, tenant, batch)
        newest = "+" if before is None else f"({before}"
        ids = self._call("ZRANGE", index, newest, "-", "BYLEX", "REV", "LIMIT", 0, limit)
        rows = self._pipeline([("HGETALL", self._key("job", job_id)) for job_id in ids])
        jobs = [parse_job(job_id, row) for job_id, row in zip(ids, rows, strict=True) if row]
        return [job for job in jobs if tenant is None or job.tenant == tenant]

    def batches(
        self, *, tenant: str | None = None, limit: int = 50, before: str | None = None
    ) -> Sequence[Job]:
        """Return the batches' own jobs, newest first, older than the id `before`."""
        newest = "+" if before is None else f"({before}"
        index = self._key("batches", tenant) if tenant else f"{self._prefix}batches"
        ids = self._call("ZRANGE", index, newest, "-", "BYLEX", "REV", "LIMIT", 0, limit)
        rows = self._pipeline([("HGETALL", self._key("job", job_id)) for job_id in ids])
        return [parse_job(job_id, row) for job_id, row in zip(ids, rows, strict=True) if row]

    def counts(self, *, tenant: str | None = None, batch: str | None = None) -> Mapping[State, int]:
        """Return how many jobs are in each state: of all, of a tenant, or of a batch."""
        sizes = self._pipeline([("ZCARD", self._index(state, tenant, batch)) for state in State])
        return dict(zip(State, sizes, strict=True))

    def position(self, job_id: str) -> int | None:
        """Return how many queued jobs are ahead of this one, None once it has started."""
        queued = self._key("state", State.QUEUED)
        here, ahead = self._pipeline(
            [("ZSCORE", queued, job_id), ("ZLEXCOUNT", queued, "-", f"({job_id}")]
        )
        return None if here is None else int(ahead)

    def claim(
        self,
        job_id: str,
        step: Step,
        *,
        owner: str,
        seconds: float,
        unit: int | None = None,
        alone: bool = False,
    ) -> Lease | None:
        """Take the right to do a step, or None where it is done, held, or not to be done.

        Raises:
            SuspectWork: An owner died under this work, and the caller is not `alone`.
        """
        got = self._run("claim", job_id, step.value, _field(unit), owner, seconds, int(alone))
        if got is None:
            return None
        if not got:
            raise suspect_work(job_id, step)
        token, deadline, deaths = int(got[0]), float(got[1]), int(got[2])
        return Lease(
            job=job_id,
            step=step,
            unit=unit,
            token=token,
            owner=owner,
            deadline=deadline,
            deaths=deaths,
        )

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold on to a lease; raises LeaseLost (also when the job was cancelled)."""
        deadline = self._run("renew", *_names(lease), lease.owner, seconds)
        if deadline is None:
            raise _lost(lease)
        return lease.model_copy(update={"deadline": float(deadline)})

    def release(self, lease: Lease) -> None:
        """Hand work back undone; a lease that is lost already is no error."""
        self._run("release", *_names(lease), lease.owner)

    def plan(self, lease: Lease, units: Sequence[Unit]) -> None:
        """Commit PREPARE: the job consists of these units."""
        plan = _UNITS.dump_json(tuple(units), exclude_none=True).decode()
        if not self._run("plan", lease.job, lease.token, len(units), plan, lease.owner):
            raise _lost(lease)

    def units(self, job_id: str) -> Sequence[Unit]:
        """Return the planned units, in order; none before the plan and after a success."""
        plan = self._call("GET", self._key("plan", job_id))
        return _UNITS.validate_json(plan) if plan else ()

    def answers(self, job_id: str) -> Mapping[int, int]:
        """Return the units that were committed, with their tokens; none after a success."""
        return {unit: int(token) for unit, (token, _) in self._marks(job_id).items()}

    def problems(self, job_id: str) -> Mapping[int, Problem]:
        """Return the problems of the units that failed, by unit; none after a success."""
        return {
            unit: Problem.model_validate_json(problem)
            for unit, (_, problem) in self._marks(job_id).items()
            if problem
        }

    def commit(self, lease: Lease, problem: Problem | None = None) -> Progress:
        """Commit READ of one unit, as done or (with a problem) as failed."""
        got = self._run(
            "commit", lease.job, _field(lease.unit), lease.token, _wire(problem), lease.owner
        )
        if got is None:
            raise _lost(lease)
        done, failed, total = map(int, got)
        return Progress(done=done, failed=failed, total=total)

    def redo(self, lease: Lease, units: Sequence[int]) -> None:
        """Give up ASSEMBLE, because the answers of these units are gone: they are read again."""
        if not self._run("redo", lease.job, lease.token, lease.owner, *units):
            raise _lost(lease)

    def bury(self, owner: str) -> int:
        """Let all leases of an owner that died run out now; return how many there were."""
        return int(self._run("bury", owner))

    def finish(
        self,
        lease: Lease,
        state: State,
        *,
        problem: Problem | None = None,
        keep: float,
        whole: Progress | None = None,
        review: Review | None = None,
    ) -> Job:
        """Commit ASSEMBLE, or a PREPARE that failed or did everything: the job ends in `state`."""
        total, failed = (-1, 0) if whole is None else (whole.total, whole.failed)
        arguments = (lease.step.value, lease.token, state.value, _wire(problem), keep)
        row = self._run("finish", lease.job, *arguments, total, failed, review or "", lease.owner)
        if row is None:
            raise _lost(lease)
        return parse_job(lease.job, _pairs(row))

    def to_review(self, *, tenant: str | None = None, limit: int = 50) -> Sequence[Job]:
        """Return jobs whose results people have to look at, oldest first."""
        index = "".join(f"{group}:" for group in _groups(tenant, None))
        ids = self._call("ZRANGE", f"{self._prefix}{index}review", 0, limit - 1)
        rows = self._pipeline([("HGETALL", self._key("job", job_id)) for job_id in ids])
        return [parse_job(job_id, row) for job_id, row in zip(ids, rows, strict=True) if row]

    def reviewed(self, job_id: str) -> Job:
        """Note that nothing of a job's result is left to be looked at; raises JobNotFound."""
        return parse_job(job_id, _pairs(self._run("reviewed", job_id)))

    def cancel(self, job_id: str, *, keep: float) -> Job:
        """Cancel the job, once or again; raises JobNotFound, or JobConflict if it has finished."""
        verdict, row = self._run("cancel", job_id, keep)
        job = parse_job(job_id, _pairs(row))
        if verdict == "conflict":
            raise JobConflict(f"The job is {job.state.value} already.", job=job_id)
        return job

    def retry(self, job_id: str) -> Job:
        """Queue a job again that ended without a whole result; raises JobNotFound, JobConflict."""
        verdict, row = self._run("retry", job_id)
        job = parse_job(job_id, _pairs(row))
        if verdict == "conflict":
            raise not_again(job)
        return job

    def delete(self, job_id: str) -> None:
        """Forget the job; raises JobNotFound. Blobs are the caller's to delete."""
        if not self._run("delete", job_id):
            raise _missing(job_id)

    def due(self, *, limit: int = 100, quiet: float = 0.0) -> Sequence[Message]:
        """Return the messages for work that is to be done and that no live lease holds."""
        rows = self._run("due", limit, quiet)
        return [
            Message(
                job=job_id, step=Step(step), units=tuple(map(int, filter(None, units.split(","))))
            )
            for job_id, step, units in rows
        ]

    def expired(self, *, limit: int = 100, again: float = 60.0) -> Sequence[str]:
        """Return ids of finished jobs whose time to be kept is over; EXPIRED from now on."""
        ids: Sequence[str] = self._run("expired", limit, again)
        return ids

    def erased(self, job_id: str, *, keep: float) -> None:
        """Note that an expired job's blobs are gone; it is forgotten after `keep` seconds."""
        try:
            left = self.get(job_id).model_copy(update=ERASED)
        except JobNotFound:
            return
        self._run("erased", job_id, keep, _spec(left))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}{kind}:{name}"

    def _marks(self, job_id: str) -> dict[int, tuple[str, str]]:
        """Return the token and the problem (or "") of each unit that was committed."""
        marks: dict[str, str] = self._call("HGETALL", self._key("units", job_id))
        return {
            int(unit): (token, problem)
            for unit, mark in marks.items()
            if mark[0] in "df"
            for token, _, problem in [mark[1:].partition("|")]
        }

    def _index(self, state: State | None, tenant: str | None, batch: str | None) -> str:
        """Return the smallest index that holds the jobs asked for; a batch is of one tenant."""
        *_, group = ("", *_groups(tenant, batch))
        if state is None:
            return self._prefix + (group or "jobs")
        return self._key(f"{group}:state" if group else "state", state)

    def _run(self, script: str, *arguments: Any) -> Any:
        try:
            return self._scripts[script](keys=[self._prefix], args=arguments)
        except redis.RedisError as error:
            raise storage_error(error) from error

    def _call(self, *command: Any) -> Any:
        return self._pipeline([command])[0]

    def _pipeline(self, commands: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
        if not commands:
            return ()
        try:
            with self._client.pipeline(transaction=False) as pipe:
                for command in commands:
                    pipe.execute_command(*command)  # type: ignore[no-untyped-call]
                return pipe.execute()
        except redis.RedisError as error:
            raise storage_error(error) from error


def parse_job(job_id: str, row: Mapping[Any, Any]) -> Job:
    """Return the job that a hash holds; raises JobNotFound where it is empty."""
    if not row:
        raise _missing(job_id)
    known = json.loads(row["spec"])
    known |= {name: row[name] for name in _STAGES if name in row}
    if "secret" in row:
        known["options"][SECRET] = row["secret"]
    known["units_done"] = row.get("done", 0)
    known["units_failed"] = row.get("failed", 0)
    if "problem" in row:
        known["problem"] = json.loads(row["problem"])
    return Job.model_validate(known)


def storage_error(error: redis.RedisError) -> StorageError:
    """Return the typed error for what the client raised; the cause's text stays in the log."""
    return StorageError("The job ledger does not answer.", reason=type(error).__name__)


@cache
def script_source(name: str) -> str:
    """Return a script with the prelude before it."""
    folder = resources.files("docvision.jobs") / "scripts"
    allowed = "local ALLOWED = " + _lua_table()
    parts = [allowed, *((folder / f"{part}.lua").read_text() for part in ("prelude", name))]
    return "\n".join(parts)


def _lua_table() -> str:
    rows = (
        f"{state.value} = {{{', '.join(f'{to.value} = true' for to in sorted(following))}}}"
        for state, following in TRANSITIONS.items()
    )
    return "{" + ", ".join(rows) + "}"


def _spec(job: Job) -> str:
    """Return what of a job never changes; its secret has a field of its own that ends with it."""
    options = {name: value for name, value in job.options.items() if name != SECRET}
    return job.model_copy(update={"options": options}).model_dump_json(include=_SPEC)


def _groups(tenant: str | None, batch: str | None) -> list[str]:
    """Return the names of the indexes in which a job stands besides those of all jobs."""
    named = {"tenant": tenant, "batch": batch}
    return [f"{kind}:{name}" for kind, name in named.items() if name is not None]


def _kinds(job: Job) -> list[str]:
    """Return the indexes of the batches themselves, for a job that stands for one."""
    return ["batches", f"batches:{job.tenant}"] if job.task == BATCH else []


def _names(lease: Lease) -> tuple[str, str, str, int]:
    return lease.job, lease.step.value, _field(lease.unit), lease.token


def _field(unit: int | None) -> str:
    return "" if unit is None else str(unit)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",") if number)


def _wire(problem: Problem | None) -> str:
    return "" if problem is None else problem.model_dump_json()


def _pairs(flat: Sequence[str] | Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(flat, Mapping):
        return flat
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"The lease on {lease.step.value} of job {lease.job} is lost.", job=lease.job)


def _missing(job_id: str) -> JobNotFound:
    return JobNotFound(f"There is no job {job_id}.", job=job_id)
