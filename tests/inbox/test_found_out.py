"""What the bot finds out about a customer is on their contact, with its answer or not at all."""

import pytest

from inbox.actions import converse
from inbox.dialogue import Handoff
from inbox.model.profile import Attribute, AttributeKind
from tests.inbox.factories import an_agent, heard
from tests.inbox.office import Office, says


@pytest.fixture
async def shop(office: Office) -> Office:
    await office.store.attributes.put(Attribute(id="points", label="Points", kind=AttributeKind.NUMBER))
    await office.store.attributes.put(Attribute(id="last_return", label="Last return"))
    return office


async def known(office: Office) -> dict[str, object]:
    contact = await office.store.contacts.get((await office.conversation()).contact_id)
    assert contact is not None
    return contact.attributes


async def test_it_is_written_with_the_answer(shop: Office) -> None:
    shop.bot.script = lambda turn: says("Noted.", contact={"last_return": "48213", "points": "120"})
    await shop.hears("I send it back")
    await shop.turn()
    assert [text for text, _ in await shop.out()] == ["Noted."]
    assert await known(shop) == {"last_return": "48213", "points": 120}
    shop.bot.script = lambda turn: says("Gone.", contact={"last_return": None})
    await shop.take(heard("No, I keep it"))
    await shop.turn()
    assert await known(shop) == {"points": 120}


async def test_what_is_not_defined_or_does_not_fit_is_left_out(shop: Office) -> None:
    found = {"points": "many", "admin": True, "$where": "1", "last_return": "48213"}
    shop.bot.script = lambda turn: says("Noted.", contact=found)
    await shop.hears("I send it back")
    await shop.turn()
    assert [text for text, _ in await shop.out()] == ["Noted."]
    assert await known(shop) == {"last_return": "48213"}


async def test_a_name_is_seen_in_all_their_conversations(shop: Office) -> None:
    shop.bot.script = lambda turn: says("Hello Grace", contact={"name": "Grace"})
    await shop.hears("I am Grace")
    await shop.turn()
    assert (await shop.conversation()).contact.name == "Grace"


async def test_it_is_kept_if_the_bot_fetches_a_person(shop: Office) -> None:
    handoff = Handoff("asked", "points")
    shop.bot.script = lambda turn: says("One moment", contact={"points": 7}, handoff=handoff)
    await shop.hears("A person!")
    await shop.turn()
    assert await known(shop) == {"points": 7}


async def test_nothing_is_kept_of_a_turn_that_a_human_ended(shop: Office) -> None:
    async def slowly(turn):
        await converse.take_over(shop.desk, turn.conversation_id, an_agent("Marco"), epoch=1)
        return says("Noted.", contact={"points": 7})

    shop.bot.script = slowly
    await shop.hears("Hi")
    await shop.turn()
    assert (await shop.conversation()).speaker.name == "Marco"
    assert await known(shop) == {}
