"""Two conversations of a customer become one and are parted again, whoever else does the same."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from inbox.actions import converse, joining, timeline
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.actions.unmerge import merge_by_hand, unmerge
from inbox.model.conversation import Conversation, SpeakerKind, Status
from inbox.model.joining import state_of
from inbox.model.people import READ, Principal
from tests.inbox.actions.test_unmerge import ADA, BOB, owner
from tests.inbox.factories import an_agent, heard
from tests.inbox.office import Office

MARCO, LAURA = an_agent("Marco Rossi"), an_agent("Laura Neri")


async def get(office: Office, of: Conversation) -> Conversation:
    found = await office.store.conversations.get(of.id)
    assert found
    return found


async def an_old_and_a_new(office: Office) -> tuple[Conversation, Conversation]:
    """One that was resolved two days ago, and the present one, in which the customer waits for Marco."""
    await office.take(heard("The old matter", ADA, id="1", name="Ada"))
    old = await office.conversation()
    await office.turn()
    await office.deliver()
    await converse.resolve(office.desk, old.id, MARCO)
    office.clock.forward(days=2)
    await office.take(heard("The same again", ADA, id="2", name="Ada"))
    new = next(c for c in await office.store.conversations.of_contact(old.contact_id) if c.id != old.id)
    await converse.take_over(office.desk, new.id, MARCO, epoch=1)
    return await get(office, old), await get(office, new)


async def test_the_survivor_goes_on_for_both_and_gets_what_comes_in(office: Office) -> None:
    old, new = await an_old_and_a_new(office)
    kept = await joining.merge(office.desk, MARCO, keep=old.id, give_up=new.id)
    assert (kept.status, kept.joins, kept.current) == (Status.OPEN, (new.id,), True)
    assert (kept.unread_count, kept.waiting_since) == (new.unread_count, new.waiting_since)
    assert kept.speaker.kind is SpeakerKind.NOBODY, "the bot has not read what was written there"
    given = await get(office, new)
    assert (given.status, given.current, given.unread_count) == (Status.RESOLVED, False, 0)
    await office.take(heard("And another thing", ADA, id="3", name="Ada"))
    assert (await get(office, old)).inbound_seq > kept.seq
    assert (await get(office, new)).seq == given.seq
    with pytest.raises(Invalid):
        await converse.note(office.desk, new.id, MARCO, text="x", client_id=None)
    assert {change.after.id for change in office.changes[-3:]} >= {old.id}


async def test_parting_puts_back_exactly_what_was(office: Office) -> None:
    old, new = await an_old_and_a_new(office)
    await joining.merge(office.desk, MARCO, keep=old.id, give_up=new.id)
    office.clock.forward(minutes=5)
    await joining.part_again(office.desk, LAURA, new.id)
    for before in (old, new):
        after = await get(office, before)
        was, now = state_of(before), state_of(after)
        assert without_epoch(now) == without_epoch(was)
        assert (after.joined, after.joins) == (None, ())
        assert (after.assignee_id, after.team_id, after.labels) == (
            before.assignee_id,
            before.team_id,
            before.labels,
        )
    await office.take(heard("Where does it go?", ADA, id="3", name="Ada"))
    assert (await get(office, new)).inbound_seq > new.seq


def without_epoch(state: Any) -> dict[str, Any]:
    fields = {name: getattr(state, name) for name in state.__struct_fields__}
    speaker = fields.pop("speaker")
    return {**fields, "speaker": (speaker.kind, speaker.id)}


async def test_what_people_did_since_stays(office: Office) -> None:
    old, new = await an_old_and_a_new(office)
    await joining.merge(office.desk, MARCO, keep=old.id, give_up=new.id)
    await office.take(heard("More", ADA, id="3", name="Ada"))
    await joining.part_again(office.desk, MARCO, new.id)
    kept = await get(office, old)
    assert (kept.status, kept.current) == (Status.OPEN, False)
    assert kept.waiting_since is not None
    assert (await get(office, new)).current


async def test_the_bot_answers_after_all_what_it_was_about_to(office: Office) -> None:
    await office.take(heard("The old matter", ADA, id="1", name="Ada"))
    old = await office.conversation()
    await office.turn()
    await office.deliver()
    await converse.resolve(office.desk, old.id, MARCO)
    office.clock.forward(days=2)
    await office.take(heard("The same again", ADA, id="2", name="Ada"))
    new = next(c for c in await office.store.conversations.of_contact(old.contact_id) if c.id != old.id)
    await joining.merge(office.desk, MARCO, keep=old.id, give_up=new.id)
    office.turns._born.clear()
    await office.turns.run(new.id)
    assert len(office.bot.turns) == 1, "nobody answers in what was given up"
    await joining.part_again(office.desk, MARCO, new.id)
    await office.turns.run(new.id)
    assert office.bot.turns[-1].text == "The same again"


async def test_two_at_once_do_not_tie_a_knot(office: Office) -> None:
    old, new = await an_old_and_a_new(office)
    one, other = office.desk, office.another().desk
    done = await asyncio.gather(
        joining.merge(one, MARCO, keep=old.id, give_up=new.id),
        joining.merge(other, LAURA, keep=new.id, give_up=old.id),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Invalid) for each in done) == 1
    joined = [c for c in (await get(office, old), await get(office, new)) if c.joined]
    assert len(joined) == 1
    parted = await asyncio.gather(
        joining.part_again(one, MARCO, joined[0].id),
        joining.part_again(other, LAURA, joined[0].id),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Invalid) for each in parted) == 1
    assert [c.current for c in (await get(office, old), await get(office, new))] == [False, True]


async def test_what_makes_no_sense_is_refused(office: Office) -> None:
    old, new = await an_old_and_a_new(office)
    await office.take(heard("I am Bob", BOB, id="9", name="Bob"))
    (bobs,) = await office.store.conversations.of_contact((await owner(office, BOB)).id)
    reader = Principal(id="r", name="Reader", permissions=frozenset({READ}), is_user=True)
    with pytest.raises(Forbidden):
        await joining.merge(office.desk, reader, keep=old.id, give_up=new.id)
    with pytest.raises(NotFound):
        await joining.merge(office.desk, MARCO, keep=old.id, give_up="nothing")
    for keep, give_up in ((old.id, old.id), (old.id, bobs.id)):
        with pytest.raises(Invalid):
            await joining.merge(office.desk, MARCO, keep=keep, give_up=give_up)
    with pytest.raises(Invalid):
        await joining.part_again(office.desk, MARCO, old.id)


async def test_contacts_are_not_parted_over_conversations_that_are_one(office: Office) -> None:
    await office.take(heard("I am Ada", ADA, name="Ada"), heard("I am Bob", BOB, name="Bob"))
    ada, bob = await owner(office, ADA), await owner(office, BOB)
    (adas,) = await office.store.conversations.of_contact(ada.id)
    (bobs,) = await office.store.conversations.of_contact(bob.id)
    await merge_by_hand(office.desk, MARCO, ada.id, bob.id)
    await joining.merge(office.desk, MARCO, keep=adas.id, give_up=bobs.id)
    (merge,) = await office.store.merges.of(ada.id)
    with pytest.raises(Invalid):
        await unmerge(office.desk, MARCO, ada.id, merge.id)
    await joining.part_again(office.desk, MARCO, bobs.id)
    await unmerge(office.desk, MARCO, ada.id, merge.id)


async def test_a_contacts_timeline_has_every_message_once_by_time(office: Office) -> None:
    old, new = await an_old_and_a_new(office)
    await joining.merge(office.desk, MARCO, keep=new.id, give_up=old.id)
    for n in range(7):
        office.clock.forward(seconds=5)
        await office.take(heard(f"Word {n}", ADA, id=f"w{n}", name="Ada"))
    await converse.note(office.desk, new.id, MARCO, text="A note", client_id=None)
    every = [
        m for c in (old, new) for m in (await office.store.messages.page(c.id, before_seq=None, limit=200))[0]
    ]
    every.sort(key=lambda m: (m.created_at, m.id))
    for size in (1, 3, 100):
        read: list[str] = []
        before = None
        while True:
            page = await timeline.page(office.desk, MARCO, old.contact_id, before=before, limit=size)
            read = [m.id for m in page.items] + read
            before = page.earlier
            if before is None:
                break
        assert read == [m.id for m in every], size
    with pytest.raises(Invalid):
        await timeline.page(office.desk, MARCO, old.contact_id, before="nonsense", limit=5)
    nobody = Principal(id="x", name="X", permissions=frozenset(), is_user=True)
    with pytest.raises(Forbidden):
        await timeline.page(office.desk, nobody, old.contact_id, before=None, limit=5)
    assert timedelta(0) < every[-1].created_at - every[0].created_at
