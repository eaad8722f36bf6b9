"""By a report on a message of ours a provider tells another name of whom we wrote to."""

from datetime import datetime
from typing import Any

from connectors.events import Identity
from inbox.actions.merge import merge_commit
from inbox.actions.places import card_of
from inbox.bus import Bus
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation
from inbox.model.thread import Thread
from inbox.store import Store


def is_news(names: tuple[Identity, ...], to: tuple[Identity, ...]) -> bool:
    """Whether these are names of whom `to` are, one of them at least unknown there."""
    both = set(names) & set(to)
    return bool(both) and len(both) < len(set(names))


async def acquaint(
    conversation_id: str, names: tuple[Identity, ...], *, store: Store, bus: Bus, now: datetime
) -> None:
    """Give the conversation's contact the names that it lacks; who had them turns out to be the same person.

    `names` are of one person, the strongest first. Nothing happens if none of them is the contact's, or if
    either has another name of the same kind: then a number may have a new owner, which only they can tell us
    by writing. Raises `Conflict`, `Unwritable`, `StoreUnavailable`.
    """

    async def work(session: Any) -> tuple[Commit, None]:
        conversation = await store.conversations.get(conversation_id, session)
        if conversation is None or not is_news(names, conversation.to):
            return Commit(), None
        people = await store.contacts.known_as([name.key for name in names], session)
        contact = next((each for each in people if each.id == conversation.contact_id), None)
        if contact is None or not all(_may_have(each, names) for each in people):
            return Commit(), None
        others = [each for each in people if each.id != contact.id]
        if others:
            return await _merge(contact, others[0], names, store, session, now), None
        commit = await _add(contact, conversation, names, store, session, now)
        return commit, None

    commit, _ = await store.change(work)
    bus.publish(commit)


def _may_have(contact: Contact, names: tuple[Identity, ...]) -> bool:
    kinds = {identity.kind for identity in contact.identities}
    return all(name.key in contact.identity_keys or name.kind not in kinds for name in names)


async def _merge(
    contact: Contact, other: Contact, names: tuple[Identity, ...], store: Store, session: Any, now: datetime
) -> Commit:
    """One person of the two: as with messages, who had the strongest name stays."""
    has_strongest = names[0].key in contact.identity_keys
    kept, given = (contact, other) if has_strongest else (other, contact)
    return await merge_commit(kept, given, store=store, session=session, now=now)


async def _add(
    contact: Contact,
    conversation: Conversation,
    names: tuple[Identity, ...],
    store: Store,
    session: Any,
    now: datetime,
) -> Commit:
    """The contact with all names; its conversations show it so, and this one is written to by all of them."""
    known = contact.also_known_as(names, now)
    threads = [Thread(c, now) for c in await store.conversations.all_of_contact(contact.id, session)]
    for thread in threads:
        if thread.before.contact != card_of(known):
            thread.set(contact=card_of(known))
        if thread.before.id == conversation.id:
            thread.set(to=names)
    return Commit(
        contacts=[ContactChange(contact, known)] if known is not contact else [],
        conversations=[change_of(thread) for thread in threads if thread.is_changed],
    )
