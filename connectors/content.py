"""What a message says: one closed set of typed contents for every channel and every author.

`Content` is a tagged union; the JSON field `type` is the tag. Connectors read provider payloads into these
and write these to providers; the inbox stores them as they are and the pages draw them. A content is a
frozen value: to change one, make another.
"""

from typing import Any, TypeAlias

import msgspec

from connectors.actions import Action


class _Content(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """The base of all contents. Fields left at their default are left out of the JSON."""


class Text(_Content, frozen=True, tag="text"):
    """Plain text as a person wrote it, any script, line breaks as ``\\n``."""

    text: str


class Media(_Content, frozen=True):
    """A file, known by the provider's id, by an address, or by both.

    `sha256` is lower-case hex of the file itself, `size` is in bytes. `media_id` is the provider's handle;
    it is fetched after commit, never while parsing. `file_id` is the inbox's own copy, once it has one;
    `problem` says in plain words why it never will.
    """

    media_id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    size: int | None = None
    filename: str | None = None
    caption: str | None = None
    file_id: str | None = None
    problem: str | None = None


class Image(Media, frozen=True, tag="image"):
    """A still picture."""


class Audio(Media, frozen=True, tag="audio"):
    """Sound; `voice` says that the person recorded it in the chat."""

    voice: bool = False


class Video(Media, frozen=True, tag="video"):
    """A film."""


class Document(Media, frozen=True, tag="document"):
    """Any other file."""


class Sticker(Media, frozen=True, tag="sticker"):
    """A small picture that stands for a feeling."""

    animated: bool = False


class Location(_Content, frozen=True, tag="location"):
    """A point in WGS 84 degrees."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class Phone(msgspec.Struct, frozen=True, omit_defaults=True):
    """One number of a contact card."""

    number: str
    kind: str | None = None
    wa_id: str | None = None


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """One person in an address book."""

    name: str
    phones: list[Phone] = []
    emails: list[str] = []
    organisation: str | None = None
    addresses: list[str] = []
    urls: list[str] = []
    birthday: str | None = None
    origin: str | None = None


class Contacts(_Content, frozen=True, tag="contacts"):
    """Contact cards that the sender shared."""

    cards: list[Card]


class Choice(_Content, frozen=True, tag="choice"):
    """What was tapped: a button, a list row or a suggestion.

    `source` is ``button``, ``list``, ``template`` or ``suggestion``, or ``text`` where nothing could be
    tapped and the customer wrote: `typed` is what they wrote. `payload` is what the sender of the options
    had put behind it, and is not to be trusted: a client can forge it.
    """

    title: str
    payload: str
    source: str = "button"
    description: str | None = None
    typed: str | None = None


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer offered: `title` is shown, `payload` comes back, `url` opens a page instead.

    Where a channel cannot do the `action`, `url` stands in for it.
    """

    title: str
    payload: str = ""
    description: str | None = None
    url: str | None = None
    action: Action | None = None


class Options(_Content, frozen=True, tag="options"):
    """A question with answers to tap."""

    text: str
    options: list[Option]
    header: str | None = None
    footer: str | None = None
    button: str | None = None
    """What the button that opens a list says, where the channel shows a list."""


class RichCard(_Content, frozen=True, tag="card"):
    """A picture with a title, a text and answers."""

    title: str | None = None
    text: str | None = None
    image: str | None = None
    options: list[Option] = []


class Carousel(_Content, frozen=True, tag="carousel"):
    """Cards side by side."""

    cards: list[RichCard]


class FormAnswer(_Content, frozen=True, tag="form_answer"):
    """A filled-in form (a WhatsApp flow, an address form). `values` is what the form sent."""

    name: str
    values: dict[str, Any]
    text: str | None = None


class Permission(_Content, frozen=True, tag="permission"):
    """The customer answered a request for permission, for example to be called."""

    subject: str
    granted: bool
    expires_at: str | None = None


class Reaction(_Content, frozen=True, tag="reaction"):
    """An emoji on another message; an empty `emoji` takes the reaction back."""

    external_id: str
    emoji: str = ""


class OrderLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an order; `price` is per piece in `currency` (ISO 4217)."""

    product_id: str
    quantity: float
    price: float | None = None
    currency: str | None = None


class Order(_Content, frozen=True, tag="order"):
    """A shopping basket sent from a catalogue."""

    catalog_id: str
    lines: list[OrderLine]
    text: str | None = None


class Template(_Content, frozen=True, tag="template"):
    """A message approved beforehand by the provider; `components` as the provider names them.

    `text` is what the customer reads, for us to show: the provider knows the words itself. `header` is the
    file at its head, where it has one; a component may name an address instead.
    """

    name: str
    language: str
    components: list[dict[str, Any]] = []
    text: str | None = None
    header: Image | Video | Document | None = None


class Edit(_Content, frozen=True, tag="edit"):
    """The sender replaced an earlier message's content."""

    external_id: str
    content: "Content"


class Revoke(_Content, frozen=True, tag="revoke"):
    """The sender deleted an earlier message for everyone."""

    external_id: str


class System(_Content, frozen=True, tag="system"):
    """Something the provider reports about the customer, for example a changed number."""

    event: str
    text: str | None = None


class Unsupported(_Content, frozen=True, tag="unsupported"):
    """Authentic, but of a kind that cannot be carried. Kept with its own type, never dropped."""

    raw_type: str
    reason: str | None = None
    raw: dict[str, Any] = {}


class Note(_Content, frozen=True, tag="note"):
    """A colleague's private note. Never leaves the inbox."""

    text: str
    mentions: tuple[str, ...] = ()
    """Ids of the colleagues whom it names."""


class Activity(_Content, frozen=True, tag="activity"):
    """Something that happened to the conversation, for example ``handed_over``. Never leaves the inbox."""

    event: str
    details: dict[str, Any] = {}


Content: TypeAlias = (
    Text
    | Image
    | Audio
    | Video
    | Document
    | Sticker
    | Location
    | Contacts
    | Choice
    | Options
    | RichCard
    | Carousel
    | FormAnswer
    | Permission
    | Reaction
    | Order
    | Template
    | Edit
    | Revoke
    | System
    | Unsupported
    | Note
    | Activity
)

INTERNAL = (Note, Activity)
"""Contents that no connector ever sees."""


def is_media(content: Content) -> bool:
    """Whether the content carries a file."""
    return isinstance(content, Media)
