"""A turn that is ours from the start, and an answer that leaves as it is written."""

import asyncio
from datetime import timedelta
from typing import Any

from connectors.content import Choice, Text
from inbox.actions import converse
from inbox.model.commit import Commit
from inbox.model.consent import Refusal, Source, Standing, standing_id
from inbox.model.message import BOT
from tests.inbox.factories import NOON, an_agent, heard, phone, told
from tests.inbox.office import Office, says, working
from tests.parley import until

MARCO = an_agent("Marco")


async def is_settled(office: Office) -> bool:
    now = await office.conversation()
    return now.turn is None and now.delivery is None


async def test_a_turn_is_three_commits(office: Office) -> None:
    async with working(office):
        await office.hears("Hi")
        await until(lambda: is_settled(office))
    assert await office.out() == [("You said: Hi", "sent")]
    born, answered, sent = office.changes
    assert born.after.turn.owner and born.after.turn.upto == 1
    assert [m.status for m in answered.added] == ["sending"]
    assert answered.after.delivery.owner and answered.after.turn is None
    assert [m.status for m in sent.changed] == ["sent"]
    assert [change.after.rev for change in office.changes] == [1, 2, 3]


async def test_what_it_is_about_is_what_came_with_it(office: Office) -> None:
    async with working(office):
        await office.take(heard("My order"), heard("is late"), heard(Choice("Refund", "/refund")))
        await until(lambda: len(office.bot.turns) == 2)
        await until(lambda: is_settled(office))
        await office.take(heard("Thanks"))
        await until(lambda: len(office.provider.taken) == 3)
    assert [(t.text, t.payload) for t in office.bot.turns] == [
        ("My order\nis late", None),
        ("Refund", "/refund"),
        ("Thanks", None),
    ]


async def test_several_answers_leave_in_their_order(office: Office) -> None:
    office.bot.script = lambda turn: says("one", "two", "three")
    async with working(office):
        await office.hears("Hi")
        await until(lambda: is_settled(office))
    assert office.provider.taken == ["one", "two", "three"]


async def test_what_is_ahead_goes_first(office: Office) -> None:
    """The outbox is at work for the conversation: an answer stands in line behind it."""
    may_go = asyncio.Event()

    async def slowly(message: Any) -> None:
        await may_go.wait()

    office.provider.answers = [slowly]
    async with working(office):
        await office.hears("Hi")
        await until(lambda: office.provider.asked)
        await office.hears("Again")
        await until(lambda: len(office.bot.turns) == 2)
        await until(lambda: _has_said(office, 2))
        may_go.set()
        await until(lambda: is_settled(office))
    assert office.provider.taken == ["You said: Hi", "You said: Again"]


async def _has_said(office: Office, count: int) -> bool:
    return len(await office.out()) == count


async def test_who_refuses_messages_gets_none_this_way_either(office: Office) -> None:
    conversation = await office.hears("Hi")
    refusal = Refusal(at=NOON, source=Source.COLLEAGUE)
    standing = Standing(
        id=standing_id("whatsapp", phone().key),
        channel_id="whatsapp",
        contact_id=conversation.contact_id,
        refusals=(refusal,),
        at=NOON,
    )

    async def work(session: Any) -> tuple[Commit, None]:
        return Commit(standings=[standing]), None

    await office.store.change(work)
    async with working(office):
        await until(lambda: is_settled(office))
    assert await office.out() == [("You said: Hi", "cancelled")]
    assert office.provider.asked == []


async def test_a_human_who_takes_over_meanwhile_silences_it(office: Office) -> None:
    async def overtaken(turn: Any) -> Any:
        await converse.take_over(office.desk, turn.conversation_id, MARCO, epoch=1)
        return says("Too late")

    office.bot.script = overtaken
    async with working(office):
        await office.hears("Hi")
        await until(lambda: office.bot.turns)
        await until(lambda: is_settled(office))
    assert await office.out() == []
    assert office.outbox.passages._given == {}


async def test_what_arrives_while_it_is_written_is_the_next_turn(office: Office) -> None:
    async def meanwhile(turn: Any) -> Any:
        if turn.text == "one":
            await office.take(heard("two"))
        return says(f"You said: {turn.text}")

    office.bot.script = meanwhile
    async with working(office):
        await office.hears("one")
        await until(lambda: len(office.provider.taken) == 2)
        await until(lambda: is_settled(office))
    assert office.provider.taken == ["You said: one", "You said: two"]


async def test_who_dies_after_the_commit_is_succeeded_as_who_dies_while_sending(office: Office) -> None:
    victim = office.another()
    victim.outbox.passages.take = lambda conversation_id: None  # killed before it could send
    async with working(victim):
        await victim.hears("Hi")
        await until(lambda: _has_said(office, 1))
        assert await office.out() == [("You said: Hi", "sending")]
        victim.outbox._leases._held.clear()  # nor give anything back
    await office.deliver()
    assert office.provider.asked == [], "its lease runs"
    office.clock.forward(seconds=10)
    await office.deliver()
    assert office.provider.asked == [], "the provider may have it, and then it tells"
    office.clock.forward(seconds=31)
    await office.deliver()
    assert office.provider.taken == ["You said: Hi"]


async def test_a_report_that_comes_instead_settles_it(office: Office) -> None:
    victim = office.another()
    victim.outbox.passages.take = lambda conversation_id: None
    async with working(victim):
        await victim.hears("Hi")
        await until(lambda: _has_said(office, 1))
        victim.outbox._leases._held.clear()
    message = (await office.thread())[-1]
    await office.take(told("wamid.9", "delivered", message_id=message.id))
    office.clock.forward(seconds=41)
    await office.deliver()
    assert office.provider.asked == []
    assert await office.out() == [("You said: Hi", "delivered")]


async def test_who_stops_gives_back_what_was_born_as_theirs(office: Office) -> None:
    stopping = office.another()
    stopping.turns.worker.start()
    stopping.turns.worker.wake = lambda conversation_id: None  # it has no time left to begin
    await stopping.hears("Hi")
    assert (await office.conversation()).turn.owner
    await stopping.turns.worker.stop(0.01)
    await office.turn()
    assert await office.out() == [("You said: Hi", "queued")]


async def test_who_cannot_run_a_turn_claims_none(office: Office) -> None:
    await office.hears("Hi")  # its worker does not work
    async with working(office):
        office.bot.is_ready = False
        await office.take(heard("Hi", phone("+15550002222")))
    assert [change.after.turn.owner for change in office.changes if change.before is None] == [None, None]


async def test_a_process_that_dies_with_a_turn_of_its_own_is_succeeded(office: Office) -> None:
    victim = office.another()
    victim.turns.worker.start()
    victim.turns.worker.wake = lambda conversation_id: None
    await victim.hears("Hi")
    victim.turns._leases._held.clear()
    await victim.turns.worker.stop(0.01)
    await office.turn()
    assert office.bot.turns == [], "its lease runs"
    await office.take(heard("Anybody?"))
    office.clock.forward(seconds=10)
    await office.turn()
    await office.turn()
    assert [turn.text for turn in office.bot.turns] == ["Hi", "Anybody?"]


async def test_a_channel_that_must_wait_gives_no_passage(office: Office) -> None:
    office.lines.line.slow_down(300)
    async with working(office):
        await office.hears("Hi")
        await until(lambda: _has_said(office, 1))
        await until(lambda: _waits(office))
    assert await office.out() == [("You said: Hi", "queued")]


async def _waits(office: Office) -> bool:
    due = (await office.conversation()).delivery
    return due is not None and due.at > office.clock() + timedelta(seconds=100)


async def test_what_somebody_queued_before_the_turn_goes_first(office: Office) -> None:
    await office.hears("Hi")
    await office.says("before", author=BOT)
    async with working(office):
        await until(lambda: is_settled(office))
    assert office.provider.taken == ["before", "You said: Hi"]
    assert isinstance(office.provider.asked[0].content, Text)


async def test_an_answer_is_due_although_the_outbox_has_just_ended(office: Office) -> None:
    """The end of deliveries changes no `rev`: an answer that counted on them must not be left behind."""
    conversation = await office.hears("Hi")
    due = {"at": NOON, "owner": None, "attempts": 0}
    await office.store._database.conversations.update_one(
        {"_id": conversation.id}, {"$set": {"delivery": due}}
    )

    async def answers_late(turn: Any) -> Any:
        claimed = await office.store.conversations.claim(
            [conversation.id], "delivery", "another", office.clock(), timedelta(seconds=9)
        )
        present, owner = claimed[conversation.id]
        assert await office.store.conversations.finish(
            present.id, "delivery", owner, present.rev, office.clock()
        )
        return says("Hello")

    office.bot.script = answers_late
    await office.turns.run(conversation.id)
    assert (await office.conversation()).delivery is not None
    await office.deliver()
    assert office.provider.taken == ["Hello"]
