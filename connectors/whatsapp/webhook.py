"""A webhook of the Cloud API, taken apart: every entry, every change, every item in it, each on its own.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from connectors.content import System
from connectors.contract import Clock
from connectors.events import (
    ConsentGiven,
    DeliveryStatus,
    Event,
    IdentityChanged,
    MessageReceived,
    Purpose,
    StatusChanged,
    Unreadable,
)
from connectors.tolerant import Json, Malformed, decode, identifier, keepable, section, sections, text
from connectors.whatsapp.faults import fault
from connectors.whatsapp.inbound import answered_by_edit, read
from connectors.whatsapp.people import People, identities, with_shared_number
from connectors.whatsapp.plain import one_text
from connectors.whatsapp.times import moment

FIELDS = {
    "messages": ("messages", "statuses", "errors"),
    "smb_message_echoes": ("message_echoes", "errors"),
    "user_preferences": ("user_preferences", "errors"),
}
"""The arrays that concern us, by the field of the change. All other fields are about the account."""

STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}

PREFERENCES = {"stop": False, "resume": True, "signup": True}
"""What a customer switched, and whether marketing may come then. “signup” is by a link of the business's."""

_OUR_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


def read_webhook(body: bytes, *, clock: Clock) -> list[Event]:
    """What happened, oldest first. Raises nothing."""
    plain = one_text(body, clock)
    return taken_apart(body, clock=clock) if plain is None else [plain]


def taken_apart(body: bytes, *, clock: Clock) -> list[Event]:
    """As `read_webhook`, for webhooks of every form."""
    try:
        changes = list(_changes(decode(body)))
    except Malformed as error:
        return [Unreadable(reason=f"WhatsApp's webhook: {error}.", raw=body.decode("utf-8", "replace"))]
    found = [item for change in changes for item in _events(change, clock)]
    if len(found) > 1:
        found.sort(key=lambda item: item[0])
    return [event for _, event in found]


def _changes(whole: Any) -> Iterator[Any]:
    if not isinstance(whole, dict) or not isinstance(whole.get("entry"), list):
        raise Malformed("it has no list of entries")
    if whole.get("object", "whatsapp_business_account") != "whatsapp_business_account":
        raise Malformed("it is not about a WhatsApp account")
    for entry in whole["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if isinstance(changes, list):
            yield from changes
        else:
            yield entry


def _events(change: Any, clock: Clock) -> Iterator[tuple[datetime, Event]]:
    """The events of one change with their times; the time of what has none is now."""
    if not isinstance(change, dict):
        yield clock(), _unreadable("a change that is no object", change, None)
        return
    value, arrays = change.get("value"), FIELDS.get(text(change, "field") or "messages")
    if arrays is None:
        return
    if not isinstance(value, dict):
        yield clock(), _unreadable("a change without a readable value", change, None)
        return
    account = text(section(value, "metadata"), "phone_number_id")
    present = [name for name in arrays if value.get(name) is not None]
    if not present:
        yield clock(), _unreadable("a change with nothing in it", change, account)
    for name in present:
        yield from _items(value, name, account, clock)


def _items(value: Json, name: str, account: str | None, clock: Clock) -> Iterator[tuple[datetime, Event]]:
    items = value[name]
    if not isinstance(items, list):
        yield clock(), _unreadable(f"“{name}” is no list", items, account)
        return
    reader, people = ITEMS[name], People(value, items=[each for each in items if type(each) is dict])
    for item in items:
        if type(item) is not dict:
            yield clock(), _unreadable(f"an item of “{name}” is no object", item, account)
            continue
        at = moment(item) or clock()
        try:
            event = reader(item, people, account, at)
        except Malformed as error:
            event = _unreadable(str(error), item, account)
        except Exception as error:  # a fault of ours must not take the items beside this one along
            event = _unreadable(f"our reader failed with {type(error).__name__}", item, account)
        yield at, event


def _message(item: Json, people: People, account: str | None, at: datetime) -> Event:
    if item.get("type") == "system" and (moved := _identity_change(item, account, at)):
        return moved
    return _received(item, people.sender, account, at, echo=False)


def _echo(item: Json, people: People, account: str | None, at: datetime) -> Event:
    return _received(item, people.recipient, account, at, echo=True)


def _received(
    item: Json, who: Callable[[Json], Any], account: str | None, at: datetime, *, echo: bool
) -> MessageReceived:
    external_id = identifier(item, "id")
    names, profile = who(item)
    context = section(item, "context")
    content = read(item)
    return MessageReceived(
        external_id=external_id,
        identities=names if echo else with_shared_number(names, content),
        content=content,
        sent_at=at,
        profile=profile,
        account=account,
        reply_to=text(context, "id") or answered_by_edit(item),
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        referral=_referral(item, context),
        echo=echo,
        group_id=text(item, "group_id"),
    )


def _referral(item: Json, context: Json) -> Json:
    """What brought the customer: an advertisement as Meta describes it, a product, or both."""
    advertisement, product = section(item, "referral"), section(context, "referred_product")
    if not advertisement and not product:
        return {}
    found: Json = keepable(advertisement | ({"referred_product": product} if product else {}))
    return found


def _identity_change(item: Json, account: str | None, at: datetime) -> IdentityChanged | None:
    """The move of a contact, None for a system event that moves nobody. There is no `contacts` block."""
    said = section(item, "system")
    old_user = text(said, "previous_user_id") or text(item, "from_user_id")
    old_phone = text(item, "from") or text(said, "customer")
    current = identities(text(said, "user_id"), text(said, "wa_id") or text(said, "new_wa_id"))
    previous = identities(old_user, old_phone)
    if not previous or not current or set(current) <= set(previous):
        return None
    content = System(event=text(said, "type") or "system", text=text(said, "body"))
    return IdentityChanged(
        external_id=identifier(item, "id"),
        previous=previous,
        current=current,
        at=at,
        account=account,
        content=content,
    )


def _status(item: Json, people: People, account: str | None, at: datetime) -> Event:
    said = text(item, "status")
    status = STATUSES.get(said or "")
    if text(item, "type") == "payment":
        return _payment(item, people, account, at)
    if status is None:
        raise Malformed(f"the status “{said}” is unknown")
    ours = text(item, "biz_opaque_callback_data")
    errors = sections(item, "errors")
    return StatusChanged(
        external_id=identifier(item, "id"),
        status=status,
        at=at,
        account=account,
        message_id=ours if ours and _OUR_ID.fullmatch(ours) else None,
        fault=fault(errors[0] if errors else {}) if errors or status is DeliveryStatus.FAILED else None,
        pricing=keepable(section(item, "pricing")),
        identities=people.addressee(item),
    )


def _payment(item: Json, people: People, account: str | None, at: datetime) -> Event:
    """What became of a payment that a message of ours asked for: no state of that message.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/overview
    """
    state, payment = identifier(item, "status"), section(item, "payment")
    names, profile = people.sender(
        {"from": item.get("recipient_id"), "from_user_id": item.get("recipient_user_id")}
    )
    reference = text(payment, "reference_id") or text(item, "id") or ""
    return MessageReceived(
        external_id=f"payment:{identifier(item, 'id')}:{state}:{text(item, 'timestamp')}"[:512],
        identities=names,
        content=System(f"payment_{state}"[:64], f"Payment {reference}: {state}"[:300]),
        sent_at=at,
        profile=profile,
        account=account,
    )


def _preference(item: Json, people: People, account: str | None, at: datetime) -> Event:
    """The customer's own switch for marketing messages, in WhatsApp's settings of our chat.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences
    """
    value, category = text(item, "value"), text(item, "category") or ""
    if value not in PREFERENCES or category != "marketing_messages":
        raise Malformed(f"the preference “{category}: {value}” is unknown")
    named = {"from": text(item, "wa_id"), "from_user_id": text(item, "user_id")}
    names, profile = people.sender({key: name for key, name in named.items() if name})
    granted = PREFERENCES[value]
    return MessageReceived(
        external_id=f"preference:{names[0].value}:{value}:{text(item, 'timestamp')}"[:512],
        identities=names,
        content=System("marketing_resumed" if granted else "marketing_stopped", text(item, "detail")),
        sent_at=at,
        profile=profile,
        account=account,
        consent=ConsentGiven(granted=granted, purpose=Purpose.MARKETING, is_confirmed=True),
    )


def _error(item: Json, people: People, account: str | None, at: datetime) -> Event:
    """An error of the number as a whole: nobody's message, but an admin should see it."""
    found = fault(item)
    return _unreadable(f"WhatsApp reports error {found.code}: {found.message}", item, account)


def _unreadable(reason: str, raw: Any, account: str | None) -> Unreadable:
    return Unreadable(reason=reason, raw=keepable(raw), account=account)


ITEMS: dict[str, Callable[[Json, People, str | None, datetime], Event]] = {
    "messages": _message,
    "message_echoes": _echo,
    "statuses": _status,
    "user_preferences": _preference,
    "errors": _error,
}
"""How an item is read, by the array it stands in."""
