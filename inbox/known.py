"""What the store knows of arrivals, asked before they are taken in."""

from collections.abc import Sequence
from typing import Any

from connectors.content import Choice
from connectors.events import Fault, IdentityChanged, MessageReceived, Purpose, StatusChanged
from inbox.actions.consent import may_be_about_consent
from inbox.actions.receive import Arrival, Known
from inbox.model.consent import Standing
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation, Status
from inbox.model.ids import external_key
from inbox.store import Reading, Store


async def known_of(
    arrivals: list[Arrival],
    store: Store | Reading,
    session: Any,
    *,
    trusting: bool = False,
    moved: Sequence[Arrival] = (),
) -> Known:
    """Read all that the arrivals may touch, in four questions however many they are.

    `trusting` does not ask whether we have had a message of somebody whom nobody knows. If we have, which is
    so when they have another number since, the commit meets it and fails: then this is to be asked again.
    Of `moved`, plain messages beside the others, it is not asked either: only whose they are, and where they
    go.
    """
    keys: set[str] = set()
    reports: set[str] = set()
    ids: set[str] = set()
    people = {
        i.key for each in moved if isinstance(each.event, MessageReceived) for i in each.event.identities
    }
    for arrival in arrivals:
        match arrival.event:
            case MessageReceived(external_id=external_id, identities=identities, content=content) as event:
                keys.add(external_key(arrival.channel_id, external_id))
                people.update(i.key for i in identities)
                if isinstance(content, Choice) and event.reply_to:
                    keys.add(external_key(arrival.channel_id, event.reply_to))
            case IdentityChanged(external_id=external_id, previous=previous, current=current):
                keys.add(external_key(arrival.channel_id, external_id))
                people.update(i.key for i in (*previous, *current))
            case StatusChanged(external_id=external_id, message_id=message_id):
                reports.add(external_key(arrival.channel_id, external_id))
                if message_id:
                    ids.add(message_id)
    contacts = await store.contacts.known_as(people, session)
    may_be_known = (
        not trusting or (arrivals and contacts) or any(not _is_plain(arrival) for arrival in arrivals)
    )
    messages = await store.messages.named(keys | reports, ids, session) if may_be_known else []
    found = {m.external_key for m in messages}
    conversations = await store.conversations.involved(
        {m.conversation_id for m in messages if m.external_key in reports or m.id in ids},
        {c.id for c in contacts},
        session,
    )
    early = await store.messages.early(reports - found, session) if reports - found else []
    standings = await _standings([*arrivals, *moved], contacts, conversations, store, session)
    return Known(
        messages=messages, contacts=contacts, conversations=conversations, early=early, standings=standings
    )


def _is_plain(arrival: Arrival) -> bool:
    """Whether it is a message that is about no earlier one."""
    return isinstance(arrival.event, MessageReceived) and arrival.event.reply_to is None


async def _standings(
    arrivals: list[Arrival],
    contacts: list[Contact],
    conversations: list[Conversation],
    store: Store | Reading,
    session: Any,
) -> list[Standing]:
    """What the customers refused before, if it matters now: for a new conversation, or a word about it."""
    owner = {key: contact.id for contact in contacts for key in contact.identity_keys}
    open_now = {(c.contact_id, c.channel_id) for c in conversations if c.status is not Status.RESOLVED}
    channels: set[str] = set()
    keys: set[str] = set()
    for arrival in arrivals:
        match arrival.event:
            case MessageReceived(identities=names) as event:
                has_place = (owner.get(names[0].key, ""), arrival.channel_id) in open_now
                if not has_place or may_be_about_consent(event):
                    channels.add(arrival.channel_id)
                    keys.update(name.key for name in names)
            case StatusChanged(fault=Fault(refused=Purpose())):
                channels.add(arrival.channel_id)
    if not channels:
        return []
    people = {c.id for c in contacts} | {c.contact_id for c in conversations}
    return await store.consents.standings(channels, keys, people, session)
