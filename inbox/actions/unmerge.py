"""Contacts merged by hand, and a merge undone: identities and conversations go back to whom they were.

All raise `Forbidden`, `NotFound`, `AlreadyThere`; `Conflict` or `StoreError` when nothing could be written.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from inbox.actions.desk import Desk
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.actions.merge import merge_commit
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.consent import Standing, standing_id, united
from inbox.model.contact import Contact, display_name
from inbox.model.conversation import ContactCard, Conversation
from inbox.model.merging import Merge
from inbox.model.people import WRITE, Principal
from inbox.model.thread import Thread

replace = msgspec.structs.replace


async def merge_by_hand(desk: Desk, who: Principal, keep: str, give_up: str) -> Contact:
    """Give the second contact's identities and conversations to the first, and answer that one.

    `AlreadyThere` if either has become part of another contact meanwhile: it should be looked at first.
    """
    _may(who)
    if keep == give_up:
        raise Invalid("Choose two different contacts.")

    async def work(session: Any) -> tuple[Commit, Contact]:
        found = [await desk.store.contacts.get(each, session) for each in (keep, give_up)]
        for contact in found:
            if contact is None:
                raise NotFound("There is no such customer.")
            if contact.merged_into:
                raise AlreadyThere("One of them has been merged into another contact meanwhile.")
        kept, given = found
        assert kept and given
        commit = await merge_commit(
            kept, given, store=desk.store, session=session, now=desk.clock(), by=who.name
        )
        return commit, commit.contacts[-1].after

    commit, after = await desk.store.change(work)
    desk.bus.publish(commit)
    return after


async def unmerge(desk: Desk, who: Principal, contact_id: str, merge_id: str) -> Contact:
    """Undo a merge by which this contact got another; the other one is answered.

    Identities, conversations, notes and refusals go back to whom they were. What is new since, other
    identities, conversations that began since, stays with the contact that was kept.
    """
    _may(who)

    async def work(session: Any) -> tuple[Commit, Contact]:
        merge = await desk.store.merges.get(merge_id, session)
        if merge is None or merge.kept.id != contact_id:
            raise NotFound("There is no such merge.")
        kept = await desk.store.contacts.get(merge.kept.id, session)
        if kept is None or merge.undone_at:
            raise AlreadyThere("This merge has been undone already.")
        if kept.merged_into:
            raise AlreadyThere("The contact was merged into another one since. Undo that first.")
        now = desk.clock()
        ours, theirs = parted(kept, merge, now)
        conversations = await desk.store.conversations.all_of_contact(kept.id, session)
        _check_that_nothing_is_shared(conversations, merge)
        standings = await desk.store.consents.standings_of(kept.id, session)
        owned = [_given_back(s, merge) for s in standings]
        threads = reseated(conversations, merge, (ours, theirs), owned, now)
        ledger = await desk.store.consents.ledger(kept.id, session=session)
        back = [replace(e, contact_id=theirs.id) for e in ledger if e.id in merge.consents]
        before = await desk.store.contacts.get(theirs.id, session)
        return Commit(
            contacts=[ContactChange(kept, ours), ContactChange(before, theirs)],
            conversations=[change_of(thread) for thread in threads],
            standings=[s for s in owned if s.contact_id == theirs.id],
            consents=back,
            merges=[replace(merge, undone_at=now, undone_by=who.name)],
        ), theirs

    commit, theirs = await desk.store.change(work)
    desk.bus.publish(commit)
    return theirs


def _check_that_nothing_is_shared(conversations: Iterable[Conversation], merge: Merge) -> None:
    """No conversation of the one may be shown as part of a conversation of the other. Raises `Invalid`."""
    theirs = {seat.conversation_id for seat in merge.seats if seat.contact_id == merge.given.id}
    for each in conversations:
        if each.joined and (each.id in theirs) is not (each.joined.into in theirs):
            raise Invalid("Conversations of both were merged since. Part those first.")


def parted(kept: Contact, merge: Merge, now: datetime) -> tuple[Contact, Contact]:
    """The two contacts as they are after a merge is undone: the kept one, and the one that was given."""
    theirs = set(merge.given.identity_keys)
    stay = tuple(i for i in kept.identities if i.key not in theirs)
    back = tuple(i for i in kept.identities if i.key in theirs)
    lent = {k: v for k, v in merge.given.attributes.items() if k not in merge.kept.attributes}
    own = {k: v for k, v in kept.attributes.items() if k not in lent or v != lent[k]}
    is_lent = merge.kept.name is None and kept.name == merge.given.name
    one = replace(
        kept,
        identities=stay,
        identity_keys=tuple(i.key for i in stay),
        attributes=own,
        name=None if is_lent else kept.name,
        updated_at=now,
    )
    other = replace(
        merge.given,
        identities=back,
        identity_keys=tuple(i.key for i in back),
        merged_into=None,
        updated_at=now,
    )
    return one, other


def _given_back(standing: Standing, merge: Merge) -> Standing:
    """Whose it is then: what was said under an address goes with that."""
    addresses = {standing_id(standing.channel_id, key) for key in merge.given.identity_keys}
    is_theirs = standing.id in merge.standings or standing.id in addresses
    return replace(standing, contact_id=merge.given.id) if is_theirs else standing


def reseated(
    conversations: Iterable[Conversation],
    merge: Merge,
    people: tuple[Contact, Contact],
    standings: list[Standing],
    now: datetime,
) -> list[Thread]:
    """The conversations with whom they belong to, those first that make room for others.

    On a channel where the kept one would be left without a current conversation, the one that was current
    before the merge is so again.
    """
    ours, theirs = people
    seats = {seat.conversation_id: seat for seat in merge.seats}
    theirs_ids = {s.conversation_id for s in merge.seats if s.contact_id == theirs.id}
    threads = [Thread(c, now) for c in conversations]
    taken = {t.before.channel_id for t in threads if t.before.current and t.before.id not in theirs_ids}
    for thread in threads:
        was, seat = thread.before, seats.get(thread.before.id)
        owner = theirs if was.id in theirs_ids else ours
        current = bool(seat and seat.current) if owner is theirs else was.current
        if owner is ours and seat and seat.current and was.channel_id not in taken:
            current = True
        if current or owner is theirs or was.contact != _card(owner):
            thread.set(contact_id=owner.id, contact=_card(owner), current=current)
        if current:
            stand = [s.refusals for s in standings if _concerns(s, was.channel_id, owner)]
            thread.set(refusals=united(stand))
    changed = [t for t in threads if t.is_changed]
    return sorted(changed, key=lambda t: (t.conversation.current, t.conversation.contact_id == ours.id))


def _concerns(standing: Standing, channel_id: str, owner: Contact) -> bool:
    addresses = {standing_id(channel_id, key) for key in owner.identity_keys}
    return standing.channel_id == channel_id and (standing.contact_id == owner.id or standing.id in addresses)


def _card(contact: Contact) -> ContactCard:
    return ContactCard(display_name(contact), contact.address)


def _may(who: Principal) -> None:
    if not who.may(WRITE):
        raise Forbidden("You are not allowed to do this.")
