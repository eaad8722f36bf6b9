"""What connectors remember, and who holds a line: right also when several processes write at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from inbox.store import Store
from tests.inbox.factories import NOON

LEASE = timedelta(seconds=10)


def now() -> Any:
    return NOON


async def test_what_is_kept_first_stays_and_what_is_put_replaces(store: Store) -> None:
    shelf = store.shelf("sms", now)
    fields = {"n": 1, "octets": b"\x00", "at": NOON, "list": [1, "two"]}
    assert await shelf.keep("a", fields) == fields
    assert (await shelf.keep("a", {"n": 2, "m": "$n"}))["n"] == 1
    assert (await shelf.get("a"))["m"] == "$n", "a text is a text"
    assert (await shelf.put("a", {"n": 2}))["n"] == 2
    assert await shelf.get("b") == {}


async def test_parts_that_are_put_there_at_once_are_all_seen_by_the_last(store: Store) -> None:
    shelf = store.shelf("sms", now)
    seen = await asyncio.gather(*(shelf.keep("long", {f"p{n}": n}) for n in range(40)))
    assert max(len(each) for each in seen) == 40
    assert sorted(len(each) for each in seen) == list(range(1, 41)), "one sees the whole, once"


async def test_entries_are_found_by_name_in_their_channel_alone(store: Store) -> None:
    one, other = store.shelf("one", now), store.shelf("other", now)
    await one.put("a", {"n": 1}, ["open", "x"])
    await other.put("a", {"n": 2}, ["open"])
    assert await one.find(["open"]) == {"a": {"n": 1}}
    await one.put("a", {}, without=["open"])
    assert await one.find(["open"]) == {} and await one.find(["x", "open"]) == {"a": {"n": 1}}


async def test_of_many_one_gets_the_line(store: Store) -> None:
    claims = await asyncio.gather(*(store.holders.claim("sms", f"p{n}", NOON, LEASE) for n in range(20)))
    assert len([claim for claim in claims if claim]) == 1
    assert claims[[bool(claim) for claim in claims].index(True)].left_at is None


async def test_a_line_passes_on_when_its_lease_is_over_or_let_go(store: Store) -> None:
    holders = store.holders
    assert await holders.claim("sms", "first", NOON, LEASE)
    assert await holders.renew(["sms", "none"], "first", NOON + LEASE / 2, LEASE) == {"sms"}
    assert await holders.claim("sms", "second", NOON + LEASE, LEASE) is None
    claim = await holders.claim("sms", "second", NOON + LEASE * 2, LEASE)
    assert claim and claim.left_at == NOON + LEASE / 2, "when the first was last seen"
    assert await holders.renew(["sms"], "first", NOON + LEASE * 2, LEASE) == set()
    await holders.release("sms", "first", NOON + LEASE * 3)
    assert await holders.claim("sms", "third", NOON + LEASE * 2, LEASE) is None, (
        "it was not the first's to release"
    )
    await holders.release("sms", "second", NOON + LEASE * 2)
    claim = await holders.claim("sms", "third", NOON + LEASE * 2, LEASE)
    assert claim and claim.left_at == NOON + LEASE * 2


@pytest.mark.parametrize(
    ("collection", "query"),
    [
        ("messages", {"external_key": {"$gte": "sms|abc-0", "$lt": "sms|abc-~"}}),
        ("shelves", {"names": {"$in": ["sms|id:1", "sms|id:2"]}}),
    ],
)
async def test_what_connectors_ask_is_answered_by_an_index(store: Store, collection: str, query: Any) -> None:
    plan = await store._database[collection].find(query).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
