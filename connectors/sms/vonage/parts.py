"""Long messages of customers: Vonage brings each part by a webhook of its own, in any order.

https://developer.vonage.com/en/messaging/sms/guides/concatenation-and-encoding (`concat`, `concat-ref`,
`concat-total`, `concat-part`)
"""

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from connectors.content import Text
from connectors.contract import Clock, Webhook
from connectors.events import Event, MessageReceived
from connectors.lines import Shelf
from connectors.sms.coding import Concatenation
from connectors.sms.fields import said_in
from connectors.sms.people import NAMED, number, person
from connectors.sms.smpp.addresses import Address
from connectors.sms.smpp.gathering import Gathered, Gathering
from connectors.sms.smpp.texts import Piece
from connectors.tolerant import Json, Malformed, text
from connectors.tolerant import number as numeric

PATIENCE = timedelta(minutes=5)
"""After so long a message is taken as far as it has come."""
_MOST = 255


async def gather(webhook: Webhook, events: list[Event], shelf: Shelf, clock: Clock) -> list[Event]:
    """The events with a part replaced by its whole message, or nothing while other parts are missing."""
    which = _which(webhook)
    event = events[0] if len(events) == 1 else None
    if which is None or not isinstance(event, MessageReceived) or not isinstance(event.content, Text):
        return events
    octets = event.content.text.encode("utf-16-be", "surrogatepass")
    piece = Piece(octets=octets, coding="UCS-2", which=which)
    gathering = Gathering(shelf, clock, PATIENCE)
    source = event.identities[0].value.removeprefix(NAMED)
    whole = await gathering.add(piece, Address(0, 0, source), Address(0, 0, event.account or ""))
    if whole is None:
        return []
    await gathering.done(whole)
    return [replace(event, external_id=whole.external_id, content=whole.content)]


async def overdue(shelf: Shelf, clock: Clock) -> dict[str, Event]:
    """What has waited too long, with a mark where parts are missing."""
    found = await Gathering(shelf, clock, PATIENCE).overdue()
    return {each.key: _message(each, clock) for each in found}


async def settle(names: Iterable[str], shelf: Shelf, clock: Clock) -> None:
    """These are stored."""
    wanted = set(names)
    gathering = Gathering(shelf, clock, PATIENCE)
    for each in await gathering.overdue():
        if each.key in wanted:
            await gathering.done(each)


def _message(whole: Gathered, clock: Clock) -> MessageReceived:
    return MessageReceived(
        external_id=whole.external_id,
        identities=(person(whole.source.value),),
        content=whole.content,
        sent_at=clock(),
        account=number(whole.destination.value),
    )


def _which(webhook: Webhook) -> Concatenation | None:
    """Which part of how many the webhook brings; None if it brings no part, or says it in a way of no use."""
    try:
        said = said_in(webhook)
    except Malformed:
        return None
    if not isinstance(said, dict) or str(said.get("concat", "")).lower() != "true":
        return None
    total, place = _count(said, "concat-total"), _count(said, "concat-part")
    reference = numeric(said, "concat-ref")
    if not total or not place or place > total or reference is None or not text(said, "messageId"):
        return None
    return Concatenation(int(reference) & 0xFFFF, total, place, wide=True)


def _count(said: Json, key: str) -> int | None:
    value = numeric(said, key)
    return int(value) if value is not None and 1 <= value <= _MOST else None
