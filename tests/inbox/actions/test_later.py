"""Taking back what was just written, and writing what is to be said later."""

import asyncio
from datetime import timedelta

import pytest

from connectors.content import Text
from inbox.actions import converse, later, outgoing
from inbox.actions.errors import Forbidden, Invalid, NotFound, NotSpeaker
from inbox.actions.people import add_user, principal_of
from inbox.dialogue import Handoff
from inbox.model.message import Message
from inbox.model.people import Principal, Role
from tests.inbox.factories import an_agent
from tests.inbox.office import Office, says

FIVE = timedelta(seconds=5)
HOUR = timedelta(hours=1)
LAURA = an_agent("Laura")


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


async def held(office: Office, who: Principal, text: str = "Oops") -> Message:
    conversation = await office.hears("Where is it?")
    await converse.take_over(office.desk, conversation.id, who, epoch=conversation.speaker.epoch)
    return await converse.reply(
        office.desk, conversation.id, who, content=Text(text), client_id="1", hold=FIVE
    )


async def test_it_leaves_when_its_time_to_be_taken_back_is_over(office: Office, marco: Principal) -> None:
    await held(office, marco)
    await office.deliver()
    assert office.provider.taken == []
    office.clock.forward(seconds=5)
    await office.another().deliver()  # whoever held it may have been killed
    assert office.provider.taken == ["Oops"]


async def test_what_is_taken_back_never_leaves_and_the_customer_waits_on(
    office: Office, marco: Principal
) -> None:
    message = await held(office, marco)
    before = await office.conversation()
    assert (before.last_message.preview, before.waiting_since) == ("Oops", None)
    taken = await outgoing.take_back(office.desk, message.id, marco)
    assert (taken.status, taken.error.code) == ("cancelled", "taken_back")
    after = await office.conversation()
    assert after.last_message.preview == "Where is it?"
    assert after.waiting_since == (await office.thread())[0].created_at
    office.clock.forward(seconds=6)
    await office.deliver()
    assert office.provider.asked == []
    assert (await office.conversation()).delivery is None
    assert await outgoing.take_back(office.desk, message.id, marco) == taken  # a retry changes nothing


async def test_who_was_handed_over_waits_on_since_then(office: Office, marco: Principal) -> None:
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    await office.hears("A person, please")
    await office.turn()
    await office.deliver()
    handed = await office.conversation()
    office.clock.forward(seconds=40)
    for text in ("Hello", "Are you there?"):
        await converse.reply(office.desk, handed.id, marco, content=Text(text), client_id=text, hold=FIVE)
    assert (await office.conversation()).waiting_since is None
    mine = [m for m in await office.thread() if m.author.id == marco.id]
    assert len(mine) == 2
    for message in mine:
        await outgoing.take_back(office.desk, message.id, marco)
    assert (await office.conversation()).waiting_since == handed.waiting_since


async def test_taking_back_and_leaving_at_once_have_one_winner(office: Office, marco: Principal) -> None:
    message = await held(office, marco)
    office.clock.forward(seconds=5)
    answers = await asyncio.gather(
        office.deliver(), outgoing.take_back(office.desk, message.id, marco), return_exceptions=True
    )
    await office.deliver()
    was_taken_back = not isinstance(answers[1], Invalid)
    assert office.provider.taken == ([] if was_taken_back else ["Oops"])


async def test_what_has_left_and_what_others_wrote_cannot_be_taken_back(
    office: Office, marco: Principal
) -> None:
    message = await held(office, marco)
    with pytest.raises(Forbidden):
        await outgoing.take_back(office.desk, message.id, LAURA)
    await outgoing.send_now(office.desk, message.id, marco)
    await office.deliver()
    assert office.provider.taken == ["Oops"]
    with pytest.raises(Invalid):
        await outgoing.take_back(office.desk, message.id, marco)


async def test_who_takes_over_meanwhile_stops_what_is_held(office: Office, marco: Principal) -> None:
    await held(office, marco)
    conversation = await office.conversation()
    await converse.take_over(office.desk, conversation.id, LAURA, epoch=conversation.speaker.epoch)
    office.clock.forward(seconds=6)
    await office.deliver()
    assert office.provider.taken == []
    assert (await office.out())[-1] == ("Oops", "cancelled")


async def test_the_bot_is_not_told_what_was_taken_back(office: Office, marco: Principal) -> None:
    message = await held(office, marco)
    await outgoing.take_back(office.desk, message.id, marco)
    back = await converse.hand_back(
        office.desk, message.conversation_id, marco, outcome="resolved", note=None
    )
    assert [event["type"] for event in back.bot.untold] == ["customer_said", "handed_back"]


async def scheduled(office: Office, who: Principal, text: str = "As promised") -> str:
    conversation = await office.hears("Tell me tomorrow")
    if conversation.speaker.id != who.id:
        await converse.take_over(office.desk, conversation.id, who, epoch=conversation.speaker.epoch)
    kept = await later.schedule(
        office.desk, conversation.id, who, content=Text(text), at=office.clock() + HOUR, client_id="l1"
    )
    return kept.id


async def test_it_is_said_at_its_time_once_whoever_is_killed(office: Office, marco: Principal) -> None:
    key = await scheduled(office, marco)
    assert await later.say_due(office.desk) == 0
    office.clock.forward(hours=1)
    taken = await office.store.scheduled.claim(office.clock(), timedelta(seconds=60))
    assert taken.id == key
    await later._say(office.desk, taken, marco)
    await office.store.scheduled.add(taken)  # killed before it was forgotten
    office.clock.forward(seconds=61)
    await asyncio.gather(later.say_due(office.desk), later.say_due(office.another().desk))
    assert await office.store.scheduled.of((await office.conversation()).id) == []
    await office.deliver()
    assert office.provider.taken == ["As promised"]


async def test_asking_again_schedules_it_once(office: Office, marco: Principal) -> None:
    key = await scheduled(office, marco)
    conversation = await office.conversation()
    again = await later.schedule(
        office.desk, conversation.id, marco, content=Text("x"), at=office.clock() + HOUR, client_id="l1"
    )
    assert again.id == key
    noted = [m for m in await office.thread() if getattr(m.content, "event", None) == "scheduled"]
    assert len(noted) == 1


async def test_it_is_not_said_over_a_colleague_but_shown(office: Office, marco: Principal) -> None:
    key = await scheduled(office, marco)
    conversation = await office.conversation()
    await converse.take_over(office.desk, conversation.id, LAURA, epoch=conversation.speaker.epoch)
    office.clock.forward(hours=1)
    await later.say_due(office.desk)
    kept = await office.store.scheduled.get(key)
    assert kept.due is None
    assert kept.problem.message == "Laura is speaking to this customer. Take over first."
    assert (await office.thread())[-1].content.event == "not_said"
    assert await later.say_due(office.desk) == 0
    with pytest.raises(NotSpeaker):
        await later.say_now(office.desk, key, marco)
    conversation = await office.conversation()
    await converse.take_over(office.desk, conversation.id, marco, epoch=conversation.speaker.epoch)
    await later.say_now(office.desk, key, marco)
    await office.deliver()
    assert office.provider.taken == ["As promised"]


@pytest.mark.parametrize("writes", [False, True])
async def test_after_the_case_was_closed_it_goes_unless_the_customer_wrote(
    office: Office, marco: Principal, writes: bool
) -> None:
    await scheduled(office, marco)
    conversation = await office.conversation()
    await converse.resolve(office.desk, conversation.id, marco)
    if writes:
        await office.hears("Something else")
        await office.turn()
        await office.deliver()
    office.clock.forward(hours=1)
    await later.say_due(office.desk)
    await office.deliver()
    assert ("As promised" in office.provider.taken) is not writes


async def test_what_is_withdrawn_is_not_said(office: Office, marco: Principal) -> None:
    key = await scheduled(office, marco)
    await later.withdraw(office.desk, key, LAURA)
    office.clock.forward(hours=1)
    assert await later.say_due(office.desk) == 0
    assert (await office.thread())[-1].content.details["by"] == "Laura"
    with pytest.raises(NotFound):
        await later.withdraw(office.desk, key, marco)


async def test_who_has_left_says_nothing_any_more(office: Office, marco: Principal) -> None:
    key = await scheduled(office, marco)
    await office.store.users.remove(marco.id)
    office.clock.forward(hours=1)
    await later.say_due(office.desk)
    assert (await office.store.scheduled.get(key)).problem.message == "Marco does not work here any more."


@pytest.mark.parametrize("hours", [-1, 0, 24 * 400])
async def test_only_a_time_within_a_year_can_be_chosen(
    office: Office, marco: Principal, hours: float
) -> None:
    conversation = await office.hears("Hello")
    await converse.take_over(office.desk, conversation.id, marco, epoch=conversation.speaker.epoch)
    at = office.clock() + timedelta(hours=hours)
    with pytest.raises(Invalid):
        await later.schedule(office.desk, conversation.id, marco, content=Text("x"), at=at, client_id="1")


async def test_a_day_in_a_long_thread_is_found(office: Office, marco: Principal) -> None:
    for _ in range(40):
        office.clock.forward(hours=1)
        await office.hears("Hour by hour")
    thread = await office.thread()
    at = (await office.conversation()).id
    for message in thread:
        assert (await office.store.messages.first_after(at, message.created_at)).seq == message.seq
        just_before = message.created_at - timedelta(seconds=1)
        assert (await office.store.messages.first_after(at, just_before)).seq == message.seq
    assert await office.store.messages.first_after(at, thread[-1].created_at + HOUR) is None
