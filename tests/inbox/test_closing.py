"""What customers have left is resolved by itself, and nothing else is."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from connectors.content import Activity, Reaction, Text
from connectors.errors import SendFailed
from inbox.actions import converse, later, silence, surveys, triage
from inbox.actions.errors import Forbidden, Invalid
from inbox.closing import Closing
from inbox.dialogue import Handoff
from inbox.model.conversation import SpeakerKind, Status
from inbox.model.people import Role
from inbox.model.silence import Patience, Silence
from tests.inbox.dying import differences, lives, picture
from tests.inbox.factories import an_agent, heard
from tests.inbox.office import Office, says
from tests.stores import emptied

ADMIN, MARCO = an_agent("Ada Admin", Role.ADMIN), an_agent()
replace_ = msgspec.structs.replace
TWO_DAYS = Patience(people_hours=48, bot_hours=24)


async def is_set(office: Office, everywhere: Patience = TWO_DAYS, **fields: Any) -> None:
    given = {"is_on": True, "channels": {}, "teams": {}, **fields}
    await silence.save(office.desk, ADMIN, everywhere=everywhere, **given)


async def an_answered_customer(office: Office) -> str:
    """A person has answered, and the provider has it."""
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    at = (await office.hears("A person, please")).id
    await office.turn()
    await converse.reply(office.desk, at, MARCO, content=Text("Here is how."), client_id="1")
    await office.deliver()
    return at


async def status_after(office: Office, **span: float) -> Status:
    office.clock.forward(**span)
    await Closing(office.desk).step()
    return (await office.conversation()).status


async def test_who_has_not_answered_for_as_long_is_resolved_once_and_the_next_word_opens_it(
    office: Office,
) -> None:
    await is_set(office, replace_(TWO_DAYS, farewell="Bye, {{ contact.first_name }}!", label="Silent"))
    await surveys.save(office.desk, ADMIN, is_on=True)
    await an_answered_customer(office)
    assert await status_after(office, hours=47) is Status.OPEN
    assert await status_after(office, hours=2) is Status.RESOLVED
    assert await Closing(office.desk).step() == 0
    await office.deliver()
    conversation, thread = await office.conversation(), await office.thread()
    assert (await office.out())[-1] == ("Bye, Ada!", "sent")
    (end,) = [m.content for m in thread if isinstance(m.content, Activity) and m.content.event == "resolved"]
    assert (end.details["by"], end.details["silent_hours"]) == ("Parley", 48)
    assert (conversation.labels, conversation.speaker.kind) == (("silent",), SpeakerKind.BOT)
    assert conversation.survey is not None  # and so the customer is asked how it was
    assert (await office.hears("One more thing")).status is Status.OPEN


async def test_people_and_the_bot_have_each_their_time(office: Office) -> None:
    await is_set(office, Patience(bot_hours=5))
    await office.hears("Hello")
    await office.turn()
    await office.deliver()
    assert await status_after(office, hours=4) is Status.OPEN
    assert await status_after(office, hours=2) is Status.RESOLVED
    office.clock.forward(hours=30)
    await an_answered_customer(office)
    assert await status_after(office, days=300) is Status.OPEN


async def test_a_channel_has_its_own_time_and_a_team_goes_before_it(office: Office) -> None:
    silent = Silence(
        is_on=True,
        everywhere=Patience(people_hours=3),
        channels={"whatsapp": Patience(people_hours=2)},
        teams={"t": Patience(people_hours=1)},
    )
    at = await an_answered_customer(office)
    conversation = await office.store.conversations.get(at)
    assert conversation is not None
    assert silent.patience_for(conversation).people_hours == 2
    of_team = replace_(conversation, team_id="t")
    assert silent.patience_for(of_team).people_hours == 1
    assert silent.patience_for(replace_(conversation, channel_id="sms")).people_hours == 3
    assert silent.shortest(SpeakerKind.AGENT) == timedelta(hours=1)
    assert silent.shortest(SpeakerKind.BOT) is silent.shortest(SpeakerKind.NOBODY) is None


async def waits_for_us(office: Office, at: str) -> None:
    await office.hears("And now?")


async def sleeps(office: Office, at: str) -> None:
    await triage.snooze(office.desk, at, MARCO, until=office.clock() + timedelta(days=300))


async def has_more_to_come(office: Office, at: str) -> None:
    when = office.clock() + timedelta(days=300)
    await later.schedule(office.desk, at, MARCO, content=Text("Still?"), at=when, client_id="2")


async def did_not_get_it(office: Office, at: str) -> None:
    office.provider.answers = [SendFailed("gone")]
    await converse.reply(office.desk, at, MARCO, content=Text("Lost"), client_id="3")
    await office.deliver()


async def is_with_nobody(office: Office, at: str) -> None:
    await converse.assign(office.desk, at, MARCO, to=None)


async def may_have_opted_out(office: Office, at: str) -> None:
    await triage.label(office.desk, at, MARCO, add=["consent"])


@pytest.mark.parametrize(
    "reason",
    [waits_for_us, sleeps, has_more_to_come, did_not_get_it, is_with_nobody, may_have_opted_out],
)
async def test_what_is_not_over_is_left_alone(office: Office, reason: Any) -> None:
    await is_set(office)
    await reason(office, await an_answered_customer(office))
    before = (await office.conversation()).status
    assert await status_after(office, days=30) is before


async def test_a_thumb_up_is_no_question_but_begins_the_time_anew(office: Office) -> None:
    await is_set(office)
    await an_answered_customer(office)
    office.clock.forward(hours=40)
    ours = (await office.store.messages.page((await office.conversation()).id, before_seq=None, limit=1))[0]
    await office.take(heard(Reaction(ours[0].external_id or "", "👍")))
    assert await status_after(office, hours=40) is Status.OPEN
    assert await status_after(office, hours=9) is Status.RESOLVED


async def test_a_farewell_waits_for_the_morning_of_who_gets_it(office: Office) -> None:
    await is_set(office, replace_(TWO_DAYS, farewell="Bye"))
    await an_answered_customer(office)
    await office.store._database.contacts.update_many({}, {"$set": {"attributes.timezone": "Europe/Rome"}})
    assert await status_after(office, hours=57) is Status.OPEN  # ten in the evening
    assert await status_after(office, hours=10) is Status.RESOLVED


async def test_where_the_window_is_closed_there_is_no_farewell(office: Office) -> None:
    await is_set(office, replace_(TWO_DAYS, farewell="Bye"))
    at = await an_answered_customer(office)
    closed = {"window_closes_at": office.clock() + timedelta(hours=24)}
    await office.store._database.conversations.update_one({"_id": at}, {"$set": closed})
    assert await status_after(office, hours=54) is Status.RESOLVED
    assert "Bye" not in [text for text, _ in await office.out()]


async def test_several_processes_resolve_it_once(office: Office) -> None:
    await is_set(office, replace_(TWO_DAYS, farewell="Bye"))
    await an_answered_customer(office)
    office.clock.forward(hours=54)
    others = [Closing(office.another().desk) for _ in range(4)]
    assert sum(await asyncio.gather(*(one.step() for one in others))) == 1
    await office.deliver()
    assert office.provider.taken.count("Bye") == 1


async def test_a_look_goes_on_where_the_last_one_ended(office: Office) -> None:
    await is_set(office)
    at = await an_answered_customer(office)
    mine = await office.store._database.conversations.find_one({"_id": at})
    waiting = [
        {**mine, "_id": f"w{n}", "contact_id": f"c{n}", "waiting_since": office.clock()} for n in range(5)
    ]
    for n, one in enumerate(waiting):
        one["listed_at"] = office.clock() - timedelta(minutes=n + 1)
    await office.store._database.conversations.insert_many(waiting)
    office.clock.forward(days=3)
    closing = Closing(office.desk, at_once=2)
    assert [await closing.step() for _ in range(4)] == [0, 0, 1, 0]


async def test_who_was_killed_over_it_is_succeeded(office: Office) -> None:
    async def before() -> None:
        await emptied(office.store)
        office.provider.taken.clear()
        office.provider.asked.clear()
        await is_set(office, replace_(TWO_DAYS, farewell="Bye", label="silent"))
        await an_answered_customer(office)
        office.clock.forward(hours=54)

    whole = None
    start = office.clock.at
    async for life in lives(office.store):
        office.clock.at = start
        await before()
        process = office.another(life.store)
        await life.does(Closing(process.desk).step())
        await Closing(office.desk).step()
        await office.deliver()
        assert office.provider.taken.count("Bye") == 1, life
        seen = await picture(office.store)
        whole = whole or seen
        assert not differences(whole, seen), life


async def test_only_admins_set_it_and_only_what_makes_sense(office: Office) -> None:
    with pytest.raises(Forbidden):
        await silence.save(office.desk, MARCO, is_on=True, everywhere=TWO_DAYS, channels={}, teams={})
    for wrong in (Patience(people_hours=0), Patience(bot_hours=9999), Patience(farewell="{{ nothing.x }}")):
        with pytest.raises(Invalid):
            await is_set(office, wrong)
    with pytest.raises(Invalid, match="no team"):
        await is_set(office, teams={"gone": TWO_DAYS})
    assert not (await silence.present(office.store)).is_on
