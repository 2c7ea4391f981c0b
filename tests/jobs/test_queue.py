"""Who gets a worker next: the urgent first, and nobody's many files before another's one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from docvision.jobs.ledger import Ledger
from docvision.jobs.memory import MemoryLedger
from docvision.jobs.model import Job, Priority, Step, new_job_id
from docvision.jobs.queue import BULK_TURN, FairQueue, MemoryFairQueue, RedisFairQueue
from docvision.jobs.redis import RedisLedger, connect
from docvision.jobs.wire import Message


class Line:
    """A ledger and its queue, and a short way to enter jobs and to see who is served."""

    def __init__(self, ledger: Ledger, queue: FairQueue) -> None:
        self.ledger, self.queue = ledger, queue
        self.names: dict[str, str] = {}

    def enter(self, name: str, tenant: str = "default", priority: str = "normal") -> str:
        job = Job(
            id=new_job_id(),
            task="ocr",
            uploads=(),
            tenant=tenant,
            priority=Priority(priority),
            created=time.time(),
        )
        self.ledger.create(job)
        self.names[job.id] = name
        return job.id

    def call(self, name: str, tenant: str = "default", priority: str = "normal") -> str:
        job_id = self.enter(name, tenant, priority)
        self.queue.push(Message(job=job_id, step=Step.PREPARE))
        return job_id

    def served(self, most: int = 100) -> list[str]:
        found = []
        while len(found) < most and (message := self.queue.pop()):
            found.append(self.names[message.job])
        return found


@pytest.fixture(params=["memory", "redis"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    if request.param == "memory":
        memory = MemoryLedger()
        yield Line(memory, MemoryFairQueue(memory))
        return
    client = connect(request.getfixturevalue("valkey_url"))
    prefix = f"{request.node.name}:"
    yield Line(RedisLedger(client, prefix=prefix), RedisFairQueue(client, prefix=prefix))
    client.close()


def test_jobs_of_one_tenant_are_served_as_they_came(line: Line) -> None:
    for name in "abc":
        line.call(name)
    assert line.served() == ["a", "b", "c"]


def test_the_urgent_go_first_and_the_bulk_last(line: Line) -> None:
    line.call("bulk", priority="bulk")
    line.call("normal")
    line.call("urgent", priority="urgent")
    assert line.served() == ["urgent", "normal", "bulk"]


def test_an_urgent_job_passes_thousands_of_the_bulk(line: Line) -> None:
    # given a large batch of which some is done
    for number in range(300):
        line.call(f"{number}", priority="bulk")
    line.served(100)
    # when something urgent comes
    line.call("urgent", priority="urgent")
    # then it is next
    assert line.served(1) == ["urgent"]


def test_tenants_take_turns(line: Line) -> None:
    # given one who sent much, and one who came later with little
    for number in range(4):
        line.call(f"much{number}", tenant="much")
    for number in range(2):
        line.call(f"little{number}", tenant="little")
    # then they are served by turns, and whoever has nothing left holds nobody up
    assert line.served() == ["much0", "little0", "much1", "little1", "much2", "much3"]


def test_a_long_document_takes_turns_with_what_comes_after_it(line: Line) -> None:
    long = line.enter("long")
    for start in range(0, 32, 8):
        units = tuple(range(start, start + 8))
        line.queue.push(Message(job=long, step=Step.READ, units=units))
    line.call("short")
    assert line.served() == ["long", "short", "long", "long", "long"]


def test_the_bulk_is_served_now_and_then_even_while_others_keep_coming(line: Line) -> None:
    line.call("bulk", priority="bulk")
    for number in range(2 * BULK_TURN):
        line.call(f"{number}")
    assert "bulk" in line.served(BULK_TURN)


def test_a_message_comes_back_as_it_was_sent_and_only_once(line: Line) -> None:
    # given a message that is sent twice
    message = Message(job=line.enter("a"), step=Step.READ, units=(3, 4, 9))
    assert line.queue.push(message)
    assert not line.queue.push(message)
    assert line.queue.waiting()[Step.READ] == 1
    # then it comes once, and may be sent again afterwards
    assert line.queue.pop() == message
    assert line.queue.pop() is None
    assert line.queue.waiting()[Step.READ] == 0
    assert line.queue.push(message)


def test_a_job_that_nobody_knows_does_not_wait(line: Line) -> None:
    assert not line.queue.push(Message(job="0" * 32, step=Step.PREPARE))
    assert line.queue.pop() is None


@pytest.mark.parametrize("line", ["redis"], indirect=True)
def test_nothing_is_left_in_the_store_when_all_was_served(
    line: Line, valkey_url: str, request: pytest.FixtureRequest
) -> None:
    ids = [line.call(f"{n}", tenant=f"t{n % 2}", priority="bulk") for n in range(6)]
    line.served()
    for job_id in ids:
        line.ledger.delete(job_id)
    client = connect(valkey_url)
    left: Callable[..., list[str]] = client.keys
    assert {key.split(":", 1)[1] for key in left(f"{request.node.name}:*")} <= {"waiting", "turns"}
    client.close()
