"""Writing first, and blocking: with consent, by a name the channel knows, and waking nobody."""

import asyncio

import pytest

from connectors.contract import Capabilities
from connectors.events import IdentityKind
from inbox.actions import blocking, reaching, rules
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound, NotSpeaker
from inbox.automation import Automation
from inbox.model.channel import Channel
from inbox.model.conversation import SpeakerKind, Status
from inbox.model.people import READ, Principal, Role
from inbox.model.rules import Step
from tests.inbox.factories import NOON, an_agent, heard, phone
from tests.inbox.office import Office

MARCO, OTHER = an_agent(), an_agent("Anna Verdi")
READER = Principal(id="r", name="Rita", permissions=frozenset({READ}))
SMS = Capabilities(contents=frozenset({"text"}), text_length=1000)
WHATSAPP = Capabilities(contents=frozenset({"text"}), text_length=1000, window_hours=24)
CHAT = Capabilities(contents=frozenset({"text"}), text_length=1000, reached_by=IdentityKind.VISITOR)


@pytest.fixture
async def at(office: Office) -> str:
    """A customer who wrote on WhatsApp, where there also are SMS and a web chat. Their id."""

    async def carries(channel_id: str) -> Capabilities | None:
        return {"sms": SMS, "whatsapp": WHATSAPP, "webchat": CHAT}.get(channel_id)

    office.desk = Desk(office.store, office.bus, office.clock, carries)
    for kind in ("sms", "whatsapp", "webchat"):
        await office.store.channels.add(Channel(id=kind, kind=kind, name=kind, created_at=NOON))
    await office.hears("Hello")
    (contact,) = await office.store.contacts.known_as([phone().key])
    return contact.id


async def test_the_ways_to_a_customer_are_those_that_know_a_name_of_theirs(office: Office, at: str) -> None:
    ways = {way.channel.id: way for way in await reaching.ways_to(office.desk, MARCO, at)}
    assert set(ways) == {"sms", "whatsapp"}
    assert ways["whatsapp"].conversation_id and ways["whatsapp"].needs_template
    assert not ways["sms"].needs_template and ways["sms"].conversation_id is None


async def test_a_conversation_begins_once_with_two_who_begin_at_once(office: Office, at: str) -> None:
    results = await asyncio.gather(
        *(reaching.begin(office.desk, who, at, channel_id="sms") for who in (MARCO, OTHER)),
        return_exceptions=True,
    )
    begun = [r for r in results if not isinstance(r, Exception)]
    assert len(begun) == 1 and sum(isinstance(r, NotSpeaker) for r in results) == 1
    assert begun[0].speaker.kind is SpeakerKind.AGENT and begun[0].to == (phone(),)
    again = await reaching.begin(
        office.desk, MARCO if begun[0].assignee_id == MARCO.id else OTHER, at, channel_id="sms"
    )
    assert again.id == begun[0].id


async def test_what_they_have_there_goes_on_and_the_bot_falls_silent(office: Office, at: str) -> None:
    present = await office.conversation()
    begun = await reaching.begin(office.desk, MARCO, at, channel_id="whatsapp")
    assert begun.id == present.id and begun.speaker.id == MARCO.id and begun.turn is None


async def test_who_refused_is_not_written_to_and_nonsense_is_refused(office: Office, at: str) -> None:
    await office.hears("STOP")
    with pytest.raises(Invalid, match="no messages"):
        await reaching.begin(office.desk, MARCO, at, channel_id="whatsapp")
    with pytest.raises(Invalid, match="does not reach"):
        await reaching.begin(office.desk, MARCO, at, channel_id="webchat")
    for contact_id, channel_id in ((at, "nothing"), ("nobody", "sms")):
        with pytest.raises(NotFound):
            await reaching.begin(office.desk, MARCO, contact_id, channel_id=channel_id)
    with pytest.raises(Forbidden):
        await reaching.begin(office.desk, READER, at, channel_id="sms")


async def test_what_a_blocked_customer_sends_is_kept_and_wakes_nobody(office: Office, at: str) -> None:
    admin = an_agent("Ada Admin", Role.ADMIN)
    await rules.save(office.desk, admin, name="Reply", happening="heard", steps=(Step("reply", "Hi"),))
    await Automation(office.desk).step()
    said = len(await office.out())
    await blocking.block(office.desk, MARCO, at, is_blocked=True)
    await blocking.block(office.desk, MARCO, at, is_blocked=True)
    conversation = await office.hears("Answer me!")
    assert (conversation.status, conversation.turn, conversation.waiting_since) == (
        Status.RESOLVED,
        None,
        None,
    )
    assert conversation.unread_count == 0
    assert "Answer me!" in [getattr(m.content, "text", None) for m in await office.thread()]
    await Automation(office.desk).step()
    assert len(await office.out()) == said
    office.clock.forward(days=3)  # nor where a new conversation would begin
    assert (await office.hears("Answer me now!")).status is Status.RESOLVED
    await blocking.block(office.desk, MARCO, at, is_blocked=False)
    conversation = await office.hears("Sorry")
    assert conversation.status is Status.OPEN and conversation.turn is not None
    with pytest.raises(Forbidden):
        await blocking.block(office.desk, READER, at, is_blocked=True)


async def test_a_message_and_a_block_at_once_end_one_way_or_the_other(office: Office, at: str) -> None:
    await asyncio.gather(
        office.take(heard("One"), heard("Two")), blocking.block(office.desk, MARCO, at, is_blocked=True)
    )
    conversation = await office.conversation()
    assert conversation.status is Status.RESOLVED and conversation.turn is None
    contact = await office.store.contacts.get(at)
    assert contact is not None and contact.blocked_at is not None
