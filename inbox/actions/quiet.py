"""Quiet hours: until when what a machine starts must wait for its recipient, and how admins set them."""

from datetime import datetime, timedelta
from typing import Any

from connectors.events import Purpose
from inbox.actions import audit
from inbox.actions.desk import Desk
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.model.channel import Channel
from inbox.model.conversation import Conversation
from inbox.model.people import ADMIN, Principal
from inbox.model.quiet import USUAL, BadSpan, quiet_until, span_of, zones_of

ZONE = "timezone"
"""The attribute of a contact by which it is known where they are: a zone such as ``Europe/Rome``."""


AWAKE = timedelta(minutes=30)
"""So long after their last message somebody is awake, and what is said to them an answer."""


async def held_until(desk: Desk, conversation: Conversation, session: Any = None) -> datetime | None:
    """When what a machine starts may leave; None: now. Whose place nothing tells is never held."""
    channel = await desk.store.channels.get(conversation.channel_id)
    span = span_of(channel.quiet_hours if channel else USUAL)
    if span is None:
        return None
    contact = await desk.store.contacts.get(conversation.contact_id, session)
    known = contact.attributes.get(ZONE) if contact else None
    addresses = (*conversation.to, *(contact.identities if contact else ()))
    return quiet_until(desk.clock(), zones_of(addresses, known), span)


async def machine_waits_until(
    desk: Desk, conversation: Conversation, session: Any = None, purpose: Purpose = Purpose.CONVERSATION
) -> datetime | None:
    """When what a rule, a macro or a program says may leave; None: now.

    It does not wait for who has just written, for then it is an answer; an advertisement never is one.
    """
    heard = conversation.last_inbound_at
    if purpose is not Purpose.MARKETING and heard and desk.clock() < heard + AWAKE:
        return None
    return await held_until(desk, conversation, session)


async def set_hours(desk: Desk, who: Principal, channel_id: str, hours: str) -> Channel:
    """Say when a channel is quiet. Raises `Forbidden`, `NotFound`, `Invalid`."""
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    try:
        span_of(hours)
    except BadSpan as error:
        raise Invalid(str(error)) from error
    before = await desk.store.channels.get(channel_id)
    written = hours.strip() or "off"
    if before is None or not await desk.store.channels.note(channel_id, quiet_hours=written):
        raise NotFound(f"There is no channel {channel_id}.")
    was, became = {"quiet_hours": before.quiet_hours}, {"quiet_hours": written}
    await audit.note_change(who, "channel", channel_id, was, became, store=desk.store, clock=desk.clock)
    return await desk.store.channels.get(channel_id) or before
