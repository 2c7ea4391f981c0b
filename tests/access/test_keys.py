"""Keys let in who has one, and what is kept of them lets nobody in."""

from __future__ import annotations

import time

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from docvision.access.book import RedisKeyBook
from docvision.access.keys import Caller, Scope, authenticate, key_id_of, new_key
from docvision.access.stores import AccessStores
from docvision.errors import InvalidRequest, KeyNotFound, Unauthorized


def test_a_key_names_its_tenant_and_its_rights(stores: AccessStores) -> None:
    # given a key in the book
    token, key = new_key("payroll", tenant="acme", scopes=frozenset({Scope.READ}))
    stores.book.add(key)
    # when it is sent
    caller = authenticate(token, stores.book.find(key_id_of(token)))
    # then it is known whose it is, and what it may do
    assert (caller.tenant, caller.key_id) == ("acme", key.id)
    assert caller.may(Scope.READ)
    assert not caller.may(Scope.SUBMIT)


def test_without_keys_everybody_has_every_right() -> None:
    assert all(Caller().may(scope) for scope in Scope)


def test_what_is_kept_holds_no_key(client: redis.Redis) -> None:
    # given a key in a store
    token, key = new_key("payroll")
    RedisKeyBook(client, "canary:").add(key)
    # then neither the store, nor what the program prints of it, has the secret
    secret = token.split("_", 2)[2]
    assert secret not in client.hget("canary:keys", key.id)
    assert secret not in repr(key)
    assert key.digest not in repr(key)


def test_a_wrong_secret_is_refused_like_an_unknown_key() -> None:
    token, key = new_key("one")
    other, _ = new_key("other")
    wrong = f"dv_{key.id}_{other.split('_', 2)[2]}"
    messages = set()
    for sent, kept in ((wrong, key), (token, None), (token, key.model_copy(update={"revoked": 1}))):
        with pytest.raises(Unauthorized) as refused:
            authenticate(sent, kept)
        messages.add(refused.value.message)
    assert len(messages) == 1


@given(st.text())
def test_what_is_no_key_is_refused_before_any_store_is_asked(text: str) -> None:
    with pytest.raises(Unauthorized):
        key_id_of(text)


def test_a_key_expires() -> None:
    token, key = new_key("short", seconds=60)
    assert authenticate(token, key).key == key
    with pytest.raises(Unauthorized):
        authenticate(token, key.model_copy(update={"expires": time.time() - 1}))


def test_a_revoked_key_stays_in_the_list_and_is_useless(stores: AccessStores) -> None:
    token, key = new_key("old")
    _, newer = new_key("new")
    stores.book.add(key)
    stores.book.add(newer)
    # when it is revoked, twice
    first = stores.book.revoke(key.id, 100.0)
    assert stores.book.revoke(key.id, 200.0) == first
    # then it is refused, and the list still tells of it
    with pytest.raises(Unauthorized):
        authenticate(token, stores.book.find(key.id))
    assert [kept.id for kept in stores.book.all()] == [key.id, newer.id]


def test_revoking_an_unknown_key_says_so(stores: AccessStores) -> None:
    with pytest.raises(KeyNotFound):
        stores.book.revoke("0" * 16, 1.0)


@pytest.mark.parametrize("tenant", ["", "a:b", "ü", "a b", "x" * 65, "a\n"])
def test_a_tenant_has_a_plain_name(tenant: str) -> None:
    with pytest.raises(InvalidRequest):
        new_key("k", tenant=tenant)


def test_a_key_can_do_something() -> None:
    with pytest.raises(InvalidRequest):
        new_key("k", scopes=frozenset())
