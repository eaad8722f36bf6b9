"""The bot's turns: one at a time, never over a human, never silence."""

import asyncio
from datetime import timedelta

import pytest

from connectors.content import Choice, Image, Reaction, Text
from inbox.actions import converse
from inbox.dialogue import BotError, BotNotReady, BotSlow, Handoff
from inbox.ingest import Ingest
from inbox.model.conversation import SpeakerKind, Status
from inbox.model.message import BOT
from tests.inbox.factories import an_agent, heard
from tests.inbox.office import Office, says, working
from tests.parley import until

MARCO = an_agent("Marco")


async def replies(office: Office) -> list[str]:
    return [text for text, _ in await office.out()]


async def test_the_bot_is_asked_what_the_customer_said(office: Office) -> None:
    conversation = await office.hears("My order", "is late")
    await office.turn()
    (turn,) = office.bot.turns
    assert (turn.text, turn.payload) == ("My order\nis late", None)
    assert turn.conversation_id == conversation.id
    assert turn.contact == {"id": conversation.contact_id, "name": "Ada"}
    assert await replies(office) == ["You said: My order\nis late"]
    after = await office.conversation()
    assert (after.turn, after.waiting_since) == (None, None)
    assert (after.bot.intent, after.bot.confidence) == ("inform", 0.9)
    assert (await office.thread())[1].parse["intent"]["name"] == "inform"


async def test_two_processes_run_a_turn_once(office: Office) -> None:
    await office.hears("Hi")
    other = office.another()
    await asyncio.gather(*(o.turn() for o in (office, other) for _ in range(3)))
    assert len(office.bot.turns) == 1
    assert await replies(office) == ["You said: Hi"]


async def test_what_arrives_during_a_turn_joins_the_next_one(office: Office) -> None:
    async def slowly(turn):
        if turn.text == "one":
            await office.take(heard("two"), heard("three"))
        return says(f"You said: {turn.text}")

    office.bot.script = slowly
    await office.hears("one")
    await office.turn()
    await office.turn()
    assert [t.text for t in office.bot.turns] == ["one", "two\nthree"]
    assert await replies(office) == ["You said: one", "You said: two\nthree"]
    await office.turn()
    assert len(office.bot.turns) == 2


async def test_a_tap_is_a_turn_of_its_own(office: Office) -> None:
    await office.take(heard("Hm"), heard(Choice("Refund", "/refund")), heard(Choice("Yes", "/affirm")))
    for _ in range(4):
        await office.turn()
    assert [(t.text, t.payload) for t in office.bot.turns] == [
        ("Hm", None),
        ("Refund", "/refund"),
        ("Yes", "/affirm"),
    ]


async def test_a_remark_is_nothing_to_answer(office: Office) -> None:
    await office.take(heard(Reaction("wamid.1", "👍")))
    await office.turn()
    assert office.bot.turns == []


async def test_the_same_turn_asked_twice_has_the_same_id(office: Office) -> None:
    await office.hears("Hi")
    office.bot.script = lambda turn: fails(BotNotReady("not yet"))
    await office.turn()
    office.clock.forward(seconds=1)
    office.bot.script = lambda turn: says("Hello")
    await office.turn()
    first, second = office.bot.turns
    assert first.turn_id == second.turn_id
    assert await replies(office) == ["Hello"]


async def fails(error: Exception):
    raise error


# Never silence.


async def test_while_the_bot_loads_its_turns_wait(office: Office) -> None:
    office.bot.is_starting, office.bot.is_ready = True, False
    await office.hears("Hi")
    for _ in range(3):
        office.clock.forward(seconds=30)
        await office.turn()
    assert await replies(office) == []
    office.bot.is_starting, office.bot.is_ready = False, True
    await office.hears("Anybody?")
    await office.turn()
    assert await replies(office) == ["You said: Hi\nAnybody?"]


async def test_a_bot_that_is_gone_for_a_moment_is_waited_for(office: Office) -> None:
    await office.hears("Hi")
    office.bot.script = lambda turn: fails(BotNotReady("gone"))
    await office.turn()
    assert (await office.conversation()).turn.at - office.clock() <= timedelta(seconds=2)
    office.clock.forward(seconds=7)
    office.bot.script = lambda turn: says("Here I am")
    await office.turn()
    assert await replies(office) == ["Here I am"]


@pytest.mark.parametrize(
    ("error", "after", "reason"),
    [
        (BotNotReady("gone"), 9, "bot_down"),
        (BotSlow("8 s"), 0, "bot_slow"),
        (BotError("500"), 0, "bot_failed"),
        (ValueError("a fault of ours"), 0, "bot_failed"),
    ],
)
async def test_a_bot_that_fails_leads_to_a_human(office: Office, error, after, reason) -> None:
    await office.hears("Where is my order?")
    office.clock.forward(seconds=after)
    office.bot.script = lambda turn: fails(error)
    await office.turn()
    conversation = await office.conversation()
    assert conversation.speaker.kind is SpeakerKind.NOBODY
    assert conversation.summary.reason == reason
    assert conversation.summary.questions == ["Where is my order?"]
    assert conversation.waiting_since is not None
    assert conversation.turn is None
    (farewell,) = [m for m in await office.thread() if m.direction == "out" and not m.is_internal]
    assert farewell.author.kind == "system"
    await office.deliver()
    assert len(office.provider.taken) == 1, "the customer is told"


UNUSABLE = {
    "a name with a NUL": says("Hi", slots={"a\0b": 1}),
    "a number beyond 64 bits": says("Hi", slots={"n": 2**70}),
    "half a surrogate pair": says("\ud800"),
    "an intent that is no object": says("Hi", parse={"intent": "greet"}),
    "an intent with an odd name": says("Hi", parse={"intent": {"name": ["greet"]}}),
}


@pytest.mark.parametrize("odd", UNUSABLE)
async def test_an_answer_that_cannot_be_used_leads_to_a_human(office: Office, odd: str) -> None:
    await office.hears("Hi")
    office.bot.script = lambda turn: UNUSABLE[odd]
    await office.turn()
    conversation = await office.conversation()
    assert conversation.speaker.kind is SpeakerKind.NOBODY
    assert conversation.summary.reason == "bot_failed"


async def test_a_process_that_dies_in_a_turn_is_succeeded(office: Office) -> None:
    await office.hears("Hi")
    asked = asyncio.Event()

    async def hangs(turn):
        asked.set()
        await asyncio.sleep(3600)

    office.bot.script = hangs
    victim = office.another()
    victim.store.conversations.postpone = never  # killed: it cannot even give the turn back
    process = asyncio.create_task(victim.turn())
    await asked.wait()
    process.cancel()
    await asyncio.gather(process, return_exceptions=True)
    del victim.store.conversations.postpone
    office.bot.script = lambda turn: says("Hello")
    await office.turn()
    assert await replies(office) == [], "its lease runs"
    office.clock.forward(seconds=32)
    await office.turn()
    assert await replies(office) == ["Hello"]


async def test_its_successor_asks_the_same_question_whatever_has_arrived_since(office: Office) -> None:
    await office.hears("Hi")
    office.bot.script = lambda turn: fails(BotNotReady("the line broke, perhaps in the middle of it"))
    await office.turn()
    await office.hears("Anybody?")
    office.clock.forward(seconds=2)
    office.bot.script = lambda turn: says(f"You said: {turn.text}")
    await office.turn()
    await office.turn()
    assert [turn.text for turn in office.bot.turns] == ["Hi", "Hi", "Anybody?"]
    assert office.bot.turns[0].turn_id == office.bot.turns[1].turn_id
    assert await replies(office) == ["You said: Hi", "You said: Anybody?"]


async def test_a_turn_that_takes_long_stays_with_its_process(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.leases.LEASE", timedelta(seconds=1))
    monkeypatch.setattr("inbox.leases.BEAT", 0.05)
    other = office.another()

    async def slowly(turn):
        for _ in range(10):
            await asyncio.sleep(0.1)
            office.clock.forward(seconds=0.2)
            await other.turn()
        return says("Here I am")

    office.bot.script = slowly
    async with working(office):
        await office.hears("Hi")
        await until(lambda: replies(office))
    assert len(office.bot.turns) == 1
    assert await replies(office) == ["Here I am"]


async def never(*_) -> bool:
    return False


async def test_a_process_that_stops_gives_its_turn_back(office: Office) -> None:
    asked = asyncio.Event()

    async def hangs(turn):
        asked.set()
        await asyncio.sleep(3600)

    office.bot.script = hangs
    stopping = office.another()
    stopping.turns.worker.start()
    await office.hears("Hi")
    await asked.wait()
    await stopping.turns.worker.stop(0.01)
    office.bot.script = lambda turn: says("Hello")
    await office.turn()
    assert await replies(office) == ["Hello"]


async def test_whose_lease_ran_out_says_nothing_any_more(office: Office) -> None:
    other = office.another()

    async def overtaken(turn):
        if len(office.bot.turns) == 1:
            office.clock.forward(seconds=32)
            await other.turn()
        return says(f"Answer {len(office.bot.turns)}")

    office.bot.script = overtaken
    await office.hears("Hi")
    await office.turn()
    assert len(office.bot.turns) == 2
    assert len(await replies(office)) == 1


# Never over a human.


async def test_a_human_who_takes_over_during_a_turn_silences_its_answer(office: Office) -> None:
    async def meanwhile(turn):
        await converse.take_over(office.desk, turn.conversation_id, MARCO, epoch=1)
        return says("Too late")

    office.bot.script = meanwhile
    await office.hears("Hi")
    await office.turn()
    assert await replies(office) == []
    assert (await office.conversation()).speaker.name == "Marco"


async def test_also_if_the_human_has_left_again_by_then(office: Office) -> None:
    async def meanwhile(turn):
        await converse.take_over(office.desk, turn.conversation_id, MARCO, epoch=1)
        await converse.hand_back(office.desk, turn.conversation_id, MARCO, outcome="resolved", note=None)
        return says("Too late")

    office.bot.script = meanwhile
    await office.hears("Hi")
    await office.turn()
    assert await replies(office) == []
    assert (await office.conversation()).speaker.kind is SpeakerKind.BOT


async def test_a_turn_that_fell_due_before_the_human_came_is_not_run(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await office.turn()
    assert office.bot.turns == []


# From the bot to a human and back.


async def test_a_handoff_brings_the_agent_up_to_date(office: Office) -> None:
    handoff = Handoff("asked", "They want a person.")
    office.bot.script = lambda turn: (
        says("One moment.", handoff=handoff, slots={"order_number": "48213"})
        if "person" in turn.text
        else says("Which order?")
    )
    await office.hears("Where is my parcel? I wait for days.")
    await office.turn()
    await office.hears("Can I talk to a person?")
    await office.turn()
    conversation = await office.conversation()
    summary = conversation.summary
    assert conversation.speaker.kind is SpeakerKind.NOBODY
    assert (summary.reason, summary.detail) == ("asked", "They want a person.")
    assert summary.slots == {"order_number": "48213"}
    assert summary.questions == ["Where is my parcel?", "Can I talk to a person?"]
    assert [i["name"] for i in summary.intents] == ["inform", "inform"]
    await office.deliver()
    assert office.provider.taken == ["Which order?", "One moment."]


async def test_the_bot_is_told_what_happened_and_answers_none_of_it(office: Office) -> None:
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    conversation = await office.hears("A person, please")
    await office.turn()
    await office.hears("Hello?")
    await converse.reply(
        office.desk, conversation.id, MARCO, content=Text("It is on its way."), client_id=None
    )
    await converse.note(office.desk, conversation.id, MARCO, text="A nice one.", client_id=None)
    await office.hears("Thank you!")
    await converse.hand_back(office.desk, conversation.id, MARCO, outcome="resolved", note="parcel")
    await office.turn()
    assert len(office.bot.turns) == 1, "the backlog is not answered"
    office.bot.script = lambda turn: says("Anything else?")
    await office.hears("One more thing")
    await office.turn()
    assert office.bot.turns[-1].text == "One more thing"
    (told,) = office.bot.told
    assert [(event["type"], event.get("text")) for event in told] == [
        ("handed_over", None),
        ("customer_said", "Hello?"),
        ("agent_said", "It is on its way."),
        ("customer_said", "Thank you!"),
        ("handed_back", None),
    ]
    assert told[-1]["outcome"] == "resolved"
    assert told[-1]["note"] == "parcel"
    await office.hears("And another")
    await office.turn()
    assert len(office.bot.told) == 1, "it is told once"


async def test_a_resolved_conversation_is_the_bots_again(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await converse.resolve(office.desk, conversation.id, MARCO)
    office.clock.forward(hours=1)
    await office.hears("One more thing")
    await office.turn()
    assert [t.text for t in office.bot.turns] == ["One more thing"]
    after = await office.conversation()
    assert (after.id, after.status) == (conversation.id, Status.OPEN)


async def test_a_picture_without_words_never_leads_to_silence(office: Office) -> None:
    await office.take(heard(Image(media_id="1")))
    office.bot.script = lambda turn: says("A nice picture.")
    await office.turn()
    assert len(await replies(office)) == 1


async def test_the_bots_answer_is_its_own_speakers_epoch(office: Office) -> None:
    await office.hears("Hi")
    await office.turn()
    (answer,) = [m for m in await office.thread() if m.author == BOT]
    assert answer.epoch == (await office.conversation()).speaker.epoch


async def test_a_turn_that_came_to_nothing_does_not_swallow_the_next_one(office: Office) -> None:
    ingest = Ingest(office.store, office.bus, office.clock, reopen=timedelta(hours=24))
    ingest.start()
    await ingest.submit([heard("Hi")])
    await office.turn()
    await ingest.submit([heard("One", id="1")])
    conversation = await office.conversation()
    owner = {"at": office.clock(), "owner": "x", "attempts": 1}
    await office.store.conversations._all.update_one({}, {"$set": {"turn": owner}})
    await office.store.conversations.finish(conversation.id, "turn", "x", conversation.rev, office.clock())
    await ingest.submit([heard("Two")])
    await office.turn()
    assert office.bot.turns[-1].text == "One\nTwo"
    await ingest.stop()


async def test_everything_by_itself(office: Office) -> None:
    async with working(office):
        for n in range(3):
            await office.take(heard(f"{n}"))
            await until(lambda n=n: office.provider.taken[-1:] == [f"You said: {n}"])
