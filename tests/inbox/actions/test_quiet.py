"""What waits for the morning of whom it is for, and what does not."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.content import Text
from inbox.actions import converse, later
from inbox.actions.people import add_user, principal_of
from inbox.model.people import Principal, Role
from tests.inbox.factories import heard, phone
from tests.inbox.office import Office

ROMAN = "+393331234567"


@pytest.fixture
async def marco(office: Office) -> Principal:
    user = await add_user(
        "marco@example.com",
        "Marco",
        Role.AGENT,
        "correct horse battery",
        store=office.store,
        clock=office.clock,
    )
    return principal_of(user)


async def spoken(office: Office, who: Principal) -> str:
    """A conversation with a Roman, with `who` as its speaker."""
    await office.take(heard("Ciao", phone(ROMAN)))
    conversation = await office.conversation()
    await converse.take_over(office.desk, conversation.id, who, epoch=conversation.speaker.epoch)
    return conversation.id


async def test_what_is_to_be_said_at_night_is_said_in_the_morning(office: Office, marco: Principal) -> None:
    at = await spoken(office, marco)  # at 13:00 in Rome
    tonight = office.clock() + timedelta(hours=10)
    await later.schedule(office.desk, at, marco, content=Text("Buongiorno"), at=tonight, client_id="1")
    office.clock.forward(hours=10)
    await later.say_due(office.desk)
    assert not await said(office, at)
    (waits,) = await office.store.scheduled.of(at)
    assert waits.due == office.clock() + timedelta(hours=9)
    office.clock.forward(hours=9)
    await later.say_due(office.desk)
    assert await said(office, at) == ["Buongiorno"]


async def test_an_answer_and_what_is_sent_by_hand_do_not_wait(office: Office, marco: Principal) -> None:
    at = await spoken(office, marco)
    tonight = office.clock() + timedelta(hours=10)
    kept = await later.schedule(office.desk, at, marco, content=Text("Ciao"), at=tonight, client_id="1")
    office.clock.forward(hours=10)
    await converse.reply(office.desk, at, marco, content=Text("Ancora qui"), client_id="2")
    await later.say_due(office.desk)
    assert await said(office, at) == ["Ancora qui"]
    await later.say_now(office.desk, kept.id, marco)
    assert await said(office, at) == ["Ancora qui", "Ciao"]


async def test_a_known_zone_goes_before_the_number(office: Office, marco: Principal) -> None:
    at = await spoken(office, marco)
    (contact,) = await office.store.contacts.known_as([phone(ROMAN).key])
    contacts = office.store._database.contacts
    known = replace(contact, attributes={**contact.attributes, "timezone": "America/New_York"})
    await contacts.update_one({"_id": contact.id}, {"$set": {"attributes": known.attributes}})
    tonight = office.clock() + timedelta(hours=10)  # five in the afternoon there
    await later.schedule(office.desk, at, marco, content=Text("Hello"), at=tonight, client_id="1")
    office.clock.forward(hours=10)
    await later.say_due(office.desk)
    assert await said(office, at) == ["Hello"]


async def said(office: Office, at: str) -> list[str]:
    thread, _ = await office.store.messages.page(at, before_seq=None, limit=50)
    return [m.content.text for m in thread if m.author.kind == "agent" and isinstance(m.content, Text)]
