"""Contacts that a colleague or a program makes, before the customer has written."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.events import Identity, IdentityKind
from inbox.actions.contacts import about_of
from inbox.actions.desk import Desk
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid
from inbox.actions.profiles import attributes_of, with_values
from inbox.model.commit import Commit, ContactChange
from inbox.model.contact import Contact
from inbox.model.people import WRITE, Principal

_MOST_PHONES = 10


async def introduce(
    desk: Desk,
    who: Principal,
    *,
    contact_id: str,
    phones: Iterable[str],
    given: Mapping[str, Any],
) -> Contact:
    """Make a contact known by these numbers, with a name and attributes. Made already, it is that one.

    Raises `Forbidden`, `Invalid` without a number and an email address, and `AlreadyThere` when somebody has
    one of the numbers; `Conflict` or `StoreError` when nothing could be written.
    """
    if not who.may(WRITE):
        raise Forbidden("You are not allowed to do this.")
    identities = _numbers(phones)
    values = {
        name: value
        for name, value in attributes_of(given, await desk.store.attributes.list()).items()
        if value is not None
    }
    if not identities and not values.get("email"):
        raise Invalid("Give a number or an email address to know them by.")

    async def work(session: Any) -> tuple[Commit, Contact]:
        if made := await desk.store.contacts.get(contact_id, session):
            return Commit(), made
        known = await desk.store.contacts.known_as([each.key for each in identities], session)
        if known:
            raise AlreadyThere(f"One of the numbers is that of the contact {known[0].id} already.")
        now = desk.clock()
        fresh = Contact(id=contact_id, created_at=now, updated_at=now)
        contact = with_values(fresh.also_known_as(identities, now), values)
        return Commit(contacts=[ContactChange(None, contact)]), contact

    commit, contact = await desk.store.change(work)
    desk.bus.publish(commit)
    return contact


def _numbers(phones: Iterable[str]) -> tuple[Identity, ...]:
    """The numbers in the international form. Raises `Invalid`."""
    found = [about_of({"phone": each}).phone for each in phones]
    numbers = tuple(Identity(IdentityKind.PHONE, each) for each in dict.fromkeys(found) if each)
    if len(numbers) > _MOST_PHONES:
        raise Invalid(f"A contact may be given {_MOST_PHONES} numbers.")
    return numbers
