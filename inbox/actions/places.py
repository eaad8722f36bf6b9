"""Who wrote, and where their words belong: the contacts and conversations of a batch."""

from datetime import datetime, timedelta

import msgspec

from connectors.events import Identity, Profile
from connectors.fitting import Answer
from inbox.actions.arrivals import Arrival, Known
from inbox.actions.consenting import Consenting
from inbox.model.commit import ContactChange
from inbox.model.contact import Contact, display_name, name_said
from inbox.model.conversation import ContactCard, Conversation, Status
from inbox.model.ids import new_id
from inbox.model.thread import Thread

replace = msgspec.structs.replace


class Places:
    """The contacts and threads of a batch, before it and after it."""

    def __init__(self, known: Known, consenting: Consenting, now: datetime, reopen: timedelta) -> None:
        self.now = now
        self.reopen = reopen
        self.consenting = consenting
        self.merges: list[tuple[str, str]] = []
        self.contacts: dict[str, Contact] = {c.id: c for c in known.contacts}
        self.contacts_before = dict(self.contacts)
        self.owner = {key: c.id for c in known.contacts for key in c.identity_keys}
        self.threads = {c.id: Thread(c, now) for c in known.conversations}
        self.current = {
            (c.contact_id, c.channel_id): self.threads[c.id] for c in known.conversations if c.current
        }

    def changed_threads(self) -> list[Thread]:
        """What exists is changed before what is new is added."""
        return sorted((t for t in self.threads.values() if t.is_changed), key=lambda t: t.is_new)

    def changed_contacts(self) -> list[ContactChange]:
        """The contacts that are new or not what they were."""
        contacts = [c for c in self.contacts.values() if c is not self.contacts_before.get(c.id)]
        return [
            ContactChange(self.contacts_before.get(c.id), c)
            for c in sorted(contacts, key=lambda c: c.id not in self.contacts_before)
        ]

    def asked_elsewhere(self, thread: Thread) -> tuple[Answer, ...]:
        """What a customer who begins to write here was asked on another channel, in words sent this way."""
        if not thread.is_new:
            return ()
        owner = thread.conversation.contact_id
        others = [t.conversation.answers for (who, _), t in self.current.items() if who == owner]
        return next((answers for answers in others if answers), ())

    def present(self, contact: Contact, channel_id: str) -> Conversation | None:
        """The contact's current conversation on a channel as it is now."""
        thread = self.current.get((contact.id, channel_id))
        return thread.conversation if thread else None

    def contact(self, identities: tuple[Identity, ...], profile: Profile) -> Contact:
        """Who has these names; somebody new if nobody has. What they say of themselves is kept."""
        name = name_said(profile.name) or name_said(profile.username)
        owners = list(dict.fromkeys(self.owner[i.key] for i in identities if i.key in self.owner))
        if owners:
            contact = self.contacts[owners[0]]
            self.merges.extend((contact.id, other) for other in owners[1:])
        else:
            contact = Contact(id=new_id(), name=name, created_at=self.now, updated_at=self.now)
        if any(i.key not in self.owner for i in identities):
            free = tuple(i for i in identities if self.owner.get(i.key, contact.id) == contact.id)
            contact = contact.also_known_as(free, self.now)
        if name and not contact.name:
            contact = replace(contact, name=name, updated_at=self.now)
        if not profile.attributes.items() <= contact.attributes.items():
            contact = replace(
                contact, attributes=contact.attributes | profile.attributes, updated_at=self.now
            )
        self.keep(contact)
        return contact

    def keep(self, contact: Contact) -> None:
        self.contacts[contact.id] = contact
        self.owner.update(dict.fromkeys(contact.identity_keys, contact.id))

    def thread(self, contact: Contact, arrival: Arrival) -> Thread:
        """Where the contact's next message goes: the current conversation, a new one if that is over."""
        place = (contact.id, arrival.channel_id)
        thread = self.current.get(place)
        if thread and self._is_over(thread.conversation):
            thread.set(current=False)
            thread = None
        if thread is None:
            return self._new_thread(contact, arrival)
        if thread.conversation.status is not Status.OPEN:
            if thread.conversation.status is Status.RESOLVED:
                thread.activity("reopened", by=display_name(contact))
            thread.reopen()
        if thread.conversation.contact != card_of(contact):
            thread.set(contact=card_of(contact))
        return thread

    def _new_thread(self, contact: Contact, arrival: Arrival) -> Thread:
        """A new conversation, which knows what its customer refused before."""
        fresh = Conversation(
            id=new_id(),
            channel_id=arrival.channel_id,
            channel_kind=arrival.channel_kind,
            contact_id=contact.id,
            contact=card_of(contact),
            refusals=self.consenting.refusals(arrival.channel_id, contact),
            created_at=self.now,
            updated_at=self.now,
        )
        self.keep(replace(contact, last_conversation_id=fresh.id))
        thread = self.threads[fresh.id] = Thread(fresh, self.now, is_new=True)
        self.current[(contact.id, arrival.channel_id)] = thread
        return thread

    def quiet_thread(self, contact: Contact, arrival: Arrival) -> Thread:
        """The current conversation just as it is; a new one is resolved from the beginning."""
        thread = self.current.get((contact.id, arrival.channel_id))
        if thread is None:
            thread = self._new_thread(contact, arrival)
            thread.set(status=Status.RESOLVED, resolved_at=self.now)
        return thread

    def _is_over(self, conversation: Conversation) -> bool:
        resolved = conversation.resolved_at
        return (
            conversation.status is Status.RESOLVED
            and conversation.campaign_id is None
            and resolved is not None
            and self.now - resolved >= self.reopen
        )


def card_of(contact: Contact) -> ContactCard:
    """The contact as a conversation shows it."""
    return ContactCard(display_name(contact), contact.address)
