"""What people do with a conversation, two of them at once included."""

import asyncio

import pytest
from msgspec.structs import replace

from connectors.content import Text
from inbox.actions import converse, outgoing, triage
from inbox.actions.errors import Forbidden, Invalid, NotFound, NotSpeaker, StaleEpoch
from inbox.model.conversation import SpeakerKind, Status
from inbox.model.ids import new_id
from inbox.model.people import READ, Principal, Role, User
from tests.inbox.factories import NOON, an_agent
from tests.inbox.office import Office

MARCO, GIULIA = an_agent("Marco"), an_agent("Giulia")
READER = Principal(id="r", name="Reader", permissions=frozenset({READ}))


async def say(office: Office, who: Principal, text: str = "Hello", client_id: str | None = None):
    conversation = await office.conversation()
    return await converse.reply(office.desk, conversation.id, who, content=Text(text), client_id=client_id)


async def test_of_two_who_take_over_at_once_exactly_one_speaks(office: Office) -> None:
    conversation = await office.hears("Hi")
    answers = await asyncio.gather(
        *(converse.take_over(office.desk, conversation.id, who, epoch=1) for who in (MARCO, GIULIA)),
        return_exceptions=True,
    )
    lost = [a for a in answers if isinstance(a, StaleEpoch)]
    won = [a for a in answers if not isinstance(a, Exception)]
    assert (len(won), len(lost)) == (1, 1)
    speaker = (await office.conversation()).speaker
    assert speaker == won[0].speaker
    assert speaker.name in str(lost[0])
    assert [m.content.event for m in await office.thread() if m.is_internal] == ["taken_over"]


async def test_who_speaks_already_may_click_again(office: Office) -> None:
    conversation = await office.hears("Hi")
    first = await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    again = await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    assert again == first


async def test_of_two_who_answer_from_the_queue_one_becomes_the_speaker(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    await converse.assign(office.desk, conversation.id, MARCO, to=None)
    answers = await asyncio.gather(say(office, MARCO), say(office, GIULIA), return_exceptions=True)
    assert sorted(isinstance(a, NotSpeaker) for a in answers) == [False, True]
    assert [status for _, status in await office.out()] == ["queued"]


async def test_nobody_talks_over_the_bot_or_a_colleague(office: Office) -> None:
    conversation = await office.hears("Hi")
    with pytest.raises(NotSpeaker, match="The bot is speaking"):
        await say(office, MARCO)
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    with pytest.raises(NotSpeaker, match="Marco is speaking"):
        await say(office, GIULIA)


async def test_the_same_client_id_again_is_the_same_message(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    first, again = await asyncio.gather(*(say(office, MARCO, client_id="1") for _ in range(2)))
    assert first.id == again.id
    note = await converse.note(office.desk, conversation.id, MARCO, text="A note", client_id="1")
    assert note.id == first.id
    assert len(await office.out()) == 1


async def test_another_authors_client_id_is_another_message(office: Office) -> None:
    conversation = await office.hears("Hi")
    taken = await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    first = await say(office, MARCO, client_id="1")
    await converse.take_over(office.desk, conversation.id, GIULIA, epoch=taken.speaker.epoch)
    second = await say(office, GIULIA, client_id="1")
    assert first.id != second.id


async def test_a_note_may_be_left_whoever_speaks_and_never_leaves(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.note(office.desk, conversation.id, GIULIA, text="Careful", client_id=None)
    await office.deliver()
    assert office.provider.asked == []
    assert (await office.conversation()).speaker.kind is SpeakerKind.BOT


async def a_colleague(office: Office, name: str = "Giulia") -> User:
    user = User(
        id=new_id(), email=f"{name}@x.it", name=name, role=Role.AGENT, password_hash="", created_at=NOON
    )
    await office.store.users.add(user)
    return user


async def test_assigning_while_the_bot_speaks_leaves_it_speaking(office: Office) -> None:
    conversation = await office.hears("Hi")
    giulia = await a_colleague(office)
    after = await converse.assign(office.desk, conversation.id, MARCO, to=giulia)
    assert (after.assignee_id, after.speaker.kind) == (giulia.id, SpeakerKind.BOT)


async def test_assigning_while_a_human_or_nobody_speaks_makes_the_speaker(office: Office) -> None:
    conversation = await office.hears("Hi")
    giulia = await a_colleague(office)
    await converse.assign(office.desk, conversation.id, MARCO, to=giulia)
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    after = await converse.assign(office.desk, conversation.id, MARCO, to=giulia)
    assert after.speaker.id == giulia.id
    after = await converse.assign(office.desk, conversation.id, MARCO, to=None)
    assert (after.assignee_id, after.speaker.kind) == (None, SpeakerKind.NOBODY)


async def test_an_assignee_of_the_bots_time_becomes_the_speaker_when_assigned_again(office: Office) -> None:
    from inbox.dialogue import Handoff
    from tests.inbox.office import says

    conversation = await office.hears("Hi")
    giulia = await a_colleague(office)
    await converse.assign(office.desk, conversation.id, MARCO, to=giulia)
    office.bot.script = lambda turn: says("One moment.", handoff=Handoff("asked"))
    await office.turn()
    after = await converse.assign(office.desk, conversation.id, MARCO, to=giulia)
    assert after.speaker.id == giulia.id


async def test_resolving_ends_the_wait_and_the_turn(office: Office) -> None:
    conversation = await office.hears("Hi")
    after = await converse.resolve(office.desk, conversation.id, MARCO)
    assert (after.status, after.waiting_since, after.unread_count) == (Status.RESOLVED, None, 0)
    await office.turn()
    assert office.bot.turns == []
    again = await converse.resolve(office.desk, conversation.id, MARCO)
    assert again.rev == after.rev


async def test_who_reopens_becomes_the_speaker(office: Office) -> None:
    conversation = await office.hears("Hi")
    await converse.resolve(office.desk, conversation.id, MARCO)
    after = await converse.reopen(office.desk, conversation.id, MARCO)
    assert (after.status, after.speaker.id, after.resolved_at) == (Status.OPEN, MARCO.id, None)


async def test_who_takes_over_what_was_resolved_opens_it(office: Office) -> None:
    conversation = await office.hears("Hi")
    resolved = await converse.resolve(office.desk, conversation.id, MARCO)
    after = await converse.take_over(office.desk, conversation.id, MARCO, epoch=resolved.speaker.epoch)
    assert (after.status, after.resolved_at) == (Status.OPEN, None)
    await office.hears("Still there?")
    assert (await office.conversation()).speaker.id == MARCO.id


async def test_reading_up_to_the_newest_leaves_nothing_unread(office: Office) -> None:
    conversation = await office.hears("one", "two")
    await triage.mark_read(office.desk, conversation.id, MARCO, seq=1)
    assert (await office.conversation()).unread_count == 2
    await triage.mark_read(office.desk, conversation.id, MARCO, seq=2)
    assert (await office.conversation()).unread_count == 0


async def test_a_colleagues_message_is_retried_by_no_one_else(office: Office) -> None:
    conversation = await office.hears("Hi")
    taken = await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    message = await say(office, MARCO)
    await converse.take_over(office.desk, conversation.id, GIULIA, epoch=taken.speaker.epoch)
    await office.deliver()
    with pytest.raises(NotSpeaker):
        await outgoing.retry(office.desk, message.id, MARCO)
    again = await outgoing.retry(office.desk, message.id, GIULIA)
    assert again.status == "queued"


VERBS = {
    "reply": lambda d, c, w: converse.reply(d, c, w, content=Text("x"), client_id=None),
    "note": lambda d, c, w: converse.note(d, c, w, text="x", client_id=None),
    "take_over": lambda d, c, w: converse.take_over(d, c, w, epoch=1),
    "hand_back": lambda d, c, w: converse.hand_back(d, c, w, outcome="resolved", note=None),
    "resolve": lambda d, c, w: converse.resolve(d, c, w),
    "reopen": lambda d, c, w: converse.reopen(d, c, w),
    "assign": lambda d, c, w: converse.assign(d, c, w, to=None),
    "mark_read": lambda d, c, w: triage.mark_read(d, c, w, seq=9),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_the_verb_itself_checks_who_may(office: Office, verb: str) -> None:
    conversation = await office.hears("Hi")
    with pytest.raises(Forbidden):
        await VERBS[verb](office.desk, conversation.id, READER)
    with pytest.raises(NotFound):
        await VERBS[verb](office.desk, "nothing", MARCO)
    assert (await office.conversation()).rev == conversation.rev


def test_an_empty_or_endless_text_is_refused() -> None:
    for text in ("", " \n ", "x" * 11):
        with pytest.raises(Invalid):
            converse.text_of(text, 10)
    assert converse.text_of("x" * 10, 10) == Text("x" * 10)


async def test_every_change_is_told_after_it_is_written(office: Office) -> None:
    await office.hears("Hi")
    seen: list[int] = []
    office.bus.listen(lambda changes: seen.extend(c.after.rev for c in changes))

    def broken(changes) -> None:
        raise RuntimeError

    office.bus._listeners.insert(0, broken)
    conversation = await office.conversation()
    after = await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)
    assert seen == [after.rev]
    assert replace(after, turn=None, delivery=None).rev == (await office.conversation()).rev
