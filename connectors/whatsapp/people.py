"""Who wrote: identities and profiles, matched to the right one of the contacts that Meta sends along.

Since 2026 a business-scoped user id (BSUID) is the strongest name of a person, and the phone number may be
missing: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
"""

import re
from functools import lru_cache

import phonenumbers

from connectors.content import Contacts, Content
from connectors.events import Identity, IdentityKind, Profile
from connectors.tolerant import Json, Malformed, section, sections, text

_NOBODY = Profile()
_LONGEST_NAME = 256
_NUMBER = re.compile(r"\+?[0-9]{5,20}")
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


@lru_cache(maxsize=131_072)
def phone(wa_id: str) -> Identity:
    """The phone identity for a number as Meta writes it: digits with country code, without a plus sign.

    A number that the numbering plans do not know keeps its digits, and what is no number at all stays as it
    is: an odd customer is better than none.
    """
    digits = wa_id.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return Identity(IdentityKind.PHONE, wa_id)
    try:
        read = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return Identity(IdentityKind.PHONE, f"+{digits}")
    if not phonenumbers.is_possible_number(read):
        return Identity(IdentityKind.PHONE, f"+{digits}")
    return Identity(IdentityKind.PHONE, phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))


def identities(user_id: str | None, number: str | None) -> tuple[Identity, ...]:
    """The names of one person, the strongest first; those that are absent or blank are left out.

    Raises `Malformed` for a name that no provider would give.
    """
    if number and _USER_ID.fullmatch(number):  # Meta writes it there too, for customers who hide their number
        user_id, number = user_id or number, None
    if len(user_id or "") > _LONGEST_NAME or len(number or "") > _LONGEST_NAME:
        raise Malformed("an id of a person is too long")
    strongest = (Identity(IdentityKind.BSUID, user_id),) if user_id and user_id.strip() else ()
    return (*strongest, phone(number)) if number and number.strip() else strongest


def both_names(user_id: str | None, number: str | None) -> tuple[Identity, ...]:
    """Both names of one person, the strongest first; none if one is absent or not what it should be."""
    if not user_id or not number or not _USER_ID.fullmatch(user_id) or not _NUMBER.fullmatch(number):
        return ()
    return identities(user_id, number)


def with_shared_number(names: tuple[Identity, ...], content: Content) -> tuple[Identity, ...]:
    """The names, and the number that the customer shared when we asked for it.

    WhatsApp says that a card is the sender's own by ``origin: contact_request``; any other may be anybody's.
    """
    if not isinstance(content, Contacts) or any(name.kind is IdentityKind.PHONE for name in names):
        return names
    own = [card for card in content.cards if card.origin == "contact_request"]
    number = next((each.wa_id for card in own for each in card.phones if each.wa_id), None)
    return (*names, phone(number)) if number and len(own) == 1 else names


class People:
    """The contacts of one webhook value, looked up by user id and by phone number."""

    def __init__(self, value: Json, *, items: list[Json]) -> None:
        """`items` are the messages of the same value: a lone contact belongs to a lone sender."""
        contacts = sections(value, "contacts")
        self._by_user = {user: each for each in contacts if (user := text(each, "user_id"))}
        self._by_phone = {wa_id: each for each in contacts if (wa_id := text(each, "wa_id"))}
        self._only = contacts[0] if len(contacts) == 1 and _have_one_sender(items) else None

    def sender(self, item: Json) -> tuple[tuple[Identity, ...], Profile]:
        """Who wrote a message. Raises `Malformed` if nothing tells."""
        return self._person(text(item, "from_user_id"), text(item, "from"))

    def recipient(self, item: Json) -> tuple[tuple[Identity, ...], Profile]:
        """To whom staff wrote in WhatsApp's own app. Raises `Malformed` if nothing tells."""
        return self._person(text(item, "to_user_id"), text(item, "to"))

    def addressee(self, item: Json) -> tuple[Identity, ...]:
        """Both names of whom a message of ours was for; none if not both are told beyond doubt."""
        user_id, number = text(item, "recipient_user_id"), text(item, "recipient_id")
        if text(item, "recipient_type") == "group" or not (user_id or number):
            return ()
        contact = self._by_user.get(user_id or number or "") or self._by_phone.get(number or "") or {}
        said = text(contact, "user_id")
        if said and said != (user_id or said):
            return ()
        user_id, number = user_id or said, number or text(contact, "wa_id")
        if number and number == user_id:
            number = text(contact, "wa_id")
        return both_names(user_id, number)

    def _person(self, user_id: str | None, number: str | None) -> tuple[tuple[Identity, ...], Profile]:
        contact = self._contact(user_id, number)
        if contact is not None:
            user_id = user_id or text(contact, "user_id")
            number = number or text(contact, "wa_id")
        names = identities(user_id, number)
        if not names:
            raise Malformed("nothing says who wrote this")
        return names, _NOBODY if contact is None else profile(contact)

    def _contact(self, user_id: str | None, number: str | None) -> Json | None:
        if user_id and user_id in self._by_user:
            return self._by_user[user_id]
        found = self._by_phone.get(number) if number else None
        if found is None:
            found = self._only
        # A contact that says it is someone else must not lend its name, nor its user id.
        says = found and text(found, "user_id")
        return None if says and user_id and says != user_id else found


def profile(contact: Json) -> Profile:
    """What the person is called. Usernames come with and without a leading @ and lose it here."""
    said = section(contact, "profile")
    username = text(said, "username") or text(contact, "username")
    return Profile(name=text(said, "name") or None, username=username.removeprefix("@") if username else None)


def _have_one_sender(items: list[Json]) -> bool:
    return len(items) == 1 or len({(text(each, "from"), text(each, "from_user_id")) for each in items}) <= 1
