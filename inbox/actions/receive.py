"""What arrives from customers and providers, made into a commit.

Pure: `receive` is given the arrivals and what the store knows of them, and answers what to write. The group
commit in `inbox/ingest.py` reads and writes around it, in one transaction.
"""

from datetime import datetime, timedelta

import msgspec

from connectors.content import Choice, Content, Edit, Revoke, System
from connectors.contract import Webhook
from connectors.events import (
    DeliveryStatus,
    Event,
    Identity,
    IdentityChanged,
    MessageReceived,
    StatusChanged,
    Unreadable,
)
from connectors.payloads import is_reference, offered, restored
from inbox.actions.quarantine import quarantined
from inbox.actions.reports import reported
from inbox.model.commit import (
    Commit,
    ContactChange,
    EarlyStatus,
    KeptRequest,
    Quarantined,
    change_of,
)
from inbox.model.contact import Contact, display_name
from inbox.model.conversation import ContactCard, Conversation, SpeakerKind, Status
from inbox.model.ids import external_key, new_id
from inbox.model.message import Author, AuthorKind, Message
from inbox.model.thread import Thread

replace = msgspec.structs.replace

_NOT_A_MESSAGE = (System, Edit, Revoke)
"""What comes from a customer without opening the window in which we may write."""

PHONE_APP = Author(AuthorKind.AGENT, None, "Phone app")


class Arrival(msgspec.Struct, frozen=True):
    """One event that came in on a channel."""

    channel_id: str
    channel_kind: str
    event: Event
    client_id: str | None = None
    webhook: Webhook | None = None
    """The request that it came in: what is unreadable in it is kept with the whole, to be replayed."""
    window: timedelta | None = None
    """How long the channel lets us write freely after the customer has; None: always."""


class Known(msgspec.Struct):
    """What the store has of the arrivals: read in the transaction that will write."""

    messages: list[Message] = []
    contacts: list[Contact] = []
    conversations: list[Conversation] = []
    early: list[EarlyStatus] = []


class Received(msgspec.Struct):
    """What became of the arrivals."""

    messages: dict[str, Message] = {}
    """By `external_key`: the message, the stored one if it had come before."""
    merges: list[tuple[str, str]] = []
    """Contacts that turned out to be one person: (keep, give up)."""
    quarantined: list[str] = []
    """Ids in quarantine of what could not be taken in."""
    duplicates: int = 0

    def add(self, other: "Received") -> None:
        """Take over what became of others."""
        self.messages.update(other.messages)
        self.merges.extend(other.merges)
        self.quarantined.extend(other.quarantined)
        self.duplicates += other.duplicates


class Receiving:
    """One batch on its way from events to a commit."""

    def __init__(self, known: Known, now: datetime, reopen: timedelta) -> None:
        self.now = now
        self.reopen = reopen
        self.received = Received()
        self.by_key = {m.external_key: m for m in known.messages if m.external_key}
        self.by_id = {m.id: m for m in known.messages}
        self.early = {e.id: e for e in known.early}
        self.contacts: dict[str, Contact] = {c.id: c for c in known.contacts}
        self.contacts_before = dict(self.contacts)
        self.owner = {key: c.id for c in known.contacts for key in c.identity_keys}
        self.threads = {c.id: Thread(c, now) for c in known.conversations}
        self.current = {
            (c.contact_id, c.channel_id): self.threads[c.id] for c in known.conversations if c.current
        }
        self.quarantined: dict[str, Quarantined] = {}
        self.requests: dict[str, KeptRequest] = {}
        self.early_changed: set[str] = set()

    def take(self, arrival: Arrival) -> None:
        """Take in one event."""
        match arrival.event:
            case MessageReceived() as event:
                self._message(arrival, event)
            case StatusChanged() as event:
                self._status(arrival, event)
            case IdentityChanged() as event:
                self._identity(arrival, event)
            case Unreadable() as event:
                self._quarantine(arrival, event)

    def commit(self) -> Commit:
        """All that the events changed. What exists is changed before what is new is added."""
        threads = sorted((t for t in self.threads.values() if t.is_changed), key=lambda t: t.is_new)
        contacts = [c for c in self.contacts.values() if c is not self.contacts_before.get(c.id)]
        return Commit(
            conversations=[change_of(t) for t in threads],
            contacts=[
                ContactChange(self.contacts_before.get(c.id), c)
                for c in sorted(contacts, key=lambda c: c.id not in self.contacts_before)
            ],
            quarantined=list(self.quarantined.values()),
            requests=list(self.requests.values()),
            early=[self.early[key] for key in self.early_changed],
        )

    def _quarantine(self, arrival: Arrival, event: Unreadable) -> None:
        item, request = quarantined(arrival.channel_id, event, arrival.webhook, self.now)
        self.quarantined[item.id] = item
        if request:
            self.requests[request.id] = request
        self.received.quarantined.append(item.id)

    def _message(self, arrival: Arrival, event: MessageReceived) -> None:
        key = external_key(arrival.channel_id, event.external_id)
        if known := self.by_key.get(key):
            self.received.messages[key] = known
            self.received.duplicates += 1
            return
        contact = self._contact(event.identities, event.profile.name or event.profile.username)
        thread = self._thread(contact, arrival)
        if event.identities != thread.conversation.to or event.account != thread.conversation.account:
            thread.set(to=event.identities, account=event.account or thread.conversation.account)
        write = self._echo if event.echo else self._heard
        message = write(thread, contact, arrival, event, key)
        self.by_key[key] = self.received.messages[key] = message

    def _heard(
        self, thread: Thread, contact: Contact, arrival: Arrival, event: MessageReceived, key: str
    ) -> Message:
        if arrival.window and not isinstance(event.content, _NOT_A_MESSAGE):
            closes = min(event.sent_at, self.now) + arrival.window
            known = thread.conversation.window_closes_at
            thread.set(window_closes_at=max(known, closes) if known else closes)
        return thread.hear(
            Author(AuthorKind.CONTACT, contact.id, display_name(contact)),
            self._restored(arrival.channel_id, event),
            external_id=event.external_id,
            external_key=key,
            client_id=arrival.client_id,
            sent_at=event.sent_at,
            reply_to=event.reply_to,
            forwarded=event.forwarded,
            referral=event.referral,
        )

    def _restored(self, channel_id: str, event: MessageReceived) -> Content:
        """The content, a payload that was too long to travel put back in from the options it answers."""
        if not isinstance(event.content, Choice) or not is_reference(event.content.payload):
            return event.content
        asked = self.by_key.get(external_key(channel_id, event.reply_to or ""))
        return restored(event.content, *offered(asked.content if asked else None))

    def _echo(
        self, thread: Thread, contact: Contact, arrival: Arrival, event: MessageReceived, key: str
    ) -> Message:
        """Staff answered in the provider's own app: a human speaks, so the bot falls silent."""
        if thread.conversation.speaker.kind is SpeakerKind.BOT:
            thread.speaker(SpeakerKind.NOBODY)
            thread.activity("taken_over", by=PHONE_APP.name)
        thread.set(waiting_since=None)
        return thread.add(
            PHONE_APP,
            event.content,
            status=DeliveryStatus.SENT,
            external_id=event.external_id,
            external_key=key,
            sent_at=event.sent_at,
            reply_to=event.reply_to,
        )

    def _contact(self, identities: tuple[Identity, ...], name: str | None) -> Contact:
        owners = list(dict.fromkeys(self.owner[i.key] for i in identities if i.key in self.owner))
        if owners:
            contact = self.contacts[owners[0]]
            self.received.merges.extend((contact.id, other) for other in owners[1:])
        else:
            contact = Contact(id=new_id(), name=name, created_at=self.now, updated_at=self.now)
        if any(i.key not in self.owner for i in identities):
            free = tuple(i for i in identities if self.owner.get(i.key, contact.id) == contact.id)
            contact = contact.also_known_as(free, self.now)
        if name and not contact.name:
            contact = replace(contact, name=name, updated_at=self.now)
        self._keep(contact)
        return contact

    def _keep(self, contact: Contact) -> None:
        self.contacts[contact.id] = contact
        self.owner.update(dict.fromkeys(contact.identity_keys, contact.id))

    def _thread(self, contact: Contact, arrival: Arrival) -> Thread:
        """Where the contact's next message goes: the current conversation, a new one if that is over."""
        place = (contact.id, arrival.channel_id)
        thread = self.current.get(place)
        if thread and self._is_over(thread.conversation):
            thread.set(current=False)
            thread = None
        if thread is None:
            fresh = Conversation(
                id=new_id(),
                channel_id=arrival.channel_id,
                channel_kind=arrival.channel_kind,
                contact_id=contact.id,
                contact=_card(contact),
                created_at=self.now,
                updated_at=self.now,
            )
            thread = self.current[place] = self.threads[fresh.id] = Thread(fresh, self.now, is_new=True)
            return thread
        if thread.conversation.status is not Status.OPEN:
            if thread.conversation.status is Status.RESOLVED:
                thread.activity("reopened", by=display_name(contact))
            thread.reopen()
        if thread.conversation.contact != _card(contact):
            thread.set(contact=_card(contact))
        return thread

    def _is_over(self, conversation: Conversation) -> bool:
        resolved = conversation.resolved_at
        return (
            conversation.status is Status.RESOLVED
            and resolved is not None
            and self.now - resolved >= self.reopen
        )

    def _status(self, arrival: Arrival, event: StatusChanged) -> None:
        key = external_key(arrival.channel_id, event.external_id)
        message = self.by_key.get(key) or self.by_id.get(event.message_id or "")
        if message is None or message.channel_id != arrival.channel_id:
            self._keep_early(key, event)
            return
        thread = self.threads.get(message.conversation_id)
        changed = reported(thread, message, event, key) if thread else None
        if changed is None:
            self.received.duplicates += 1
            return
        self.by_key[key] = self.by_id[message.id] = changed

    def _keep_early(self, key: str, event: StatusChanged) -> None:
        early = self.early.get(key) or EarlyStatus(id=key, reports=(), at=self.now)
        if event not in early.reports:
            self.early[key] = replace(early, reports=(*early.reports, event)[-20:])
            self.early_changed.add(key)

    def _identity(self, arrival: Arrival, event: IdentityChanged) -> None:
        key = external_key(arrival.channel_id, event.external_id)
        if key in self.by_key:
            self.received.duplicates += 1
            return
        contact = self._contact((*event.previous, *event.current), None)
        gone = {i.key for i in event.previous} - {i.key for i in event.current}
        kept = tuple(i for i in contact.identities if i.key not in gone)
        for identity_key in gone:
            self.owner.pop(identity_key, None)
        contact = replace(contact, identities=kept, identity_keys=tuple(i.key for i in kept))
        self._keep(contact)
        for (owner, _), other in self.current.items():
            if owner == contact.id:  # a name is gone: let nobody go by what they remember of the contact
                other.set(contact=_card(contact))
        thread = self._thread(contact, arrival)
        author = Author(AuthorKind.CONTACT, contact.id, display_name(contact))
        self.by_key[key] = thread.hear(
            author, event.content, external_id=event.external_id, external_key=key, sent_at=event.at
        )
        thread.set(to=event.current or thread.conversation.to)


def receive(
    arrivals: list[Arrival], known: Known, *, now: datetime, reopen: timedelta
) -> tuple[Commit, Received]:
    """What these arrivals change, given what the store knows of them. Order is kept."""
    receiving = Receiving(known, now, reopen)
    for arrival in arrivals:
        receiving.take(arrival)
    return receiving.commit(), receiving.received


def _card(contact: Contact) -> ContactCard:
    return ContactCard(display_name(contact), contact.address)
