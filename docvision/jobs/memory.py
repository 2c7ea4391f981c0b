"""The ledger in memory: the same promises as in Redis, for one process and for tests."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from docvision.errors import JobConflict, JobNotFound, LeaseLost
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

_Place = tuple[Step, int | None]


@dataclass(kw_only=True)
class _Entry:
    """All that is known of one job; changed only under the ledger's lock."""

    job: Job
    looked: float
    token: int = 0
    leases: dict[_Place, Lease] = field(default_factory=dict)
    plan: tuple[Unit, ...] = ()
    plan_fence: int | None = None
    answers: dict[int, int] = field(default_factory=dict)
    deaths: Counter[_Place] = field(default_factory=Counter)
    problems: dict[int, Problem] = field(default_factory=dict)
    named_again: float = 0.0
    forgotten: float | None = None


class MemoryLedger:
    """Implements `ledger.Ledger`; safe to call from many threads at once.

    Args:
        changed: Called while the ledger is locked, with the id of each job that changed and
            whether that was its end.
    """

    def __init__(self, changed: Callable[[str, bool], None] = lambda job_id, ended: None) -> None:
        self._lock = threading.RLock()
        self._entries: dict[str, _Entry] = {}
        self._turns: dict[str, float] = {}
        self._changed = changed

    def create(self, job: Job) -> None:
        """Enter a new job in state QUEUED; raises JobConflict where its id is taken."""
        with self._lock:
            if job.id in self._entries:
                raise JobConflict(f"The job id {job.id} is taken.", job=job.id)
            self._entries[job.id] = _Entry(job=job, looked=time.time())

    def get(self, job_id: str) -> Job:
        """Return the job; raises JobNotFound."""
        with self._lock:
            return self._entry(job_id).job

    def absent(self, job_ids: Sequence[str]) -> Sequence[str]:
        """Return those of the ids that no job has."""
        with self._lock:
            return [job_id for job_id in job_ids if job_id not in self._entries]

    def turn(self, name: str, seconds: float) -> bool:
        """Return whether it is the caller's turn: the next one's comes after so many seconds."""
        with self._lock:
            if self._turns.get(name, 0.0) > time.time():
                return False
            self._turns[name] = time.time() + seconds
            return True

    def life(self) -> str:
        """Return a name of this memory, which is never started again."""
        return str(id(self))

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
        with self._lock:
            jobs = [self._entries[job_id].job for job_id in sorted(self._entries, reverse=True)]
        chosen = (
            job
            for job in jobs
            if (state is None or job.state is state)
            and _is_of(job, tenant, batch)
            and (before is None or job.id < before)
        )
        return [job for job, _ in zip(chosen, range(limit), strict=False)]

    def batches(
        self, *, tenant: str | None = None, limit: int = 50, before: str | None = None
    ) -> Sequence[Job]:
        """Return the batches' own jobs, newest first, older than the id `before`."""
        jobs = self.list(tenant=tenant, limit=len(self._entries), before=before)
        return [job for job in jobs if job.task == BATCH][:limit]

    def counts(self, *, tenant: str | None = None, batch: str | None = None) -> Mapping[State, int]:
        """Return how many jobs are in each state: of all, of a tenant, or of a batch."""
        with self._lock:
            jobs = [entry.job for entry in self._entries.values()]
        found = Counter(job.state for job in jobs if _is_of(job, tenant, batch))
        return {state: found[state] for state in State}

    def position(self, job_id: str) -> int | None:
        """Return how many queued jobs are ahead of this one, None once it has started."""
        with self._lock:
            queued = {key for key, entry in self._entries.items() if _is_queued(entry)}
        return sum(other < job_id for other in queued) if job_id in queued else None

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
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None or not _is_open(entry, step, unit) or not _is_free(entry, step, unit):
                return None
            if entry.leases.pop((step, unit), None) is not None:
                entry.deaths[step, unit] += 1
            if entry.deaths[step, unit] and not alone:
                raise suspect_work(job_id, step)
            entry.token += 1
            lease = Lease(
                job=job_id,
                step=step,
                unit=unit,
                token=entry.token,
                owner=owner,
                deadline=time.time() + seconds,
                deaths=entry.deaths[step, unit],
            )
            entry.leases[step, unit] = lease
            if entry.job.state is State.QUEUED:
                self._move(entry, State.RUNNING, started=time.time())
            return lease

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold on to a lease; raises LeaseLost (also when the job was cancelled)."""
        with self._lock:
            entry = self._held(lease)
            renewed = lease.model_copy(update={"deadline": time.time() + seconds})
            entry.leases[lease.step, lease.unit] = renewed
            return renewed

    def release(self, lease: Lease) -> None:
        """Hand work back undone; a lease that is lost already is no error."""
        with self._lock:
            entry = self._entries.get(lease.job)
            if entry is not None and _holds(entry, lease):
                del entry.leases[lease.step, lease.unit]

    def plan(self, lease: Lease, units: Sequence[Unit]) -> None:
        """Commit PREPARE: the job consists of these units."""
        with self._lock:
            entry = self._held(lease)
            entry.plan = tuple(units)
            del entry.leases[lease.step, lease.unit]
            entry.plan_fence = lease.token
            self._update(entry, units=len(units), planned=time.time(), fence=lease.token)

    def units(self, job_id: str) -> Sequence[Unit]:
        """Return the planned units, in order; none before the plan and after a success."""
        with self._lock:
            entry = self._entries.get(job_id)
            return entry.plan if entry else ()

    def answers(self, job_id: str) -> Mapping[int, int]:
        """Return the units that were committed, with their tokens; none after a success."""
        with self._lock:
            entry = self._entries.get(job_id)
            return dict(entry.answers) if entry else {}

    def problems(self, job_id: str) -> Mapping[int, Problem]:
        """Return the problems of the units that failed, by unit; none after a success."""
        with self._lock:
            entry = self._entries.get(job_id)
            return dict(entry.problems) if entry else {}

    def commit(self, lease: Lease, problem: Problem | None = None) -> Progress:
        """Commit READ of one unit, as done or (with a problem) as failed."""
        with self._lock:
            entry = self._held(lease)
            del entry.leases[lease.step, lease.unit]
            if lease.unit is None:
                raise _lost(lease)
            entry.answers[lease.unit] = lease.token
            if problem is not None:
                entry.problems[lease.unit] = problem
            self._count(entry)
            done, failed = entry.job.units_done, entry.job.units_failed
            return Progress(done=done, failed=failed, total=len(entry.plan))

    def redo(self, lease: Lease, units: Sequence[int]) -> None:
        """Give up ASSEMBLE, because the answers of these units are gone: they are read again."""
        with self._lock:
            entry = self._held(lease)
            del entry.leases[lease.step, lease.unit]
            for unit in units:
                entry.answers.pop(unit, None)
                entry.problems.pop(unit, None)
            entry.looked = 0.0
            self._count(entry)

    def bury(self, owner: str) -> int:
        """Let all leases of an owner that died run out now; return how many there were."""
        buried = 0
        with self._lock:
            for entry in self._entries.values():
                for place, lease in entry.leases.items():
                    if lease.owner == owner and lease.deadline:
                        entry.leases[place] = lease.model_copy(update={"deadline": 0.0})
                        entry.looked = 0.0
                        buried += 1
        return buried

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
        with self._lock:
            entry = self._held(lease)
            if state not in TRANSITIONS[entry.job.state]:
                raise _lost(lease)
            self._conclude(entry, state, keep)
            counted: dict[str, object] = {"problem": problem, "review": review}
            counted["fence"] = lease.token
            if whole is not None:
                done = {"units_done": whole.done, "units_failed": whole.failed}
                counted |= {"units": whole.total, **done}
            entry.job = entry.job.model_copy(update=counted)
            return entry.job

    def to_review(self, *, tenant: str | None = None, limit: int = 50) -> Sequence[Job]:
        """Return jobs whose results people have to look at, oldest first."""
        with self._lock:
            jobs = [self._entries[job_id].job for job_id in sorted(self._entries)]
        needed = [
            job
            for job in jobs
            if job.review is Review.NEEDED
            and job.state is not State.EXPIRED
            and _is_of(job, tenant, None)
        ]
        return needed[:limit]

    def reviewed(self, job_id: str) -> Job:
        """Note that nothing of a job's result is left to be looked at; raises JobNotFound."""
        with self._lock:
            entry = self._entry(job_id)
            if entry.job.review is Review.NEEDED:
                self._update(entry, review=Review.DONE)
            return entry.job

    def cancel(self, job_id: str, *, keep: float) -> Job:
        """Cancel the job, once or again; raises JobNotFound, or JobConflict if it has finished."""
        with self._lock:
            entry = self._entry(job_id)
            if entry.job.state is State.CANCELLED:
                return entry.job
            if State.CANCELLED not in TRANSITIONS[entry.job.state]:
                raise JobConflict(f"The job is {entry.job.state.value} already.", job=job_id)
            self._conclude(entry, State.CANCELLED, keep)
            return entry.job

    def retry(self, job_id: str) -> Job:
        """Queue a job again that ended without a whole result; raises JobNotFound, JobConflict."""
        with self._lock:
            entry = self._entry(job_id)
            if not entry.job.state.finished:
                return entry.job
            if State.QUEUED not in TRANSITIONS[entry.job.state]:
                raise not_again(entry.job)
            for unit in entry.problems:
                del entry.answers[unit]
            entry.problems, entry.looked = {}, 0.0
            entry.deaths.clear()
            entry.job = _anew(entry)
            self._move(entry, State.QUEUED)
            return entry.job

    def delete(self, job_id: str) -> None:
        """Forget the job; raises JobNotFound. Blobs are the caller's to delete."""
        with self._lock:
            self._entry(job_id)
            del self._entries[job_id]
            self._changed(job_id, True)

    def due(self, *, limit: int = 100, quiet: float = 0.0) -> Sequence[Message]:
        """Return the messages for work that is to be done and that no live lease holds."""
        now = time.time()
        with self._lock:
            watched = [entry for entry in self._entries.values() if not entry.job.state.finished]
            watched.sort(key=lambda entry: (_is_queued(entry), entry.looked))
            messages: list[Message] = []
            for entry in [one for one in watched if one.looked <= now - quiet][:limit]:
                entry.looked = now
                messages += _due(entry)
            return messages

    def expired(self, *, limit: int = 100, again: float = 60.0) -> Sequence[str]:
        """Return ids of finished jobs whose time to be kept is over; EXPIRED from now on."""
        now = time.time()
        with self._lock:
            for job_id in [key for key, entry in self._entries.items() if _is_past(entry, now)]:
                del self._entries[job_id]
            entries = list(self._over(now))[:limit]
            for entry in entries:
                if entry.job.state is not State.EXPIRED:
                    self._move(entry, State.EXPIRED)
                entry.named_again = now + again
            return [entry.job.id for entry in entries]

    def erased(self, job_id: str, *, keep: float) -> None:
        """Note that an expired job's blobs are gone; it is forgotten after `keep` seconds."""
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is not None and entry.job.state is State.EXPIRED:
                entry.forgotten = time.time() + keep
                entry.job = entry.job.model_copy(update=ERASED)
                _forget_units(entry)

    def close(self) -> None:
        """Nothing is open."""

    def _entry(self, job_id: str) -> _Entry:
        if job_id not in self._entries:
            raise JobNotFound(f"There is no job {job_id}.", job=job_id)
        return self._entries[job_id]

    def _held(self, lease: Lease) -> _Entry:
        entry = self._entries.get(lease.job)
        if entry is None or not _holds(entry, lease):
            raise _lost(lease)
        return entry

    def _over(self, now: float) -> Iterator[_Entry]:
        for entry in self._entries.values():
            ends = entry.job.expires
            waiting = entry.named_again > now or entry.forgotten is not None
            if ends is not None and ends <= now and not waiting:
                yield entry

    def _conclude(self, entry: _Entry, state: State, keep: float) -> None:
        now = time.time()
        entry.leases.clear()
        if state is State.SUCCEEDED:
            _forget_units(entry)
        options = {name: value for name, value in entry.job.options.items() if name != SECRET}
        entry.job = entry.job.model_copy(update={"options": options})
        kept = keep if entry.job.keep is None else entry.job.keep
        self._move(entry, state, finished=now, expires=now + kept)
        batch = self._entries.get(entry.job.batch or "")
        if batch is not None and not batch.job.state.finished:
            self._update(batch)

    def _count(self, entry: _Entry) -> None:
        failed = len(entry.problems)
        done = len(entry.answers) - failed
        self._update(entry, units_done=done, units_failed=failed, progressed=time.time())

    def _move(self, entry: _Entry, state: State, **changes: float) -> None:
        self._update(entry, state=state, **changes)

    def _update(self, entry: _Entry, **changes: object) -> None:
        revision = entry.job.revision + 1
        entry.job = entry.job.model_copy(update={**changes, "revision": revision})
        self._changed(entry.job.id, entry.job.state.finished)


def _forget_units(entry: _Entry) -> None:
    entry.plan, entry.problems, entry.answers = (), {}, {}


def _anew(entry: _Entry) -> Job:
    """Return the job as it is when it is to be done again."""
    over: dict[str, object] = {"finished": None, "expires": None, "problem": None, "review": None}
    done = {"units_done": len(entry.answers), "units_failed": 0, "fence": entry.plan_fence}
    if not entry.plan:
        done |= {"units": None, "planned": None, "progressed": None, "fence": None}
    again = {"retries": entry.job.retries + 1}
    return entry.job.model_copy(update={**over, **done, **again})


def _is_of(job: Job, tenant: str | None, batch: str | None) -> bool:
    return (tenant is None or job.tenant == tenant) and (batch is None or job.batch == batch)


def _is_queued(entry: _Entry) -> bool:
    return entry.job.state is State.QUEUED


def _is_past(entry: _Entry, now: float) -> bool:
    return entry.forgotten is not None and entry.forgotten <= now


def _is_open(entry: _Entry, step: Step, unit: int | None) -> bool:
    job = entry.job
    if job.state.finished or job.units is None:
        return not job.state.finished and step is Step.PREPARE
    if step is Step.ASSEMBLE:
        return job.units_done + job.units_failed >= job.units
    known = unit is not None and 0 <= unit < job.units
    return step is Step.READ and known and unit not in entry.answers


def _is_free(entry: _Entry, step: Step, unit: int | None) -> bool:
    lease = entry.leases.get((step, unit))
    return lease is None or lease.deadline <= time.time()


def _holds(entry: _Entry, lease: Lease) -> bool:
    latest = entry.leases.get((lease.step, lease.unit))
    if entry.job.state.finished or latest is None:
        return False
    return (latest.token, latest.owner) == (lease.token, lease.owner)


def _due(entry: _Entry) -> Iterator[Message]:
    for step in (Step.PREPARE, Step.ASSEMBLE):
        if _is_open(entry, step, None):
            if _is_free(entry, step, None):
                yield Message(job=entry.job.id, step=step)
            return
    units = tuple(
        unit.index
        for unit in entry.plan
        if _is_open(entry, Step.READ, unit.index) and _is_free(entry, Step.READ, unit.index)
    )
    if units:
        yield Message(job=entry.job.id, step=Step.READ, units=units)


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"The lease on {lease.step.value} of job {lease.job} is lost.", job=lease.job)
