"""The log of deeds: chained, signed at its end, and whoever meddles with it is noticed at the first place."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from inbox.actions import audit
from inbox.model.audit import Entry, audit_key, chained, hash_of, plain, small
from inbox.store import Store
from inbox.store.codec import to_document
from tests.inbox.factories import an_agent

KEY = audit_key("k" * 32)
MARCO = an_agent("Marco")


def at() -> datetime:
    return datetime(2026, 11, 30, 9, 30, 15, 123456, UTC)


@pytest.fixture
def log(store: Store) -> Store:
    store.audit.sign_with(KEY)
    return store


async def deeds(store: Store, number: int) -> list[Entry]:
    return [
        await audit.note(MARCO, "user.added", f"user:{n}", store=store, clock=at, after={"role": "agent"})
        for n in range(number)
    ]


async def test_each_entry_follows_on_the_one_before(log: Store) -> None:
    first, second = await deeds(log, 2)
    assert (first.id, second.id, second.prior) == (1, 2, first.hash)
    assert await log.audit.verify() == (2, None)


async def test_a_log_that_was_never_begun_is_whole(log: Store) -> None:
    assert await log.audit.verify() == (0, None)


async def test_an_outsider_can_reckon_the_hash_from_the_export(log: Store) -> None:
    (entry,) = await deeds(log, 1)
    shown = json.loads(json.dumps(plain(entry)))
    known = shown.pop("hash")
    canonical = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == known


async def test_many_processes_at_once_make_one_chain(log: Store) -> None:
    """Each store has its own lock, as each process would have."""
    others = [Store(log._client, log._database.name) for _ in range(4)]
    for other in others:
        other.audit.sign_with(KEY)
    await asyncio.gather(*(deeds(other, 5) for other in others))
    assert await log.audit.verify() == (20, None)


async def changed(store: Store) -> None:
    await store._database.audit_log.update_one({"_id": 3}, {"$set": {"by": "somebody else"}})


async def changed_with_its_hash(store: Store) -> None:
    (entry,) = [e async for e in store.audit.every({"_id": 3})]
    document: dict[str, Any] = {"by": "somebody else"}
    forged = Entry(**{**{f: getattr(entry, f) for f in entry.__struct_fields__}, **document})
    await store._database.audit_log.update_one({"_id": 3}, {"$set": {**document, "hash": hash_of(forged)}})


async def removed(store: Store) -> None:
    await store._database.audit_log.delete_one({"_id": 3})


async def first_removed(store: Store) -> None:
    await store._database.audit_log.delete_one({"_id": 1})


async def cut(store: Store) -> None:
    await store._database.audit_log.delete_many({"_id": {"$gt": 3}})


async def cut_with_its_end(store: Store) -> None:
    last = await store._database.audit_log.find_one({"_id": 3})
    await store._database.audit_log.delete_many({"_id": {"$gt": 3}})
    await store._database.audit_head.update_one({}, {"$set": {"seq": 3, "hash": last["hash"]}})


async def emptied(store: Store) -> None:
    await store._database.audit_log.delete_many({})


async def end_removed(store: Store) -> None:
    await store._database.audit_head.delete_many({})


async def reordered(store: Store) -> None:
    log = store._database.audit_log
    third, fourth = [await log.find_one({"_id": n}) for n in (3, 4)]
    await log.replace_one({"_id": 3}, {**fourth, "_id": 3})
    await log.replace_one({"_id": 4}, {**third, "_id": 4})


async def forged(store: Store) -> None:
    """An entry is added by who can reckon hashes, but not sign."""
    (last,) = await store.audit.page({}, limit=1)
    more = chained(replace(last, by="somebody else"), last.id + 1, last.hash)
    await store._database.audit_log.insert_one(to_document(more))


async def last_changed_with_its_hash(store: Store) -> None:
    (last,) = await store.audit.page({}, limit=1)
    other = chained(replace(last, by="somebody else"), last.id, last.prior)
    await store._database.audit_log.replace_one({"_id": last.id}, to_document(other))


async def cut_and_end_removed(store: Store) -> None:
    await cut(store)
    await end_removed(store)


@pytest.mark.parametrize(
    ("meddle", "seq", "says"),
    [
        (changed, 3, "Entry 3 was changed"),
        (changed_with_its_hash, 4, "Entry 4 does not follow"),
        (removed, 3, "Entry 3 is missing"),
        (reordered, 3, "Entry 3"),
        (forged, 6, "Entry 6 comes after the signed end"),
        (last_changed_with_its_hash, 5, "Entry 5 is not the one that was signed"),
        (cut_and_end_removed, 3, "The signed end of the log is missing"),
        (first_removed, 1, "Entry 1 is missing"),
        (cut, 4, "entries 4 to 5 are missing"),
        (cut_with_its_end, 3, "not signed with our secret key"),
        (emptied, 1, "entries 1 to 5 are missing"),
        (end_removed, 5, "The signed end of the log is missing"),
    ],
)
async def test_meddling_is_named_where_it_begins(log: Store, meddle: Any, seq: int, says: str) -> None:
    await deeds(log, 5)
    await meddle(log)
    _, broken = await log.audit.verify()
    assert broken and broken.seq == seq
    assert says in broken.reason


@pytest.mark.parametrize(
    ("meddle", "seq"),
    [
        (changed, 3),
        (removed, 3),
        (reordered, 3),
        (forged, 7),
        (last_changed_with_its_hash, 6),
        (cut_with_its_end, 4),
        (cut_and_end_removed, 4),
        (end_removed, 6),
    ],
)
async def test_what_follows_on_meddling_does_not_heal_it(log: Store, meddle: Any, seq: int) -> None:
    """We go on to sign what comes then: that must not stand for what was before."""
    await deeds(log, 5)
    await meddle(log)
    await deeds(log, 2)
    _, broken = await log.audit.verify()
    assert broken and broken.seq == seq


async def test_a_copy_that_stops_earlier_has_an_end_of_its_own(log: Store) -> None:
    await deeds(log, 5)
    then = await log.audit.head()
    await deeds(log, 3)
    assert await log.audit.end_at(5) == then


@pytest.mark.parametrize(
    "meddle", [changed, removed, reordered, last_changed_with_its_hash, cut_with_its_end]
)
async def test_no_end_is_signed_for_what_was_meddled_with(log: Store, meddle: Any) -> None:
    await deeds(log, 5)
    await meddle(log)
    assert await log.audit.end_at(2) == await log.audit.head()


async def test_a_log_is_whole_while_it_grows(log: Store) -> None:
    """What is added while it is looked through came after the end that was read first."""
    await deeds(log, 20)
    growing = asyncio.create_task(deeds(log, 30))
    while not growing.done():
        assert (await log.audit.verify())[1] is None
    await growing
    assert await log.audit.verify() == (50, None)


async def test_what_follows_on_a_cut_does_not_heal_it(log: Store) -> None:
    await deeds(log, 5)
    await cut(log)
    await deeds(log, 1)
    _, broken = await log.audit.verify()
    assert broken and broken.reason == "Entry 4 is missing; the next one that is there is 6."


async def test_an_old_end_that_was_put_back_is_known_by_one_that_was_noted(log: Store) -> None:
    await deeds(log, 3)
    old = await log._database.audit_head.find_one({})
    last = (await deeds(log, 2))[-1]
    await log._database.audit_log.delete_many({"_id": {"$gt": 3}})
    await log._database.audit_head.replace_one({}, old)
    assert (await log.audit.verify())[1] is None
    _, broken = await log.audit.verify((last.id, last.hash))
    assert broken and broken.seq == 5


async def test_a_key_that_is_exchanged_signs_the_end_anew(log: Store) -> None:
    await deeds(log, 2)
    new = audit_key("n" * 32)
    assert not await log.audit.sign_anew(b"wrong", new)
    assert await log.audit.sign_anew(KEY, new)
    assert await log.audit.sign_anew(KEY, new)
    log.audit.sign_with(new)
    assert await log.audit.verify() == (2, None)


def test_what_is_within_a_value_is_told_in_words_and_without_secrets() -> None:
    rows = [{"group": "Desk leads", "role": "supervisor"}, {"group": "Desk", "may": ["read", "write"]}]
    within = {"host": "a", "app_secret": "hidden", "deep": {"token": "hidden"}}
    told = small({"groups": rows, "settings": within})
    assert told["groups"] == ["group: Desk leads · role: supervisor", "group: Desk · may: read; write"]
    assert told["settings"] == "host: a · deep: "


async def test_secrets_and_long_values_stay_out(log: Store) -> None:
    entry = await audit.note(
        MARCO,
        "channel.changed",
        "channel:shop",
        store=log,
        clock=at,
        before={"access_token": "EAAG", "name": "x" * 900},
        after={"app_secret": "s", "password": "p", "labels": ("a", "b"), "n": 3},
    )
    assert entry.before == {"name": "x" * 200}
    assert entry.after == {"labels": ["a", "b"], "n": 3}
