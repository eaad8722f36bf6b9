"""Killed before each thing that lasts: what agents do with conversations, one by one and many at once."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from connectors.content import Text
from connectors.contract import Outbound
from inbox.actions import converse, drafts, joining, labels, later, triage
from inbox.actions.errors import NotFound
from inbox.model.conversation import Conversation, SpeakerKind
from inbox.model.people import Role
from inbox.store import Store
from tests.inbox.factories import an_agent, heard, phone
from tests.inbox.office import Office
from tests.inbox.stories import (
    ADMIN,
    Story,
    a_case_of_marco,
    a_while_later,
    comes_to_the_same_end,
    marco,
)

ADA, BOB = phone("+390212340001"), phone("+390212340002")
MARCO = an_agent("Marco Rossi", Role.ADMIN)


# Two conversations that are one


async def an_old_and_a_new(office: Office) -> None:
    """One that was resolved two days ago, and the present one, in which the customer waits for Marco."""
    await office.take(heard("The old matter", ADA, id="1", name="Ada"))
    old = await office.conversation()
    await office.turn()
    await office.deliver()
    await converse.resolve(office.desk, old.id, MARCO)
    office.clock.forward(days=2)
    await office.take(heard("The same again", ADA, id="2", name="Ada"))
    _, new = await old_and_new(office)
    await converse.take_over(office.desk, new.id, MARCO, epoch=1)


async def old_and_new(office: Office) -> list[Conversation]:
    (ada,) = await office.store.contacts.known_as([ADA.key])
    return sorted(await office.store.conversations.of_contact(ada.id), key=lambda c: c.created_at)


async def joins(office: Office) -> None:
    old, new = await old_and_new(office)
    await joining.merge(office.desk, MARCO, keep=old.id, give_up=new.id)


async def the_customer_writes_on(office: Office) -> None:
    await joins(office)
    await office.take(heard("Are you there?", ADA, id="3"))
    await a_while_later(office)


async def two_joined(office: Office) -> None:
    await an_old_and_a_new(office)
    await joins(office)


async def parts(office: Office) -> None:
    _, new = await old_and_new(office)
    await joining.part_again(office.desk, MARCO, new.id)


async def parts_unless_done(office: Office) -> None:
    if (await old_and_new(office))[1].joined:
        await parts(office)
    await a_while_later(office)


# Many at once, as the page does it, and its way back


async def two_waiting(office: Office) -> None:
    """One with the bot, one with Marco."""
    await office.take(heard("I am Ada", ADA, id="1"), heard("I am Bob", BOB, id="2"))
    conversations = await every(office)
    for each in conversations:
        await office.turns.run(each.id)
        await office.outbox.run(each.id)
    await converse.take_over(office.desk, conversations[0].id, MARCO, epoch=1)


async def every(office: Office) -> list[Conversation]:
    found = await office.store.conversations.page({}, waiting=False, after=None, limit=10)
    return sorted(found, key=lambda each: each.contact.address or "")


async def resolves_all(office: Office) -> None:
    for each in await every(office):
        await converse.resolve(office.desk, each.id, MARCO)


async def two_resolved(office: Office) -> None:
    await two_waiting(office)
    await resolves_all(office)


async def reopens_all(office: Office) -> None:
    ada, bob = await every(office)
    await converse.reopen(office.desk, ada.id, MARCO)
    await converse.assign(office.desk, ada.id, MARCO, to=None)
    await converse.reopen(office.desk, bob.id, MARCO)
    await converse.hand_back(office.desk, bob.id, MARCO, outcome="unresolved", note=None)


async def reopens_all_again(office: Office) -> None:
    """Of one that is with the bot already, nothing is left to undo: the page does not open it again."""
    ada, bob = await every(office)
    await converse.reopen(office.desk, ada.id, MARCO)
    await converse.assign(office.desk, ada.id, MARCO, to=None)
    if not (bob.status == "open" and bob.speaker.kind is SpeakerKind.BOT):
        await converse.reopen(office.desk, bob.id, MARCO)
        await converse.hand_back(office.desk, bob.id, MARCO, outcome="unresolved", note=None)
    await a_while_later(office)


async def sorts_all(office: Office) -> None:
    until = (await every(office))[0].created_at + timedelta(days=1)
    for each in await every(office):
        await triage.label(office.desk, each.id, MARCO, add=["vip"])
        await triage.prioritise(office.desk, each.id, MARCO, priority="high")
        await triage.snooze(office.desk, each.id, MARCO, until=until)


async def two_sorted(office: Office) -> None:
    await two_waiting(office)
    await sorts_all(office)


async def unsorts_all(office: Office) -> None:
    for each in await every(office):
        await triage.label(office.desk, each.id, MARCO, remove=["vip"])
        await triage.prioritise(office.desk, each.id, MARCO, priority="none")


async def relabels(office: Office) -> None:
    await labels.rename(office.desk, ADMIN, "vip", "very important")


async def relabels_the_rest(office: Office) -> None:
    with suppress(NotFound):  # none is left
        await relabels(office)


# The customer wants no more, in the middle of a queue


async def three_replies_and_a_stop(office: Office) -> None:
    """Three are queued; while the first is handed over, the customer's STOP comes in by another process."""
    await a_case_of_marco(office)
    at, who = (await office.conversation()).id, await marco(office)
    for number in "123":
        said = Text(f"Offer {number}")
        await converse.reply(office.desk, at, who, content=said, client_id=number)

    async def objects(message: Outbound) -> Any:
        await office.take(heard("STOP", id="wamid.stop"))

    office.provider.answers = [objects]


async def sends(office: Office) -> None:
    await office.deliver()


async def sent_and_objected(office: Office) -> None:
    await a_while_later(office)
    assert len(office.provider.taken) == len(set(office.provider.taken)), office.provider.taken
    assert [text for text in office.provider.taken if "Offer" in text] == ["Offer 1"]
    out = dict(await office.out())
    assert (out["Offer 1"], out["Offer 2"], out["Offer 3"]) == ("sent", "cancelled", "cancelled")


# What is written and not said yet


async def writes(office: Office) -> None:
    at, who = (await office.conversation()).id, await marco(office)
    await drafts.keep(office.desk, at, who, reply="Dear Ms", note="", mode="reply")
    await drafts.keep(office.desk, at, who, reply="Dear Ms Lovelace", note="Ask Laura", mode="note")
    now = (await office.conversation()).created_at
    await later.schedule(
        office.desk, at, who, content=Text("Still there?"), at=now + timedelta(hours=2), client_id="1"
    )
    await drafts.keep(office.desk, at, who, reply="", note="", mode="reply")


async def writes_again(office: Office) -> None:
    await writes(office)
    assert await drafts.of(office.desk, await marco(office)) == []
    assert len(await office.store.scheduled.of((await office.conversation()).id)) == 1


AUDIT = ("audit_log", "audit_head")
STORIES = {
    "two conversations are joined": Story(an_old_and_a_new, joins, the_customer_writes_on),
    "two conversations are parted": Story(two_joined, parts, parts_unless_done),
    "many are resolved": Story(two_waiting, resolves_all, resolves_all),
    "many are opened again": Story(two_resolved, reopens_all, reopens_all_again),
    "many are sorted": Story(two_waiting, sorts_all, sorts_all),
    "many are as they were": Story(two_sorted, unsorts_all, unsorts_all),
    "a label has another name": Story(two_sorted, relabels, relabels_the_rest, leaves=AUDIT),
    "a customer objects while a queue is sent": Story(three_replies_and_a_stop, sends, sent_and_objected),
    "a draft becomes a scheduled message": Story(a_case_of_marco, writes, writes_again),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
async def test_it_comes_to_the_same_end_wherever_it_was_killed(story: Story, store: Store) -> None:
    await comes_to_the_same_end(story, store)
