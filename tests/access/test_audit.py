"""Who did what can be read afterwards, by the tenant whose business it is."""

from __future__ import annotations

import logging

import pytest
import redis

from docvision.access.audit import AuditEntry, RedisAuditLog
from docvision.access.stores import AccessStores


def entry(number: int, tenant: str = "acme") -> AuditEntry:
    return AuditEntry(
        time=float(number),
        tenant=tenant,
        key_id="k1",
        action="DELETE /v1/jobs/{job_id}",
        target=f"job{number}",
        status=204,
    )


def test_entries_come_newest_first_and_page_by_page(stores: AccessStores) -> None:
    for number in range(5):
        stores.audit.record(entry(number))
    newest = stores.audit.entries("acme", limit=2)
    older = stores.audit.entries("acme", limit=10, before=newest[-1].id)
    assert [one.target for one in (*newest, *older)] == ["job4", "job3", "job2", "job1", "job0"]


def test_a_tenant_sees_its_own_entries_only(stores: AccessStores) -> None:
    stores.audit.record(entry(1, "acme"))
    stores.audit.record(entry(2, "globex"))
    assert [one.target for one in stores.audit.entries("globex")] == ["job2"]
    assert stores.audit.entries("nobody") == []

    # and before the first moment nothing was done
    assert stores.audit.entries("acme", before="00-0") == []


def test_each_entry_goes_to_the_service_log_too(
    stores: AccessStores, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "docvision.audit"):
        stores.audit.record(entry(7))
    assert caplog.records[0].fields["target"] == "job7"


def test_the_log_of_a_tenant_does_not_grow_for_ever(client: redis.Redis) -> None:
    log = RedisAuditLog(client, "capped:", latest=100)
    for number in range(400):
        log.record(entry(number))
    kept = log.entries("acme", limit=1000)
    # then the latest are kept (the server trims whole blocks of entries)
    assert 100 <= len(kept) < 300
    assert kept[0].target == "job399"
