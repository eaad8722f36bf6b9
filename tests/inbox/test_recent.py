"""What is remembered between two commits: used when it is right, harmless when it is not."""

import asyncio
import random
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from connectors.content import System
from inbox.app import now
from inbox.bus import Bus
from inbox.ingest import Busy, Ingest
from inbox.model.commit import Commit, change_of
from inbox.model.conversation import SpeakerKind
from inbox.model.thread import Thread
from inbox.store import Conflict, Store, StoreError
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


async def aborted(store: Store) -> int:
    """How many transactions MongoDB had to abort so far."""
    status = await store._database.client.admin.command("serverStatus")
    return int(status["transactions"]["totalAborted"])


async def test_a_known_customer_is_not_read_again(store: Store) -> None:
    ingest = await an_ingest(store)
    await ingest.submit([heard("one", id="one")])
    assert await reads(store, ingest, "two", "three") == ["conversations", "conversations"]  # their revs
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


async def test_what_another_process_wrote_is_read_before_anything_is_tried(store: Store) -> None:
    first, second = await an_ingest(store), await an_ingest(store)
    await first.submit([heard("one", id="one")])
    await second.submit([heard("two", id="two")])
    before = await aborted(store)
    read = await reads(store, first, "three")
    assert read == ["conversations", "contacts", "conversations"]
    assert await reads(store, first, "four") == ["conversations"]
    assert await aborted(store) == before
    assert await texts(store) == ["one", "two", "three", "four"]
    await first.stop()
    await second.stop()


async def test_a_batch_is_worked_out_once_where_another_process_always_wrote_meanwhile(store: Store) -> None:
    first, second = await an_ingest(store), await an_ingest(store)
    drawn: list[Commit] = []
    first.claims = lambda commit: drawn.append(commit) or commit  # type: ignore[func-returns-value]
    often = []
    for number in range(12):
        await second.submit([heard(f"other {number}", id=f"other {number}")])
        before = len(drawn)
        await first.submit([heard(f"own {number}", id=f"own {number}")])
        often.append(len(drawn) - before)
    assert often[1] == 2 and often[-1] == 1
    assert await texts(store) == [f"{whose} {n}" for n in range(12) for whose in ("other", "own")]
    await first.stop()
    await second.stop()


async def test_where_another_process_always_wrote_meanwhile_two_questions_are_enough(store: Store) -> None:
    ingest, other = await an_ingest(store), await an_ingest(store)
    for number in range(20):
        for each in (ingest, other):
            await each.submit([heard("again", id=f"{number}.{id(each)}")])
    await other.submit([heard("once more", id="once more")])
    assert ingest._recent.is_shared
    assert await reads(store, ingest, "new") == ["contacts", "conversations"]
    again = await ingest.submit([heard("once more", id="once more"), heard("newer", id="newer")])
    assert again.duplicates == 1 and (await texts(store))[-3:] == ["once more", "new", "newer"]
    for number in range(20):  # the other one is gone
        await ingest.submit([heard("alone", id=f"alone {number}")])
    assert await reads(store, ingest, "last") == ["conversations"], "its memory is right again"
    await ingest.stop()
    await other.stop()


async def test_who_is_assigned_by_another_process_is_not_answered_by_the_bot(store: Store) -> None:
    """The messages alone would not tell: nothing was said meanwhile, and the speaker has changed."""
    ingest = await an_ingest(store)
    await ingest.submit([heard("one", id="one")])
    (before,) = await store.conversations.page({}, waiting=False, after=None, limit=1)

    async def take_over(session: Any) -> tuple[Commit, None]:
        thread = Thread(before, now())
        thread.speaker(SpeakerKind.AGENT, "agent-1", "Ada")
        return Commit(conversations=[change_of(thread)]), None

    await store.change(take_over)
    await ingest.submit([heard("two", id="two")])
    (after,) = await store.conversations.page({}, waiting=False, after=None, limit=1)
    assert (after.speaker.kind, after.turn, after.rev) == (SpeakerKind.AGENT, None, before.rev + 2)
    await ingest.stop()


async def test_a_redelivery_at_another_process_is_known(store: Store) -> None:
    first, second = await an_ingest(store), await an_ingest(store)
    for number in range(5):
        await first.submit([heard(str(number), id=str(number))])
        again = await second.submit([heard(str(number), id=str(number)), heard("x", id=f"x{number}")])
        assert again.duplicates == 1
    assert await texts(store) == [each for number in range(5) for each in (str(number), "x")]
    await first.stop()
    await second.stop()


async def test_customers_at_random_over_two_processes_keep_their_order_and_lose_nothing(store: Store) -> None:
    """Each makes the other's memory old all the time, and batches of both meet on the same customers."""
    both = [await an_ingest(store), await an_ingest(store)]
    lot = random.Random(7)

    async def write(customer: int) -> None:
        for number in range(12):
            message = heard(f"{customer}.{number}", phone(f"+1555{customer}"), id=f"{customer}.{number}")
            while True:
                try:
                    await lot.choice(both).submit([message])
                    break
                except (Busy, Conflict, StoreError):
                    continue

    await asyncio.gather(*(write(customer) for customer in range(10)))
    found = await store.conversations.page({}, waiting=False, after=None, limit=100)
    assert len(found) == 10
    for conversation in found:
        page, _ = await store.messages.page(conversation.id, before_seq=None, limit=50)
        assert [m.content.text.partition(".")[2] for m in page] == [str(n) for n in range(12)]
        assert (conversation.seq, conversation.unread_count) == (12, 12)
    for ingest in both:
        await ingest.stop()
