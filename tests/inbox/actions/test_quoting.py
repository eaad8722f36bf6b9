"""An answer that names the message it answers."""

import pytest
from msgspec.structs import replace

from connectors.content import Text
from connectors.contract import Capabilities
from connectors.whatsapp.outbound import CAPABILITIES, body_of
from inbox.actions import converse
from inbox.actions.errors import Invalid
from inbox.objections import outbound_of
from tests.inbox.factories import an_agent, heard, phone
from tests.inbox.office import Office

MARCO = an_agent("Marco")


async def spoken_with(office: Office, capabilities: Capabilities) -> str:
    """A conversation in which Marco speaks, on a channel that can so much."""
    conversation = await office.hears("Where is it?", "And who pays?")
    await converse.take_over(office.desk, conversation.id, MARCO, epoch=1)

    async def carries(channel_id: str) -> Capabilities:
        return capabilities

    office.desk = office.desk._replace(carries=carries)
    return conversation.id


async def answer(office: Office, conversation_id: str, words: str, answers: str | None):
    content = Text(words)
    return await converse.reply(
        office.desk, conversation_id, MARCO, content=content, client_id=words[:9], answers=answers
    )


async def test_the_provider_is_told_which_message_is_answered(office: Office) -> None:
    at = await spoken_with(office, CAPABILITIES)
    asked = next(m for m in await office.thread() if m.content == Text("Where is it?"))
    said = await answer(office, at, "On its way.", asked.id)
    assert said.reply_to == asked.external_id
    body = body_of(outbound_of(await office.conversation(), said))
    assert body["context"] == {"message_id": asked.external_id}
    assert (await answer(office, at, "On its way.", None)).id == said.id, "sent again, it is the same"


async def test_of_a_long_answer_the_first_part_names_it(office: Office) -> None:
    at = await spoken_with(office, replace(CAPABILITIES, text_length=20))
    asked = (await office.thread())[0]
    said = await answer(office, at, "It is on its way to you. You have paid it already.", asked.id)
    parts = [m for m in await office.thread() if m.part_of == said.id]
    assert said.reply_to == asked.external_id
    assert parts and all(part.reply_to is None for part in parts)


@pytest.mark.parametrize("which", ["nobody knows it", "another conversation's", "not sent yet", "no quotes"])
async def test_what_cannot_be_quoted_is_refused_and_nothing_is_said(office: Office, which: str) -> None:
    at = await spoken_with(office, replace(CAPABILITIES, quotes=which != "no quotes"))
    asked = (await office.thread())[0]
    if which == "nobody knows it":
        asked = replace(asked, id="none")
    if which == "another conversation's":
        stranger = phone("+15550000009")
        await office.take(heard("It is mine", stranger))
        (found,) = await office.store.contacts.known_as([stranger.key])
        (other,) = await office.store.conversations.of_contact(found.id)
        (asked, *_), _ = await office.store.messages.page(other.id, before_seq=None, limit=1)
    if which == "not sent yet":
        asked = await answer(office, at, "Wait", None)

    async def words() -> int:
        return len((await office.store.messages.page(at, before_seq=None, limit=50))[0])

    before = await words()
    with pytest.raises(Invalid):
        await answer(office, at, "On its way.", asked.id)
    assert await words() == before
