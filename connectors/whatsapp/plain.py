"""The commonest webhook, one text by one customer, read in one go.

`webhook.py` takes every webhook apart, piece by piece. Here the decoder checks the form while it reads, in a
quarter of the time. What has one field more, or one of another type, is not of this form.
"""

from typing import Literal

import msgspec

from connectors.content import Text
from connectors.contract import Clock
from connectors.events import MessageReceived, Profile
from connectors.tolerant import Malformed, identifier
from connectors.whatsapp.people import identities
from connectors.whatsapp.times import moment


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Name(_Strict):
    name: str
    username: str | None = None


class _Contact(_Strict):
    profile: _Name
    wa_id: str
    user_id: str | None = None


class _Words(_Strict):
    body: str


class _Message(_Strict, rename={"sender": "from"}):
    sender: str
    id: str
    timestamp: str
    type: Literal["text"]
    text: _Words
    from_user_id: str | None = None


class _Metadata(_Strict):
    display_phone_number: str
    phone_number_id: str


class _Value(_Strict):
    messaging_product: Literal["whatsapp"]
    metadata: _Metadata
    contacts: tuple[_Contact]
    messages: tuple[_Message]


class _Change(_Strict):
    field: Literal["messages"]
    value: _Value


class _Entry(_Strict):
    id: str
    changes: tuple[_Change]


class _Whole(_Strict):
    object: Literal["whatsapp_business_account"]
    entry: tuple[_Entry]


_decoder = msgspec.json.Decoder(_Whole)


def one_text(body: bytes, clock: Clock) -> MessageReceived | None:
    """The message, as the whole reader would read it; None if the webhook is not one plain text."""
    try:
        value = _decoder.decode(body).entry[0].changes[0].value
        (contact,), (message,) = value.contacts, value.messages
        if message.sender != contact.wa_id or message.from_user_id != contact.user_id:
            return None
        names = identities(contact.user_id, contact.wa_id)
        external_id = identifier({"id": message.id}, "id")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Malformed):
        return None
    if not names:
        return None
    username = contact.profile.username or None
    return MessageReceived(
        external_id=external_id,
        identities=names,
        content=Text(message.text.body),
        sent_at=moment({"timestamp": message.timestamp}) or clock(),
        profile=Profile(name=contact.profile.name or None, username=username and username.removeprefix("@")),
        account=value.metadata.phone_number_id,
    )
