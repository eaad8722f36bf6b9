"""Saved replies are kept, changed and used."""

import asyncio

import pytest

from inbox.actions import replies
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.model.people import READ, Principal
from tests.inbox.factories import an_agent
from tests.inbox.office import Office

MARCO = an_agent("Marco Rossi")
HELLO = {
    "shortcut": "hello",
    "title": "Greeting",
    "text": "Hello {{ contact.first_name }}, I am {{ agent.first_name }}.",
}


async def test_a_reply_is_filled_in_for_the_conversation(office: Office) -> None:
    conversation = await office.hears("Hi")
    reply = await replies.save(office.desk, MARCO, **HELLO)
    assert await replies.filled(office.desk, MARCO, reply.id, conversation.id) == "Hello Ada, I am Marco."
    with pytest.raises(NotFound):
        await replies.filled(office.desk, MARCO, reply.id, "gone")


async def test_two_who_take_the_same_shortcut_at_once_do_not_both_get_it(office: Office) -> None:
    saved = await asyncio.gather(
        *(replies.save(office.desk, MARCO, **HELLO) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in saved) == ["AlreadyThere"] * 3 + ["SavedReply"]


async def test_a_change_keeps_the_id_and_takes_no_other_shortcut(office: Office) -> None:
    reply = await replies.save(office.desk, MARCO, **HELLO)
    other = await replies.save(office.desk, MARCO, **{**HELLO, "shortcut": "bye"})
    changed = await replies.save(office.desk, MARCO, reply_id=reply.id, **{**HELLO, "title": "New"})
    assert (changed.id, changed.title) == (reply.id, "New")
    with pytest.raises(AlreadyThere):
        await replies.save(office.desk, MARCO, reply_id=other.id, **HELLO)
    await replies.drop(office.desk, MARCO, reply.id)
    with pytest.raises(NotFound):
        await replies.save(office.desk, MARCO, reply_id=reply.id, **HELLO)


@pytest.mark.parametrize(
    "fault",
    [
        {"shortcut": "Has Space"},
        {"shortcut": ""},
        {"title": " "},
        {"text": "{{ x.y }}"},
        {"folder": "f" * 101},
    ],
)
async def test_what_makes_no_sense_is_refused(office: Office, fault: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        await replies.save(office.desk, MARCO, **{**HELLO, **fault})


async def test_who_may_only_read_uses_them_and_changes_none(office: Office) -> None:
    conversation = await office.hears("Hi")
    reply = await replies.save(office.desk, MARCO, **HELLO)
    reader = Principal(id="r", name="Rita", permissions=frozenset({READ}))
    assert await replies.filled(office.desk, reader, reply.id, conversation.id) == "Hello Ada, I am Rita."
    for attempt in (replies.save(office.desk, reader, **HELLO), replies.drop(office.desk, reader, reply.id)):
        with pytest.raises(Forbidden):
            await attempt
