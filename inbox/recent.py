"""Contacts and conversations that this process has just seen, so that a busy one is not read again and again.

Nothing relies on it being right. The transaction that is worked out from it first asks for the `rev` of each
conversation, all in one question, and reads what has moved on since, as it does where another process takes
in messages of the same customers. Each message is written only if its external id is new; if one is not,
nothing is written and everything is read. A contact has no `rev`: whoever takes an identity from one must
change all its current conversations with it. So it serves the plain case alone: a customer whom we know
writes in an open conversation.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from connectors.content import Choice
from connectors.events import MessageReceived
from inbox.actions.consent import may_be_about_consent
from inbox.actions.receive import Arrival, Known
from inbox.bus import Bus
from inbox.model.commit import ContactChange, ConversationChange
from inbox.model.contact import Contact
from inbox.model.conversation import Conversation, Status

_REMEMBERED = 20_000
_LATELY = 0.1
"""How much the last batch says about the next ones."""

K = TypeVar("K")
V = TypeVar("V")


class Remembered(NamedTuple):
    """An arrival, whose it is, and where it goes."""

    arrival: Arrival
    contact: Contact
    conversation: Conversation


def known_from(remembered: Iterable[Remembered]) -> Known:
    """What is known of these arrivals."""
    known = Known()
    for _, contact, conversation in remembered:
        known.contacts.append(contact)
        known.conversations.append(conversation)
    return known


def outdated(remembered: Iterable[Remembered], revs: Mapping[str, int]) -> list[Remembered]:
    """Those whose conversation has moved on, by the revisions that the store has now."""
    return [each for each in remembered if revs.get(each.conversation.id) != each.conversation.rev]


def together(first: Known, second: Known) -> Known:
    """Both, where the second is to be believed on what both know."""
    return Known(
        messages=first.messages + second.messages,
        contacts=first.contacts + second.contacts,
        conversations=first.conversations + second.conversations,
        early=first.early + second.early,
        standings=first.standings + second.standings,
    )


class _Last(Generic[K, V]):
    """The values used last, so many of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._limit:
            self._values.popitem(last=False)

    def drop(self, key: K) -> None:
        self._values.pop(key, None)


class Recent:
    """What was committed or read last."""

    def __init__(self, bus: Bus, limit: int = _REMEMBERED) -> None:
        self._contacts: _Last[str, Contact] = _Last(limit)
        self._conversations: _Last[tuple[str, str], Conversation] = _Last(limit)
        self._moved = 0.0
        """The share of the last batches that held something old."""
        bus.listen(self._hear)

    def _hear(self, changes: Sequence[ConversationChange]) -> None:
        for change in changes:
            after = change.after
            place = (after.contact_id, after.channel_id)
            known = self._conversations.get(place)
            if not after.current:
                if known and known.id == after.id:
                    self._conversations.drop(place)
            elif known is None or known.id != after.id or known.rev < after.rev:
                if known and change.before and known.rev != change.before.rev:
                    # somebody else has changed it meanwhile, and perhaps whose these names are
                    for identity in (*known.to, *after.to):
                        self._contacts.drop(identity.key)
                self._conversations.put(place, after)

    def learn(self, read: Iterable[Contact], written: Iterable[ContactChange]) -> None:
        """These contacts were just read or written."""
        for contact in read:
            self._put(contact)
        for change in written:
            for key in change.before.identity_keys if change.before else ():
                self._contacts.drop(key)
            self._put(change.after)

    def _put(self, contact: Contact) -> None:
        for key in contact.identity_keys:
            self._contacts.put(key, contact)

    @property
    def is_shared(self) -> bool:
        """Whether, of late, most batches held what another process had changed meanwhile.

        Then it is no use to work a batch out before that is known: it would be done twice.
        """
        return self._moved > 0.5

    def forget(self, old: Sequence[Remembered]) -> None:
        """Of a batch that was remembered, these turned out to be old."""
        self._moved += _LATELY * ((1.0 if old else 0.0) - self._moved)
        for _, contact, conversation in old:
            for key in contact.identity_keys:
                self._contacts.drop(key)
            self._conversations.drop((conversation.contact_id, conversation.channel_id))

    def split(self, arrivals: list[Arrival]) -> tuple[list[Remembered], list[Arrival]]:
        """The plain ones among the arrivals, and the others, which must be asked about."""
        remembered, others = [], []
        for arrival in arrivals:
            found = self._plain(arrival)
            if found is None:
                others.append(arrival)
            else:
                remembered.append(Remembered(arrival, *found))
        return remembered, others

    def _plain(self, arrival: Arrival) -> tuple[Contact, Conversation] | None:
        event = arrival.event
        if not isinstance(event, MessageReceived) or event.echo or isinstance(event.content, Choice):
            return None
        if may_be_about_consent(event):
            return None
        contact = self._contacts.get(event.identities[0].key)
        if contact is None or not contact.name:
            return None
        if not event.profile.attributes.items() <= contact.attributes.items():
            return None
        if any(identity.key not in contact.identity_keys for identity in event.identities):
            return None
        conversation = self._conversations.get((contact.id, arrival.channel_id))
        if conversation is None or conversation.status is not Status.OPEN:
            return None
        return contact, conversation
