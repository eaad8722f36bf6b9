"""What is remembered between two commits: used when it is right, harmless when it is not."""

from datetime import timedelta

from msgspec.structs import replace

from connectors.content import System
from inbox.app import now
from inbox.bus import Bus
from inbox.ingest import Ingest
from inbox.store import Store
from tests.inbox.factories import heard, moved, phone

DAY = timedelta(hours=24)


async def an_ingest(store: Store) -> Ingest:
    ingest = Ingest(store, Bus(), now, reopen=DAY)
    ingest.start()
    return ingest


async def texts(store: Store) -> list[str]:
    (conversation,) = await store.conversations.page({}, waiting=False, after=None, limit=10)
    page, _ = await store.messages.page(conversation.id, before_seq=None, limit=50)
    assert [m.seq for m in page] == list(range(1, len(page) + 1))
    assert conversation.seq == len(page)
    return [m.content.text for m in page]


async def reads(store: Store, ingest: Ingest, *said: str) -> list[str]:
    """Which collections were asked while this was taken in."""
    database = store._database
    await database.command("profile", 2)
    for words in said:
        await ingest.submit([heard(words, id=words)])
    await database.command("profile", 0)
    told = (
        await database["system.profile"]
        .find({"op": "query", "ns": {"$not": {"$regex": "profile"}}})
        .to_list(None)
    )
    await database["system.profile"].drop()
    return [each["ns"].rpartition(".")[2] for each in told]


async def test_a_known_customer_is_not_read_again(store: Store) -> None:
    ingest = await an_ingest(store)
    await ingest.submit([heard("one", id="one")])
    assert await reads(store, ingest, "two", "three") == []
    assert await texts(store) == ["one", "two", "three"]
    await ingest.stop()


async def test_a_redelivery_is_known_even_when_nothing_is_read_before(store: Store) -> None:
    ingest = await an_ingest(store)
    await ingest.submit([heard("one", id="one")])
    again = await ingest.submit([heard("one", id="one"), heard("two", id="two")])
    assert again.duplicates == 1 and len(again.messages) == 2
    assert await texts(store) == ["one", "two"]
    await ingest.stop()


async def test_another_process_that_wrote_meanwhile_is_noticed(store: Store) -> None:
    first, second = await an_ingest(store), await an_ingest(store)
    await first.submit([heard("one", id="one")])
    await second.submit([heard("two", id="two")])
    await first.submit([heard("three", id="three")])
    await second.submit([heard("four", id="four"), heard("five", id="five")])
    assert await texts(store) == ["one", "two", "three", "four", "five"]
    await first.stop()
    await second.stop()


async def test_a_number_that_was_given_up_is_nobodys(store: Store) -> None:
    ingest = await an_ingest(store)
    await ingest.submit([heard("mine", id="1")])
    change = System("user_changed_number")
    await ingest.submit([moved((phone(),), (phone("+15550002222"),), change)])
    await ingest.submit([heard("I have a new phone", id="2", name="Bob")])
    names = {
        c.contact.name: c for c in await store.conversations.page({}, waiting=False, after=None, limit=9)
    }
    assert names.keys() == {"Ada", "Bob"}
    await ingest.stop()


async def test_a_number_given_up_is_noticed_on_other_channels_of_other_processes(store: Store) -> None:
    first, second = await an_ingest(store), await an_ingest(store)
    sms = {"channel_id": "sms", "channel_kind": "sms"}
    await second.submit([replace(heard("mine", id="1"), **sms)])
    await first.submit([moved((phone(),), (phone("+15550002222"),), System("user_changed_number"))])
    await second.submit(
        [replace(heard("a stranger", id="2", name="Bob"), channel_id="sms", channel_kind="sms")]
    )
    found = await store.conversations.page({"channel_id": "sms"}, waiting=False, after=None, limit=9)
    assert {c.contact.name for c in found} == {"Ada", "Bob"}
    await first.stop()
    await second.stop()


async def test_who_finds_it_old_asks_for_revisions_until_they_are_right_again(store: Store) -> None:
    first, second = await an_ingest(store), await an_ingest(store)
    await first.submit([heard("one", id="one")])
    await second.submit([heard("two", id="two")])
    assert len(await reads(store, first, "three")) > 2  # the other wrote meanwhile: everything is read
    await second.submit([heard("four", id="four")])
    assert "messages" in await reads(store, first, "five")  # known to be old before it is tried
    assert await reads(store, first, "six") == ["conversations"]
    for number in range(60):
        await first.submit([heard(str(number), id=str(number))])
    assert await reads(store, first, "seven") == []
    await first.stop()
    await second.stop()
