"""Blocking a customer: what they send is kept and wakes nobody, until they are let through again.

Raises `Forbidden`, `NotFound`, and `Conflict` or `StoreError` when nothing could be written.
"""

from typing import Any

import msgspec

from inbox.actions import converse
from inbox.actions.desk import Desk, Within
from inbox.actions.errors import NotFound
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.contact import Contact
from inbox.model.people import Principal
from inbox.model.thread import Thread


async def block(desk: Desk, who: Principal, contact_id: str, *, is_blocked: bool) -> Contact:
    """Block them, with all their conversations resolved, or let them through again. The contact then.

    What is already so is left as it is. Each of their current conversations changes with it, so that nobody
    goes by what they remember of the contact.
    """
    converse.check(who)

    async def work(session: Any) -> tuple[Commit, Contact]:
        contact = await desk.store.contacts.get(contact_id, session)
        if contact is None or contact.merged_into:
            raise NotFound("There is no such customer.")
        if (contact.blocked_at is not None) is is_blocked:
            return Commit(), contact
        now = desk.clock()
        after = msgspec.structs.replace(contact, blocked_at=now if is_blocked else None, updated_at=now)
        found = await desk.store.conversations.all_of_contact(contact_id, session)
        threads = [Thread(c, now) for c in found if c.current]
        for thread in threads:
            if is_blocked:
                await converse.resolve(desk._replace(within=Within(thread, session)), thread.before.id, who)
            thread.activity("blocked" if is_blocked else "unblocked", by=who.name)
        changes = [change_of(thread) for thread in threads]
        return Commit(conversations=changes, contacts=[ContactChange(contact, after)]), after

    commit, after = await desk.store.change(work)
    desk.bus.publish(commit)
    return after
