"""What waits for the morning of whom it is for, and what does not."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.content import Text
from connectors.events import Purpose
from inbox.actions import converse, later, rules
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.morning import say_or_keep
from inbox.actions.people import add_user, principal_of
from inbox.actions.tokens import create_token, holder_of
from inbox.automation import Automation
from inbox.model.message import Message
from inbox.model.people import READ, URGENT, WRITE, Principal, Role
from inbox.model.rules import Rule, Step
from inbox.model.scheduled import Scheduled
from tests.inbox.factories import an_agent, heard, phone
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


# What machines say


async def a_program(office: Office, *scopes: str) -> Principal:
    secret = await create_token("Shop", scopes or (READ, WRITE), store=office.store, clock=office.clock)
    found = await holder_of(secret, store=office.store, clock=office.clock)
    assert found
    return found


async def night(office: Office, who: Principal) -> str:
    """A conversation of a Roman with `who`, at eleven in the evening."""
    at = await spoken(office, who)
    office.clock.forward(hours=10)
    return at


async def told(office: Office) -> list[str]:
    """What the customer has been sent by now."""
    await later.say_due(office.desk)
    await office.deliver()
    return office.provider.taken


async def test_what_a_program_says_at_night_holds_up_nobody_and_leaves_in_the_morning(
    office: Office, marco: Principal
) -> None:
    shop = await a_program(office)
    at = await night(office, shop)
    kept = await say_or_keep(office.desk, at, shop, content=Text("It was sent"), client_id="1")
    assert isinstance(kept, Scheduled) and kept.at == office.clock() + timedelta(hours=9)
    assert await say_or_keep(office.desk, at, shop, content=Text("It was sent"), client_id="1") == kept
    assert (await office.conversation()).delivery is None, "nothing of it is in the outbox"
    conversation = await office.conversation()
    await converse.hand_back(office.desk, at, shop, outcome="resolved", note=None)
    await office.take(heard("Are you there?", phone(ROMAN)))
    await office.turn()
    assert await told(office) == ["You said: Are you there?"], "the bot answers at once"
    office.clock.forward(hours=9)
    assert await told(office) == ["You said: Are you there?"]
    (shown,) = await office.store.scheduled.of(conversation.id)
    assert shown.problem and "The bot" in shown.problem.message, "they wrote since: a person decides"
    await converse.take_over(office.desk, at, marco, epoch=(await office.conversation()).speaker.epoch)
    await later.say_now(office.desk, kept.id, marco)
    assert (await told(office))[-1] == "It was sent"


async def test_a_program_is_answered_the_same_however_often_it_asks(office: Office) -> None:
    shop = await a_program(office)
    at = await night(office, shop)

    async def ask() -> Message | Scheduled:
        return await say_or_keep(office.desk, at, shop, content=Text("It was sent"), client_id="1")

    first, second = await asyncio.gather(ask(), ask())
    assert first == second
    office.clock.forward(hours=9)
    assert await told(office) == ["It was sent"]
    assert isinstance(await ask(), Message)
    assert await told(office) == ["It was sent"]


async def test_who_has_just_written_is_answered_but_gets_no_advertisement(office: Office) -> None:
    shop = await a_program(office)
    at = await night(office, shop)
    await office.take(heard("Where is it?", phone(ROMAN)))
    office.clock.forward(minutes=29)
    await say_or_keep(office.desk, at, shop, content=Text("On its way"), client_id="1")
    kept = await say_or_keep(
        office.desk, at, shop, content=Text("Sale!"), client_id="2", purpose=Purpose.MARKETING
    )
    assert isinstance(kept, Scheduled)
    assert await told(office) == ["On its way"]
    office.clock.forward(minutes=1)
    assert isinstance(
        await say_or_keep(office.desk, at, shop, content=Text("It is here"), client_id="3"), Scheduled
    )


async def test_what_is_urgent_leaves_by_permission_and_is_noted(office: Office) -> None:
    shop, bank = await a_program(office), await a_program(office, READ, WRITE, URGENT)
    at = await night(office, bank)
    with pytest.raises(Forbidden):
        await say_or_keep(office.desk, at, shop, content=Text("x"), client_id="1", is_urgent=True)
    with pytest.raises(Invalid):
        await say_or_keep(
            office.desk, at, bank, content=Text("x"), client_id="1", purpose=Purpose.MARKETING, is_urgent=True
        )
    await say_or_keep(office.desk, at, bank, content=Text("Was it you?"), client_id="2", is_urgent=True)
    assert await told(office) == ["Was it you?"]
    noted = [e async for e in office.store._database.audit_log.find({"what": "message.urgent"})]
    assert [(e["by"], e["target"]) for e in noted] == [(bank.id, f"conversation:{at}")]
    office.clock.forward(hours=12)
    await say_or_keep(office.desk, at, bank, content=Text("By day"), client_id="3", is_urgent=True)
    assert await office.store._database.audit_log.count_documents({"what": "message.urgent"}) == 1


async def test_a_void_token_says_nothing_in_the_morning_and_is_not_let_through_by_hand_of_its_own(
    office: Office,
) -> None:
    shop = await a_program(office)
    at = await night(office, shop)
    kept = await say_or_keep(office.desk, at, shop, content=Text("It was sent"), client_id="1")
    with pytest.raises(Forbidden):
        await later.say_now(office.desk, kept.id, shop)
    await office.store.tokens.remove_all({})
    office.clock.forward(hours=9)
    assert await told(office) == []
    (shown,) = await office.store.scheduled.of(at)
    assert shown.problem and shown.problem.message == "The token Shop is void."


async def a_rule(office: Office, happening: str) -> Rule:
    admin = an_agent("Ada Admin", Role.ADMIN)
    steps = (Step("reply", "Thanks, {{ contact.first_name }}."), Step("add_label", "thanked"))
    return await rules.save(office.desk, admin, name="Thanks", happening=happening, steps=steps)


@pytest.mark.parametrize("writes", [False, True])
async def test_what_a_rule_says_at_night_waits_unless_it_answers(
    office: Office, marco: Principal, writes: bool
) -> None:
    at = await night(office, marco)
    await a_rule(office, "resolved")
    if writes:
        await office.take(heard("Grazie", phone(ROMAN)))
    await converse.resolve(office.desk, at, marco)
    await Automation(office.desk).step()
    await Automation(office.another().desk).step()
    assert (await office.conversation()).labels == ("thanked",), "its other steps do not wait"
    assert await told(office) == (["Thanks, Ada."] if writes else [])
    office.clock.forward(hours=9)
    assert await told(office) == ["Thanks, Ada."]


@pytest.mark.parametrize("why", ["The customer has written since.", "The rule Thanks is off or gone."])
async def test_what_a_rule_would_say_is_shown_if_it_fits_no_more(
    office: Office, marco: Principal, why: str
) -> None:
    at = await night(office, marco)
    rule = await a_rule(office, "resolved")
    await converse.resolve(office.desk, at, marco)
    await Automation(office.desk).step()
    if "written" in why:
        await office.take(heard("One more thing", phone(ROMAN)))
    else:
        await rules.drop(office.desk, an_agent("Ada Admin", Role.ADMIN), rule.id)
    office.clock.forward(hours=9)
    assert "Thanks, Ada." not in await told(office)
    (shown,) = await office.store.scheduled.of(at)
    assert shown.problem and shown.problem.message == why


async def test_a_macro_waits_too_and_whoever_ran_it_can_send_it_now(office: Office, marco: Principal) -> None:
    at = await night(office, marco)
    macro = await rules.save_macro(office.desk, marco, name="Bye", steps=[Step("reply", "Ciao")])
    for _ in range(2):
        await rules.run_macro(office.desk, at, marco, macro.id, client_id="m1")
    (kept,) = await office.store.scheduled.of(at)
    assert await told(office) == []
    await later.say_now(office.desk, kept.id, marco)
    await rules.run_macro(office.desk, at, marco, macro.id, client_id="m1")
    assert await told(office) == ["Ciao"]
    office.clock.forward(hours=9)
    assert await told(office) == ["Ciao"]
