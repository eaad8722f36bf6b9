"""Group commit: durable before it is answered, and never stopped by one odd value."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.content import FormAnswer, Text
from connectors.contract import Webhook
from connectors.events import Profile, Unreadable
from inbox.actions.receive import Arrival
from inbox.bus import Bus
from inbox.ingest import Busy, Ingest
from inbox.store import Conflict, Store, StoreUnavailable, Unwritable
from tests.inbox.factories import Clock, bsuid, heard, phone, told
from tests.mongo import a_mongod
from tests.stores import an_empty_store

REOPEN = timedelta(hours=24)


def an_ingest(store: Store, **options) -> Ingest:
    return Ingest(store, Bus(), Clock(), reopen=REOPEN, **options)


@pytest.fixture
async def ingest(store: Store) -> AsyncIterator[Ingest]:
    """An ingest at work."""
    ingest = an_ingest(store, patience=60, slow=60)
    ingest.start()
    yield ingest
    await ingest.stop()


async def texts(store: Store) -> list[str]:
    """What customers wrote, conversation by conversation."""
    found = []
    for conversation in await store.conversations.page({}, waiting=False, after=None, limit=100):
        page, _ = await store.messages.page(conversation.id, before_seq=None, limit=1000)
        found += [m.content.text for m in page if isinstance(m.content, Text)]
    return found


def nested(depth: int) -> object:
    return {"a": nested(depth - 1)} if depth else 1


UNWRITABLE = {
    "a name with a NUL": FormAnswer("order", {"a\0b": 1}),
    "a number beyond 64 bits": FormAnswer("order", {"n": 2**70}),
    "half a surrogate pair": Text("\ud800"),
    "200 levels": FormAnswer("order", {"deep": nested(200)}),
    "more than 16 MB": Text("x" * 17_000_000),
}


@pytest.mark.parametrize("odd", UNWRITABLE)
async def test_what_mongodb_refuses_is_quarantined_and_its_neighbours_are_kept(
    store: Store, ingest: Ingest, odd: str
) -> None:
    batch = [heard("before"), heard(UNWRITABLE[odd]), heard("after")]
    others = [ingest.submit([heard(f"other {n}", phone(f"+1555{n}"))]) for n in range(3)]
    received, *_ = await asyncio.gather(ingest.submit(batch), *others)
    assert sorted(await texts(store)) == ["after", "before", "other 0", "other 1", "other 2"]
    item = (await store.quarantine.list())[0]
    assert item.reason.startswith("The store refuses it: ")
    assert received.quarantined == [item.id]
    await ingest.submit([heard("still alive")])


async def test_the_same_unreadable_webhook_again_is_one_entry(store: Store, ingest: Ingest) -> None:
    webhook = Webhook(method="POST", url="", headers={"x-a": "\udcff"}, query={"a\0": ""}, body=b"[oops]")
    odd = Arrival("whatsapp", "whatsapp", Unreadable(reason="no object", raw="oops"), webhook=webhook)
    await ingest.submit([odd])
    await ingest.submit([odd, odd])
    (item,) = await store.quarantine.list()
    kept = await store.quarantine.request_of(item)
    assert kept is not None
    assert kept.body == b"[oops]"
    assert await store.quarantine.release(item)
    assert await store.quarantine.request_of(item) is None


async def test_many_doors_at_once_lose_and_double_nothing(store: Store, ingest: Ingest) -> None:
    arrivals = [heard(f"text {n}", phone(f"+1555{n % 7}"), id=f"wamid.{n}") for n in range(150)]
    await asyncio.gather(*(ingest.submit([a]) for a in (*arrivals, *arrivals)))
    assert sorted(await texts(store)) == sorted(a.event.content.text for a in arrivals)


async def test_a_message_that_comes_again_under_a_number_nobody_knows_is_no_new_one(
    store: Store, ingest: Ingest
) -> None:
    """Nobody asks for the messages of a stranger; the store does not take one twice all the same."""
    await ingest.submit([heard("once", phone("+15550001111"), id="wamid.1")])
    again, new = heard("once", phone("+15550002222"), id="wamid.1"), heard("new", phone("+15550003333"))
    received = await ingest.submit([again, new])
    assert received.duplicates == 1
    assert sorted(await texts(store)) == ["new", "once"]
    assert not await store.contacts.known_as({phone("+15550002222").key}, None)


async def test_two_processes_take_the_same_webhook_once(store: Store) -> None:
    first, second = an_ingest(store), an_ingest(store)
    first.start()
    second.start()
    for n in range(10):
        arrivals = [heard(f"{n}.{m}", phone(f"+1555{m}"), id=f"wamid.{n}.{m}") for m in range(5)]
        await asyncio.gather(first.submit(arrivals), second.submit(arrivals))
    assert len(await texts(store)) == 50
    assert len(await store.conversations.page({}, waiting=False, after=None, limit=100)) == 5
    await first.stop()
    await second.stop()


async def test_a_report_that_comes_before_its_message_waits(store: Store, ingest: Ingest) -> None:
    await ingest.submit([told("wamid.1", "delivered")])
    await ingest.submit([told("wamid.1", "delivered"), told("wamid.1", "read")])
    (early,) = await store.messages.early(["whatsapp|wamid.1"])
    assert [r.status for r in early.reports] == ["delivered", "read"]


async def test_a_person_of_two_names_becomes_one_contact(store: Store, ingest: Ingest) -> None:
    await ingest.submit([heard("by number", phone())])
    await ingest.submit([heard("by user id", bsuid("US.1"))])
    await ingest.submit([heard("by both", phone(), bsuid("US.1"))])
    (contact,) = await store.contacts.known_as([phone().key, bsuid("US.1").key])
    conversations = await store.conversations.of_contact(contact.id)
    assert len(conversations) == 2
    assert [c.current for c in conversations].count(True) == 1
    await ingest.submit([heard("and again", bsuid("US.1"))])
    assert len(await store.conversations.of_contact(contact.id)) == 2


async def an_echo(store: Store, ingest: Ingest, *who, id: str = "wamid.E") -> str:
    """A message of ours to a customer of these names; the id of its conversation."""
    arrival = heard("Hi", *who, id=id, echo=True)
    await ingest.submit([arrival])
    (message,) = await store.messages.named([f"whatsapp|{id}"], [])
    return message.conversation_id


BOTH = (bsuid("US.1"), phone())


@pytest.mark.parametrize("known", BOTH, ids=["bsuid", "phone"])
async def test_a_report_tells_a_name_that_the_contact_lacked(store: Store, ingest: Ingest, known) -> None:
    at = await an_echo(store, ingest, known)
    for status in ("sent", "delivered", "delivered"):
        await ingest.submit([told("wamid.E", status, identities=BOTH)])
    found = await store.contacts.known_as([i.key for i in BOTH])
    assert [set(c.identity_keys) for c in found] == [{i.key for i in BOTH}]
    conversation = await store.conversations.get(at)
    assert conversation.to == BOTH and conversation.contact.address == phone().value
    await ingest.submit([heard("back", next(i for i in BOTH if i != known))])
    assert len(await store.conversations.of_contact(found[0].id)) == 1


async def test_a_report_makes_two_contacts_one(store: Store, ingest: Ingest) -> None:
    at = await an_echo(store, ingest, phone())
    await ingest.submit([heard("by user id", bsuid("US.1"))])
    for status in ("sent", "read"):
        await ingest.submit([told("wamid.E", status, identities=BOTH)])
    (contact,) = await store.contacts.known_as([i.key for i in BOTH])
    conversations = await store.conversations.of_contact(contact.id)
    assert len(conversations) == 2 and [c.current for c in conversations].count(True) == 1
    assert (await store.conversations.get(at)).to == BOTH


async def test_a_report_alone_makes_nobody_somebody_else(store: Store, ingest: Ingest) -> None:
    """A number with a new owner: two people of WhatsApp stay two, whoever of them we have met."""
    await an_echo(store, ingest, bsuid("US.2"), phone())
    await ingest.submit([told("wamid.E", "sent", identities=BOTH)])
    (contact,) = await store.contacts.known_as([i.key for i in BOTH])
    assert set(contact.identity_keys) == {bsuid("US.2").key, phone().key}
    await an_echo(store, ingest, bsuid("US.1"), id="wamid.F")
    await ingest.submit([told("wamid.F", "sent", identities=BOTH)])
    assert len(await store.contacts.known_as([i.key for i in BOTH])) == 2


async def test_a_chain_of_names_ends_in_one_contact(store: Store, ingest: Ingest) -> None:
    one, two, three = phone("+1"), phone("+2"), phone("+3")
    await ingest.submit([heard("a", one), heard("b", two), heard("c", three)])
    await ingest.submit([heard("ab", one, two), heard("bc", two, three)])
    found = await store.contacts.known_as([one.key, two.key, three.key])
    assert [set(c.identity_keys) for c in found] == [{one.key, two.key, three.key}]
    assert found[0].merged_into is None


class Failing:
    """A store whose changes fail as they are told to."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    async def change_in_a_thread(self, work, **limits) -> None:
        await asyncio.sleep(0)
        raise self.errors.pop(0) if len(self.errors) > 1 else self.errors[0]


@pytest.mark.parametrize(
    "errors",
    [
        [Unwritable("one"), Unwritable("alone"), StoreUnavailable("gone")],
        [Unwritable("one"), Unwritable("alone"), Conflict("again")],
        [Unwritable("always")],
        [RuntimeError("a fault of ours")],
    ],
)
async def test_no_failure_stops_the_ones_that_come_after(errors: list[Exception]) -> None:
    ingest = an_ingest(Failing(*errors))
    ingest.start()
    for _ in range(3):
        with pytest.raises((StoreUnavailable, Conflict, RuntimeError)):
            await asyncio.wait_for(ingest.submit([heard("Hello")]), 30)
    await ingest.stop()


class Frozen:
    """A store that does not answer."""

    async def change_in_a_thread(self, work, **limits) -> None:
        await asyncio.sleep(3600)


async def test_who_would_wait_too_long_is_told_to_come_back() -> None:
    ingest = an_ingest(Frozen(), patience=0.05, limit=3)
    ingest.start()
    refused = await asyncio.gather(
        *(ingest.submit([heard(str(n))]) for n in range(6)), return_exceptions=True
    )
    assert [type(r) for r in refused] == [Busy] * 6
    await asyncio.wait_for(ingest.stop(patience=0.05), 30)


async def test_while_the_store_is_slow_whoever_comes_is_sent_away_at_once() -> None:
    ingest = an_ingest(Frozen(), slow=0.05, patience=100)
    ingest.start()
    waiting = asyncio.create_task(ingest.submit([heard("first")]))
    await asyncio.sleep(0.1)
    with pytest.raises(Busy):
        await asyncio.wait_for(ingest.submit([heard("second")]), 30)
    await ingest.stop(patience=0.01)
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_webhook_of_many_customers_keeps_the_order_of_each(store: Store, ingest: Ingest) -> None:
    for part in range(3):
        batch = [heard(f"{part}.{n}", phone(f"+1555{n % 9}"), id=f"{part}.{n}") for n in range(60)]
        received = await ingest.submit(batch)
        assert len(received.messages) == 60
    for conversation in await store.conversations.page({}, waiting=False, after=None, limit=100):
        page, _ = await store.messages.page(conversation.id, before_seq=None, limit=100)
        said = [tuple(map(int, m.content.text.split("."))) for m in page]
        assert said == sorted(said)


async def test_who_waits_when_the_process_stops_is_told_to_come_back() -> None:
    ingest = an_ingest(Frozen())
    ingest.start()
    waiting = [asyncio.create_task(ingest.submit([heard(str(n))])) for n in range(2)]
    await asyncio.sleep(0.01)
    await asyncio.wait_for(ingest.stop(patience=0.05), 30)
    refused = await asyncio.gather(*waiting, ingest.submit([heard("late")]), return_exceptions=True)
    assert [type(r) for r in refused] == [Busy] * 3


async def test_a_stop_writes_what_is_waiting(store: Store) -> None:
    ingest = an_ingest(store, batch=1)
    ingest.start()
    waiting = [asyncio.create_task(ingest.submit([heard(f"text {n}")])) for n in range(5)]
    await asyncio.sleep(0)
    await ingest.stop()
    await asyncio.gather(*waiting)
    assert len(await texts(store)) == 5


async def test_mongodb_killed_under_load_loses_nothing_that_was_answered() -> None:
    async with a_mongod() as mongod, an_empty_store(mongod.uri) as store:
        ingest = an_ingest(store, patience=3)
        ingest.start()
        answered: set[str] = set()
        over = asyncio.Event()

        async def provider(customer: int) -> None:
            for n in range(1000):
                if over.is_set():
                    return
                name = f"{customer}.{n}"
                while True:  # a provider sends again until it is answered
                    try:
                        await ingest.submit([heard(name, phone(f"+1555{customer}"), id=f"wamid.{name}")])
                        break
                    except (Busy, StoreUnavailable, Conflict):
                        await asyncio.sleep(0.05)
                answered.add(name)

        providers = [asyncio.create_task(provider(n)) for n in range(8)]
        await asyncio.sleep(0.5)
        await mongod.kill()
        await asyncio.sleep(0.2)
        await mongod.start()
        before = len(answered)
        while len(answered) < before + 40:
            await asyncio.sleep(0.05)
        over.set()
        await asyncio.gather(*providers)
        await ingest.stop()
        kept = await texts(store)
        assert len(kept) == len(set(kept))
        assert answered == set(kept)


async def test_what_customers_say_of_themselves_is_kept_with_their_message(
    store: Store, ingest: Ingest
) -> None:
    plain = heard("Hello", phone())
    told_more = replace(heard("Here it is", phone()).event, profile=Profile(attributes={"email": "a@b.cd"}))
    await ingest.submit([plain])
    await ingest.submit([replace(plain, event=told_more)])  # of a customer who is remembered
    (contact,) = await store.contacts.known_as([phone().key])
    assert (contact.name, contact.attributes) == ("Ada", {"email": "a@b.cd"})
