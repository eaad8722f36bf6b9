"""Two contacts turn out to be one person."""

from datetime import datetime
from typing import Any

import msgspec

from inbox.bus import Bus
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.consent import Standing, united
from inbox.model.contact import Contact, display_name
from inbox.model.conversation import ContactCard, Conversation
from inbox.model.ids import new_id
from inbox.model.merging import Merge, Seat
from inbox.model.thread import Thread
from inbox.store import Store

replace = msgspec.structs.replace


async def merge_contacts(keep: str, give_up: str, *, store: Store, bus: Bus, now: datetime) -> None:
    """Give the second contact's identities and conversations to the first.

    Either stands for the one it was merged into, if it was. Nothing happens if one of them is gone or they
    are one already. Raises `Conflict`, `Unwritable`, `StoreUnavailable`.
    """

    async def work(session: Any) -> tuple[Commit, None]:
        kept = await store.contacts.present(keep, session)
        other = await store.contacts.present(give_up, session)
        if kept is None or other is None or kept.id == other.id:
            return Commit(), None
        return await merge_commit(kept, other, store=store, session=session, now=now), None

    commit, _ = await store.change(work)
    bus.publish(commit)


async def merge_commit(
    kept: Contact, other: Contact, *, store: Store, session: Any, now: datetime, by: str | None = None
) -> Commit:
    """A merge of two present contacts, with the record by which it can be undone. The kept one is last."""
    theirs = await store.conversations.all_of_contact(other.id, session)
    ours = await store.conversations.all_of_contact(kept.id, session)
    own = await store.consents.standings_of(kept.id, session)
    given = await store.consents.standings_of(other.id, session)
    ledger = await store.consents.ledger(other.id, session=session)
    commit = merged(kept, other, ours, theirs, now, standings=[*own, *given])
    commit.consents = [replace(event, contact_id=kept.id) for event in ledger]
    merge = Merge(
        id=new_id(),
        kept=kept,
        given=other,
        seats=tuple(Seat(c.id, c.contact_id, c.current) for c in (*ours, *theirs)),
        standings=tuple(s.id for s in given),
        consents=tuple(event.id for event in ledger),
        by=by,
        at=now,
    )
    commit.merges = [merge]
    return commit


def merged(
    kept: Contact,
    other: Contact,
    ours: list[Conversation],
    theirs: list[Conversation],
    now: datetime,
    *,
    standings: list[Standing],
) -> Commit:
    """A merge. Where both have a current conversation on a channel, the fresher one stays current.

    What one of them refused on a channel, both have. `standings` are those of both.
    """
    one = kept.also_known_as(other.identities, now)
    one = replace(one, name=kept.name or other.name, attributes={**other.attributes, **kept.attributes})
    none = replace(other, identities=(), identity_keys=(), merged_into=kept.id, updated_at=now)
    card = ContactCard(display_name(one), one.address)
    threads = [Thread(c, now) for c in (*ours, *theirs)]
    fresh = {
        t.before.channel_id: t for t in sorted(threads, key=lambda t: t.before.updated_at) if t.before.current
    }
    for thread in threads:
        stays = thread.before.current and fresh[thread.before.channel_id] is thread
        if (thread.before.contact_id, thread.before.contact, thread.before.current) != (one.id, card, stays):
            thread.set(contact_id=one.id, contact=card, current=stays)
        refusals = united([s.refusals for s in standings if s.channel_id == thread.before.channel_id])
        if refusals != thread.before.refusals and stays:
            thread.set(refusals=refusals)
    changes = sorted((t for t in threads if t.is_changed), key=lambda t: t.conversation.current)
    return Commit(
        contacts=[ContactChange(other, none), ContactChange(kept, one)],
        conversations=[change_of(t) for t in changes],
        standings=[replace(s, contact_id=one.id) for s in standings if s.contact_id != one.id],
    )
