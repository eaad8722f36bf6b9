"""What is known of customers: said by themselves, by a site that knows them, or by colleagues."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import phonenumbers

from inbox.actions.converse import Desk
from inbox.actions.errors import Invalid, NotFound
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.contact import Contact, display_name
from inbox.model.conversation import ContactCard
from inbox.model.thread import Thread

_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}\.[^@\s<>\".]{2,24}")
_NAME_LENGTH = 100


class About(msgspec.Struct, frozen=True):
    """What a customer says of themselves. Not proved."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """What is kept beside the name."""
        return {k: v for k, v in (("email", self.email), ("phone", self.phone)) if v}


def about_of(given: Mapping[str, Any]) -> About:
    """What was said, each of it checked; what is empty was not said. Raises `Invalid`."""
    said = {k: given[k] for k in ("name", "email", "phone") if given.get(k)}
    if not all(isinstance(value, str) and value.isprintable() for value in said.values()):
        raise Invalid("A name, an address and a number are short texts.")
    name = " ".join(said.get("name", "").split())
    if len(name) > _NAME_LENGTH:
        raise Invalid(f"A name has at most {_NAME_LENGTH} characters.")
    email = said.get("email", "").strip()
    if email and not _EMAIL.fullmatch(email):
        raise Invalid("This is not an email address.")
    return About(name or None, email or None, _phone(said.get("phone", "")))


def _phone(given: str) -> str | None:
    if not given.strip():
        return None
    dialled = re.sub(r"^\s*00(?=[1-9])", "+", given)
    try:
        number = phonenumbers.parse(dialled, None)
    except phonenumbers.NumberParseException as error:
        raise Invalid("A number begins with + and the country's code.") from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid("This is not a telephone number.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


async def describe(desk: Desk, contact_id: str, about: About) -> None:
    """Note what is known of a customer, also in the list. Raises `NotFound`."""

    def described(contact: Contact) -> Contact:
        attributes = {**contact.attributes, **about.attributes}
        return msgspec.structs.replace(contact, name=about.name or contact.name, attributes=attributes)

    await rewrite(desk, contact_id, described)


async def rewrite(desk: Desk, contact_id: str, work: Callable[[Contact], Contact]) -> Contact:
    """Make of a contact what `work` says, also in its conversations. The contact that it is then.

    Raises `NotFound`, also of one that was merged into another, and what `work` raises.
    """

    async def writing(session: Any) -> tuple[Commit, Contact]:
        contact = await desk.store.contacts.get(contact_id, session)
        if contact is None or contact.merged_into:
            raise NotFound("There is no such customer.")
        after = work(contact)
        if after == contact:
            return Commit(), contact
        now = desk.clock()
        after = msgspec.structs.replace(after, updated_at=now)
        card = ContactCard(display_name(after), after.address)
        threads = [Thread(c, now) for c in await desk.store.conversations.all_of_contact(contact_id, session)]
        for thread in threads:
            if thread.conversation.current or thread.conversation.contact != card:
                thread.set(contact=card)
        changed = [change_of(thread) for thread in threads if thread.is_changed]
        return Commit(conversations=changed, contacts=[ContactChange(contact, after)]), after

    commit, after = await desk.store.change(writing)
    desk.bus.publish(commit)
    return after
