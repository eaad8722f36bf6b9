"""What every connector promises. The inbox knows connectors by these names alone.

A connector is a value made from one channel's settings. It is given one HTTP session and one clock, it keeps
no state that matters, and it knows nothing of inboxes or bots. Powers that only some providers have are
small protocols of their own, asked for with `isinstance`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO, ClassVar, Protocol, runtime_checkable

import aiohttp
import msgspec

from connectors.content import Content, Media, Template
from connectors.events import Event, Identity, IdentityKind, Purpose
from connectors.setting import Setting as Setting

Clock = Callable[[], datetime]
"""Gives the present with its time zone."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request from a provider, untouched. `headers` are looked up by lower-case name."""

    method: str
    url: str
    """The public address as the provider called it, with its query string."""
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    """One message to deliver, already fitted to what the channel can carry."""

    message_id: str
    """Ours. Goes with the message where the provider can carry it back; the idempotency key where it can."""
    to: tuple[Identity, ...]
    """All identities by which this channel may know the recipient, the strongest first."""
    content: Content
    account: str | None = None
    """Which of our numbers the customer wrote to, if the channel has several."""
    reply_to: str | None = None
    """The external id of the message that this one answers."""
    purpose: Purpose = Purpose.CONVERSATION
    """What it is for, where the provider wants to know."""
    attempt: int = 1


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The provider took the message."""

    external_id: str
    identities: tuple[Identity, ...] = ()
    """All names of whom it went to, the strongest first, where the provider tells more than one."""


class StopWords(StrEnum):
    """Which whole messages of a customer are read as a wish about consent: “STOP”, “START”, “HELP”."""

    ALL = "all"
    """Every word of the law and of the carriers, “cancel” and “end” among them: short messages and RCS."""
    CLEAR = "clear"
    """Only words that mean nothing else, such as “stop” and “unsubscribe”."""
    NONE = "none"
    """None: who talks to us has come to us, as in a web chat."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel can carry and what it keeps to. Lengths are in characters.

    `connectors.fitting` makes of any content what these allow; what is not said here is not carried.
    """

    contents: frozenset[str]
    """Tags of the contents that `send` takes."""
    text_length: int
    captions: frozenset[str] = frozenset()
    """Tags of the files that take a text with them."""
    caption_length: int = 1024
    options: int = 0
    """How many answers a message may offer as buttons; 0: none, they become numbered text."""
    list_rows: int = 0
    """How many answers a list may hold; 0: no lists."""
    option_title_length: int = 20
    list_title_length: int | None = None
    """The same for the rows of a list, if it differs."""
    option_description_length: int = 0
    """What a row says below its title; 0: nothing, it joins the text."""
    options_text_length: int | None = None
    """The text above buttons, if it must be shorter than others."""
    header_length: int = 0
    footer_length: int = 0
    """The lines above and below a question; 0: they join its text."""
    links: str = "none"
    """Whether an option may open a page: ``none``, ``alone`` (as the only option) or ``any``."""
    quotes: bool = False
    """Whether a message may name the one that it answers (`Outbound.reply_to`), and show it."""
    actions: frozenset[str] = frozenset()
    """Tags of the actions that an option can do."""
    lone_actions: frozenset[str] = frozenset()
    """The same for an option that is the only one of its message."""
    card_options: int = 0
    card_title_length: int = 200
    card_text_length: int = 2000
    carousel_cards: tuple[int, int] = (2, 10)
    carousel_options: int = 0
    """How many options a card has in a carousel."""
    short_messages: bool = False
    """Texts are SMS: counted in segments, and dearer with characters that GSM-7 lacks."""
    spell: Callable[[str], str] | None = None
    """How a text is spelt here, if not as it was written: without the accents that make an SMS dear."""
    stop_words: StopWords = StopWords.ALL
    window_hours: float | None = None
    """How long after the customer's last message free text is allowed; None: always."""
    rate_per_second: float | None = None
    """How many messages a second one channel may send."""
    pair_burst: int | None = None
    """How many messages may go to one customer at once; None: as many as the channel sends."""
    pair_gap: float = 1.0
    """Seconds between two messages to one customer, once so many have gone."""
    reached_by: IdentityKind = IdentityKind.PHONE
    """By which name of a person a test message can be sent to them."""
    asks_rating: bool = False
    """Whether its own page asks how it was, once a conversation is resolved."""
    has_receipts: bool = True
    idempotent_send: bool = False
    """Whether sending the same `message_id` again is harmless."""


@runtime_checkable
class Connector(Protocol):
    """One provider, both ways. Knows nothing of inboxes or bots."""

    capabilities: Capabilities

    def verify(self, webhook: Webhook) -> None:
        """Raise `WebhookRejected` unless the provider sent this. Never optional, constant in time."""

    def parse(self, webhook: Webhook) -> list[Event]:
        """What happened, oldest first; empty when nothing concerns us. Pure: fetches nothing.

        A part that cannot be read becomes one `Unreadable` and never harms the parts beside it; a body
        that cannot be read at all becomes one `Unreadable` of the whole. Raises nothing.
        """

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`."""


@runtime_checkable
class AnswersChallenge(Protocol):
    """The provider tries the webhook address with a handshake before it uses it."""

    def challenge(self, webhook: Webhook) -> str | None:
        """The body to answer, None if this is no handshake. Raises `ChallengeRejected` on a wrong token."""


@runtime_checkable
class AnswersWebhooks(Protocol):
    """The provider acts upon the body of our 200. Twilio, for one, sends plain text on to the customer."""

    def answer(self, webhook: Webhook) -> tuple[str, str]:
        """The body and the content type of our answer, once the webhook is verified and its events are kept.

        Pure: it says that all is taken, or what else the provider is to do at once. Raises nothing.
        """


@runtime_checkable
class TakesBack(Protocol):
    """The provider can take a message back as long as the customer does not have it."""

    async def take_back(self, external_id: str, *, to: tuple[Identity, ...], account: str | None) -> None:
        """Take it back. Raises `SendFailed` if the provider does not agree, or has no such message.

        That it agreed does not prove that the customer did not get it in the same moment: wait a little for
        a report before anything else is sent in its place.
        """


@runtime_checkable
class ShowsTyping(Protocol):
    """The provider can show the customer that we have read and are writing."""

    async def mark_read(self, external_id: str, *, account: str | None, typing: bool) -> None:
        """Show the message as read, and typing dots if `typing`. Raises `SendFailed`."""


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """Where a provider keeps a customer's file, and how it is had."""

    url: str
    hosts: tuple[str, ...]
    """Hosts that it may come from; ``.example.com`` stands for every host of that domain."""
    own: str = ""
    """The origin of the channel's `api_base`: the one place that need not be a public address with TLS."""
    headers: Mapping[str, str] = {}
    """Sent to the host of `url` alone, never along a redirect to another."""
    mime_type: str | None = None
    sha256: str | None = None
    """Lower-case hex of the file, where the provider tells it."""
    size: int | None = None


@runtime_checkable
class KeepsMedia(Protocol):
    """The provider keeps customers' files, and hands them out to us."""

    async def locate(self, media: Media) -> Located:
        """Where the file is now. Raises `SendFailed`, whose `retry` says whether to ask again later."""


class FileToSend(msgspec.Struct, frozen=True, kw_only=True):
    """One of our files on its way to a provider. `body` stands at its beginning."""

    name: str
    mime_type: str
    size: int
    body: BinaryIO


class Uploaded(msgspec.Struct, frozen=True):
    """The provider has taken a file: its handle, and for how many seconds that is good."""

    media_id: str
    lasts: float


@runtime_checkable
class TakesFiles(Protocol):
    """The provider takes our files themselves. Others are given an address from which to fetch them."""

    async def upload(self, file: FileToSend, *, account: str | None) -> Uploaded:
        """Hand a file over, to be sent by its handle. Raises `SendFailed`."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says about a channel whose credentials it accepts."""

    summary: str
    """One line for an admin, such as the number and the name it is verified under."""
    facts: Mapping[str, str] = {}
    """What else it tells, by a name that people read."""


@runtime_checkable
class ChecksItself(Protocol):
    """The credentials can be tried without sending anything to anyone."""

    async def check(self) -> Checked:
        """Ask the provider about this channel. Raises `SendFailed`, `CredentialsRefused` if they are void."""


class TemplateForm(msgspec.Struct, frozen=True, kw_only=True):
    """A template as the provider has approved it, or not."""

    name: str
    language: str
    status: str
    """The provider's word in lower case: ``approved``, ``pending``, ``rejected``, ``paused``…"""
    category: str = ""
    components: list[dict[str, Any]] = []
    """As the provider describes them."""


@runtime_checkable
class HasTemplates(Protocol):
    """The provider approves templates beforehand."""

    async def templates(self) -> list[TemplateForm]:
        """All templates of this channel's account. Raises `SendFailed`."""

    def misfit(self, template: Template, form: TemplateForm) -> str | None:
        """What the provider would say against sending `template`, in words for an agent; None if nothing."""


class Kind(Protocol):
    """The module-level `KIND` of a connector's folder. People read its `title`: “RCS”, “SMS by Twilio”."""

    name: ClassVar[str]
    title: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]]

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector. Raises `BadSettings` naming what is missing or wrong."""

    def account(self, settings: Mapping[str, str]) -> str | None:
        """Which of the provider's accounts these settings are for, by the name that its webhooks use."""
