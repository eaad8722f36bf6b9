"""Whom a campaign reaches, and saying it to one customer: once, whichever process dies."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from connectors.content import Template, Text
from connectors.contract import Capabilities
from connectors.events import Purpose
from inbox.actions.desk import Desk
from inbox.actions.places import card_of
from inbox.actions.quiet import held_until
from inbox.actions.reaching import names_on
from inbox.actions.templates import words_of
from inbox.model.campaign import Campaign, Facts, Reason, Recipient, comes_back, filled, why_not, with_hint
from inbox.model.channel import Channel
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.consent import standing_against
from inbox.model.contact import Contact, display_name
from inbox.model.conversation import Conversation, Status
from inbox.model.ids import new_id
from inbox.model.message import Author, AuthorKind
from inbox.model.replies import BadReply
from inbox.model.thread import Thread

replace = msgspec.structs.replace
WEEK = timedelta(days=7)


async def facts_of(
    desk: Desk,
    campaign: Campaign,
    contacts: Iterable[Contact],
    channel: Channel,
    carries: Capabilities,
    session: Any = None,
) -> list[Facts]:
    """What is known of these contacts now."""
    every, store, now = list(contacts), desk.store, desk.clock()
    ids = [each.id for each in every]
    keys = [key for each in every for key in each.identity_keys]
    present = {
        c.contact_id: c
        for c in await store.conversations.involved((), ids, session)
        if c.channel_id == channel.id
    }
    standings = await store.consents.standings([channel.id], keys, ids, session)
    consented = await store.consents.consented(ids, channel.id, Purpose.MARKETING, session)
    lately = await store.recipients.lately(ids, now - WEEK, campaign.id, session)
    found = []
    for contact in every:
        at = present.get(contact.id)
        closes = at.window_closes_at if at else None
        found.append(
            Facts(
                contact,
                at,
                at.to if at and at.to else names_on(contact, channel.kind, carries),
                standing_against(standings, channel.id, contact.identity_keys, contact.id),
                contact.id in consented,
                carries.window_hours is not None and (closes is None or closes <= now),
                lately.get(contact.id, 0),
            )
        )
    return found


async def say(
    desk: Desk, campaign: Campaign, recipient: Recipient, channel: Channel, carries: Capabilities
) -> None:
    """Say it to one customer of the audience, put it off, or note why not.

    It is put off until their morning, and while they are in a conversation with us, for a day at most.

    The message and the note that it was said are one commit. Raises `Conflict` or `StoreError`.
    """

    async def work(session: Any) -> tuple[Commit, None]:
        fresh = await desk.store.recipients.get(recipient.id, session)
        state = await desk.store.campaigns.state_of(campaign.id, session)
        if fresh is None or fresh.state != "waiting" or state != "running":
            return Commit(), None
        contact = await desk.store.contacts.present(fresh.contact_id, session)
        if contact is None:
            await desk.store.recipients.put(_skipped(fresh, Reason.GONE, desk), session)
            return Commit(), None
        if contact.id != fresh.contact_id:
            await desk.store.recipients.follow(fresh, contact.id, session)
            return Commit(), None
        (facts,) = await facts_of(desk, campaign, [contact], channel, carries, session)
        if reason := why_not(campaign, facts):
            await desk.store.recipients.put(_put_off(fresh, reason, desk), session)
            return Commit(), None
        thread, contact = _thread(desk, facts, channel, carries)
        if until := await held_until(desk, thread.conversation, session):
            await desk.store.recipients.put(replace(fresh, due=until), session)
            return Commit(), None
        try:
            message_id = await _write(desk, thread, campaign, facts, carries, named=fresh.id)
        except BadReply:
            await desk.store.recipients.put(_skipped(fresh, Reason.INTERNAL, desk), session)
            return Commit(), None
        said = replace(
            fresh,
            state="said",
            due=None,
            at=thread.now,
            conversation_id=thread.conversation.id,
            message_id=message_id,
        )
        await desk.store.recipients.put(said, session)
        after = replace(contact, last_campaign_id=campaign.id)
        return Commit([change_of(thread)], [ContactChange(facts.contact, after)]), None

    commit, _ = await desk.store.change(work)
    desk.bus.publish(commit)


async def say_as_a_test(
    desk: Desk, campaign: Campaign, contact_id: str, channel: Channel, carries: Capabilities
) -> Reason | None:
    """Say it to one contact now, as a rehearsal: without a consent to marketing, but to nobody who refused.

    Why it was not said, None if it was.
    """
    rehearsed = replace(campaign, purpose=Purpose.CONVERSATION, weekly_cap=None)

    async def work(session: Any) -> tuple[Commit, Reason | None]:
        contact = await desk.store.contacts.get(contact_id, session)
        if contact is None:
            return Commit(), Reason.GONE
        (facts,) = await facts_of(desk, rehearsed, [contact], channel, carries, session)
        if reason := why_not(rehearsed, facts):
            return Commit(), reason
        thread, after = _thread(desk, facts, channel, carries)
        await _write(desk, thread, campaign, facts, carries, named=new_id())
        changed = [ContactChange(contact, after)] if after != contact else []
        return Commit(conversations=[change_of(thread)], contacts=changed), None

    commit, reason = await desk.store.change(work)
    desk.bus.publish(commit)
    return reason


async def message_for(
    desk: Desk, campaign: Campaign, contact: Contact, language: str | None, carries: Capabilities
) -> Text | Template:
    """What this customer is sent, as it is shown to us. Raises `BadReply`."""
    named = display_name(contact)
    values = {
        "contact": {"name": named, "first_name": named.split(" ")[0], "address": contact.address or ""},
        "agent": {"name": campaign.author_name, "first_name": campaign.author_name.split(" ")[0]},
        "conversation": {"id": "", "channel": ""},
        "slots": {},
    }
    content = filled(campaign.content, values)
    if carries.short_messages and campaign.purpose is Purpose.MARKETING:
        content = with_hint(content, language)
    if isinstance(content, Template):
        known = await desk.store.templates.get(campaign.channel_id, content.name, content.language)
        return replace(content, text=words_of(known, content) or None) if known else content
    return content


async def _write(
    desk: Desk, thread: Thread, campaign: Campaign, facts: Facts, carries: Capabilities, *, named: str
) -> str:
    """Append it to the thread, which opens nothing: it has no part in anybody's work until they answer."""
    before = thread.conversation
    content = await message_for(desk, campaign, facts.contact, before.language, carries)
    thread.activity("campaign", name=campaign.name, campaign_id=campaign.id)
    thread.carries, thread.link = carries, desk.link
    author = Author(AuthorKind.SYSTEM, campaign.voice, campaign.name)
    message = thread.say(author, content, client_id=named, purpose=campaign.purpose)
    thread.tell_bot(type="agent_said", text=_words(content)[:500], agent=campaign.name)
    if before.status is Status.RESOLVED:
        thread.set(campaign_id=campaign.id)
    return message.id


def _words(content: Text | Template) -> str:
    return content.text or "" if isinstance(content, Text) else content.text or content.name


def _thread(desk: Desk, facts: Facts, channel: Channel, carries: Capabilities) -> tuple[Thread, Contact]:
    """Their conversation, or a new one that is resolved from the beginning; and the contact then."""
    now, contact = desk.clock(), facts.contact
    if facts.conversation is not None:
        return Thread(facts.conversation, now), contact
    fresh = Conversation(
        id=new_id(),
        channel_id=channel.id,
        channel_kind=channel.kind,
        contact_id=contact.id,
        contact=card_of(contact),
        to=facts.to,
        refusals=facts.refusals,
        status=Status.RESOLVED,
        resolved_at=now,
        window_closes_at=now if carries.window_hours is not None else None,
        listed_at=now,
        created_at=now,
        updated_at=now,
    )
    return Thread(fresh, now, is_new=True), replace(contact, last_conversation_id=fresh.id)


def _put_off(recipient: Recipient, reason: Reason, desk: Desk) -> Recipient:
    """Left out for that reason; or asked about again, if they are in a conversation."""
    again = comes_back(recipient, desk.clock()) if reason is Reason.BUSY else None
    if again is None:
        return _skipped(recipient, reason, desk)
    return replace(recipient, due=again, busy_since=recipient.busy_since or desk.clock())


def _skipped(recipient: Recipient, reason: Reason, desk: Desk) -> Recipient:
    return replace(recipient, state="skipped", reason=reason.value, due=None, at=desk.clock())
