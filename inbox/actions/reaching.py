"""Writing to a customer first, on any channel that reaches them.

Raises `Forbidden`, `NotFound`, `Invalid`, and `Conflict` or `StoreError` when nothing could be written.
"""

from typing import Any, NamedTuple

from msgspec.structs import replace

from connectors.contract import Capabilities
from connectors.events import Identity, Purpose
from inbox.actions import converse
from inbox.actions.access import all_seen, check_seen
from inbox.actions.desk import Desk, Within
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.places import card_of
from inbox.model.channel import Channel
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.consent import Refusals, refused
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation, Speaker, SpeakerKind, Status
from inbox.model.ids import new_id
from inbox.model.people import Principal
from inbox.model.thread import Thread


class Way(NamedTuple):
    """How a customer is reached on a channel."""

    channel: Channel
    to: tuple[Identity, ...]
    conversation_id: str | None
    """The conversation that they have there."""
    is_refused: bool
    """Whether they want no messages there."""
    needs_template: bool
    """Whether the channel takes nothing but templates now."""


async def ways_to(desk: Desk, who: Principal, contact_id: str) -> list[Way]:
    """Every channel that reaches the customer, those that they refused included. Raises `NotFound`.

    A conversation that `who` may not see is not named.
    """
    contact = await _contact(desk, contact_id, None)
    current = await _current(desk, contact_id, None)
    seen = {c.id for c in await all_seen(who, current.values(), store=desk.store)}
    found = []
    for channel in await desk.store.channels.list({"enabled": True}, sort="name"):
        carries = await desk.carries(channel.id)
        present = current.get(channel.id)
        to = present.to if present and present.to else names_on(contact, channel.kind, carries)
        if carries is None or not to:
            continue
        keys = [identity.key for identity in contact.identities]
        refusals = await desk.store.consents.refusals(channel.id, keys, contact.id)
        closes = present.window_closes_at if present else None
        is_closed = carries.window_hours is not None and (closes is None or closes <= desk.clock())
        found.append(
            Way(
                channel,
                to,
                present.id if present and present.id in seen else None,
                _is_refused(refusals),
                needs_template=is_closed,
            )
        )
    return found


async def begin(desk: Desk, who: Principal, contact_id: str, *, channel_id: str) -> Conversation:
    """The customer's conversation on a channel with `who` as its speaker: the present one, or a new one.

    Two who begin at once find one another: the second gets `NotSpeaker`. Nothing is said yet.
    """
    converse.check(who)
    channel = await desk.store.channels.get(channel_id)
    carries = await desk.carries(channel_id)
    if channel is None or not channel.enabled or carries is None:
        raise NotFound("There is no such channel, or it does not work.")

    async def work(session: Any) -> tuple[Commit, Conversation]:
        contact = await _contact(desk, contact_id, session)
        present = (await _current(desk, contact_id, session)).get(channel_id)
        keys = [identity.key for identity in contact.identities]
        refusals = await desk.store.consents.refusals(channel_id, keys, contact_id, session)
        if _is_refused(refusals):
            raise Invalid("They asked for no messages on this channel.")
        if present is not None:
            return await _go_on(desk, session, present, who)
        to = names_on(contact, channel.kind, carries)
        if not to:
            raise Invalid("This channel does not reach them: it knows no name of theirs.")
        return _begun(desk, contact, channel, to, carries, refusals, who)

    commit, conversation = await desk.store.change(work)
    desk.bus.publish(commit)
    return conversation


async def _go_on(
    desk: Desk, session: Any, present: Conversation, who: Principal
) -> tuple[Commit, Conversation]:
    """What they have there already, with `who` to speak: nobody is interrupted but the bot."""
    await check_seen(who, present, store=desk.store, session=session)
    thread = Thread(present, desk.clock())
    inner = desk._replace(within=Within(thread, session))
    if present.status is Status.RESOLVED:
        await converse.reopen(inner, present.id, who)
    elif present.speaker.kind is SpeakerKind.BOT:
        await converse.take_over(inner, present.id, who, epoch=present.speaker.epoch)
    else:
        await converse.come_to_speak(inner, thread, session, who)
    changes = [change_of(thread)] if thread.is_changed else []
    return Commit(conversations=changes), thread.conversation


def _begun(
    desk: Desk,
    contact: Contact,
    channel: Channel,
    to: tuple[Identity, ...],
    carries: Capabilities,
    refusals: Refusals,
    who: Principal,
) -> tuple[Commit, Conversation]:
    now = desk.clock()
    fresh = Conversation(
        id=new_id(),
        channel_id=channel.id,
        channel_kind=channel.kind,
        contact_id=contact.id,
        contact=card_of(contact),
        to=to,
        speaker=Speaker(SpeakerKind.AGENT, who.id, who.name),
        assignee_id=who.id if who.is_user else None,
        refusals=refusals,
        window_closes_at=now if carries.window_hours is not None else None,
        listed_at=now,
        created_at=now,
        updated_at=now,
    )
    thread = Thread(fresh, now, is_new=True)
    thread.activity("begun", by=who.name)
    after = replace(contact, last_conversation_id=fresh.id)
    commit = Commit(conversations=[change_of(thread)], contacts=[ContactChange(contact, after)])
    return commit, thread.conversation


async def _contact(desk: Desk, contact_id: str, session: Any) -> Contact:
    contact = await desk.store.contacts.get(contact_id, session)
    if contact is None or contact.merged_into:
        raise NotFound("There is no such customer.")
    return contact


async def _current(desk: Desk, contact_id: str, session: Any) -> dict[str, Conversation]:
    """Their current conversations by channel."""
    found = await desk.store.conversations.involved((), [contact_id], session)
    return {conversation.channel_id: conversation for conversation in found}


def names_on(contact: Contact, kind: str, carries: Capabilities | None) -> tuple[Identity, ...]:
    """By which names a channel can reach them that never heard of them."""
    if carries is None:
        return ()
    by = carries.reached_by
    fitting = [identity for identity in contact.identities if identity.kind is by]
    return tuple(i for i in fitting if by != "user" or i.value.startswith(f"{kind}:"))


def _is_refused(refusals: Refusals) -> bool:
    return refused(refusals, Purpose.CONVERSATION) is not None
