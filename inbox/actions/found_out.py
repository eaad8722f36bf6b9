"""What the bot has found out about a customer, written to their contact with its answer."""

from collections.abc import Mapping
from typing import Any

import structlog
from msgspec.structs import replace

from inbox.actions.errors import Invalid
from inbox.actions.profiles import attributes_of, with_values
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.contact import display_name
from inbox.model.conversation import ContactCard
from inbox.model.thread import Thread
from inbox.store import Store

log = structlog.get_logger(__name__)

_MOST = 50


async def found_out(store: Store, thread: Thread, given: Mapping[str, Any], session: Any) -> Commit:
    """The change of the contact whose conversation this is, and of their other conversations.

    What an admin has not defined, or what does not fit, is left out: the customer gets their answer all the
    same. A line in the log says so, without the value.
    """
    contact = await store.contacts.get(thread.before.contact_id, session)
    if contact is None:
        return Commit()
    defined, values = await store.attributes.list(), dict[str, Any]()
    for name, value in list(given.items())[:_MOST]:
        try:
            values |= attributes_of({name: value}, defined)
        except Invalid:
            log.warning("attribute not kept", conversation=thread.before.id, attribute=name[:60])
    after = with_values(contact, values)
    if after == contact:
        return Commit()
    after = replace(after, updated_at=thread.now)
    card = ContactCard(display_name(after), after.address)
    thread.set(contact=card)
    of_contact = await store.conversations.all_of_contact(contact.id, session)
    others = [Thread(c, thread.now) for c in of_contact if c.id != thread.before.id and c.contact != card]
    for other in others:
        other.set(contact=card)
    return Commit([change_of(other) for other in others], [ContactChange(contact, after)])
