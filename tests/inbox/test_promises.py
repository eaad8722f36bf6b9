"""Promises to customers: timed from the handoff, told once, reckoned once, whichever process does it."""

from datetime import timedelta

import pytest

from connectors.content import Text
from inbox.actions import converse, outgoing, promises, triage
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid
from inbox.dialogue import Handoff
from inbox.model.case import Promise
from inbox.model.people import Role
from inbox.promises import PromiseKeeping
from tests.inbox.factories import NOON, an_agent
from tests.inbox.office import Office, says

ADMIN = an_agent("Ada Admin", Role.ADMIN)
MARCO = an_agent()
FOREVER = NOON + timedelta(days=365)


async def a_policy(office: Office, **fields):
    given = {"name": "Gold", "first_response": 60, "next_response": 120, "resolution": 600, **fields}
    return await promises.save(office.desk, ADMIN, **given)


async def with_people(office: Office) -> str:
    """A customer whom the bot hands over."""
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    conversation = await office.hears("I want a person")
    await office.turn()
    return conversation.id


async def looked(office: Office) -> None:
    """Promises are looked at, as far as that is due."""
    keeping = PromiseKeeping(office.desk)
    for conversation_id in await office.store.conversations.due("sla", office.clock(), 10):
        await keeping.run(conversation_id)


async def replies(office: Office, conversation_id: str, text: str) -> None:
    """Marco answers, and may take it back for five seconds."""
    hold = timedelta(seconds=5)
    await converse.reply(office.desk, conversation_id, MARCO, content=Text(text), client_id=text, hold=hold)


async def told(office: Office) -> list[str]:
    return [m.content.event for m in await office.thread() if getattr(m.content, "event", "")[:4] == "sla_"]


async def ends(office: Office) -> list[dict]:
    return await office.store.promises.counted(NOON - timedelta(days=1), FOREVER, "agent_id")


async def test_the_bot_promises_nothing_and_a_handoff_starts_the_clock(office: Office) -> None:
    await a_policy(office)
    await office.hears("Hello")
    assert (await office.conversation()).sla is None
    await with_people(office)
    await looked(office)
    level = (await office.conversation()).level
    assert level is not None
    assert (level.policy, level.promise) == ("Gold", Promise.FIRST_RESPONSE)
    assert level.breach_at == NOON + timedelta(minutes=60)


async def test_a_warning_and_a_breach_are_told_once_each_by_however_many(office: Office) -> None:
    await a_policy(office)
    await with_people(office)
    await looked(office)
    assert await told(office) == []
    office.clock.forward(minutes=48)
    await looked(office)
    await looked(office.another())
    assert await told(office) == ["sla_warned"]
    office.clock.forward(minutes=12)
    await looked(office.another())
    await looked(office)
    assert await told(office) == ["sla_warned", "sla_breached"]
    assert await ends(office) == [{"promise": "first_response", "by": None, "kept": 0, "broken": 1}]


async def test_an_answer_in_time_keeps_the_promise_and_a_late_one_stays_broken(office: Office) -> None:
    await a_policy(office)
    conversation_id = await with_people(office)
    office.clock.forward(minutes=30)
    await converse.take_over(office.desk, conversation_id, MARCO, epoch=2)
    await office.says("Here I am.", author=converse.author_of(MARCO))
    await looked(office)
    assert await ends(office) == [{"promise": "first_response", "by": MARCO.id, "kept": 1, "broken": 0}]
    await office.hears("And now?")
    office.clock.forward(minutes=121)
    await looked(office)
    await office.says("Sorry!", author=converse.author_of(MARCO))
    await looked(office)
    found = {e["promise"]: (e["kept"], e["broken"]) for e in await ends(office)}
    assert found == {"first_response": (1, 0), "next_response": (0, 1)}
    await converse.resolve(office.desk, conversation_id, MARCO)
    await looked(office)
    conversation = await office.conversation()
    assert conversation.level is None and conversation.sla is None
    assert ("resolution", 1) in {(e["promise"], e["kept"]) for e in await ends(office)}


async def test_an_answer_that_is_taken_back_keeps_no_promise(office: Office) -> None:
    await a_policy(office)
    conversation_id = await with_people(office)
    office.clock.forward(minutes=30)
    for text in ("Oops", "Sorry"):
        await replies(office, conversation_id, text)
    await looked(office)
    assert await ends(office) == []  # it may yet be taken back
    for message in [m for m in await office.thread() if m.author.id == MARCO.id]:
        await outgoing.take_back(office.desk, message.id, MARCO)
    office.clock.forward(seconds=6)
    await looked(office)
    conversation = await office.conversation()
    assert conversation.level is not None and conversation.case is not None
    assert conversation.level.promise is Promise.FIRST_RESPONSE
    assert conversation.level.breach_at == NOON + timedelta(minutes=60)
    assert conversation.case.first_answered_at is None
    assert await ends(office) == []
    office.clock.forward(minutes=5)
    await replies(office, conversation_id, "Here I am.")
    await looked(office)
    office.clock.forward(seconds=5)  # nobody takes it back, and nothing else happens
    await looked(office)
    assert await ends(office) == [{"promise": "first_response", "by": MARCO.id, "kept": 1, "broken": 0}]


async def test_answers_that_nobody_looked_at_in_between_are_all_reckoned(office: Office) -> None:
    await a_policy(office)
    conversation_id = await with_people(office)
    await converse.take_over(office.desk, conversation_id, MARCO, epoch=2)
    for late in (1, 5, 200):
        office.clock.forward(minutes=late)
        await office.says("Yes.", author=converse.author_of(MARCO))
        office.clock.forward(minutes=1)
        await office.hears("And?")
    await looked(office)
    found = {e["promise"]: (e["kept"], e["broken"]) for e in await ends(office)}
    assert found == {"first_response": (1, 0), "next_response": (1, 1)}


async def test_a_snooze_stops_the_clock(office: Office) -> None:
    await a_policy(office, first_response=None, next_response=None)
    conversation_id = await with_people(office)
    office.clock.forward(minutes=10)
    await triage.snooze(office.desk, conversation_id, MARCO, until=office.clock() + timedelta(days=1))
    await looked(office)
    assert (await office.conversation()).level is None
    office.clock.forward(days=1)
    await triage.wake(office.desk)
    await looked(office)
    level = (await office.conversation()).level
    assert level is not None and level.breach_at == NOON + timedelta(days=1, minutes=600)


async def test_a_look_that_was_killed_is_taken_up_by_another_process(office: Office) -> None:
    await a_policy(office)
    conversation_id = await with_people(office)
    claimed = await PromiseKeeping(office.desk)._leases.claim(conversation_id)
    assert claimed is not None  # and the process dies here
    await looked(office.another())
    assert (await office.conversation()).level is None
    office.clock.forward(seconds=10)
    await looked(office.another())
    assert (await office.conversation()).level is not None


async def test_a_new_policy_holds_for_what_is_open_and_one_that_is_dropped_for_nothing(
    office: Office,
) -> None:
    await with_people(office)
    await looked(office)
    conversation = await office.conversation()
    assert conversation.sla is None and conversation.level is None
    policy = await a_policy(office)
    await looked(office)
    assert (await office.conversation()).level is not None
    await promises.drop(office.desk, ADMIN, policy.id)
    await looked(office)
    assert (await office.conversation()).level is None


async def test_nonsense_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        await promises.save(office.desk, MARCO, name="Mine", first_response=1)
    for wrong in (
        {"first_response": None, "next_response": None, "resolution": None},
        {"first_response": 0},
        {"warn_at": 1.0},
        {"priorities": ["burning"]},
        {"name": " "},
    ):
        with pytest.raises(Invalid):
            await a_policy(office, **wrong)
    await a_policy(office)
    with pytest.raises(AlreadyThere):
        await a_policy(office, name="gold")
