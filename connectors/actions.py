"""What a tap on an option does on the customer's phone, beside sending its payload."""

from typing import Any, TypeAlias

import msgspec


class Dial(msgspec.Struct, frozen=True, tag_field="type", tag="dial"):
    """Call `number`, in E.164 with its plus sign."""

    number: str


class ShareLocation(msgspec.Struct, frozen=True, tag_field="type", tag="share_location"):
    """Send us where one is."""


class ShareContact(msgspec.Struct, frozen=True, tag_field="type", tag="share_contact"):
    """Send us one's phone number: for customers whom the provider names by an id alone."""


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a form asks for.

    `kind` is ``text``, ``long``, ``email``, ``phone``, ``number``, ``date`` or ``choice`` of the `choices`.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: list[str] = []


class FillForm(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="fill_form"):
    """Open a form: one that lives at the provider, on WhatsApp a flow, or in the web chat one of `fields`.

    Without a `screen` a flow asks our own server where to begin. `token` comes back with the answers.
    """

    form_id: str
    screen: str | None = None
    values: dict[str, Any] = {}
    token: str | None = None
    fields: list[Field] = []


class ShowPlace(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="show_place"):
    """Show a point in WGS 84 degrees on a map, or look for `query` near the customer."""

    latitude: float | None = None
    longitude: float | None = None
    label: str | None = None
    query: str | None = None


class SaveDate(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="save_date"):
    """Put an appointment into the customer's calendar; times as in RFC 3339, with their zone."""

    title: str
    starts_at: str
    ends_at: str
    description: str | None = None


class OpenPage(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="open_page"):
    """Open the option's `url` within the chat, over so much of the screen: ``full``, ``tall`` or ``half``.

    `description` is for those who cannot see it.
    """

    view: str = "full"
    description: str | None = None


Action: TypeAlias = OpenPage | Dial | ShareLocation | ShareContact | FillForm | ShowPlace | SaveDate
