"""Killed before each thing that lasts, one after the other: who comes after brings it to the same end."""

from datetime import timedelta

import pytest

from connectors.content import Text
from inbox.actions import converse, later, outgoing, privacy, retention, triage
from inbox.actions.import_contacts import import_rows
from inbox.actions.unmerge import merge_by_hand, unmerge
from inbox.model.contact_reading import Row
from inbox.model.erasure import Person
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
    nothing,
)

ADA, BOB = phone("+390212340001"), phone("+390212340002")

# A message, from the hook to the customer's phone


async def answers_a_customer(office: Office) -> None:
    await office.take(heard("Hello", ADA, id="wamid.in"))
    conversation = await office.conversation()
    await office.turns.run(conversation.id)
    await office.outbox.run(conversation.id)


async def the_hook_comes_again(office: Office) -> None:
    await office.take(heard("Hello", ADA, id="wamid.in"))
    await a_while_later(office)


# Colleagues


async def replies(office: Office) -> None:
    at = (await office.conversation()).id
    await converse.reply(office.desk, at, await marco(office), content=Text("Here"), client_id="1")
    await office.outbox.run(at)


async def replies_again(office: Office) -> None:
    at = (await office.conversation()).id
    await converse.reply(office.desk, at, await marco(office), content=Text("Here"), client_id="1")
    await a_while_later(office)


async def takes_back(office: Office) -> None:
    at, who = (await office.conversation()).id, await marco(office)
    said = await converse.reply(
        office.desk, at, who, content=Text("Oops"), client_id="1", hold=timedelta(seconds=90)
    )
    await outgoing.take_back(office.desk, said.id, who)


async def takes_back_again(office: Office) -> None:
    await takes_back(office)
    await a_while_later(office)


async def schedules(office: Office) -> None:
    at, who = (await office.conversation()).id, await marco(office)
    noon = (await office.conversation()).updated_at
    await later.schedule(
        office.desk, at, who, content=Text("Still there?"), at=noon + timedelta(seconds=60), client_id="1"
    )


async def schedules_again(office: Office) -> None:
    await schedules(office)
    await a_while_later(office)


async def a_scheduled_message(office: Office) -> None:
    await a_case_of_marco(office)
    await schedules(office)
    office.clock.forward(seconds=61)


async def a_scheduled_message_that_cannot_be_said(office: Office) -> None:
    await a_scheduled_message(office)
    conversation, laura = await office.conversation(), an_agent("Laura", Role.ADMIN)
    await converse.take_over(office.desk, conversation.id, laura, epoch=conversation.speaker.epoch)


async def says_what_is_due(office: Office) -> None:
    await later.say_due(office.desk)
    await office.deliver()


async def withdraws(office: Office) -> None:
    (found,) = await office.store.scheduled.of((await office.conversation()).id)
    await later.withdraw(office.desk, found.id, await marco(office))


async def withdraws_again(office: Office) -> None:
    for found in await office.store.scheduled.of((await office.conversation()).id):
        await later.withdraw(office.desk, found.id, await marco(office))


async def a_snoozed_case(office: Office) -> None:
    await a_case_of_marco(office)
    conversation = await office.conversation()
    until = office.clock() + timedelta(minutes=1)
    await triage.snooze(office.desk, conversation.id, await marco(office), until=until)
    office.clock.forward(minutes=2)


# Contacts


async def two_people(office: Office) -> None:
    await office.take(heard("I am Ada", ADA, name="Ada"), heard("I am Bob", BOB, name="Bob"))


async def contacts(office: Office) -> tuple[str, str]:
    (ada,), (bob,) = [await office.store.contacts.known_as([who.key]) for who in (ADA, BOB)]
    return ada.id, bob.id


async def merges(office: Office) -> None:
    await merge_by_hand(office.desk, ADMIN, *await contacts(office))


async def merges_unless_done(office: Office) -> None:
    ada, bob = await contacts(office)
    if ada != bob:
        await merge_by_hand(office.desk, ADMIN, ada, bob)


async def two_merged(office: Office) -> None:
    await two_people(office)
    await merges(office)


async def parts(office: Office) -> None:
    (ada,) = await office.store.contacts.known_as([ADA.key])
    for merge in await office.store.merges.of(ada.id):
        await unmerge(office.desk, ADMIN, ada.id, merge.id)


async def imports(office: Office) -> None:
    rows = [Row(n, {"name": f"Person {n}", "phone": f"+39021234{n:04}"}) for n in range(1, 8)]
    async for _ in import_rows(office.desk, ADMIN, rows, count=len(rows), preview=False):
        pass


# What is deleted


async def a_person(office: Office) -> None:
    await a_case_of_marco(office)
    await replies_again(office)
    await office.take(heard("STOP", id="wamid.stop"))


async def bot_forgets(conversation_id: str) -> bool:
    return True


async def nothing_is_held(person: Person) -> list[str]:
    return []


async def erases(office: Office) -> None:
    (someone,) = await office.store.contacts.known_as([phone().key])
    await privacy.erase_person(
        office.desk, ADMIN, someone.id, "asked by mail", forget=bot_forgets, held=nothing_is_held
    )
    office.clock.forward(seconds=60)
    await privacy.resume(office.store, office.clock, bot_forgets, nothing_is_held)


async def erases_again(office: Office) -> None:
    for _ in range(2):
        office.clock.forward(seconds=60)
        await privacy.resume(office.store, office.clock, bot_forgets, nothing_is_held)
    if await office.store.contacts.known_as([phone().key]):
        await erases(office)


async def an_old_case(office: Office) -> None:
    await a_case_of_marco(office)
    await replies_again(office)
    await converse.resolve(office.desk, (await office.conversation()).id, await marco(office))
    await retention.save(office.desk, ADMIN, days=1)
    office.clock.forward(days=3)


async def sweeps(office: Office) -> None:
    office.clock.forward(minutes=2)
    await retention.sweep(office.store, office.clock, bot_forgets)


STORIES = {
    "a customer is answered": Story(nothing, answers_a_customer, the_hook_comes_again),
    "an agent replies": Story(a_case_of_marco, replies, replies_again),
    "an agent takes it back": Story(a_case_of_marco, takes_back, takes_back_again),
    "a message is scheduled": Story(a_case_of_marco, schedules, schedules_again),
    "a scheduled message is said": Story(a_scheduled_message, says_what_is_due, a_while_later),
    "a scheduled message is refused": Story(
        a_scheduled_message_that_cannot_be_said, says_what_is_due, a_while_later
    ),
    "a scheduled message is withdrawn": Story(a_scheduled_message, withdraws, withdraws_again),
    "a snoozed case wakes": Story(a_snoozed_case, a_while_later, a_while_later),
    "contacts are merged": Story(two_people, merges, merges_unless_done),
    "contacts are parted": Story(two_merged, parts, parts),
    "contacts are imported": Story(nothing, imports, imports, leaves=("audit_log", "audit_head")),
    "a person is erased": Story(a_person, erases, erases_again),
    "old cases are deleted": Story(an_old_case, sweeps, sweeps),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
async def test_it_comes_to_the_same_end_wherever_it_was_killed(
    story: Story, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.actions.import_contacts._BATCH", 3)
    await comes_to_the_same_end(story, store)
