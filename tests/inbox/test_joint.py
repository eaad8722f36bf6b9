"""Changes of several conversations in one commit: together where they can; no fault is another's."""

import asyncio
from typing import Any

import pytest

from connectors.content import Text
from inbox.bus import Bus
from inbox.joint import Draft, Joint
from inbox.model.commit import Commit, ConversationChange, change_of
from inbox.model.consent import Refusal, Refusals, Source, Standing, standing_id
from inbox.model.conversation import Conversation, Work
from inbox.model.message import BOT
from inbox.model.thread import Thread
from inbox.store import Store, Unwritable
from tests.inbox.factories import NOON, a_conversation, phone


async def kept(store: Store, **fields: Any) -> Conversation:
    """A conversation that is in the store."""
    thread = Thread(a_conversation(**fields), NOON, is_new=True)
    change = change_of(thread)

    async def work(session: Any) -> tuple[Commit, None]:
        return Commit(conversations=[change]), None

    await store.change(work)
    return change.after


def says(conversation: Conversation, text: str, **more: Any) -> Draft:
    """That the bot says something there."""

    def edit(refusals: Refusals) -> ConversationChange:
        thread = Thread(conversation, NOON)
        thread.say(BOT, Text(text))
        return change_of(thread, **more)

    return Draft(conversation, edit)


async def all_of(joint: Joint, drafts: list[Draft]) -> list[Any]:
    return await asyncio.gather(*(joint.write(draft) for draft in drafts), return_exceptions=True)


async def said(store: Store, conversation: Conversation) -> list[str]:
    page, _ = await store.messages.page(conversation.id, before_seq=None, limit=10)
    return [message.content.text for message in page]


async def test_what_waits_meanwhile_is_one_commit_and_all_are_told(store: Store) -> None:
    conversations = [await kept(store) for _ in range(12)]
    bus, told = Bus(), []
    bus.listen(lambda changes: told.append(len(changes)))
    before = await store._database.changes.count_documents({})
    written = await all_of(Joint(store, bus), [says(c, "Hi") for c in conversations])
    assert [change.after.id for change in written] == [c.id for c in conversations]
    assert [await said(store, c) for c in conversations] == [["Hi"]] * 12
    commits = await store._database.changes.count_documents({}) - before
    assert sum(told) == 12 and len(told) == commits < 12


async def test_what_others_have_changed_is_left_and_the_rest_is_written(store: Store) -> None:
    conversations = [await kept(store) for _ in range(8)]
    joint = Joint(store, Bus())
    await joint.write(says(conversations[4], "I was first"))
    written = await all_of(joint, [says(c, "Hi") for c in conversations])
    assert [change is None for change in written] == [n == 4 for n in range(8)]
    assert await said(store, conversations[4]) == ["I was first"]
    assert await said(store, conversations[5]) == ["Hi"]


async def test_whose_claim_is_gone_writes_nothing(store: Store) -> None:
    conversations = [await kept(store, turn=Work(at=NOON, owner="theirs")) for _ in range(3)]
    drafts = [
        says(c, "Hi", holder=("turn", "ours" if n == 1 else "theirs")) for n, c in enumerate(conversations)
    ]
    written = await all_of(Joint(store, Bus()), drafts)
    assert [change is None for change in written] == [False, True, False]


async def test_a_fault_is_no_others(store: Store) -> None:
    conversations = [await kept(store) for _ in range(6)]

    def fails(refusals: Refusals) -> ConversationChange:
        raise ValueError("no such intent")

    drafts = [says(c, "Hi") for c in conversations]
    drafts[3] = drafts[3]._replace(edit=fails)
    drafts[4] = says(conversations[4], "half a pair: \ud83d")
    *first, bad, unwritable, last = await all_of(Joint(store, Bus()), drafts)
    assert all(isinstance(change, ConversationChange) for change in (*first, last))
    assert isinstance(bad, ValueError)
    assert isinstance(unwritable, Unwritable)


async def test_two_changes_of_one_conversation_are_not_both_worked_out_from_the_same(store: Store) -> None:
    others = [await kept(store) for _ in range(2)]
    conversation = await kept(store)
    drafts = [*(says(c, "Hi") for c in others), says(conversation, "one"), says(conversation, "two")]
    written = await all_of(Joint(store, Bus()), drafts)
    assert [change is None for change in written].count(True) == 1
    assert len(await said(store, conversation)) == 1


@pytest.mark.parametrize("by", ["address", "contact"])
async def test_each_is_told_what_its_customer_refuses_on_the_channel_it_leaves_by(
    store: Store, by: str
) -> None:
    refuses, takes = [await kept(store, to=(phone(f"+1555000000{n}"),)) for n in range(2)]
    refusal = Refusal(at=NOON, source=Source.WORDS)
    whose = refuses.contact_id if by == "contact" else "somebody who had the number before"
    key = phone("+19990000000" if by == "contact" else "+15550000000").key
    id = standing_id("whatsapp", key)
    standing = Standing(id=id, channel_id="whatsapp", contact_id=whose, refusals=(refusal,), at=NOON)

    async def work(session: Any) -> tuple[Commit, None]:
        return Commit(standings=[standing]), None

    await store.change(work)
    told: dict[str, Refusals] = {}

    def noting(draft: Draft, channel_id: str | None, name: str) -> Draft:
        def edit(refusals: Refusals) -> ConversationChange:
            told[name] = refusals
            return draft.edit(refusals)

        return draft._replace(edit=edit, leaves_by=channel_id)

    elsewhere, stays = [await kept(store, to=refuses.to, contact_id=f"c{n}") for n in range(2)]
    await all_of(
        Joint(store, Bus()),
        [
            noting(says(refuses, "Hi"), "whatsapp", "refuses"),
            noting(says(takes, "Hi"), "whatsapp", "takes"),
            noting(says(elsewhere, "Hi"), "sms", "elsewhere"),
            noting(says(stays, "Hi"), None, "stays"),
        ],
    )
    assert told == {"refuses": (refusal,), "takes": (), "elsewhere": (), "stays": ()}
