"""What arrives from customers and providers, made into a commit.

Pure: `receive` is given the arrivals and what the store knows of them, and answers what to write. The group
commit in `inbox/ingest.py` reads and writes around it, in one transaction.
"""

from datetime import datetime, timedelta

import msgspec

from connectors.content import Choice, Content, Text
from connectors.events import (
    DeliveryStatus,
    IdentityChanged,
    MessageReceived,
    Profile,
    Purpose,
    StatusChanged,
    Unreadable,
)
from connectors.fitting import meant
from connectors.payloads import is_reference, offered, restored
from connectors.sms.optout import Wish
from inbox.actions.acquaint import is_news
from inbox.actions.arrivals import Arrival, Known, Received
from inbox.actions.consent import Judgement, judged
from inbox.actions.consenting import Consenting, by_refusal
from inbox.actions.elsewhere import heard_of
from inbox.actions.handoff import OPTED_OUT
from inbox.actions.places import Places, card_of
from inbox.actions.quarantine import quarantined
from inbox.actions.reports import reported
from inbox.actions.surveys import ask_again, take_comment, take_rating
from inbox.model.commit import (
    Commit,
    EarlyStatus,
    KeptRequest,
    Quarantined,
    change_of,
)
from inbox.model.consent import Source, refused
from inbox.model.contact import Contact, display_name
from inbox.model.conversation import SpeakerKind
from inbox.model.ids import external_key
from inbox.model.message import Author, AuthorKind, Message
from inbox.model.survey import answered, comment_of, is_off_scale
from inbox.model.thread import Thread

__all__ = ["Arrival", "Known", "Received", "Receiving", "receive"]

replace = msgspec.structs.replace

PHONE_APP = Author(AuthorKind.AGENT, None, "Phone app")


class Receiving:
    """One batch on its way from events to a commit."""

    def __init__(self, known: Known, now: datetime, reopen: timedelta) -> None:
        self.now = now
        self.received = Received()
        self.by_key = {m.external_key: m for m in known.messages if m.external_key}
        self.by_id = {m.id: m for m in known.messages}
        self.early = {e.id: e for e in known.early}
        self.quarantined: dict[str, Quarantined] = {}
        self.requests: dict[str, KeptRequest] = {}
        self.early_changed: set[str] = set()
        self.consenting = Consenting(known.standings)
        self.places = Places(known, self.consenting, now, reopen)

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
        """All that the events changed."""
        return Commit(
            conversations=[change_of(thread) for thread in self.places.changed_threads()],
            contacts=self.places.changed_contacts(),
            quarantined=list(self.quarantined.values()),
            requests=list(self.requests.values()),
            early=[self.early[key] for key in self.early_changed],
            standings=list(self.consenting.changed.values()),
            consents=self.consenting.events,
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
        contact = self.places.contact(event.identities, event.profile)
        found = None if event.echo else self._judged(contact, arrival, event)
        rating = None if event.echo or found else self._rating(contact, arrival, event)
        comment = None if event.echo or found or rating else self._comment(contact, arrival, event)
        again = not (event.echo or found or comment) and self._is_off_scale(contact, arrival, event)
        is_quiet = bool(rating or comment or again) or (contact.blocked_at is not None and not event.echo)
        is_quiet = is_quiet or (found is not None and self._is_settled(found, contact, arrival))
        thread = (
            self.places.quiet_thread(contact, arrival) if is_quiet else self.places.thread(contact, arrival)
        )
        if event.identities != thread.conversation.to or event.account != thread.conversation.account:
            thread.set(to=event.identities, account=event.account or thread.conversation.account)
        if event.echo:
            message = self._echo(thread, event, key)
        else:
            told = replace(event, content=rating) if rating else event
            message = self._heard(thread, contact, arrival, told, key, quiet=is_quiet)
        if is_quiet and thread.conversation.speaker.kind is SpeakerKind.BOT and not thread.conversation.turn:
            thread.set(bot_seq=message.seq)  # it is dealt with: no part of what the bot answers next
        if found:
            self.consenting.follow(thread, found, contact, message)
        if rating:
            take_rating(thread, rating, display_name(contact), arrival.carries)
        if comment:
            take_comment(thread, comment, display_name(contact), arrival.carries)
        if again:
            ask_again(thread, arrival.carries)
        self.by_key[key] = self.received.messages[key] = message

    def _is_off_scale(self, contact: Contact, arrival: Arrival, event: MessageReceived) -> bool:
        """Whether it is meant as a rating, but is none."""
        present = self.places.present(contact, arrival.channel_id)
        return present is not None and is_off_scale(present, event.content, self.now)

    def _rating(self, contact: Contact, arrival: Arrival, event: MessageReceived) -> Choice | None:
        """The rating that the customer gives with it, None if it is none: that opens nothing again."""
        present = self.places.present(contact, arrival.channel_id)
        return answered(present, self._restored(arrival.channel_id, event), self.now) if present else None

    def _comment(self, contact: Contact, arrival: Arrival, event: MessageReceived) -> str | None:
        """What the customer says of a rating just given, None if it is something else."""
        present = self.places.present(contact, arrival.channel_id)
        return comment_of(present, event.content, self.now) if present else None

    def _judged(self, contact: Contact, arrival: Arrival, event: MessageReceived) -> Judgement | None:
        """What the message says about consent, None if nothing."""
        present = self.places.present(contact, arrival.channel_id)
        refusals = present.refusals if present else self.consenting.refusals(arrival.channel_id, contact)
        return judged(event, arrival.carries, refusals, present.language if present else None)

    def _is_settled(self, found: Judgement, contact: Contact, arrival: Arrival) -> bool:
        """Whether nobody needs to answer: a wish about consent opens nothing and is no turn of the bot."""
        present = self.places.present(contact, arrival.channel_id)
        if found.wish is Wish.HELP:
            return present is None or present.speaker.kind is SpeakerKind.BOT
        if found.wish is Wish.OPT_OUT or found.source is Source.PROVIDER:
            return True
        known = self.consenting.refusals(arrival.channel_id, contact)
        return bool(present.refusals if present else known)

    def _heard(
        self,
        thread: Thread,
        contact: Contact,
        arrival: Arrival,
        event: MessageReceived,
        key: str,
        *,
        quiet: bool,
    ) -> Message:
        if not quiet:
            self._let_people_answer_who_opted_out(thread)
        write = thread.take_in if quiet else thread.hear
        return write(
            Author(AuthorKind.CONTACT, contact.id, display_name(contact)),
            event.content if quiet else self._understood(thread, arrival.channel_id, event),
            window=arrival.window,
            external_id=event.external_id,
            external_key=key,
            client_id=arrival.client_id,
            sent_at=event.sent_at,
            reply_to=event.reply_to,
            forwarded=event.forwarded,
            is_quiet=quiet,
            referral=event.referral,
        )

    def _let_people_answer_who_opted_out(self, thread: Thread) -> None:
        """The bot cannot: nothing it says would be sent. A person may call, or note a new consent."""
        now = thread.conversation
        if refused(now.refusals, Purpose.CONVERSATION) and now.speaker.kind is SpeakerKind.BOT:
            thread.speaker(SpeakerKind.NOBODY)
            thread.activity("handed_over", reason="opted_out", detail=OPTED_OUT)

    def _understood(self, thread: Thread, channel_id: str, event: MessageReceived) -> Content:
        """The content, with what it stands for: a number for an answer, a reference for a long payload."""
        if isinstance(event.content, Text):
            answers = thread.conversation.answers or self.places.asked_elsewhere(thread)
            return (meant(event.content.text, answers) if answers else None) or event.content
        return self._restored(channel_id, event)

    def _restored(self, channel_id: str, event: MessageReceived) -> Content:
        """The content, a payload that was too long to travel put back in from the options it answers."""
        if not isinstance(event.content, Choice) or not is_reference(event.content.payload):
            return event.content
        asked = self.by_key.get(external_key(channel_id, event.reply_to or ""))
        return restored(event.content, *offered(asked.content if asked else None))

    def _echo(self, thread: Thread, event: MessageReceived, key: str) -> Message:
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

    def _status(self, arrival: Arrival, event: StatusChanged) -> None:
        key = external_key(arrival.channel_id, event.external_id)
        message = self.by_key.get(key) or self.by_id.get(event.message_id or "")
        if message is None or arrival.channel_id not in (message.channel_id, message.via):
            self._keep_early(key, event)
            return
        thread = self.places.threads.get(message.conversation_id)
        if thread is None:
            changed = None
        elif message.goes_by == arrival.channel_id:
            changed = reported(thread, message, event, key)
        else:
            changed = heard_of(thread, message, event, arrival.channel_id)
        if thread and event.identities and is_news(event.identities, thread.conversation.to):
            self.received.acquaintances.append((thread.conversation.id, event.identities))
        if thread and event.fault and (found := by_refusal(event.fault)):
            self.consenting.follow(thread, found, None, message)
        if changed is None:
            self.received.duplicates += 1
            return
        self.by_key[key] = self.by_id[message.id] = changed

    def _keep_early(self, key: str, event: StatusChanged) -> None:
        event = replace(event, identities=())  # kept for days: whom it is about is told again
        early = self.early.get(key) or EarlyStatus(id=key, reports=(), at=self.now)
        if event not in early.reports:
            self.early[key] = replace(early, reports=(*early.reports, event)[-20:])
            self.early_changed.add(key)

    def _identity(self, arrival: Arrival, event: IdentityChanged) -> None:
        key = external_key(arrival.channel_id, event.external_id)
        if key in self.by_key:
            self.received.duplicates += 1
            return
        contact = self.places.contact((*event.previous, *event.current), Profile())
        gone = {i.key for i in event.previous} - {i.key for i in event.current}
        kept = tuple(i for i in contact.identities if i.key not in gone)
        for identity_key in gone:
            self.places.owner.pop(identity_key, None)
        contact = replace(contact, identities=kept, identity_keys=tuple(i.key for i in kept))
        self.places.keep(contact)
        for (owner, _), other in self.places.current.items():
            if owner == contact.id:  # a name is gone: let nobody go by what they remember of the contact
                other.set(contact=card_of(contact))
        thread = self.places.thread(contact, arrival)
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
    receiving.received.merges = receiving.places.merges
    return receiving.commit(), receiving.received
