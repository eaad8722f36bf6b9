"""Consent in a batch of arrivals: what stands is read with the batch, and what changes is written with it."""

from collections.abc import Iterable

from connectors.events import Fault
from connectors.sms.optout import Wish
from inbox.actions.consent import Judgement, addresses_of, follow, help_of, refusal_of
from inbox.model.consent import ConsentEvent, Refusals, Standing, standing_id, united
from inbox.model.contact import Contact
from inbox.model.message import Message
from inbox.model.thread import Thread


class Consenting:
    """What customers refused, before this batch and after it."""

    def __init__(self, standings: Iterable[Standing]) -> None:
        self.known = {standing.id: standing for standing in standings}
        self.changed: dict[str, Standing] = {}
        self.events: list[ConsentEvent] = []

    def refusals(self, channel_id: str, contact: Contact) -> Refusals:
        """What stands for a contact on a channel: their own, wherever it was said, and their addresses'."""
        names = {standing_id(channel_id, key) for key in contact.identity_keys}
        return united(
            [
                standing.refusals
                for standing in self.known.values()
                if standing.id in names
                or (standing.contact_id == contact.id and standing.channel_id == channel_id)
            ]
        )

    def follow(self, thread: Thread, found: Judgement, contact: Contact | None, message: Message) -> None:
        """Let a judgement take effect, and remember what is to be written."""
        if found.wish is Wish.HELP:
            if not found.is_confirmed:
                help_of(thread)
            return
        addresses = addresses_of(contact, thread.conversation, self.known.values())
        result = follow(thread, found, addresses, self.known, message=message)
        for standing in result.standings:
            self.known[standing.id] = self.changed[standing.id] = standing
        self.events.append(result.event)


def by_refusal(fault: Fault) -> Judgement | None:
    """What a provider's report says about consent, whose customer has told the provider."""
    return refusal_of(fault.refused, fault.message) if fault.refused else None
